"""LDAP as far as a question to a directory needs it: RFC 4511 (PURE)."""
