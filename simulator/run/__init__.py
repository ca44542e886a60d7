"""Scenarios run against the probe, and what is made of the results."""
