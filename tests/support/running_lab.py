"""`exps lab up` as a program of its own, until the context ends."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.command_line import ROOT


@contextlib.contextmanager
def running_lab(scenario: str, state: Path) -> Iterator[dict[str, Any]]:
    """What the lab's READY line says."""
    command = (sys.executable, "-m", "probe", "lab", "up", scenario, "--state", str(state))
    ports = ("--smtp", "127.0.0.1:0", "--kdc", "127.0.0.1:0")
    with subprocess.Popen([*command, *ports], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            word, _, text = process.stdout.readline().partition(" ")
            assert word == "READY", text
            yield json.loads(text)
        finally:
            process.terminate()
            process.wait(10)
