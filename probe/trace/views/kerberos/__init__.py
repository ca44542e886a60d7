"""What the KDCs answered (PURE)."""
