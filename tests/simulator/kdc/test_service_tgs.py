"""TGS requests as MIT's kvno sent them, changed one thing at a time; impacket's crypto opens the answers."""

from collections.abc import Callable
from hashlib import md5
from typing import Any

import pytest
from impacket.krb5 import asn1
from pyasn1.codec.der import encoder  # type: ignore[import-untyped]
from pyasn1.type import univ  # type: ignore[import-untyped]

from probe.wire.crypto import EncryptionType, Key
from simulator.directory.store import Directory, KeySet
from simulator.faults.password_changed_on_one_dc import PasswordChangedOnOneDc
from tests.support.lab_kdc import (
    KEYS,
    NOW,
    REALM,
    SPN,
    TGS_REQ,
    ask,
    changed,
    disabled,
    edited,
    error_code,
    lab,
    opened,
    options,
    read,
    recorded_directory,
    signed_again,
    ticket_in,
)

DAY = 86_400
OTHER_KEYS = (KeySet(kvno=1, keys={18: Key(18, bytes(32))}),)


def test_mit_tgs_req_gives_a_service_ticket_that_impacket_opens() -> None:
    kdc = lab()
    octets = ask(kdc, TGS_REQ)
    reply = read(octets, asn1.TGS_REP())
    assert int(reply["ticket"]["enc-part"]["kvno"]) == 1
    # kvno sent a subkey: usage 9 (RFC 4120 section 7.5.1).
    part = read(opened(KEYS["tgs_subkey"], 9, reply["enc-part"]), asn1.EncTGSRepPart())
    assert [str(c) for c in part["sname"]["name-string"]] == SPN.split("/")
    ticket = ticket_in(octets, asn1.TGS_REP(), "service")
    assert bytes(ticket["key"]["keyvalue"]) == bytes(part["key"]["keyvalue"])
    assert str(ticket["authtime"]) == "20261123215155Z"
    assert str(ticket["flags"].prettyPrint()) == str(1 << 21)  # pre-authenticated, not initial
    assert kdc.ledger.entries[-1].detail["client"] == "alice"


def _second_owner(directory: Directory) -> Directory:
    return changed(directory, "alice", spns=(SPN.upper(),))


def _no_owner(directory: Directory) -> Directory:
    return changed(directory, "EX1$", spns=())


def _other_granting_key(directory: Directory) -> Directory:
    return changed(directory, "krbtgt", key_sets=OTHER_KEYS)


def _newer_granting_key(directory: Directory) -> Directory:
    return changed(directory, "krbtgt", key_sets=(KeySet(kvno=2, keys={18: KEYS["krbtgt"]}),))


def _granting_key_of_another_type(directory: Directory) -> Directory:
    return changed(directory, "krbtgt", key_sets=(KeySet(kvno=1, keys={17: Key(17, bytes(16))}),))


def _rc4_only(directory: Directory) -> Directory:
    keys = {23: Key(23, bytes(16)), 18: KEYS["service"]}
    return changed(directory, "EX1$", etypes=(23,), key_sets=(KeySet(kvno=1, keys=keys),))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_second_owner, 7),
        (_no_owner, 7),
        (disabled, 18),
        (_other_granting_key, 31),
        (_newer_granting_key, 44),
        (_granting_key_of_another_type, 45),
    ],
)
def test_tickets_that_are_refused(change: Callable[[Directory], Directory], code: int) -> None:
    assert error_code(ask(lab(change(recorded_directory())), TGS_REQ)) == code


@pytest.mark.parametrize(("steps", "code"), [(0, 31), (1, None), (2, 44)])
def test_a_granting_ticket_of_a_controller_with_another_krbtgt(steps: int, code: int | None) -> None:
    """MIT's ticket, as of the domain controller that has not heard of the change; the password before is kept."""
    kdc = lab(None, PasswordChangedOnOneDc(account="krbtgt", on="DC1", kvno=steps))
    answer = ask(kdc, TGS_REQ)
    assert (None if answer[:1] == b"\x6d" else error_code(answer)) == code
    assert [(entry.party, entry.detail["hook"]) for entry in kdc.ledger.of("fault")] == [("DC1", "directory")]


def test_the_types_of_ticket_and_session_key() -> None:
    octets = ask(lab(_rc4_only(recorded_directory())), TGS_REQ)
    reply = read(octets, asn1.TGS_REP())
    assert int(reply["ticket"]["enc-part"]["etype"]) == 23
    part = read(opened(KEYS["tgs_subkey"], 9, reply["enc-part"]), asn1.EncTGSRepPart())
    assert int(part["key"]["keytype"]) == 23


def test_a_service_without_a_type_that_the_client_asks_for() -> None:
    directory = changed(recorded_directory(), "EX1$", etypes=(EncryptionType.RC4_HMAC,))
    assert error_code(ask(lab(directory), TGS_REQ)) == 14


def test_an_expired_ticket() -> None:
    assert error_code(ask(lab(now=NOW + DAY + 301), TGS_REQ)) == 32


def test_a_request_that_was_changed_on_its_way() -> None:
    # The nonce is inside the body that kvno's authenticator signs.
    assert error_code(ask(lab(), edited(TGS_REQ, asn1.TGS_REQ(), nonce=7))) == 41


def _as_another_client(authenticator: Any) -> None:
    authenticator["cname"]["name-string"][0] = "bob"


def _with_another_checksum_type(authenticator: Any) -> None:
    authenticator["cksum"]["cksumtype"] = 15


def _with_md5(authenticator: Any) -> None:
    body = read(TGS_REQ, asn1.TGS_REQ())["req-body"].clone(
        tagSet=asn1.KDC_REQ_BODY.tagSet, cloneValueFlag=True
    )
    authenticator["cksum"]["cksumtype"] = 7
    authenticator["cksum"]["checksum"] = md5(encoder.encode(body), usedforsecurity=False).digest()


def _with_the_md5_of_something_else(authenticator: Any) -> None:
    authenticator["cksum"]["cksumtype"] = 7
    authenticator["cksum"]["checksum"] = bytes(16)


def _with_a_subkey_of_three_octets(authenticator: Any) -> None:
    authenticator["subkey"]["keyvalue"] = bytes(3)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_as_another_client, 36),
        (_with_another_checksum_type, 50),
        (_with_the_md5_of_something_else, 41),
        (_with_a_subkey_of_three_octets, 60),
        (_with_md5, None),
    ],
)
def test_authenticators(change: Callable[[Any], None], code: int | None) -> None:
    answer = ask(lab(), signed_again(read(TGS_REQ, asn1.TGS_REQ()), change))
    assert (error_code(answer) if answer[0] == 0x7E else None) == code


def test_without_a_subkey_the_session_key_protects_the_reply() -> None:
    def without_subkey(authenticator: Any) -> None:
        authenticator["subkey"] = univ.noValue

    answer = ask(lab(), signed_again(read(TGS_REQ, asn1.TGS_REQ()), without_subkey))
    # Usage 8 (RFC 4120 section 7.5.1).
    part = opened(KEYS["tgt_session"], 8, read(answer, asn1.TGS_REP())["enc-part"])
    assert str(read(part, asn1.EncTGSRepPart())["srealm"]) == REALM


def test_user_to_user_and_another_realms_ticket() -> None:
    request = read(TGS_REQ, asn1.TGS_REQ())
    padata = next(p for p in request["padata"] if int(p["padata-type"]) == 1)
    ap_request = read(bytes(padata["padata-value"]), asn1.AP_REQ())
    ap_request["ticket"]["sname"]["name-string"][1] = "FABRIKAM.LAB"
    padata["padata-value"] = encoder.encode(ap_request)
    assert error_code(ask(lab(), bytes(encoder.encode(request)))) == 35
    ap_request["ap-options"] = options(1)
    padata["padata-value"] = encoder.encode(ap_request)
    assert error_code(ask(lab(), bytes(encoder.encode(request)))) == 13


def test_a_request_without_its_ticket() -> None:
    request = read(TGS_REQ, asn1.TGS_REQ())
    request["padata"].clear()
    assert error_code(ask(lab(), bytes(encoder.encode(request)))) == 16
