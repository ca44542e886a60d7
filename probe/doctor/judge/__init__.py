"""What this host's own files, clock and names mean for a probe: one subject a file (PURE)."""
