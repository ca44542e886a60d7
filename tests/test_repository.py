"""What the repository promises about itself."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-base.lock")


def requirements_of(lock: str) -> dict[str, str]:
    """Each locked package's `name==version` and the text up to the next one."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    return {block.split()[0]: block for block in blocks}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert [line for line in text.splitlines() if line.startswith("-")] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_version_and_a_hash(lock: str) -> None:
    requirements = requirements_of(lock)
    assert len(requirements) >= 10
    for pin, block in requirements.items():
        assert re.fullmatch(r"[a-z0-9.-]+==[0-9][0-9a-z.]*", pin)
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block)


def test_lock_satisfies_what_the_project_asks_for() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = settings["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["lab"], *extras["directory"], *extras["web"]]
    asked += settings["dependency-groups"]["dev"]
    locked = dict(pin.split("==") for pin in requirements_of("requirements.lock"))
    for requirement in map(Requirement, asked):
        name = canonicalize_name(requirement.name)
        assert name in locked, f"{name} is not locked: make lock"
        assert requirement.specifier.contains(locked[name]), f"{requirement} is not what is locked: make lock"


def test_both_locks_name_the_same_versions() -> None:
    assert requirements_of("requirements-base.lock").keys() <= requirements_of("requirements.lock").keys()


def test_base_lock_has_what_windows_needs_for_native_tickets() -> None:
    assert any(pin.startswith("sspilib==") for pin in requirements_of("requirements-base.lock"))
