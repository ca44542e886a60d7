"""Attributes as facts; what does not fit is left out."""

import pytest

from probe.directory.entries import account, common_name, root_dse, trust, whole
from probe.trace.facts import DirectoryAccount, DirectoryTrust
from probe.wire.ldap.messages import Entry, decode
from tests.probe.wire.ldap.test_messages import SAMBA


def entry(**attributes: bytes | tuple[bytes, ...]) -> Entry:
    kept = {
        name.replace("_", "-").casefold(): value if isinstance(value, tuple) else (value,)
        for name, value in attributes.items()
    }
    return Entry(dn="CN=EX1,DC=contoso,DC=lab", attributes=kept)


def test_a_real_controllers_root() -> None:
    operation = decode(SAMBA).operation
    assert isinstance(operation, Entry)
    root = root_dse(operation)
    assert (root.host, root.domain, root.forest_root) == (
        "dc1.contoso.lab",
        "DC=contoso,DC=lab",
        "DC=contoso,DC=lab",
    )
    # date -u -d '2026-11-25 17:32:22' +%s
    assert (root.current_time, root.global_catalog) == (1_795_627_942.0, True)
    assert root.mechanisms == ("GSS-SPNEGO", "GSSAPI", "NTLM")


def test_an_empty_root() -> None:
    root = root_dse(Entry(dn="", attributes={"currenttime": (b"soon",)}))
    assert (root.host, root.current_time, root.global_catalog) == ("", None, False)


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        # 2023-11-14 22:13:20 UTC, by Windows' w32tm /ntte 133444736000000000
        (b"133444736000000000", 1_700_000_000.0),
        (b"0", 0.0),
        (b"9223372036854775807", None),
        (b"-1", None),
        (b"later", None),
        (b"1" * 30, None),
    ],
)
def test_times_of_passwords(content: bytes, seconds: float | None) -> None:
    assert account(entry(pwdLastSet=content)).password_set == seconds


def test_an_account_without_anything() -> None:
    assert account(Entry(dn="CN=a", attributes={})) == DirectoryAccount(name="", dn="CN=a")


def test_disabled_is_one_bit() -> None:
    assert [account(entry(userAccountControl=value)).disabled for value in (b"4096", b"4098", b"x")] == [
        False,
        True,
        None,
    ]


def test_texts_and_lists_are_cut() -> None:
    wide = entry(
        sAMAccountName=b"a" * 1000, servicePrincipalName=(b"s" * 1000,) * 150, memberOf=(b"\xff\xfe",)
    )
    seen = account(wide)
    assert (len(seen.name), len(seen.spns), len(seen.spns[0])) == (256, 100, 256)
    assert seen.groups == ("\ufffd\ufffd",)
    assert whole(wide) is False
    assert whole(entry(memberOf=(b"CN=a",) * 100)) is True
    assert whole(Entry(dn="", attributes={}, cut=True)) is False


@pytest.mark.parametrize(
    ("dn", "name"),
    [
        ("CN=Exchange Servers,OU=Microsoft Exchange Security Groups,DC=contoso,DC=lab", "Exchange Servers"),
        # RFC 4514 section 4's own examples of escaping
        ('CN=James \\"Jim\\" Smith\\, III,DC=example,DC=net', 'James "Jim" Smith, III'),
        ("CN=Before\\0dAfter,DC=example,DC=net", "Before\rAfter"),
        ("cn=a", "a"),
        ("OU=a,CN=b", "OU=a,CN=b"),
        ("", ""),
    ],
)
def test_common_names(dn: str, name: str) -> None:
    assert common_name(dn) == name


def test_a_trust() -> None:
    seen = trust(
        entry(
            trustPartner=b"fabrikam.lab",
            trustDirection=b"3",
            trustAttributes=b"8",
            msDS_SupportedEncryptionTypes=b"24",
        )
    )
    assert seen == DirectoryTrust(partner="fabrikam.lab", direction=3, attributes=8, etypes=24)
