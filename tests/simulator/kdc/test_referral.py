"""Two realms' KDCs: MIT's own TGS-REQ answered with a referral, and the lab's client over it; impacket opens."""

from collections.abc import Generator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from impacket.krb5 import asn1

from probe.wire.crypto import Key
from simulator.directory.store import Account, Directory, KeySet, Trust
from simulator.faults import Fault
from simulator.faults.missing_trust import MissingTrust
from simulator.faults.trust_key import TrustKey
from simulator.kdc.issue import Grant, Situation, make_ticket
from simulator.kdc.referral import served
from simulator.kerberos import KdcOption, KdcRequestBody, NameType, PrincipalName, TicketFlag
from simulator.kerberos.refusal import Refusal
from simulator.tickets import client as kerberos
from simulator.tickets.client import Credential, Machine, TicketError
from tests.support.lab_kdc import (
    KEYS,
    NOW,
    REALM,
    SPN,
    TGS_REQ,
    Lab,
    ask,
    changed,
    error_code,
    lab,
    opened,
    read,
    recorded_directory,
)

CHILD = "EX1.CONTOSO.LAB"
"""A realm whose domain is that of the host in the recorded request."""
THERE = Key(18, bytes(range(32)))
"""The key of referrals from REALM to CHILD."""
BACK = Key(18, bytes(range(1, 33)))
SERVICE = Key(18, bytes(range(2, 34)))
RANDOM = Random(2).randbytes  # noqa: S311 - the same at every run


def keyed(name: str, key: Key, *spns: str, realm: str = CHILD) -> Account:
    return Account(name=name, realm=realm, spns=spns, key_sets=(KeySet(kvno=5, keys={18: key}),))


def trust(realm: str, other: str, outgoing: Key, incoming: Key) -> Trust:
    return Trust(
        realm=other,
        outgoing=keyed(f"krbtgt/{other}", outgoing, realm=realm),
        incoming=keyed(f"krbtgt/{realm}", incoming, realm=other),
    )


def home() -> Directory:
    directory = changed(recorded_directory(), "EX1$", spns=())
    return replace(directory, trusts=(trust(REALM, CHILD, THERE, BACK),))


def child() -> Directory:
    accounts = (keyed("krbtgt", Key(18, bytes(32))), keyed("EX1$", SERVICE, SPN))
    return Directory(realm=CHILD, accounts=accounts, trusts=(trust(CHILD, REALM, BACK, THERE),))


def child_lab(directory: Directory | None = None, *faults: Fault) -> Lab:
    made = lab(directory or child(), *faults)
    made.service.realm = CHILD
    return made


# ---- MIT's request


def test_mits_request_gets_a_referral_that_impacket_opens() -> None:
    octets = ask(lab(home()), TGS_REQ)
    reply = read(octets, asn1.TGS_REP())
    ticket = reply["ticket"]
    assert [str(part) for part in ticket["sname"]["name-string"]] == ["krbtgt", CHILD]
    assert (str(ticket["realm"]), int(ticket["enc-part"]["kvno"])) == (REALM, 5)
    inside = read(opened(THERE, 2, ticket["enc-part"]), asn1.EncTicketPart())
    assert (str(inside["crealm"]), str(inside["cname"]["name-string"][0])) == (REALM, "alice")
    assert bytes(inside["transited"]["contents"]) == b""
    # RFC 4120 section 7.5.1: usage 9, because kvno sent a subkey.
    told = read(opened(KEYS["tgs_subkey"], 9, reply["enc-part"]), asn1.EncTGSRepPart())
    assert [str(part) for part in told["sname"]["name-string"]] == ["krbtgt", CHILD]


def test_a_name_of_our_own_is_never_referred() -> None:
    directory = replace(recorded_directory(), trusts=home().trusts)
    reply = read(ask(lab(directory), TGS_REQ), asn1.TGS_REP())
    assert [str(part) for part in reply["ticket"]["sname"]["name-string"]] == SPN.split("/")


@pytest.mark.parametrize(
    "directory",
    [replace(home(), trusts=()), replace(home(), trusts=(trust(REALM, "FABRIKAM.LAB", THERE, BACK),))],
)
def test_without_a_trust_to_its_domain_the_name_is_unknown(directory: Directory) -> None:
    assert error_code(ask(lab(directory), TGS_REQ)) == 7


@pytest.mark.parametrize(
    ("host", "leads_to"),
    [
        ("ex1.contoso.lab", "EX1.CONTOSO.LAB"),
        ("a.ex1.contoso.lab", "EX1.CONTOSO.LAB"),
        ("A.EX1.Contoso.Lab", "EX1.CONTOSO.LAB"),
        ("ex2.contoso.lab", ""),
        ("notex1.contoso.lab", ""),
        ("ex1", ""),
        ("fabrikam.lab", ""),
    ],
)
def test_the_longest_suffix_wins(host: str, leads_to: str) -> None:
    found = home().route(host)
    assert (found.realm if found else "") == leads_to


# ---- the lab's client, and what the other realm says


def machine() -> Machine:
    account = Account(
        name="alice", realm=REALM, key_sets=(KeySet(kvno=1, keys={18: KEYS["alice"]}),), etypes=(18,)
    )
    return Machine(account=account, now=NOW, randomness=RANDOM)


def perform(exchange: Generator[bytes, bytes, Credential], kdc: Lab) -> Credential:
    request = next(exchange)
    try:
        while True:
            request = exchange.send(ask(kdc, request))
    except StopIteration as stop:
        found: Credential = stop.value
        return found


def referral() -> Credential:
    here = lab(home())
    granting = perform(kerberos.granting_ticket(machine()), here)
    return perform(kerberos.service_ticket(machine(), granting, SPN), here)


def test_the_other_realm_takes_the_referral_and_keeps_the_clients_realm() -> None:
    given = referral()
    assert given.leads_to == CHILD
    got = perform(kerberos.service_ticket(machine(), given, SPN), child_lab())
    assert (str(got.ticket.server), got.ticket.realm, got.leads_to) == (SPN, CHILD, "")
    assert (got.realm, str(got.client)) == (REALM, "alice")


def refusal(kdc: Lab, given: Credential | None = None) -> tuple[int, str]:
    with pytest.raises(TicketError):
        perform(kerberos.service_ticket(machine(), given or referral(), SPN), kdc)
    entry = kdc.ledger.of("kdc-reply")[-1].detail
    return int(str(entry["error"])), str(entry["text"])


def test_another_key_is_a_broken_integrity() -> None:
    code, text = refusal(child_lab(None, TrustKey(realm=CHILD)))
    assert (code, text) == (31, f"the ticket does not decrypt with our key of krbtgt/{CHILD}")


def test_another_version_is_told_apart() -> None:
    assert refusal(child_lab(None, TrustKey(realm=CHILD, kvno=1)))[0] == 44


def test_without_the_trust_on_that_side() -> None:
    """Error 7, as MIT's KDC has it (1.20, observed)."""
    code, text = refusal(child_lab(None, MissingTrust(realm=CHILD)))
    assert (code, text) == (7, f"there is no trust with {REALM}")


def test_a_trust_may_lead_one_way() -> None:
    deaf = child_lab(None, MissingTrust(realm=CHILD, direction="accepts"))
    assert refusal(deaf)[0] == 7
    perform(
        kerberos.service_ticket(machine(), referral(), SPN),
        child_lab(None, MissingTrust(realm=CHILD, direction="refers")),
    )
    mute = lab(home(), MissingTrust(realm=REALM, direction="refers"))
    assert error_code(ask(mute, TGS_REQ)) == 7


def test_a_name_that_the_other_realm_does_not_have() -> None:
    assert refusal(child_lab(changed(child(), "EX1$", spns=())))[0] == 7


def forged(**changes: Any) -> Credential:
    """A referral of REALM's key that says what no honest KDC of REALM would."""
    fields: dict[str, Any] = {
        "client": PrincipalName(name_type=NameType.PRINCIPAL, components=("alice",)),
        "client_account": None,
        "client_realm": REALM,
        "server": PrincipalName(name_type=NameType.SRV_INST, components=("krbtgt", CHILD)),
        "server_account": home().trusts[0].outgoing,
        "flags": TicketFlag(0),
        "auth_time": NOW,
    }
    grant = Grant(**(fields | changes))
    body = KdcRequestBody(options=KdcOption(0), realm=REALM, till=0, nonce=1, etypes=(18,))
    situation = Situation(directory=home(), now=NOW, randomness=RANDOM)
    ticket, told = make_ticket(situation, body, grant)
    return Credential(
        client=grant.client, realm=grant.client_realm, ticket=ticket, key=told.key, end_time=told.end_time
    )


def test_a_realm_speaks_for_its_own_clients_only() -> None:
    code, text = refusal(child_lab(), forged(client_realm="THIRD.LAB"))
    assert (code, text) == (28, f"{REALM} cannot speak for clients of THIRD.LAB")


def test_a_client_of_our_own_that_comes_back_has_to_exist() -> None:
    assert refusal(child_lab(), forged(client_realm=CHILD))[0] == 6


def test_a_referral_to_somebody_else_is_not_ours() -> None:
    server = PrincipalName(name_type=NameType.SRV_INST, components=("krbtgt", "THIRD.LAB"))
    with pytest.raises(TicketError):
        perform(kerberos.service_ticket(machine(), forged(server=server), SPN), kdc := child_lab())
    assert kdc.ledger.of("kdc-reply")[-1].detail["error"] == 35


def test_the_way_may_be_asked_for_by_name() -> None:
    here = lab(home())
    granting = perform(kerberos.granting_ticket(machine()), here)
    assert perform(kerberos.service_ticket(machine(), granting, f"krbtgt/{CHILD}"), here).leads_to == CHILD
    with pytest.raises(TicketError):
        perform(kerberos.service_ticket(machine(), granting, "krbtgt/THIRD.LAB"), here)


def test_who_did_not_ask_for_canonical_names_gets_no_referral() -> None:
    """RFC 6806 section 8."""
    name = PrincipalName(name_type=NameType.SRV_INST, components=tuple(SPN.split("/")))
    body = KdcRequestBody(options=KdcOption(0), realm=REALM, server=name, till=0, nonce=1, etypes=(18,))
    with pytest.raises(Refusal) as caught:
        served(home(), body)
    assert caught.value.code == 7
    assert served(home(), replace(body, options=KdcOption.CANONICALIZE)).is_referral


def test_no_name_at_all() -> None:
    body = KdcRequestBody(options=KdcOption(0), realm=REALM, till=0, nonce=1, etypes=(18,))
    with pytest.raises(Refusal, match="no server named"):
        served(home(), body)
