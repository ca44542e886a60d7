"""What a run is asked to do, and what it takes from its host."""
