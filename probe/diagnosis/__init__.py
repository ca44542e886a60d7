"""From a trace to a verdict (PURE)."""
