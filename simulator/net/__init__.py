"""Listeners, connections and addresses of the lab."""
