"""Files of tickets and keys: ccache, keytab, krb5.conf (PURE)."""
