"""Bad input: one clear line that names the file, the key and what is allowed, and exit status 3."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click

EXIT_UNKNOWN = 3
"""Could not be examined, or bad usage: UNKNOWN of the monitoring-plugins convention."""

EXIT_INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""

MAX_FILE_BYTES = 64 * 1024 * 1024
"""No keytab, cache or trace is larger; reading stops there."""


class BadInput(click.ClickException):
    """The user gave something that cannot be used."""

    exit_code = EXIT_UNKNOWN


@contextlib.contextmanager
def blame(path: Path) -> Iterator[None]:
    """Turn an error about the contents of ``path`` into BadInput that names the file."""
    try:
        yield
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None


def read_file(path: Path) -> bytes:
    """The contents of ``path``. Raises BadInput."""
    with blame(path), path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise BadInput(f"{path}: larger than {MAX_FILE_BYTES} octets")
    return data


def check_writable(path: Path) -> None:
    """Make sure that ``path`` can be written later; what it holds stays. Raises BadInput."""
    with blame(path):
        path.open("ab").close()


def write_file(path: Path, text: str) -> None:
    """Write ``text`` in UTF-8. Raises BadInput."""
    with blame(path):
        path.write_text(text, encoding="utf-8")
