"""What a trace says, read once for checks, measurements and report (PURE)."""
