from probe.checks import Status
from probe.checks.smtp_inspection import examine
from probe.trace.facts import Outcome
from tests.support.traces import (
    connect,
    ehlo,
    greeting,
    handshake,
    healthy,
    inside,
    postfix,
    reply,
    step,
    trace,
)

# As a Cisco ASA with ESMTP inspection shows a banner and a keyword.
STARS = greeting(None, masked=True, software="", reply=reply(220, "*" * 60))
BARE = {"exps": (), "x_anonymoustls": False, "is_exchange": False, "keywords": ("SIZE",)}


def test_a_masked_banner_is_proof() -> None:
    finding = examine(trace(STARS, ehlo(**BARE)))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, True)


def test_a_masked_keyword_is_proof() -> None:
    assert examine(trace(greeting(), ehlo(**BARE, masked=("XXXXXXXA",)))).status is Status.CONFIRMED


def test_a_mask_that_lets_authentication_pass_does_not_break() -> None:
    assert examine(trace(STARS, ehlo(), handshake())).breaks is False


def test_helo_where_ehlo_is_refused_is_a_suspicion() -> None:
    no_ehlo = step(ehlo(reply=reply(500, "5.5.2 unrecognized command")), Outcome.REFUSED)
    helo = ehlo(verb="HELO", **BARE)
    assert examine(trace(greeting(None, software=""), no_ehlo, helo)).status is Status.SUSPECT
    assert examine(trace(greeting(None, software=""), no_ehlo, ehlo())).status is Status.PASS


def test_a_scanners_reply_is_a_suspicion() -> None:
    said = step(ehlo(reply=reply(554, "Permanent scan failure")), Outcome.REFUSED)
    assert examine(trace(greeting(None, software=""), said)).status is Status.SUSPECT
    other = step(ehlo(reply=reply(554, "5.7.1 go away")), Outcome.REFUSED)
    assert examine(trace(greeting(None, software=""), other)).status is Status.PASS


def test_exchange_without_any_of_its_keywords_is_a_possibility() -> None:
    assert examine(trace(greeting(), ehlo(**BARE))).status is Status.NOTICE
    assert examine(trace(greeting(), ehlo(exps=()))).status is Status.PASS


def test_other_servers_pass() -> None:
    assert examine(trace(*postfix())).status is Status.PASS


def test_healthy_passes_and_no_banner_does_not_apply() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(trace(connect())).status is Status.NOT_APPLICABLE


def test_x_exps_inside_tls_and_not_in_clear_was_left_out_on_the_way() -> None:
    clear = ehlo(**BARE)
    assert examine(trace(greeting(), clear, inside())).status is Status.SUSPECT
    warned = examine(trace(greeting(), clear, inside(), handshake()))
    assert (warned.status, warned.breaks) == (Status.NOTICE, False)
    assert examine(trace(greeting(), ehlo(), inside())).status is Status.PASS
