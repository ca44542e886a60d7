"""Tickets of the system's own: SSPI on Windows, GSSAPI elsewhere."""
