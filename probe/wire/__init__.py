"""Octets to values and back: SMTP, Kerberos, GSS-API, SPNEGO, crypto. PURE: no IO, no clock, no randomness."""
