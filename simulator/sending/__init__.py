"""A sending Exchange server of the lab: a queue, Kerberos with its machine account, and SMTP to another server."""
