"""What was seen on the connections to the receiver (PURE)."""
