"""MIT's GSSAPI for pyspnego in this virtual environment, without compiling anything.

PyPI has gssapi and krb5 for Linux as source only: four minutes of compiling, and libkrb5-dev. Debian's python3-gssapi
is the same gssapi, built for a Python of the same minor version; it is put onto the path of a child process alone, not
the rest of Debian's packages. pyspnego imports krb5 beside it, but calls it only for keytabs, passwords and named
caches, which `--native` never gives it; so an empty module stands for krb5.

Where gssapi and krb5 are installed here (extra ``native``), they are used.
"""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

DEBIAN = Path("/usr/lib/python3/dist-packages")
NEEDED = ("gssapi", "decorator.py")
STAND_IN = '"""Stands for krb5: pyspnego imports it, and calls nothing of it for the default cache."""\n'


def native_environment(folder: Path) -> Mapping[str, str]:
    """Variables for a child process whose pyspnego has GSSAPI; ``folder`` is made if there is none."""
    if importlib.util.find_spec("gssapi") and importlib.util.find_spec("krb5"):
        return {}
    if not folder.exists():
        folder.mkdir(parents=True)
        for name in NEEDED:
            (folder / name).symlink_to(DEBIAN / name)
        (folder / "krb5.py").write_text(STAND_IN)
    before = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": os.pathsep.join([str(folder), *([before] if before else [])])}


def has_native(folder: Path) -> bool:
    """Whether a child process gets a Kerberos context class from pyspnego."""
    code = "import spnego; spnego.client(protocol='kerberos')"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | dict(native_environment(folder)),
        capture_output=True,
        check=False,
    )
    return ended.returncode == 0
