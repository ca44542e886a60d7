"""Tickets of several KDCs for one service, and what the receiver made of them."""

from probe.trace import Trace
from probe.trace.views.smtp.other_kdc import compare_tickets
from tests.support.traces import DC1, DC2, asks, clock, ehlo, greeting, handshake, refused, ticket, trace


def run(*more: object) -> Trace:
    return trace(asks(kdc=DC1, purpose="tgs"), asks(kdc=DC2), ticket(), refused(), *more)  # type: ignore[arg-type]


TAKEN = handshake(contrast="other-kdc", kdc=DC2)
REFUSED = refused(contrast="other-kdc", kdc=DC2)


def test_nothing_to_compare_without_the_contrast() -> None:
    assert compare_tickets(run()) is None


def test_taken_from_another() -> None:
    seen = compare_tickets(run(TAKEN))
    assert seen is not None
    assert (seen.issuer.kdc, len(seen.refused), seen.alike) == (DC1, 1, True)
    assert [step.facts.kdc for step in seen.taken_from_another] == [DC2]
    assert not seen.refused_from_another


def test_refused_from_all() -> None:
    seen = compare_tickets(run(REFUSED))
    assert seen is not None
    assert [step.facts.kdc for step in seen.refused_from_another] == [DC2]
    assert not seen.taken_from_another


def test_clocks_that_differ_may_be_the_difference() -> None:
    seen = compare_tickets(run(TAKEN, clock(DC1, 0.0), clock(DC2, -600.0)))
    assert seen is not None
    assert not seen.alike


def test_several_computers_may_be_the_difference() -> None:
    seen = compare_tickets(run(TAKEN, ehlo(), ehlo(advertised_name="ex9.contoso.lab")))
    assert seen is not None
    assert not seen.alike


def test_an_issuer_that_is_ahead_of_the_receiver_may_be_the_difference() -> None:
    """Its ticket is not valid yet there; the other one's, a little behind, is. The two agree well enough themselves."""
    clocks = (clock(DC1, 200.0), clock(DC2, 0.0))
    behind = compare_tickets(run(TAKEN, *clocks, greeting(-160.0)))
    assert behind is not None
    assert not behind.alike
    with_it = compare_tickets(run(TAKEN, *clocks, greeting(100.0)))
    assert with_it is not None
    assert with_it.alike
    unknown = compare_tickets(run(TAKEN, *clocks))
    assert unknown is not None
    assert not unknown.alike
