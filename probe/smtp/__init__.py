"""A session with a receive connector: connect, greet, protect, authenticate."""
