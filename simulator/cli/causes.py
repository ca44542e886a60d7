"""The words that a scenario may expect as a cause: those that the probe has."""

from importlib.resources import files


def known_causes() -> tuple[str, ...]:
    """The codes of the probe's catalogue, which is data: one TOML file a cause, named by its code."""
    folder = files("probe") / "causes"
    return tuple(
        sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
    )
