"""The Kerberos client: which KDC is asked what, and what its answers mean."""
