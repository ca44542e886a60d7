"""What holds for every test."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _no_kerberos_of_this_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may depend on, or talk to, the realm that this machine's own krb5.conf happens to name."""
    empty = tmp_path / "no-krb5.conf"
    empty.touch()
    monkeypatch.setenv("KRB5_CONFIG", str(empty))
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{tmp_path / 'no-ccache'}")
