"""Tickets for a run, from KDCs or from the system."""
