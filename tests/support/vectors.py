"""Where the known answers are."""

from pathlib import Path

VECTOR_FOLDER = Path(__file__).parents[1] / "vectors"
