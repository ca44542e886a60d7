"""`exps lab up` as a program of its own, until the context ends, and those who use it with real programs."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from tests.support.command_line import ROOT
from tests.support.mit import find


@contextlib.contextmanager
def running_lab(scenario: str, state: Path) -> Iterator[dict[str, Any]]:
    """What the lab's READY line says; it is its only line, and the lab's end is an orderly one."""
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
            output, _ = process.communicate(timeout=10)
    assert (process.returncode, output) == (0, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabClient:
    """Programs with the lab's krb5.conf, and with a ticket cache and a home of their own in ``folder``."""

    ready: dict[str, Any]
    """What `running_lab` gives."""
    folder: Path

    variables: ClassVar[Mapping[str, str]] = {}
    """What the programs find in their environment besides."""

    @property
    def ccache(self) -> Path:
        return self.folder / "ccache"

    def run(self, program: str, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
        environment = {
            "KRB5_CONFIG": self.ready["krb5_conf"],
            "KRB5CCNAME": str(self.ccache),
            "HOME": str(self.folder),
            "LC_ALL": "C",
        }
        return subprocess.run(
            [find(program), *arguments],
            input=given,
            env={**os.environ, **environment, **self.variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def succeed(self, program: str, *arguments: str, given: str = "") -> str:
        """What it prints."""
        done = self.run(program, *arguments, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def principal(self, name: str) -> dict[str, str]:
        found: dict[str, str] = next(item for item in self.ready["principals"] if item["name"] == name)
        return found

    def log_on(self, name: str) -> None:
        """With kinit, by password or by keytab."""
        principal = self.principal(name)
        if "password_file" in principal:
            self.succeed("kinit", name, given=Path(principal["password_file"]).read_text(encoding="utf-8"))
        else:
            self.succeed("kinit", "-kt", principal["keytab"], name)

    def ledger(self) -> list[dict[str, Any]]:
        """What the lab wrote down so far."""
        return [
            json.loads(line) for line in Path(self.ready["events"]).read_text(encoding="utf-8").splitlines()
        ]
