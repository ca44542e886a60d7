"""The receive connector."""
