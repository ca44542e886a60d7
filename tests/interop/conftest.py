"""Which real programs an interop test needs, and what happens when one is missing.

`@pytest.mark.interop("krb5kdc", "postfix")` names them. A missing one skips the test, with one line at
the end of the run; with `CI=true` it fails the test: a skipped interop test must not look like a passed one.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.mit import find
from tests.support.native_python import has_native
from tests.support.samba_site import Site, site

SYSTEM_PYTHON = "/usr/bin/python3"


@cache
def find_program(name: str) -> Path | None:
    """The program's path, or None when it is not installed."""
    try:
        return Path(find(name))
    except FileNotFoundError:
        return None


@cache
def has_gssapi_for_python() -> bool:
    """Whether Debian's own python3 can import gssapi (package python3-gssapi)."""
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return (
        subprocess.run([SYSTEM_PYTHON, "-c", "import gssapi"], capture_output=True, check=False).returncode
        == 0
    )


@cache
def has_gssapi_for_cyrus() -> bool:
    """Whether Cyrus SASL has its GSSAPI plug-in (package libsasl2-modules-gssapi-mit)."""
    return any(Path("/usr/lib").glob("**/sasl2/libgssapiv2.so"))


@cache
def has_gssapi_for_pyspnego() -> bool:
    """Whether pyspnego finds GSSAPI here, with Debian's help (package python3-gssapi) or the extra ``native``."""
    with tempfile.TemporaryDirectory() as folder:
        return has_native(Path(folder) / "python")


def is_root() -> bool:
    """Whether daemons that want root, such as smbd, can be started."""
    return os.name == "posix" and os.geteuid() == 0


# Needs that are no program of their own.
NEEDS: dict[str, Callable[[], bool]] = {
    "python3-gssapi": has_gssapi_for_python,
    "cyrus-gssapi": has_gssapi_for_cyrus,
    "native-gssapi": has_gssapi_for_pyspnego,
    "root": is_root,
}


def missing_programs(item: pytest.Item) -> tuple[str, ...]:
    """What the test's interop marks name and this machine lacks."""
    names = [str(name) for mark in item.iter_markers("interop") for name in mark.args]
    return tuple(name for name in names if not (NEEDS[name]() if name in NEEDS else find_program(name)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    missing = missing_programs(item)
    if not missing:
        return
    reason = f"missing: {', '.join(missing)} (scripts/install-peers installs them on Debian)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)  # tests/conftest.py says so once, for all workers


@pytest.fixture(scope="session")
def program() -> Callable[[str], Path]:
    """Look up a program that the test's interop mark names: `program("krb5kdc")` is its path."""

    def look_up(name: str) -> Path:
        found = find_program(name)
        if found is None:
            pytest.fail(f"{name} is not named in the test's interop mark", pytrace=False)
        return found

    return look_up


@pytest.fixture(scope="session")
def samba_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Active Directory as Samba makes it: provisioning takes many seconds, so it is done once."""
    with site(tmp_path_factory.mktemp("samba")) as made:
        yield made
