"""What a token holds, field by field, for people who look at one: `exps decode` (PURE)."""
