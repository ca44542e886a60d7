"""Tables of numbers and their names: Kerberos, SMTP, SSPI and Windows (PURE)."""
