"""The KDC fed with what MIT's kinit and kvno sent, and with impacket's client; impacket's crypto opens the answers."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket.krb5 import asn1, constants, kerberosv5, types
from pyasn1.codec.der import encoder  # type: ignore[import-untyped]

from probe.wire.crypto import Key
from simulator.directory.store import Directory, KeySet, password_keys
from simulator.faults.missing_spn import MissingSpn
from simulator.faults.ticket_time import TicketTime
from simulator.faults.values import Seconds
from tests.support.lab_kdc import (
    AS_REQ,
    KEYS,
    MESSAGES,
    NOW,
    REALM,
    SPN,
    TGS_REQ,
    Lab,
    ask,
    changed,
    disabled,
    edited,
    error_code,
    error_of,
    lab,
    opened,
    options,
    read,
    recorded_directory,
    ticket_in,
)

DAY = 86_400
OTHER_KEYS = (KeySet(kvno=1, keys={18: Key(18, bytes(32))}),)


def as_request(**body: Any) -> bytes:
    """kinit's first request, without preauthentication, changed."""
    return edited(MESSAGES["as_req"], asn1.AS_REQ(), **body)


def without_preauthentication(**changes: Any) -> Directory:
    return changed(recorded_directory(), "alice", requires_preauthentication=False, **changes)


def test_without_a_timestamp_it_asks_for_one() -> None:
    error = error_of(ask(lab(now=NOW + 0.9999999), MESSAGES["as_req"]))
    assert int(error["error-code"]) == 25
    assert (str(error["stime"]), int(error["susec"])) == ("20261123215156Z", 0)
    assert str(error["realm"]) == REALM
    offered = read(bytes(error["e-data"]), asn1.METHOD_DATA())
    assert [int(p["padata-type"]) for p in offered] == [19, 2]
    info = read(bytes(offered[0]["padata-value"]), asn1.ETYPE_INFO2())
    assert [(int(e["etype"]), str(e["salt"])) for e in info] == [(18, "CONTOSO.LABalice")]


def test_etype_info_lists_what_the_client_asked_for_and_the_account_has() -> None:
    keys = password_keys("Passw0rd", salt="CONTOSO.LABalice", kvno=1)
    directory = changed(recorded_directory(), "alice", key_sets=(keys,), etypes=(18, 23, 20))
    error = error_of(ask(lab(directory), as_request(etype=[23, 1, 17, 20, 23])))
    offered = read(bytes(error["e-data"]), asn1.METHOD_DATA())
    info = read(bytes(offered[0]["padata-value"]), asn1.ETYPE_INFO2())
    assert [(int(e["etype"]), e["salt"].hasValue()) for e in info] == [(23, False), (20, True)]


def test_mit_timestamp_gives_a_ticket_that_impacket_opens() -> None:
    kdc = lab()
    octets = ask(kdc, AS_REQ)
    reply = read(octets, asn1.AS_REP())
    part = read(opened(KEYS["alice"], 3, reply["enc-part"]), asn1.EncASRepPart())
    assert int(part["nonce"]) == int(read(AS_REQ, asn1.AS_REQ())["req-body"]["nonce"])
    ticket = ticket_in(octets, asn1.AS_REP(), "krbtgt")
    assert bytes(ticket["key"]["keyvalue"]) == bytes(part["key"]["keyvalue"])
    assert str(ticket["endtime"]) == str(part["endtime"]) == "20261124075155Z"  # ten hours
    # Bits 9 and 10: initial, pre-authenticated.
    assert str(ticket["flags"].prettyPrint()) == str(1 << 22 | 1 << 21)
    assert [entry.detail["message"] for entry in kdc.ledger.entries] == ["AS-REQ", "AS-REP"]
    assert kdc.ledger.entries[1].detail["client"] == "alice"


@pytest.mark.parametrize(
    ("ahead", "code"), [(299, None), (-299, None), (301, 37), (-301, 37), (3600, 37), (-3600, 37)]
)
def test_the_clock_limit_is_five_minutes(ahead: int, code: int | None) -> None:
    for request in (AS_REQ, TGS_REQ):
        answer = ask(lab(now=NOW + ahead), request)
        if code is None:
            assert answer[0] in (0x6B, 0x6D)  # [APPLICATION 11] and [APPLICATION 13]
        elif request is AS_REQ or ahead < DAY:
            # The recorded ticket starts at NOW: a KDC that is behind sees one that is not yet valid.
            expected = 33 if request is TGS_REQ and ahead < 0 else code
            assert error_code(answer) == expected


def _other_password(directory: Directory) -> Directory:
    return changed(directory, "alice", key_sets=OTHER_KEYS)


def _no_keys(directory: Directory) -> Directory:
    return changed(directory, "alice", key_sets=())


@pytest.mark.parametrize(("change", "code"), [(disabled, 18), (_other_password, 24), (_no_keys, 14)])
def test_clients_that_are_refused(change: Callable[[Directory], Directory], code: int) -> None:
    assert error_code(ask(lab(change(recorded_directory())), AS_REQ)) == code


def test_a_disabled_account_says_so_as_windows_does() -> None:
    error = error_of(ask(lab(disabled(recorded_directory())), AS_REQ))
    assert bytes(error["e-data"])[11:15].hex() == "720000c0"


@pytest.mark.parametrize(
    ("components", "name_type", "code"),
    [
        (["ALICE"], 1, 25),
        (["alice"], 10, 25),
        (["alice@contoso.lab"], 10, 25),
        (["alice@fabrikam.lab"], 10, 68),
        (["alice@contoso.lab"], 1, 6),
        (["EX1$"], 1, 25),
        (["ex1"], 1, 25),
        (["bob"], 1, 6),
        (["SMTPSVC", "ex1.contoso.lab"], 1, 6),
        ([], 1, 6),
    ],
)
def test_names_of_clients(components: list[str], name_type: int, code: int) -> None:
    request = read(MESSAGES["as_req"], asn1.AS_REQ())
    name = request["req-body"]["cname"]
    name["name-type"] = name_type
    name["name-string"].clear()
    name["name-string"].extend(components)
    assert error_code(ask(lab(), bytes(encoder.encode(request)))) == code


@pytest.mark.parametrize(("option", "name"), [((), "ALICE"), ((15,), "alice")])
def test_a_name_is_made_canonical_only_when_asked(option: tuple[int, ...], name: str) -> None:
    request = as_request(kdc_options=options(*option)).replace(b"\x1b\x05alice", b"\x1b\x05ALICE")
    reply = read(ask(lab(without_preauthentication()), request), asn1.AS_REP())
    assert [str(c) for c in reply["cname"]["name-string"]] == [name]


def test_other_realms_and_encryption_types() -> None:
    assert error_code(ask(lab(), as_request(realm="FABRIKAM.LAB"))) == 68
    assert error_code(ask(lab(), as_request(etype=[1, 3]))) == 14
    assert error_code(ask(lab(), as_request(till="20261123000000Z"))) == 25
    assert error_code(ask(lab(without_preauthentication()), as_request(till="20261123000000Z"))) == 11


@pytest.mark.parametrize("option", [2, 4, 6, 14, 28, 30, 31])
def test_options_that_are_refused(option: int) -> None:
    kdc = lab(without_preauthentication())
    assert error_code(ask(kdc, as_request(kdc_options=options(option)))) == 13
    assert kdc.ledger.entries[-1].detail["error"] == 13


def test_flags_and_renewal_that_are_asked_for() -> None:
    request = as_request(kdc_options=options(1, 3, 8), till="19700101000000Z")
    ticket = ticket_in(ask(lab(without_preauthentication()), request), asn1.AS_REP(), "krbtgt")
    # Bits 1, 3, 8, 9: forwardable, proxiable, renewable, initial; no pre-authentication.
    assert str(ticket["flags"].prettyPrint()) == str(1 << 30 | 1 << 28 | 1 << 23 | 1 << 22)
    assert str(ticket["endtime"]) == "20261124075155Z"
    assert str(ticket["renew-till"]) == "20261130215155Z"


def test_faults_change_the_view_and_are_noted() -> None:
    kdc = lab(None, MissingSpn(spn=SPN))
    assert error_code(ask(kdc, TGS_REQ)) == 7
    assert kdc.ledger.of("fault")[0].detail["fault"] == "missing-spn"


def test_ticket_times_by_declaration() -> None:
    fault = TicketTime(starts_in=Seconds(7200.0), lasts=Seconds(600.0))
    service = ticket_in(ask(lab(None, fault), TGS_REQ), asn1.TGS_REP(), "service")
    assert (str(service["starttime"]), str(service["endtime"])) == ("20261123235155Z", "20261124000155Z")
    # The ticket-granting ticket starts at once: otherwise the KDC would refuse it before a server saw the fault.
    granting = ticket_in(ask(lab(None, fault), AS_REQ), asn1.AS_REP(), "krbtgt")
    assert (str(granting["starttime"]), str(granting["endtime"])) == ("20261123215155Z", "20261123220155Z")


@pytest.mark.parametrize("padding", [4096, 16_384, 49_152])
def test_padding_makes_tickets_of_a_client_larger(padding: int) -> None:
    directory = changed(recorded_directory(), "alice", ticket_padding=padding)
    for request, kind, key in ((AS_REQ, asn1.AS_REP, "krbtgt"), (TGS_REQ, asn1.TGS_REP, "service")):
        kdc = lab(directory)
        assert error_code(ask(kdc, request, "udp")) == 52
        assert [entry.detail.get("error") for entry in kdc.ledger.entries] == [None, 52]
        plain, padded = ask(lab(), request), ask(kdc, request, "tcp")
        assert padding <= len(padded) - len(plain) < padding + 100
        (element,) = ticket_in(padded, kind(), key)["authorization-data"]
        assert int(element["ad-type"]) == 1  # AD-IF-RELEVANT


def test_the_udp_limit() -> None:
    size = len(ask(lab(), AS_REQ))
    assert ask(lab(udp_limit=size), AS_REQ, "udp")[0] == 0x6B
    assert error_code(ask(lab(udp_limit=size - 1), AS_REQ, "udp")) == 52


@pytest.fixture
def impacket_asks(monkeypatch: pytest.MonkeyPatch) -> Callable[[Lab], None]:
    """Let impacket's client talk to a KDC without a network."""

    def connect(kdc: Lab) -> None:
        def send_receive(data: bytes, _host: str, _kdc: str, _port: int = 88) -> bytes:
            answer = ask(kdc, data)
            if answer[0] == 0x7E and error_code(answer) != 25:
                raise kerberosv5.KerberosError(packet=error_of(answer))
            return answer

        monkeypatch.setattr(kerberosv5, "sendReceive", send_receive)

    return connect


def test_impacket_logs_on(impacket_asks: Callable[[Lab], None]) -> None:
    keys = password_keys("Passw0rd", salt="CONTOSO.LABalice", kvno=1)
    directory = changed(recorded_directory(), "alice", key_sets=(keys,))
    # impacket stamps its request with the machine's clock.
    impacket_asks(lab(directory, now=time.time()))
    client = types.Principal("alice", type=constants.PrincipalNameType.NT_PRINCIPAL.value)
    tgt, cipher, _, session_key = kerberosv5.getKerberosTGT(client, "Passw0rd", REALM, b"", b"", kdcHost="-")
    assert cipher.enctype == 18
    # It signs no request, which RFC 4120 section 5.5.1 demands: KRB_AP_ERR_INAPP_CKSUM.
    server = types.Principal(SPN, type=constants.PrincipalNameType.NT_SRV_INST.value)
    with pytest.raises(kerberosv5.KerberosError) as caught:
        kerberosv5.getKerberosTGS(server, REALM, "-", tgt, cipher, session_key)
    assert caught.value.getErrorCode() == 50
    with pytest.raises(kerberosv5.KerberosError) as caught:
        kerberosv5.getKerberosTGT(client, "wrong", REALM, b"", b"", kdcHost="-")
    assert caught.value.getErrorCode() == 24


@given(st.binary(max_size=200))
def test_garbage_gets_no_answer(octets: bytes) -> None:
    kdc = lab()
    assert ask(kdc, octets, "udp") == b""
    assert kdc.ledger.entries[0].detail["octets"] == len(octets)


@given(st.sampled_from([MESSAGES["as_req"], AS_REQ, TGS_REQ]), st.data())
def test_damaged_requests_never_meet_a_bug(octets: bytes, data: st.DataObject) -> None:
    damaged = bytearray(octets)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    kdc = lab()
    ask(kdc, bytes(damaged))
    assert not [e for e in kdc.ledger.entries if "bug" in str(e.detail.get("text"))]


def test_an_announcement_past_all_bounds() -> None:
    assert error_code(lab().service.too_long()) == 61
