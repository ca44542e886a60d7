"""GSSAPI tokens and contexts: RFC 2743, 4121, 4178 (PURE)."""
