from dataclasses import replace

import pytest

from probe.report.ladder import BROKE, ladder
from probe.trace import Step, Trace
from probe.trace.facts import Facts, KdcDiscovery, Outcome, Quit
from tests.support import traces
from tests.support.traces import (
    asks,
    bound,
    bound_refused,
    clock,
    connect,
    dead,
    ehlo,
    error,
    failing,
    greeting,
    handshake,
    healthy,
    negotiation,
    no_ticket,
    refused,
    reply,
    step,
    tls,
    trace,
)

MUTE = step(refused(), Outcome.REFUSED)


def rows(run: Trace, *, width: int = 80, failed: bool = False) -> list[str]:
    return [item.text for item in ladder(run, width, failed=failed)]


def one(facts: Facts | Step[Facts]) -> list[str]:
    return rows(trace(facts))


def test_who_says_what_in_order() -> None:
    says = [row[22:] for row in rows(trace(connect(), greeting(), ehlo(), tls(), handshake()))]
    assert says == [
        "TCP 192.0.2.10 port 25",
        "220 ex1.contoso.lab Microsoft ESMTP MAIL Service ready at…",
        "EHLO ex2.contoso.lab",
        "250 ex1.contoso.lab: X-EXPS GSSAPI NTLM, AUTH NTLM, X-ANO…",
        "X-ANONYMOUSTLS",
        "220 2.0.0 SMTP server ready",
        "TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384",
        "X-EXPS GSSAPI",
        "spnego-init, 1700 octets",
        "spnego-resp, 180 octets",
        "empty line",
        "✓ AP-REP verified: the receiver has the key",
        "235 2.7.0 Authentication successful",
    ]


def test_arrows_show_the_direction_and_times_begin_and_end_of_a_step() -> None:
    shown = rows(trace(connect(), ehlo()))
    assert shown[1] == "      1.0  C ────▶ S  EHLO ex2.contoso.lab"
    assert shown[2].startswith("      2.0  C ◀──── S  250 ")


def test_a_time_that_was_not_stamped_is_not_invented() -> None:
    assert one(handshake())[1].startswith("           C ────▶ S  spnego-init")


def test_what_goes_on_side_by_side_is_in_the_order_of_time() -> None:
    run = trace(clock(traces.DC1, purpose="as"), clock(traces.DC2, purpose="as"), traces.ticket())
    long, short, ticket = run.steps
    steps = (
        replace(long, start_ms=0.0, duration_ms=9.0),
        replace(ticket, start_ms=0.5, duration_ms=9.0),
        replace(short, start_ms=1.0, duration_ms=2.0),
    )
    assert [(row[:9].strip(), row[22:41]) for row in rows(replace(run, steps=steps))] == [
        ("0.0", "dc1.contoso.lab:88 "),
        ("1.0", "dc2.contoso.lab:88 "),
        ("3.0", "dc2.contoso.lab:88 "),
        ("9.0", "dc1.contoso.lab:88 "),
        ("9.5", "ticket for SMTPSVC/"),
    ]


def test_kdcs_have_a_side_of_their_own() -> None:
    assert one(asks(purpose="tgs")) == [
        "      0.0  C ────▶ K  dc1.contoso.lab:88 udp: TGS-REQ SMTPSVC/ex1.contoso.lab, …",
        "      1.0  C ◀──── K  dc1.contoso.lab:88 udp: ticket aes256 kvno 3, 1400 octets",
    ]
    referral = one(asks(purpose="tgs", referral_realm="B.LAB", ticket_octets=None))[1]
    assert referral.endswith("dc1.contoso.lab:88 udp: referral to B.LAB, aes256 kvno 3")
    abroad = one(asks(purpose="tgs", realm="B.LAB", kdc="fdc1:88"))[0]
    assert abroad.endswith("fdc1:88 udp: B.LAB: TGS-REQ SMTPSVC/ex1.contoso.lab, 180 …")
    assert one(asks(code=7, purpose="tgs"))[1].endswith("KDC_ERR_S_PRINCIPAL_UNKNOWN (7)")
    assert one(dead(purpose="as"))[1].endswith("·      dc1.contoso.lab:88 udp: timed-out")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (step(connect(error="refused"), Outcome.REFUSED), "refused"),
        (step(greeting(None, reply=None), Outcome.TIMEOUT), "no reply (timeout)"),
        (step(tls(version="", error="no shared cipher"), Outcome.REFUSED), "TLS: no shared cipher"),
        (no_ticket(7), "no ticket for SMTPSVC/ex1.contoso.lab: KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"),
        (no_ticket(problem="no-kdc"), "no ticket for SMTPSVC/ex1.contoso.lab: no-kdc"),
        (step(refused(None), Outcome.CLOSED), "no reply (closed), and hung up"),
        (MUTE, "454 4.7.0 Temporary authentication failure, and hung up"),
        (step(negotiation(60, answered=True)), "read, and cancelled"),
        (
            step(negotiation(60, answered=False), Outcome.REFUSED),
            "454 4.7.0 Temporary authentication failure",
        ),
        (KdcDiscovery(realm="R", source="dns-srv", kdcs=("dc1:88",)), "KDCs of R (dns-srv): dc1:88"),
        (Quit(reply=reply(221, "2.0.0 bye")), "221 2.0.0 bye"),
    ],
)
def test_the_last_word_of_a_step(facts: Facts | Step[Facts], said: str) -> None:
    assert rows(trace(facts), width=120)[-1].endswith(said)


def test_an_error_in_a_token_and_a_fault_of_ours_are_shown() -> None:
    shown = "\n".join(one(step(refused(peer_error=error(37), injected="skew=+6m"), Outcome.REFUSED)))
    assert "the receiver's token says KRB_AP_ERR_SKEW (37)" in shown
    assert "X-EXPS GSSAPI (our own fault: skew=+6m)" in shown


def test_the_mark_stands_behind_the_step_that_broke() -> None:
    shown = rows(failing(MUTE, Quit()), failed=True)
    marks = [number for number, row in enumerate(shown) if BROKE in row]
    assert len(marks) == 1
    assert "454 4.7.0" in shown[marks[0] - 1]


def test_contrasts_and_kdcs_do_not_carry_the_mark() -> None:
    shown = rows(
        failing(MUTE, step(negotiation(60, answered=False), Outcome.REFUSED), step(dead())), failed=True
    )
    mark = next(number for number, row in enumerate(shown) if BROKE in row)
    assert "454 4.7.0" in shown[mark - 1]
    assert "and hung up" in shown[mark - 1]


def test_a_good_run_has_no_mark() -> None:
    assert not any(BROKE in row for row in rows(healthy(), failed=True))
    assert not any(BROKE in row for row in rows(failing(MUTE), failed=False))


def test_skipped_steps_are_left_out() -> None:
    assert rows(trace(step(connect(), Outcome.SKIPPED))) == []


@pytest.mark.parametrize("width", [60, 80, 132])
def test_no_row_is_wider_than_asked(width: int) -> None:
    long = traces.reply(220, "x" * 4000)
    shown = rows(trace(*failing(MUTE).steps, greeting(reply=long)), width=width, failed=True)
    assert max(map(len, shown)) <= width


def test_a_banner_cannot_steer_the_terminal() -> None:
    shown = one(greeting(reply=reply(220, "\x1b]0;owned\x07 \r\n\u202e evil")))
    assert len(shown) == 1
    assert shown[0].isprintable()
    assert "\\x1b]0;owned\\x07" in shown[0]


def test_a_log_on_names_its_client() -> None:
    assert "dc1.contoso.lab:88 udp: AS-REQ probe, 180 octets" in one(clock(purpose="as"))[0]


def test_what_every_kdc_was_asked_stands_in_the_tables_only() -> None:
    assert one(clock()) == []
    assert one(asks()) == []


def test_exchangeauth_is_one_command_one_reply_and_what_they_prove() -> None:
    assert [row[9:] for row in rows(trace(bound()), width=120)] == [
        "  C ────▶ S  X-EXPS EXCHANGEAUTH: ticket and hash, 1500 octets of ticket",
        "  C ◀──── S  235 and EX1$@CONTOSO.LAB's ticket for SMTPSVC/ex2.contoso.lab, aes256 kvno 2, and a hash",
        "      ·      ✓ hash verified: both ends are on one channel",
    ]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            bound("unproven"),
            "half proven: the receiver took ours; its own needs the key of our machine account",
        ),
        (step(bound("mismatch"), Outcome.MALFORMED), "✗ its hash is not of this channel"),
        (step(bound("refused", problem="no key"), Outcome.MALFORMED), "✗ its ticket is not good (no key)"),
        (
            step(bound("malformed", return_server="", problem="too short"), Outcome.MALFORMED),
            "✗ what it sent is no ticket and hash (too short)",
        ),
        (bound(problem="not for us"), "✓ hash verified: both ends are on one channel (not for us)"),
        (bound_refused(), "454 4.7.0 Temporary authentication failure, and hung up"),
        (bound_refused(None, disconnected=False), "no reply (refused)"),
    ],
)
def test_what_exchangeauth_came_to(facts: Facts | Step[Facts], said: str) -> None:
    assert rows(trace(facts), width=120)[-1].endswith(said)


def test_a_log_on_that_was_not_tried_is_told_with_its_reason() -> None:
    skipped = step(bound("", reply=None, token_octets=0, problem="no KDC knows us"), Outcome.SKIPPED)
    assert rows(trace(skipped), width=120) == [
        "      1.0      ·      X-EXPS EXCHANGEAUTH not tried: no KDC knows us"
    ]
    assert rows(trace(step(handshake(), Outcome.SKIPPED))) == []


def test_the_fault_of_ours_is_shown_in_exchangeauth_too() -> None:
    assert "(our own fault: bad-hash)" in rows(trace(bound_refused(injected="bad-hash")), width=120)[0]


def test_a_contrast_says_what_is_different_and_is_not_where_it_broke() -> None:
    contrast = step(refused(contrast="bindings", bindings="tls-unique"), Outcome.REFUSED)
    shown = rows(failing(MUTE, contrast), width=160, failed=True)
    (label,) = [row for row in shown if "contrast " in row]
    assert label.endswith(
        "contrast bindings: inside x-anonymoustls, SMTPSVC/ex1.contoso.lab, bound by tls-unique"
    )
    assert shown.index(label) > next(number for number, row in enumerate(shown) if BROKE in row)
    in_clear = handshake(contrast="other-tls", tls="none")
    assert "without TLS, SMTPSVC/ex1.contoso.lab" in "".join(rows(trace(in_clear), width=160))


def test_tls_that_was_not_offered_is_no_place_to_break_at() -> None:
    unbidden = step(tls(reply=reply(500), version="", contrast="unlisted-tls"), Outcome.REFUSED)
    shown = rows(failing(MUTE, unbidden), width=120, failed=True)
    assert any("X-ANONYMOUSTLS on another connection, unbidden" in row for row in shown)
    assert BROKE not in "".join(shown[-2:])
