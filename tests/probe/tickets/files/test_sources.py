"""From the files that MIT's programs wrote (tests/vectors/mit_files.json) to what a run starts with."""

import base64
import json
from dataclasses import replace

import pytest

from probe.tickets.client.results import Problem, TicketError
from probe.tickets.files import ccache, keytab, sources
from probe.tickets.files.ccache import CacheError
from probe.tickets.files.keytab import KeytabError
from probe.wire.crypto import Key
from probe.wire.kerberos import PrincipalName
from tests.support.vectors import VECTOR_FOLDER

VECTORS = json.loads((VECTOR_FOLDER / "mit_files.json").read_text())
KEYTAB = base64.b64decode(VECTORS["keytab"])
CCACHE = base64.b64decode(VECTORS["ccache_4"])
OFFSET = base64.b64decode(VECTORS["ccache_4_offset"])
BEGIN, END = 1795470346.0, 1795506346.0  # klist: 11/23/26 21:45:46 to 11/24/26 07:45:46
SPN = "SMTPSVC/ex1.mit.test"


@pytest.mark.parametrize(
    ("text", "name", "realm"),
    [
        ("alice", "alice", "HOME"),
        ("alice@OTHER", "alice", "OTHER"),
        ("smtp/ex1@OTHER", "smtp/ex1", "OTHER"),
        ("alice@contoso.com@OTHER", "alice@contoso.com", "OTHER"),
    ],
)
def test_principal(text: str, name: str, realm: str) -> None:
    parsed, parsed_realm = sources.parse_principal(text, "HOME")
    assert (str(parsed), parsed_realm) == (name, realm)


def test_escaped_at_sign_belongs_to_the_name() -> None:
    name, realm = sources.parse_principal("alice\\@contoso.com", "HOME")
    assert (name.components, realm) == (("alice@contoso.com",), "HOME")


@pytest.mark.parametrize("text", ["", "alice", "alice@"])
def test_no_principal(text: str) -> None:
    with pytest.raises(ValueError, match=r"realm|character"):
        sources.parse_principal(text, "")


@pytest.mark.parametrize("principal", ["", "EX1$", "ex1$", "EX1$@mit.test"])
def test_keytab(principal: str) -> None:
    found = sources.from_keytab(KEYTAB, principal=principal)
    assert (str(found.client), found.realm) == ("EX1$", "MIT.TEST")
    assert sorted({kvno for kvno, _ in found.secret.keys}) == [1, 2]
    assert len(found.secret.keys) == 10


def test_keytab_without_the_principal() -> None:
    with pytest.raises(TicketError) as caught:
        sources.from_keytab(KEYTAB, principal="EX2$")
    assert caught.value.problem is Problem.NO_CREDENTIALS
    assert str(caught.value) == (
        "no-credentials: EX2$@MIT.TEST is not in the keytab, which has EX1$@MIT.TEST"
    )
    with pytest.raises(TicketError, match="no keys"):
        sources.from_keytab(b"\x05\x02")


def test_keytab_prefers_the_computer_account() -> None:
    entry = keytab.read(KEYTAB).entries[0]
    service = replace(entry, principal=PrincipalName.parse("host/ex1"))
    user = replace(entry, principal=PrincipalName.parse("alice"))
    data = keytab.write(keytab.Keytab(entries=(service, user, entry)))
    assert str(sources.from_keytab(data).client) == "EX1$"
    data = keytab.write(keytab.Keytab(entries=(service, user)))
    assert str(sources.from_keytab(data).client) == "alice"
    data = keytab.write(keytab.Keytab(entries=(service,)))
    assert str(sources.from_keytab(data).client) == "host/ex1"


def test_damaged_files() -> None:
    with pytest.raises(KeytabError):
        sources.from_keytab(KEYTAB[:-1])
    with pytest.raises(CacheError):
        sources.from_ccache(CCACHE[:-1], now=BEGIN)


def test_cache() -> None:
    found = sources.from_ccache(CCACHE, now=BEGIN, services=["smtp/other", SPN.lower()])
    assert (str(found.client), found.client_realm) == ("alice", "MIT.TEST")
    assert found.tgt is not None
    assert str(found.tgt.server) == "krbtgt/MIT.TEST"
    assert [str(ticket.server) for ticket in found.services] == [SPN]


def test_cache_without_the_wanted_realm_gives_the_home_realms_ticket() -> None:
    found = sources.from_ccache(CCACHE, now=BEGIN, realm="OTHER.TEST")
    assert found.tgt is not None
    assert str(found.tgt.server) == "krbtgt/MIT.TEST"
    assert found.services == ()


@pytest.mark.parametrize(
    ("now", "problem", "words"),
    [
        (END, Problem.EXPIRED, "ended 0 s ago"),
        (END + 60, Problem.EXPIRED, "ended 60 s ago"),
        (BEGIN - 305, Problem.NOT_YET_VALID, "begins in 305 s"),
    ],
)
def test_cache_out_of_time(now: float, problem: Problem, words: str) -> None:
    with pytest.raises(TicketError, match=words) as caught:
        sources.from_ccache(CCACHE, now=now)
    assert caught.value.problem is problem


def test_a_ticket_that_was_fetched_just_now_is_good_on_a_host_that_is_behind() -> None:
    assert sources.from_ccache(CCACHE, now=BEGIN - 295).tgt is not None


def test_time_is_judged_by_the_kdcs_clock() -> None:
    """kinit's clock was 600 s ahead: the tickets begin 600 s ago by it."""
    tgt = ccache.read(OFFSET).credentials[0]
    found = sources.from_ccache(OFFSET, now=tgt.end_time + 500)
    assert found.tgt is not None
    assert found.kdc_offset_s < -590
    with pytest.raises(TicketError, match="expired"):
        sources.from_ccache(OFFSET, now=tgt.end_time + 700)


def test_cache_of_no_use() -> None:
    cache = ccache.read(CCACHE)
    only_service = ccache.write(replace(cache, credentials=cache.credentials[1:]))
    with pytest.raises(TicketError) as caught:
        sources.from_ccache(only_service, now=BEGIN)
    assert caught.value.problem is Problem.NO_CREDENTIALS
    assert SPN in caught.value.detail
    found = sources.from_ccache(only_service, now=BEGIN, services=[SPN])
    assert found.tgt is None
    empty = ccache.write(replace(cache, credentials=()))
    with pytest.raises(TicketError, match="no tickets"):
        sources.from_ccache(empty, now=BEGIN)


def _keytab_with(*held: tuple[tuple[str, ...], bytes]) -> bytes:
    entries = tuple(
        keytab.KeytabEntry(
            principal=PrincipalName(name_type=1, components=parts),
            realm="CONTOSO.LAB",
            kvno=2,
            key=Key(17, contents * 16),
        )
        for parts, contents in held
    )
    return keytab.write(keytab.Keytab(entries=entries))


@pytest.mark.parametrize(
    ("held", "due"),
    [
        (
            [(("EX2$",), b"a"), (("SMTPSVC", "ex2.contoso.lab"), b"a"), (("SMTPSVC", "EX2"), b"a")],
            "ex2.contoso.lab",
        ),
        ([(("EX2$",), b"a"), (("smtpsvc", "Ex2.contoso.lab"), b"a")], "Ex2.contoso.lab"),
        ([(("EX2$",), b"a"), (("SMTPSVC", "ex2.contoso.lab"), b"b")], ""),
        ([(("EX2$",), b"a"), (("SMTPSVC", "a.lab"), b"a"), (("SMTPSVC", "b.lab"), b"a")], ""),
        ([(("EX2$",), b"a"), (("SMTPSVC", "a.lab"), b"a"), (("SMTPSVC", "A.LAB"), b"a")], "A.LAB"),
        ([(("EX2$",), b"a"), (("SMTP", "ex2.contoso.lab"), b"a")], ""),
        ([(("SMTPSVC", "ex2.contoso.lab"), b"a"), (("SMTPSVC", "b.lab"), b"a")], "ex2.contoso.lab"),
        ([(("alice",), b"a")], ""),
    ],
)
def test_the_host_of_the_mail_service(held: list[tuple[tuple[str, ...], bytes]], due: str) -> None:
    assert sources.from_keytab(_keytab_with(*held)).mail_host == due
