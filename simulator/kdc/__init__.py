"""The embedded KDC: what a domain controller knows, says, and listens on."""
