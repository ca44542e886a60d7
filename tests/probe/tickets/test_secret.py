"""Which key answers what a KDC wants. The hints are impacket's encoding."""

import pytest

from probe.tickets.secret import KeytabKeys, NoKeyError, Password, default_salt, wanted_keys
from probe.wire.crypto import Key
from probe.wire.der import DerError
from probe.wire.kerberos import EtypeInfo2Entry, PaData, PrincipalName
from tests.support.foreign_kerberos import etype_info, etype_info2


def padata(number: int, value: bytes) -> PaData:
    return PaData(type=number, value=value)


def test_hints_in_the_kdcs_order() -> None:
    hints = [padata(2, b""), padata(11, etype_info()), padata(19, etype_info2())]
    wanted = wanted_keys(hints, (23, 18))
    assert [entry.etype for entry in wanted] == [18, 23]
    assert wanted[0].salt == "CONTOSO.LABhostex1.contoso.lab"
    assert wanted[0].s2kparams == b"\x00\x00\x10\x00"
    assert [entry.etype for entry in wanted_keys(hints, (23,))] == [23]
    assert wanted_keys(hints, (20,)) == ()


def test_older_hints() -> None:
    (entry,) = wanted_keys([padata(11, etype_info())], (23,))
    assert entry.salt_bytes == b"salt\xff"
    (entry,) = wanted_keys([padata(3, b"pw-salt")], (18,))
    assert (entry.etype, entry.salt_bytes) == (18, b"pw-salt")
    (entry,) = wanted_keys([], (18,))
    assert (entry.etype, entry.salt_bytes) == (18, None)


def test_damaged_hints() -> None:
    with pytest.raises(DerError):
        wanted_keys([padata(19, b"\x30\x05")], (18,))


def test_default_salt() -> None:
    """RFC 3962 appendix B has ATHENA.MIT.EDUraeburn for raeburn@ATHENA.MIT.EDU."""
    assert default_salt(PrincipalName.parse("raeburn"), "ATHENA.MIT.EDU") == b"ATHENA.MIT.EDUraeburn"
    assert default_salt(PrincipalName.parse("host/ex1"), "R") == b"Rhostex1"


def test_password_key() -> None:
    """RFC 3962 appendix B: iteration count 1, password "password", 128-bit key."""
    entry = EtypeInfo2Entry(etype=17, salt_bytes=None, s2kparams=b"\x00\x00\x00\x01")
    key = Password("password").key([entry], b"ATHENA.MIT.EDUraeburn")
    assert key.contents.hex() == "42263c6e89f4fc28b8df68ee09799f15"
    with pytest.raises(NoKeyError):
        Password("password").key([], b"")


def test_keytab_key() -> None:
    old, new, other = Key(18, b"o" * 32), Key(18, b"n" * 32), Key(23, b"r" * 16)
    keys = KeytabKeys(((3, new), (2, old), (9, other)))
    wanted = [EtypeInfo2Entry(etype=etype, salt_bytes=None, s2kparams=None) for etype in (17, 18, 23)]
    assert keys.key(wanted, b"") is new
    assert keys.key(wanted, b"", 2) is old
    assert keys.key(wanted, b"", 8) is new
    with pytest.raises(NoKeyError, match=r"wanted \[17\], the keytab has \[18, 23\]"):
        keys.key(wanted[:1], b"")
