"""What the domain controllers' directories said (PURE)."""
