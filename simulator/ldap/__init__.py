"""A domain controller's LDAP side, read only: messages, filters, what is in the directory, a session (PURE)."""
