import os
import stat
from pathlib import Path

import pytest
from impacket.krb5.keytab import Keytab

from probe.wire.crypto import Key
from simulator.directory.store import Account, KeySet
from simulator.tickets.files import keytab, krb5_conf, password_file, write_private

# klist and kinit judge the same files in tests/interop/test_lab_kdc.py.

ACCOUNT = Account(
    name="EX2$",
    realm="CONTOSO.LAB",
    spns=("SMTPSVC/ex2.contoso.lab",),
    key_sets=(
        KeySet(kvno=300, keys={18: Key(18, bytes(range(32))), 23: Key(23, bytes(range(16)))}),
        KeySet(kvno=299, keys={18: Key(18, bytes(32))}),
    ),
)


def test_a_keytab_octet_by_octet() -> None:
    # Written by hand from MIT's "Keytab file format": size, components, realm, name, type, time, kvno, key, kvno.
    account = Account(
        name="EX2$", realm="C.LAB", key_sets=(KeySet(kvno=2, keys={17: Key(17, bytes(range(16)))}),)
    )
    expected = (
        "0502 00000030"
        "0001 0005 432e4c4142 0004 45583224 00000001 65000000 02 0011 0010"
        "000102030405060708090a0b0c0d0e0f 00000002"
    )
    assert keytab(account, timestamp=0x65000000).hex() == expected.replace(" ", "")


def test_impacket_reads_the_keytab(capsys: pytest.CaptureFixture[str]) -> None:
    read = Keytab(keytab(ACCOUNT))
    assert len(read.entries) == 6
    newest = read.getKey("SMTPSVC/ex2.contoso.lab@CONTOSO.LAB", specificEncType=23)
    assert bytes.fromhex(newest.hexlifiedValue().decode()) == bytes(range(16))
    old = [entry for entry in read.entries if entry.kvno == 299]
    assert len(old) == 2


def test_krb5_conf_lists_every_kdc_in_its_order() -> None:
    text = krb5_conf("CONTOSO.LAB", [("127.0.0.1", 1088), ("::1", 1089)])
    lines = [line.strip() for line in text.splitlines()]
    assert lines.index("kdc = 127.0.0.1:1088") + 1 == lines.index("kdc = [::1]:1089")
    assert ".contoso.lab = CONTOSO.LAB" in lines
    both = krb5_conf("A.LAB", [("127.0.0.1", 1)], others={"B.LAB": [("127.0.0.1", 2)]}).splitlines()
    assert [line for line in both if line.startswith(("    A.LAB", "    B.LAB", "        kdc"))] == [
        "    A.LAB = {",
        "        kdc = 127.0.0.1:1",
        "    B.LAB = {",
        "        kdc = 127.0.0.1:2",
    ]
    assert {"    .a.lab = A.LAB", "    .b.lab = B.LAB", "    b.lab = B.LAB"} <= set(both)
    assert ".example.test = CONTOSO.LAB" in krb5_conf("CONTOSO.LAB", [], domain="example.test")


def test_a_password_file_is_one_line() -> None:
    assert password_file("Pä ss") == "Pä ss\n".encode()


def test_a_secret_file_is_private_even_where_one_lay_open(tmp_path: Path) -> None:
    path = tmp_path / "ex2.keytab"
    path.write_bytes(b"old and longer")
    path.chmod(0o644)
    write_private(path, b"new\r\n")
    assert path.read_bytes() == b"new\r\n"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
