"""What a code, an event or a text means and what to do: `exps explain` (PURE)."""
