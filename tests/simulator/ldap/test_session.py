"""Sessions replayed: what OpenLDAP's clients and impacket sent once, whole and byte by byte, and hostile octets."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.acceptors.channel_bindings import Policy, TlsNames
from simulator.ldap.messages import MAXIMUM_BIND_BYTES
from simulator.ldap.session import MAXIMUM_WAITING, LdapSession
from tests.support.ldap_sessions import BASE, SESSIONS, Lab, code, kinds, lab, messages, text


def octets(session: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(part) for part in session["client"]]


def replay(lab: Lab, parts: list[bytes]) -> tuple[LdapSession, list[bytes]]:
    session = LdapSession(lab.controller)
    return session, [session.receive(part) for part in parts]


SASL = {
    "GSSAPI without a layer": ("GSSAPI", "none"),
    "GSSAPI signed": ("GSSAPI", "signed"),
    "GSSAPI sealed": ("GSSAPI", "sealed"),
    "GSS-SPNEGO sealed": ("GSS-SPNEGO", "sealed"),
    "impacket sealed": ("GSS-SPNEGO", "sealed"),
    "GSSAPI signed, rc4": ("GSSAPI", "signed"),
    "GSSAPI sealed, rc4": ("GSSAPI", "sealed"),
    "GSS-SPNEGO sealed, rc4": ("GSS-SPNEGO", "sealed"),
    "impacket sealed, rc4": ("GSS-SPNEGO", "sealed"),
}


@pytest.mark.parametrize("name", SASL)
@pytest.mark.parametrize("by_octet", [False, True], ids=["whole", "octet by octet"])
def test_foreign_clients_log_on_and_search(name: str, by_octet: bool) -> None:
    parts = octets(SESSIONS[name])
    if by_octet:
        parts = [bytes((octet,)) for part in parts for octet in part]
    running = lab(SESSIONS[name])
    session, _ = replay(running, parts)
    bind, *searches = running.notes()
    mechanism, layer = SASL[name]
    assert (bind["kind"], bind["status"], bind["client"]) == ("ldap-bind", "OK", "alice@CONTOSO.LAB")
    assert (bind["mechanism"], bind["layer"]) == (mechanism, layer)
    # the recorded filter wants the two servers and not the domain controller; impacket asked for pages of one
    assert [each["kind"] for each in searches] == ["ldap-search"] * len(searches)
    assert sum(each["found"] for each in searches) == 2
    assert session.closed is not name.startswith("impacket")  # which says no farewell


@pytest.mark.parametrize("name", ["GSSAPI without a layer, refused", "GSS-SPNEGO without a layer, refused"])
def test_a_bind_without_signing_is_refused_in_ads_words(name: str) -> None:
    running = lab(SESSIONS[name])
    _, answers = replay(running, octets(SESSIONS[name]))
    last = messages(b"".join(answers))[-1]
    assert (code(last), SESSIONS[name]["exit"]) == (8, 8)
    assert text(last).startswith("00002028: LdapErr: DSID-")
    assert running.notes()[-1]["status"] == "NoSecurityLayer"


def test_without_a_layer_impacket_reads_every_answer() -> None:
    name = "GSSAPI without a layer"
    _, answers = replay(lab(SESSIONS[name]), octets(SESSIONS[name]))
    data = b"".join(answers)
    found = ["searchResEntry", "searchResEntry", "searchResRef", "searchResDone"]
    assert kinds(data) == ["bindResponse"] * 3 + found
    assert [code(message) for message in messages(data)[:3]] == [14, 14, 0]


def test_pages() -> None:
    _, answers = replay(lab(SESSIONS["pages"]), octets(SESSIONS["pages"]))
    data = b"".join(answers)
    # krbtgt, EX1, EX2, alice, DC1, two a page
    assert kinds(data).count("searchResEntry") == 5
    assert kinds(data).count("searchResDone") == 3
    assert kinds(data).count("searchResRef") == 1


def test_who_am_i() -> None:
    _, answers = replay(lab(SESSIONS["ldapwhoami"]), octets(SESSIONS["ldapwhoami"]))
    response = messages(b"".join(answers))[-1]["protocolOp"].getComponent()
    assert bytes(response["responseValue"]) == b"u:CONTOSO\\alice"


def test_anybody_reads_the_root() -> None:
    _, answers = replay(lab(), octets(SESSIONS["anonymous rootDSE"]))
    bind, entry, done = messages(b"".join(answers))
    assert (code(bind), code(done)) == (0, 0)
    attributes = {
        str(each["type"]): [str(value) for value in each["vals"]]
        for each in entry["protocolOp"].getComponent()["attributes"]
    }
    assert attributes["defaultNamingContext"] == attributes["rootDomainNamingContext"] == [BASE]
    assert attributes["currentTime"] == ["20261125172053.0Z"]
    assert attributes["supportedSASLMechanisms"] == ["GSSAPI", "GSS-SPNEGO"]
    assert attributes["ldapServiceName"] == ["contoso.lab:dc1$@CONTOSO.LAB"]
    assert attributes["dnsHostName"] == ["dc1.contoso.lab"]


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("anonymous search", "searchResDone", 1),
        ("ldapcompare", "compareResponse", 53),
        ("ldapdelete", "delResponse", 53),
        ("ldapmodrdn", "modDNResponse", 53),
        ("ldapadd", "addResponse", 53),
        ("ldapmodify", "modifyResponse", 53),
        ("StartTLS", "extendedResp", 52),
        ("simple bind", "bindResponse", 8),
        ("critical control", "searchResDone", 12),
    ],
)
def test_what_the_lab_does_not_do_it_refuses(name: str, kind: str, expected: int) -> None:
    _, answers = replay(lab(), octets(SESSIONS[name]))
    last = messages(b"".join(answers))[-1]
    assert (str(last["protocolOp"].getName()), code(last)) == (kind, expected)
    assert SESSIONS[name]["exit"] != 0


@pytest.mark.parametrize(("ahead", "status"), [(-600.0, "TimeSkew"), (0.0, "OK"), (600.0, "TimeSkew")])
def test_a_skewed_clock_is_told_with_a_krb_error(ahead: float, status: str) -> None:
    session = SESSIONS["GSSAPI sealed"] | {"clock": SESSIONS["GSSAPI sealed"]["clock"] + ahead}
    running = lab(session)
    _, answers = replay(running, octets(session)[:2])
    if status == "OK":
        return
    first, second = messages(b"".join(answers))
    token = bytes(first["protocolOp"].getComponent()["serverSaslCreds"])
    assert (code(first), code(second)) == (14, 49)
    assert b"\x03\x00\x7e" in token[:24]  # a framed KRB-ERROR, [APPLICATION 30]
    assert text(second).startswith("80090324: ")
    assert running.notes()[-1]["status"] == status


def test_another_key_is_invalid_credentials() -> None:
    session = SESSIONS["GSS-SPNEGO sealed"] | {"keys": 1}
    running = lab(session)
    _, answers = replay(running, octets(session)[:1])
    (answer,) = messages(b"".join(answers))
    assert (code(answer), text(answer)[:9]) == (49, "8009030C:")
    assert running.notes()[-1]["status"] == "LogonDenied"


def test_a_damaged_token_ends_the_connection() -> None:
    *parts, last = octets(SESSIONS["GSSAPI sealed"])[:4]
    damaged = last[:-1] + bytes((last[-1] ^ 1,))
    running = lab(SESSIONS["GSSAPI sealed"])
    session, answers = replay(running, [*parts, damaged])
    assert session.closed
    assert running.notes()[-1]["kind"] == "ldap-malformed"
    # the farewell is sealed, so it is no LDAP message on the wire
    assert int.from_bytes(answers[-1][:4], "big") == len(answers[-1]) - 4
    assert session.receive(last) == b""


def test_an_unknown_mechanism() -> None:
    known = octets(SESSIONS["GSS-SPNEGO sealed"])[0]
    unknown = known.replace(b"GSS-SPNEGO", b"DIGEST-MD5")
    _, (answer,) = replay(lab(), [unknown])
    assert [code(message) for message in messages(answer)] == [7]


START_TLS = octets(SESSIONS["StartTLS"])[0]
NAMES = TlsNames(certificate=b"a certificate")


def test_tls_begins_behind_the_answer_and_what_came_too_early_is_never_used() -> None:
    running = lab(tls="offered")
    session, (answer,) = replay(running, [START_TLS + octets(SESSIONS["anonymous rootDSE"])[0]])
    assert (kinds(answer), code(messages(answer)[0])) == (["extendedResp"], 0)
    assert session.tls_is_due
    assert session.receive(octets(SESSIONS["anonymous rootDSE"])[1]) == b""
    session.tls_started(NAMES)
    assert kinds(session.receive(octets(SESSIONS["anonymous rootDSE"])[1])) == [
        "searchResEntry",
        "searchResDone",
    ]
    # once is enough (RFC 4511 section 4.14.1)
    assert code(messages(session.receive(START_TLS))[0]) == 1


@pytest.mark.parametrize("name", ["GSSAPI sealed", "GSS-SPNEGO sealed"])
def test_inside_of_tls_a_layer_is_refused(name: str) -> None:
    running = lab(SESSIONS[name], tls="offered")
    session = LdapSession(running.controller)
    session.tls_started(NAMES)
    answers = b"".join(session.receive(part) for part in octets(SESSIONS[name]))
    last = messages(answers)[2 if name.startswith("GSSAPI") else 0]
    # a client that was offered a layer outside chooses one that is not offered here
    expected, words = (49, "80090326:") if name.startswith("GSSAPI") else (53, "00002029:")
    assert (code(last), text(last)[:9]) == (expected, words)


def test_inside_of_tls_nobody_has_to_sign() -> None:
    recorded = SESSIONS["GSSAPI without a layer"]
    running = lab(recorded, tls="offered", requires_signing=True)
    session = LdapSession(running.controller)
    session.tls_started(NAMES)
    # the offer is another one here, so the client's answer to it is under another number: only the first legs fit
    answers = [session.receive(part) for part in octets(recorded)[:3]]
    assert code(messages(answers[2])[0]) == 0
    assert running.notes()[-1]["layer"] == "none"


def test_channel_bindings_that_are_required_and_missing() -> None:
    recorded = SESSIONS["GSSAPI without a layer"]
    running = lab(recorded, tls="offered", channel_bindings=Policy.REQUIRE)
    session = LdapSession(running.controller)
    session.tls_started(NAMES)
    (answer,) = messages(session.receive(octets(recorded)[0]))
    assert (code(answer), text(answer)[:9]) == (49, "80090346:")
    # outside of TLS there is no channel that could be named
    assert code(messages(LdapSession(running.controller).receive(octets(recorded)[0]))[0]) == 14


def test_a_controller_that_takes_no_bind_outside_of_tls() -> None:
    running = lab(tls="required")
    for name in ("simple bind", "GSS-SPNEGO sealed"):
        (answer,) = messages(LdapSession(running.controller).receive(octets(SESSIONS[name])[0]))
        assert code(answer) == 13
    assert {note["status"] for note in running.notes()} == {"NoTls"}


HOSTILE = {
    "no LDAP": b"GET / HTTP/1.0\r\n\r\n",
    "an indefinite length": b"\x30\x80" + bytes(16),
    "a gigabyte announced": b"\x30\x84\x40\x00\x00\x00",
    "too long for a search": bytes.fromhex("3083004e2a020101") + b"\x63\x83\x00\x4e\x22" + bytes(0x4E22),
    "an empty sequence": b"\x30\x00",
    "a response": bytes.fromhex("300c02010161070a010004000400"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_octets_end_the_session_with_a_notice(name: str) -> None:
    running = lab()
    session, (answer,) = replay(running, [HOSTILE[name]])
    (notice,) = messages(answer)
    assert session.closed
    assert (int(notice["messageID"]), code(notice)) == (0, 2)
    response = notice["protocolOp"].getComponent()
    assert bytes(response["responseName"]) == b"1.3.6.1.4.1.1466.20036"


def test_a_filter_that_is_too_deep() -> None:
    request = octets(SESSIONS["anonymous search"])[1]
    found = b"\x87\x0bobjectclass"
    assert found in request
    deep = found
    for _ in range(40):
        deep = (
            b"\xa2\x81" + bytes((len(deep),)) + deep
            if len(deep) > 127
            else b"\xa2" + bytes((len(deep),)) + deep
        )
    head = bytes.fromhex("04000a01020a0100020100020100010100")
    inside = head + deep + b"\x30\x00"
    search = b"\x63\x81" + bytes((len(inside),)) + inside
    whole = b"\x02\x01\x02" + search
    session, (answer,) = replay(lab(), [b"\x30\x81" + bytes((len(whole),)) + whole])
    assert session.closed
    assert code(messages(answer)[0]) == 2


def test_what_waits_is_bounded() -> None:
    session = LdapSession(lab().controller)
    assert session.receive(b"\x30\x83" + MAXIMUM_BIND_BYTES.to_bytes(3, "big")) == b""
    # just below what is announced: it waits; nobody can make it wait for more
    session.receive(bytes(MAXIMUM_BIND_BYTES - 1))
    assert len(session._plain) + len(session._arrived) <= MAXIMUM_WAITING
    session.receive(b"\0")
    assert session.closed


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=200), position=st.integers(0, 400), name=st.sampled_from(sorted(SESSIONS)))
def test_nothing_is_raised_whatever_comes(data: bytes, position: int, name: str) -> None:
    sent = b"".join(octets(SESSIONS[name]))
    LdapSession(lab(SESSIONS[name]).controller).receive(sent[:position] + data + sent[position + len(data) :])
