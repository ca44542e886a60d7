from dataclasses import replace

import pytest

from probe.checks import Status
from probe.checks.tls_terminated_in_path import examine
from probe.trace import Step, Trace
from probe.trace.facts import Certificate, Facts, Outcome, Tls
from tests.support.directories import account, found
from tests.support.traces import (
    DC2,
    RETURN_SPN,
    asks,
    bound,
    bound_refused,
    clock,
    failing,
    greeting,
    handshake,
    healthy,
    refused,
    reply,
    step,
    tls,
    trace,
)

KNOWN = asks(RETURN_SPN)
BESIDE = bound_refused(), handshake()
BALANCER = Certificate(
    subject="CN=balancer.contoso.lab",
    names=("balancer.contoso.lab",),
    issuer="CN=CA",
    self_signed=False,
    key_type="rsa",
    key_bits=2048,
    not_before=0.0,
    not_after=0.0,
    sha256="00",
    public_key_sha256="11",
)


def with_tls(run: Trace, **changes: object) -> Trace:
    """The same run, its TLS otherwise."""
    steps = tuple(
        replace(item, facts=replace(item.facts, **changes)) if isinstance(item.facts, Tls) else item  # type: ignore[arg-type]
        for item in run.steps
    )
    return replace(run, steps=steps)


def test_exchangeauth_refused_beside_gssapi_verified_is_a_possibility() -> None:
    """The receiver's own way to its domain controllers, which nobody sees from here, explains it as well."""
    finding = examine(failing(KNOWN, *BESIDE))
    assert finding.status is Status.NOTICE
    assert finding.breaks
    assert [item.step for item in finding.evidence] == ["handshake-1", "handshake-2"]
    assert any("1035" in text for text in finding.would_decide)


def test_whose_certificate_it_was_is_shown() -> None:
    finding = examine(with_tls(failing(KNOWN, *BESIDE), certificate=BALANCER))
    assert finding.status is Status.SUSPECT
    says = "the certificate is for balancer.contoso.lab; the receiver is ex1.contoso.lab"
    assert finding.evidence[-1].says == says
    nameless = replace(BALANCER, names=())
    assert "CN=balancer" in examine(with_tls(failing(KNOWN, *BESIDE), certificate=nameless)).evidence[-1].says


def test_tls_1_3_is_said_to_be_unproven() -> None:
    finding = examine(with_tls(failing(KNOWN, *BESIDE), version="TLSv1.3"))
    assert finding.status is Status.NOTICE
    assert "unproven" in finding.evidence[-1].says


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ((), f"whether {RETURN_SPN} exists is not known"),
        ((asks(RETURN_SPN, code=7),), f"no KDC knows {RETURN_SPN}"),
        ((KNOWN, asks(RETURN_SPN, DC2, code=7)), f"{DC2} does not know {RETURN_SPN}"),
    ],
)
def test_a_name_that_the_receiver_may_not_find_explains_it_better(
    names: tuple[Facts, ...], says: str
) -> None:
    finding = examine(failing(*names, *BESIDE))
    assert finding.status is Status.NOTICE
    assert finding.says.endswith(f"; but {says}")


def test_a_clock_that_is_off_explains_it_better() -> None:
    finding = examine(trace(clock(), greeting(600.0), tls(), KNOWN, *BESIDE))
    assert (finding.status, finding.says[-14:]) == (Status.NOTICE, "a clock is off")


def test_a_hash_that_does_not_hold_is_a_suspicion_by_itself() -> None:
    wrong = step(bound("mismatch"), Outcome.MALFORMED)
    assert examine(trace(tls(), wrong)).status is Status.SUSPECT
    assert examine(failing(KNOWN, wrong, handshake())).status is Status.SUSPECT


def test_a_hash_that_holds_passes() -> None:
    assert examine(trace(bound())).status is Status.PASS


@pytest.mark.parametrize(
    "steps",
    [
        (bound_refused(),),
        (bound_refused(), step(refused(), Outcome.REFUSED)),
        (bound_refused(), handshake(ap_rep_verified=False)),
        (handshake(),),
        (bound("unproven"), handshake()),
        (bound_refused(reply(504)), handshake()),
        (bound_refused(None), handshake()),
        (bound_refused(injected="bad-hash"), handshake()),
        (bound_refused(), handshake(injected="skew=+1m")),
    ],
)
def test_what_says_nothing_about_the_channel(steps: tuple[Facts | Step[Facts], ...]) -> None:
    assert examine(failing(KNOWN, *steps)).status is Status.NOT_APPLICABLE


def test_a_healthy_run_does_not_apply() -> None:
    assert examine(healthy()).status is Status.NOT_APPLICABLE


def test_connections_that_met_two_servers_cannot_be_compared() -> None:
    other = replace(BALANCER, public_key_sha256="22")
    seen = failing(KNOWN, *BESIDE, tls(certificate=BALANCER), tls(certificate=other))
    found = examine(seen)
    assert found.status is Status.NOTICE
    assert "did not meet the same server" in found.says


def test_a_receiver_whose_account_is_disabled_gets_no_ticket_back() -> None:
    switched_off = examine(failing(KNOWN, *BESIDE, found(account(disabled=True))))
    assert switched_off.status is Status.NOTICE
    assert "EX1$ is disabled" in switched_off.says
