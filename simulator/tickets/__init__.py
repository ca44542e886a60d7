"""The lab's own Kerberos client, and the files that it leaves for others."""
