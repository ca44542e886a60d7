"""`exps` as a user runs it: a process of its own, with what it printed and its exit status."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A command that ended."""

    status: int
    output: str
    errors: str

    def report(self) -> dict[str, Any]:
        """The one object that `--json` prints."""
        assert not self.errors, self.errors
        document: dict[str, Any] = json.loads(self.output)
        return document


def run_exps(*arguments: str, stdin: str = "", env: Mapping[str, str] | None = None) -> Ended:
    """Run `exps` to its end; ``env`` is added to this process' environment."""
    done = subprocess.run(
        [sys.executable, "-m", "probe", *arguments],
        cwd=ROOT,
        env=os.environ | dict(env or {}),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    return Ended(status=done.returncode, output=done.stdout, errors=done.stderr)
