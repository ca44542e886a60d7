"""A client of one realm, a service of a third: who sends on, who vouches for whom; impacket opens the tickets."""

from dataclasses import replace
from typing import Any

import pytest
from impacket.krb5 import asn1

from probe.wire.crypto import Key
from simulator.directory.store import Directory, KeySet
from simulator.faults import Fault
from simulator.faults.selective_authentication import SelectiveAuthentication
from simulator.faults.trust_etype import TrustEtype
from simulator.tickets import client as kerberos
from simulator.tickets.client import Credential, TicketError
from tests.simulator.kdc.test_referral import CHILD, keyed, machine, perform, trust
from tests.support.lab_kdc import REALM, Lab, lab, opened, read, recorded_directory

THIRD = "SALES.LAB"
SPN = "SMTPSVC/ex9.sales.lab"
TO_CHILD, TO_THIRD, BACK, SERVICE = (Key(18, bytes(range(n, n + 32))) for n in range(4))


def home() -> Directory:
    way = replace(trust(REALM, CHILD, TO_CHILD, BACK), reaches=(THIRD,))
    return replace(recorded_directory(), trusts=(way,))


def middle() -> Directory:
    ways = (trust(CHILD, REALM, BACK, TO_CHILD), trust(CHILD, THIRD, TO_THIRD, BACK))
    return Directory(realm=CHILD, accounts=(keyed("krbtgt", Key(18, bytes(32))),), trusts=ways)


def third(**changes: Any) -> Directory:
    way = replace(trust(THIRD, CHILD, BACK, TO_THIRD), **({"reaches": (REALM,)} | changes))
    accounts = (
        keyed("krbtgt", Key(18, bytes(32)), realm=THIRD),
        keyed("EX9$", SERVICE, SPN, realm=THIRD),
        keyed("EX8$", SERVICE, "SMTPSVC/ex8.sales.lab", realm=THIRD),
    )
    return Directory(realm=THIRD, accounts=accounts, trusts=(way,))


def kdc(directory: Directory, *faults: Fault) -> Lab:
    made = lab(directory, *faults)
    made.service.realm = directory.realm
    return made


def ticket(granting: Credential, at: Lab, spn: str = SPN) -> Credential:
    return perform(kerberos.service_ticket(machine(), granting, spn), at)


def at_the_third(spn: str = SPN, middle_kdc: Lab | None = None) -> Credential:
    here = kdc(home())
    granting = perform(kerberos.granting_ticket(machine()), here)
    first = ticket(granting, here, spn)
    assert first.leads_to == CHILD
    second = ticket(first, middle_kdc or kdc(middle()), spn)
    assert (second.leads_to, second.realm) == (THIRD, REALM)
    return second


def inside(found: Credential, key: Key) -> Any:
    fields = {"etype": found.ticket.encrypted.etype, "cipher": found.ticket.encrypted.cipher}
    return read(opened(key, 2, fields), asn1.EncTicketPart())


def test_each_realm_sends_on_and_the_last_one_writes_down_who_was_between() -> None:
    referral = at_the_third()
    # Between the client's realm and the third there is nobody yet when the middle one seals.
    assert bytes(inside(referral, TO_THIRD)["transited"]["contents"]) == b""
    got = ticket(referral, kdc(third()))
    part = inside(got, SERVICE)
    assert (str(part["crealm"]), str(part["cname"]["name-string"][0])) == (REALM, "alice")
    # RFC 4120 section 3.3.3.2: type 1, the realms between, without the client's own and the server's.
    assert (int(part["transited"]["tr-type"]), bytes(part["transited"]["contents"])) == (1, CHILD.encode())
    assert int(part["flags"].prettyPrint()) & 1 << 31 - 12  # transited-policy-checked


def test_a_realm_vouches_for_those_behind_it_only_where_the_trust_leads_on() -> None:
    closed = kdc(third(reaches=()))
    with pytest.raises(TicketError):
        ticket(at_the_third(), closed)
    entry = closed.ledger.of("kdc-reply")[-1].detail
    assert (entry["error"], entry["text"]) == (28, f"{CHILD} cannot speak for clients of {REALM}")


def test_the_way_to_a_realm_behind_another_may_be_asked_for_by_name() -> None:
    here = kdc(home())
    granting = perform(kerberos.granting_ticket(machine()), here)
    assert ticket(granting, here, f"krbtgt/{THIRD}").leads_to == CHILD
    assert home().towards("sales.lab") == home().trusts[0]
    assert home().towards("FOURTH.LAB") is None


def test_selective_authentication_is_about_clients_of_other_realms_and_what_was_not_allowed() -> None:
    guarded = kdc(third(), SelectiveAuthentication(realm=THIRD, allowed=("ex8$",)))
    with pytest.raises(TicketError):
        ticket(at_the_third(), guarded)
    assert guarded.ledger.of("kdc-reply")[-1].detail["error"] == 12
    allowed = "SMTPSVC/ex8.sales.lab"
    assert str(ticket(at_the_third(allowed), guarded, allowed).ticket.server) == allowed


def test_a_trust_without_aes_seals_its_referrals_with_rc4() -> None:
    keys = {18: TO_THIRD, 23: Key(23, bytes(16))}
    both = KeySet(kvno=5, keys=keys)
    way = trust(CHILD, THIRD, TO_THIRD, BACK)
    old = replace(middle(), trusts=(replace(way, outgoing=replace(way.outgoing, key_sets=(both,))),))
    old = replace(old, trusts=(*old.trusts, trust(CHILD, REALM, BACK, TO_CHILD)))
    asking = replace(machine(), account=replace(machine().account, etypes=(18, 23)))
    here = kdc(home())
    granting = perform(kerberos.granting_ticket(asking), here)
    first = perform(kerberos.service_ticket(asking, granting, SPN), here)
    fault = TrustEtype(realm=CHILD, etypes=(23,), to=THIRD)
    second = perform(kerberos.service_ticket(asking, first, SPN), kdc(old, fault))
    assert (second.ticket.encrypted.etype, second.key.etype) == (23, 23)
    refusing = kdc(old, fault)
    with pytest.raises(TicketError):
        ticket(first, refusing)  # who asks without RC4
    assert refusing.ledger.of("kdc-reply")[-1].detail["error"] == 14
