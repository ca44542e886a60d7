from typing import Any

import pytest

from probe.checks import Finding, Status
from probe.checks.trust_broken import examine
from probe.trace.facts import DirectoryTrust, Facts, KdcDiscovery, KdcExchange
from tests.support.directories import answer
from tests.support.traces import (
    DC1,
    REALM,
    RETURN_SPN,
    SPN,
    asked,
    asks,
    handshake,
    healthy,
    no_ticket,
    refused,
    ticket,
    trace,
)

OTHER = "FABRIKAM.LAB"
FDC1, FDC2 = "fdc1.fabrikam.lab:88", "fdc2.fabrikam.lab:88"
OWN = f"krbtgt/{OTHER}"


def referred(**changes: Any) -> KdcExchange:
    return asks(purpose="tgs", referral_realm=OTHER, ticket_kvno=4, **changes)


def there(code: int | None = None, *, kdc: str = FDC1, spn: str = SPN, **changes: Any) -> KdcExchange:
    return asks(spn, kdc, code, realm=OTHER, **changes)


def broken(code: int, *more: KdcExchange) -> Finding:
    return examine(trace(referred(), there(code, purpose="tgs"), *more, no_ticket(code)))


def test_a_healthy_run_within_one_realm() -> None:
    assert examine(healthy()).status is Status.NOT_APPLICABLE


def test_a_referral_that_is_taken() -> None:
    finding = examine(trace(referred(), there(purpose="tgs"), ticket(), handshake()))
    assert (finding.status, finding.says) == (Status.PASS, f"{OTHER} takes the referral")


def test_error_31_to_a_referral_is_proof() -> None:
    finding = broken(31, there(31), there(31, spn=OWN))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, True)
    assert finding.names == {
        "trusted_domain": "contoso.lab",
        "trusting_domain": "fabrikam.lab",
        "kdc": FDC1,
        "has_trust": "yes",
    }
    assert [evidence.step for evidence in finding.evidence] == ["kdc-1", "kdc-2"]
    assert "made with the trust's key kvno 4" in finding.evidence[0].says
    assert "(31)" in finding.evidence[1].says
    assert not finding.would_decide


def test_error_31_of_our_own_realm_is_none_of_it() -> None:
    """A ticket-granting ticket that the very KDC cannot open that should have made it: no trust is in it."""
    finding = examine(trace(asks(purpose="tgs", code=31), no_ticket(31)))
    assert finding.status is Status.NOT_APPLICABLE


def test_error_31_of_a_realm_that_nobody_referred_us_to_is_no_proof() -> None:
    assert examine(trace(there(31, purpose="tgs"), no_ticket(31))).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (12, "policy turns us away"),
        (35, "one of its own"),
        (41, "altered"),
        (44, "key of the referral's version"),
        (45, "encryption type"),
    ],
)
def test_other_refusals_are_suspicions(code: int, words: str) -> None:
    finding = broken(code)
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)
    assert words in finding.says
    assert "/Verify" in finding.would_decide[0]


def test_a_policy_may_be_of_the_one_service() -> None:
    """Selective authentication: the KDC takes the referral, and gives no ticket for that computer."""
    finding = broken(12, there(spn=OWN))
    assert finding.status is Status.SUSPECT
    assert "policy turns us away" in finding.says


@pytest.mark.parametrize(("code", "words"), [(7, "no trust with that realm"), (60, "general error")])
def test_who_does_not_even_know_itself_does_not_know_the_referral(code: int, words: str) -> None:
    finding = broken(code, there(code, spn=OWN))
    assert finding.status is Status.SUSPECT
    assert words in finding.says


def test_an_unknown_name_alone_is_not_the_trusts_fault() -> None:
    assert broken(7, there(spn=OWN)).status is Status.PASS
    assert broken(7).status is Status.PASS


@pytest.mark.parametrize("code", [6, 14, 32, 33, 37])
def test_errors_about_other_things_are_not_the_trusts_fault(code: int) -> None:
    assert broken(code).status is Status.PASS


def test_one_of_two_kdcs_is_a_matter_of_replication() -> None:
    finding = broken(31, there(kdc=FDC2))
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)
    assert f"{FDC1} of {OTHER} refuses" in finding.says
    assert "repadmin" in finding.would_decide[0]


def test_half_a_trust_that_we_got_through_is_a_warning() -> None:
    finding = examine(trace(referred(), there(purpose="tgs", kdc=FDC2), there(31), ticket(), handshake()))
    assert (finding.status, finding.breaks) == (Status.NOTICE, False)


def test_a_broken_trust_behind_a_ticket_that_we_have_breaks_nothing() -> None:
    finding = examine(trace(referred(), there(31), ticket(source="ccache"), handshake()))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, False)


def found(realm: str = OTHER, *kdcs: str) -> KdcDiscovery:
    return KdcDiscovery(realm=realm, source="dns-srv", kdcs=kdcs)


def test_no_way_to_a_realm_that_exists() -> None:
    run = trace(
        asks(code=7, purpose="tgs"), found(OTHER, FDC1), asks(OWN, code=7), no_ticket(7, "unknown-server")
    )
    finding = examine(run)
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)
    assert finding.says.startswith(f"no KDC of {REALM} knows a way to {OTHER}")
    assert FDC1 in finding.evidence[-1].says


@pytest.mark.parametrize(
    ("trusts", "words"),
    [
        ((), "there is no trust with FABRIKAM.LAB"),
        ((DirectoryTrust(partner="third.lab", direction=3),), "there is no trust with FABRIKAM.LAB"),
        ((DirectoryTrust(partner="fabrikam.lab", direction=2),), "is one-way, and lets them in here only"),
        ((DirectoryTrust(partner="fabrikam.lab", direction=9),), "is of direction 9"),
        ((DirectoryTrust(partner="fabrikam.lab"),), "is of direction None"),
    ],
)
def test_the_directory_says_which_trust_there_is(trusts: tuple[DirectoryTrust, ...], words: str) -> None:
    told = answer("trusts", trusts=trusts)
    run = trace(
        *(asks(code=7, purpose="tgs"), found(OTHER, FDC1), asks(OWN, code=7), no_ticket(7), told),
    )
    assert words in examine(run).evidence[-1].says
    assert examine(run).status is Status.SUSPECT


@pytest.mark.parametrize(
    "steps",
    [
        # nobody knows a KDC of that realm: a domain of the DNS is not always one
        (asks(code=7, purpose="tgs"), found(OTHER), asks(OWN, code=7)),
        # one KDC of ours knows the way
        (asks(code=7, purpose="tgs"), found(OTHER, FDC1), asks(OWN, code=7), asks(OWN, "dc2:88")),
        # the way was not asked for
        (asks(code=7, purpose="tgs"), found(OTHER, FDC1)),
        # our own realm's ticket-granting service
        (asks(code=7, purpose="tgs"), found(REALM, DC1), asks(f"krbtgt/{REALM}", code=7)),
    ],
)
def test_no_sign_of_a_missing_trust(steps: tuple[Any, ...]) -> None:
    assert examine(trace(*steps, no_ticket(7))).status is Status.NOT_APPLICABLE


def one_way(*more: Facts, code: int | None = 7) -> Finding:
    """EXCHANGEAUTH refused; our realm knows our name, and the receiver's KDC answers to it with ``code``."""
    back = asks(RETURN_SPN), there(code, spn=RETURN_SPN)
    run = trace(referred(), there(purpose="tgs"), ticket(), *back, refused(mechanism="EXCHANGEAUTH"), *more)
    return examine(run)


def test_a_receiver_that_finds_no_way_back() -> None:
    finding = one_way(handshake())
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)
    assert "one way only" in finding.says
    assert (finding.names["trusting_domain"], finding.names["trusted_domain"]) == (
        "contoso.lab",
        "fabrikam.lab",
    )
    # without the contrast the receiver may have refused for anything
    assert one_way().status is Status.NOTICE


def test_a_name_that_nobody_has_is_no_matter_of_the_trust() -> None:
    run = trace(
        *(referred(), there(purpose="tgs"), ticket(), asks(RETURN_SPN, code=7), there(7, spn=RETURN_SPN)),
        *(refused(mechanism="EXCHANGEAUTH"), handshake()),
    )
    assert examine(run).status is Status.PASS


def test_a_receiver_that_is_sent_back_finds_the_way() -> None:
    back = asks(RETURN_SPN), there(spn=RETURN_SPN, referral_realm=REALM)
    run = trace(
        referred(), there(purpose="tgs"), ticket(), *back, refused(mechanism="EXCHANGEAUTH"), handshake()
    )
    assert examine(run).status is Status.PASS


def test_the_remedy_for_a_trust_that_is_not_there_is_to_make_it() -> None:
    made, mended = one_way(handshake()), broken(31)
    assert ("has_none" in made.names, "has_trust" in made.names) == (True, False)
    assert ("has_none" in mended.names, "has_trust" in mended.names) == (False, True)


def test_the_system_does_not_tell_whose_error_it_is() -> None:
    native = asks(purpose="tgs", code=31, transport="native", kdc="the system's KDC")
    run = trace(native, no_ticket(31, source="native"), request=asked(credentials="native"))
    finding = examine(run)
    assert finding.status is Status.SUSPECT
    assert "--keytab" in finding.would_decide[0]
