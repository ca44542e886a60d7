from pathlib import Path

import pytest

from probe.net import hosts_file
from probe.net.hosts_file import hosts_path, read_hosts


def test_the_text_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    file.write_bytes("192.0.2.1 ex1 # für später\n".encode("latin-1"))
    assert read_hosts(file) == "192.0.2.1 ex1 # f\ufffdr sp\ufffdter\n"


def test_a_file_that_is_not_there_or_no_file(tmp_path: Path) -> None:
    assert read_hosts(tmp_path / "none") == ""
    assert read_hosts(tmp_path) == ""


def test_no_more_is_read_than_a_hosts_file_may_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts_file, "MAXIMUM_BYTES", 5)
    file = tmp_path / "hosts"
    file.write_text("192.0.2.1 ex1")
    assert read_hosts(file) == "192.0"


def test_the_hosts_own_file() -> None:
    assert hosts_path().name == "hosts"
