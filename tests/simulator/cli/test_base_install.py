"""The lab's commands where only the probe is installed."""

import os
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement

from simulator.cli.errors import LAB_PACKAGES
from tests.support.command_line import ROOT, TIMEOUT_S

# A module that is None in sys.modules is one that cannot be found (importlib's documentation of `import`).
WITHOUT = """
import sys
sys.modules.update(dict.fromkeys({packages!r}))
from probe.cli import main
main()
"""

# Everything that an extra brings and the base install has not: pyasn1 comes with impacket.
EXTRAS = ("aiosmtpd", "aiosmtplib", "impacket", "pyasn1")


def without_extras(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT.format(packages=EXTRAS), *arguments],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("demo",),
        ("lab", "list"),
        ("lab", "up"),
        ("lab", "run", "--all"),
        ("lab", "run", "healthy"),
        ("lab", "show", "healthy"),
    ],
    ids=" ".join,
)
def test_a_lab_that_is_not_installed_ends_with_the_remedy(arguments: tuple[str, ...]) -> None:
    ended = without_extras(*arguments)
    assert (ended.returncode, ended.stdout) == (3, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith("exps: the lab is not installed (aiosmtpd and impacket missing)")
    assert line.endswith('pip install "exps[lab]"')


@pytest.mark.parametrize(
    "arguments", [("--help",), ("lab", "--help"), ("lab", "up", "--help"), ("demo", "--help")]
)
def test_help_needs_no_lab(arguments: tuple[str, ...]) -> None:
    ended = without_extras(*arguments)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Usage:" in ended.stdout


def test_the_probe_needs_no_lab() -> None:
    ended = without_extras("diagnose", "no-such-trace.json")
    assert ended.returncode == 3
    assert ended.stderr == "exps: no-such-trace.json: No such file or directory\n"


def test_the_extra_has_what_the_commands_look_for() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extra = {Requirement(text).name for text in settings["project"]["optional-dependencies"]["lab"]}
    base = {Requirement(text).name for text in settings["project"]["dependencies"]}
    assert set(LAB_PACKAGES) <= extra - base
