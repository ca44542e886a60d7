"""The client's half of each SMTP authentication mechanism (PURE)."""
