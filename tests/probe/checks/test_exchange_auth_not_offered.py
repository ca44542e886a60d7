import pytest

from probe.checks import Status
from probe.checks.exchange_auth_not_offered import examine
from probe.trace.facts import Outcome
from tests.support.traces import (
    bound_refused,
    ehlo,
    failing,
    greeting,
    handshake,
    healthy,
    inside,
    postfix,
    refused,
    reply,
    step,
    tls,
    trace,
)

NOTHING = {"exps": (), "x_anonymoustls": False, "keywords": ("SIZE", "AUTH"), "is_exchange": False}


UNLISTED = step(
    tls(reply=reply(500, "5.3.3 Unrecognized command"), contrast="unlisted-tls", version=""), Outcome.REFUSED
)


def test_an_exchange_banner_without_x_exps_is_proof() -> None:
    finding = examine(trace(greeting(), ehlo(**{**NOTHING, "is_exchange": True})))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, True)


def test_without_any_keyword_of_its_own_an_unknown_command_is_no_proof() -> None:
    """Whoever takes keywords out of replies may overwrite commands as well, and the receiver then says 500."""
    assert examine(trace(greeting(), ehlo(**NOTHING))).status is Status.SUSPECT
    finding = examine(trace(greeting(), ehlo(**NOTHING), UNLISTED))
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)
    assert any("500 5.3.3" in item.says for item in finding.evidence)


def test_served_without_an_offer() -> None:
    finding = examine(trace(greeting(), ehlo(**NOTHING), refused()))
    assert (finding.status, finding.breaks) == (Status.NOTICE, False)


def test_exchange_keywords_without_x_exps_are_proof_even_with_a_banner_of_its_own() -> None:
    own = greeting(None, software="", reply=reply(220, "mail ready"))
    assert examine(trace(own, ehlo(exps=()))).status is Status.CONFIRMED


def test_it_stays_a_failure_when_auth_gssapi_works() -> None:
    """A sending server uses X-EXPS only, so that another client gets through does not help it."""
    assert examine(trace(greeting(), ehlo(**NOTHING), handshake(verb="AUTH"))).breaks is True


def test_x_exps_inside_tls_is_enough() -> None:
    assert examine(trace(greeting(), ehlo(exps=()), ehlo(tls="starttls"))).status is Status.PASS


def test_masked_replies_are_inspection_rather() -> None:
    assert examine(trace(greeting(masked=True), ehlo(exps=()))).status is Status.SUSPECT, (
        "its keywords came through"
    )
    assert examine(trace(greeting(), ehlo(exps=(), masked=("XXXXXXXA",)))).status is Status.NOTICE


def test_ntlm_alone_is_a_notice_for_an_edge_server_has_no_more() -> None:
    assert examine(trace(greeting(), ehlo(exps=("NTLM",)))).status is Status.NOTICE


def test_offered_and_refused_is_a_suspicion() -> None:
    said = reply(504, "5.7.4 Unrecognized authentication type")
    assert examine(failing(step(refused(said), Outcome.REFUSED))).status is Status.SUSPECT


@pytest.mark.parametrize("changes", [{}, {"auth": ()}])
def test_other_servers_are_not_accused(changes: dict[str, object]) -> None:
    assert examine(trace(*postfix(**changes))).status is Status.NOT_APPLICABLE


def test_no_ehlo_reply_does_not_apply() -> None:
    assert examine(trace(greeting())).status is Status.NOT_APPLICABLE
    assert examine(trace(greeting(), ehlo(reply=reply(502), exps=()))).status is Status.NOT_APPLICABLE


def test_healthy_passes() -> None:
    assert examine(healthy()).status is Status.PASS


def test_504_to_what_was_not_offered_there_is_the_askers_doing() -> None:
    within = ehlo(tls="starttls", x_anonymoustls=False)
    asked_for = bound_refused(reply(504, "5.7.4 Unrecognized authentication type"), tls="starttls")
    assert examine(trace(greeting(), ehlo(), within, asked_for)).status is Status.PASS
    offered = bound_refused(reply(504, "5.7.4 Unrecognized authentication type"))
    assert examine(trace(greeting(), ehlo(), inside(), offered)).status is Status.SUSPECT
