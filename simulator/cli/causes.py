"""The words that a scenario may expect as a cause: those that the probe has."""
