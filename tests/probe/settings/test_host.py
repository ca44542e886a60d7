"""This host's files below a root of our own, as Linux and as Windows have them."""

import os
from pathlib import Path

import pytest

from probe.settings import host as own
from probe.settings.host import Host, hosts_path, list_folder, read_file, read_hosts, read_krb5_conf


def linux(root: Path, **environ: str) -> Host:
    return Host(environ=environ, root=root, platform="linux")


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def realm(path: Path, name: str) -> Path:
    return put(path, f"[libdefaults]\ndefault_realm = {name}\n")


def test_nothing_is_there(tmp_path: Path) -> None:
    host = linux(tmp_path)
    assert read_krb5_conf(host).files == ()
    assert read_krb5_conf(host).unusable() is None
    assert (hosts_path(host), read_hosts(host)) == (tmp_path / "etc/hosts", "")


def test_default_places(tmp_path: Path) -> None:
    realm(tmp_path / "etc/krb5.conf", "A.LAB")
    put(tmp_path / "etc/hosts", "127.0.1.1 ex2\n")
    found = read_krb5_conf(linux(tmp_path))
    assert (found.named_by, found.config.default_realm) == ("default", "A.LAB")
    assert read_hosts(linux(tmp_path)) == "127.0.1.1 ex2\n"


def test_several_files_of_krb5_config(tmp_path: Path) -> None:
    first = realm(tmp_path / "1", "FIRST")
    second = put(tmp_path / "2", "[libdefaults]\ndefault_realm = SECOND\nrdns = no\n")
    found = read_krb5_conf(linux(tmp_path, KRB5_CONFIG=f"{first}:{second}:{tmp_path}/3:"))
    assert [Path(item.path).name for item in found.files] == ["1", "2", "3"]
    assert (found.config.default_realm, found.config.switch("rdns")) == ("FIRST", False)
    assert found.files[2].error == "no such file"
    assert found.unusable() is None, "all files which are present will be read"


def test_a_folder_of_krb5_config(tmp_path: Path) -> None:
    realm(tmp_path / "d/a.conf", "A.LAB")
    realm(tmp_path / "d/0.bak", "OLD.LAB")
    (tmp_path / "d" / "0").mkdir()
    found = read_krb5_conf(linux(tmp_path, KRB5_CONFIG=str(tmp_path / "d")))
    assert found.config.default_realm == "A.LAB"
    assert [(item.path, item.error) for item in found.files] == [
        (f"{tmp_path}/d", ""),
        (f"{tmp_path}/d/a.conf", ""),
    ]


@pytest.mark.parametrize("named", ["", ":"])
def test_an_empty_name_is_no_name(tmp_path: Path, named: str) -> None:
    realm(tmp_path / "etc/krb5.conf", "A.LAB")
    found = read_krb5_conf(linux(tmp_path, KRB5_CONFIG=named))
    assert (found.named_by, found.config.default_realm) == ("default", "A.LAB")


def test_the_null_device_is_an_empty_file(tmp_path: Path) -> None:
    realm(tmp_path / "etc/krb5.conf", "A.LAB")
    found = read_krb5_conf(linux(tmp_path, KRB5_CONFIG=os.devnull))
    assert found.config.default_realm is None
    assert found.unusable() is None


def windows(**places: Path | str) -> Host:
    """With the names as Python's `os.environ` has them on Windows: in capitals."""
    return Host(environ={name: str(place) for name, place in places.items()}, platform="win32")


def test_files_of_windows(tmp_path: Path) -> None:
    realm(tmp_path / "data" / "MIT" / "Kerberos5" / "krb5.ini", "A.LAB")
    realm(tmp_path / "windows" / "krb5.ini", "LATER.LAB")
    put(tmp_path / "windows" / "System32" / "drivers" / "etc" / "hosts", "10.0.0.1 ex2\n")
    host = windows(PROGRAMDATA=tmp_path / "data", SYSTEMROOT=tmp_path / "windows", APPDATA=tmp_path / "none")
    found = read_krb5_conf(host)
    assert [Path(item.path).parts[-2:] for item in found.files] == [("Kerberos5", "krb5.ini")]
    assert (found.config.default_realm, found.named_by) == ("A.LAB", "default")
    assert read_hosts(host) == "10.0.0.1 ex2\n"


def test_a_drive_is_no_separator_on_windows() -> None:
    found = read_krb5_conf(windows(KRB5_CONFIG=r"C:\krb5.ini;D:\more.ini"))
    assert [item.path for item in found.files] == [r"C:\krb5.ini", r"D:\more.ini"]


def test_windows_has_no_krb5_conf_of_unix() -> None:
    assert read_krb5_conf(windows(SYSTEMROOT="/no/such/folder")).files == ()


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read_file(str(tmp_path / "pipe")).error == "no regular file"
    assert read_file(str(tmp_path)).error == "no regular file"
    assert read_file(str(tmp_path)).folder
    assert read_file("a\0b").error
    assert read_file(str(tmp_path / "none")).missing


def test_a_file_without_end_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "MAXIMUM_BYTES", 10)
    big = read_file(str(put(tmp_path / "big", b"x" * 11)))
    assert (big.error, big.data) == ("larger than 10 octets", b"x" * 10)
    assert read_file(str(put(tmp_path / "just", b"x" * 10))).data == b"x" * 10


def test_names_of_a_folder_have_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "MAXIMUM_NAMES", 3)
    for number in range(5):
        put(tmp_path / str(number), b"")
    assert len(list_folder(str(tmp_path))) == 3
    assert list_folder(str(tmp_path / "none")) == "No such file or directory"


def test_a_hosts_file_in_another_encoding(tmp_path: Path) -> None:
    put(tmp_path / "etc/hosts", "192.0.2.1 ex1 # für später\n".encode("latin-1"))
    assert read_hosts(linux(tmp_path)) == "192.0.2.1 ex1 # f\ufffdr sp\ufffdter\n"


def test_no_more_is_read_than_a_hosts_file_may_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "MAXIMUM_BYTES", 5)
    put(tmp_path / "etc/hosts", "192.0.2.1 ex1")
    assert read_hosts(linux(tmp_path)) == "192.0"


def test_the_hosts_own_file() -> None:
    assert hosts_path(Host()).name == "hosts"
    assert isinstance(read_hosts(), str)
