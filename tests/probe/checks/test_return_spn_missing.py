import pytest

from probe.checks import Status
from probe.checks.return_spn_missing import examine
from probe.trace import Step
from probe.trace.facts import Facts, Outcome
from tests.support.traces import (
    DC1,
    DC2,
    RETURN_SPN,
    asked,
    asks,
    bound,
    bound_refused,
    failing,
    handshake,
    healthy,
    refused,
    reply,
    step,
)

UNKNOWN = asks(RETURN_SPN, code=7), asks(RETURN_SPN, DC2, code=7)


def test_refused_unknown_and_the_other_mechanism_passes_is_a_suspicion_and_never_proof() -> None:
    finding = examine(failing(*UNKNOWN, bound_refused(), handshake()))
    assert finding.status is Status.SUSPECT
    assert finding.breaks
    assert finding.names["sender"] == "ex2.contoso.lab"
    (advised,) = finding.would_decide
    assert advised == f"on any domain member: ask the whole forest who has it, setspn -F -Q {RETURN_SPN}"
    assert [item.step for item in finding.evidence][0::3] == ["handshake-1", "handshake-2"]


@pytest.mark.parametrize("code", [454, 535])
def test_either_reply_is_a_refusal(code: int) -> None:
    said = reply(code, "no")
    assert examine(failing(*UNKNOWN, bound_refused(said), handshake())).status is Status.SUSPECT


@pytest.mark.parametrize(
    "behind", [(), (step(refused(), Outcome.REFUSED),), (handshake(ap_rep_verified=False),)]
)
def test_without_the_proof_that_all_else_is_good_it_is_a_possibility(
    behind: tuple[Facts | Step[Facts], ...],
) -> None:
    assert examine(failing(*UNKNOWN, bound_refused(), *behind)).status is Status.NOTICE


def test_known_at_one_kdc_only_depends_on_whom_the_receiver_asks() -> None:
    seen = asks(RETURN_SPN), asks(RETURN_SPN, DC2, code=7)
    finding = examine(failing(*seen, bound_refused(), handshake()))
    assert finding.status is Status.NOTICE
    assert finding.says.startswith(f"{DC2} does not know {RETURN_SPN}")
    assert DC1 in finding.evidence[1].says


def test_a_known_name_passes_whatever_the_receiver_said() -> None:
    known = asks(RETURN_SPN), asks(RETURN_SPN.lower(), DC2)
    for steps in ((bound_refused(), handshake()), (bound(),), ()):
        assert examine(failing(*known, *steps)).status is Status.PASS


@pytest.mark.parametrize(
    "steps",
    [
        (bound_refused(), handshake()),
        (asks(RETURN_SPN, code=52), bound_refused(), handshake()),
        (*UNKNOWN, handshake()),
        (*UNKNOWN, bound("unproven"), handshake()),
        (*UNKNOWN, step(refused(), Outcome.REFUSED)),
        (*UNKNOWN, bound_refused(reply(504)), handshake()),
        (*UNKNOWN, bound_refused(None), handshake()),
        (*UNKNOWN, bound_refused(injected="bad-hash"), handshake()),
        (*UNKNOWN, step(bound("", reply=None, token_octets=0), Outcome.SKIPPED), handshake()),
        (asks("SMTPSVC/other.contoso.lab", code=7), bound_refused(), handshake()),
    ],
)
def test_what_says_nothing_about_it(steps: tuple[Facts | Step[Facts], ...]) -> None:
    assert examine(failing(*steps)).status is Status.NOT_APPLICABLE


def test_a_healthy_run_does_not_apply() -> None:
    assert examine(healthy()).status is Status.NOT_APPLICABLE


def test_it_is_about_the_name_that_we_gave() -> None:
    request = asked(ehlo_name="jump.contoso.lab")
    jump = asks("SMTPSVC/jump.contoso.lab", code=7)
    assert examine(failing(jump, bound_refused(), handshake(), request=request)).status is Status.SUSPECT
    assert examine(failing(*UNKNOWN, bound_refused(), request=request)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("source", ["account", "host"])
def test_a_name_that_we_guessed_accuses_nobody(source: str) -> None:
    finding = examine(failing(*UNKNOWN, bound_refused(), handshake(), request=asked(ehlo_source=source)))
    assert finding.status is Status.NOTICE
    assert "a guess of this run" in finding.says
