"""SMTP replies, capabilities and the dialogue as one state table (PURE)."""
