import pytest

from probe.checks import Status
from probe.checks.exchangeauth_not_offered import examine
from probe.trace import Step, Trace
from probe.trace.facts import Ehlo, Facts, Outcome
from tests.support.traces import asked, ehlo, greeting, healthy, inside, postfix, reply, step, tls, trace

BARE = inside(exps=("GSSAPI", "NTLM"), exchangeauth_hash=())
SUPPRESSED = ehlo(x_anonymoustls=False)


def run(*steps: Facts | Step[Facts], **request: str) -> Trace:
    return trace(greeting(), *steps, request=asked(**request))


def test_exchangeauth_with_its_hash_passes() -> None:
    assert examine(healthy()).status is Status.PASS
    assert examine(run(ehlo(), tls(), inside(), mechanism="exchangeauth")).status is Status.PASS


@pytest.mark.parametrize(
    "offer",
    [BARE, inside(exchangeauth_hash=()), inside(exchangeauth_hash=("SHA3",)), inside(exps=("GSSAPI",))],
)
def test_not_inside_x_anonymoustls_is_a_notice(offer: Ehlo) -> None:
    finding = examine(run(ehlo(), tls(), offer))
    assert finding.status is Status.NOTICE
    assert [item.step for item in finding.evidence] == ["ehlo-2"]
    assert not finding.breaks


def test_no_x_anonymoustls_is_a_notice() -> None:
    finding = examine(run(SUPPRESSED))
    assert (finding.status, finding.says) == (Status.NOTICE, "X-ANONYMOUSTLS is not offered")
    assert finding.evidence[0].says == "EHLO (none) offers X-EXPS GSSAPI NTLM"


@pytest.mark.parametrize(
    ("steps", "status"),
    # In clear a device in the path can take a keyword out, inside TLS nobody can.
    [((SUPPRESSED,), Status.SUSPECT), ((ehlo(), tls(), BARE), Status.CONFIRMED)],
)
def test_who_insists_on_it_cannot_have_it(steps: tuple[Facts, ...], status: Status) -> None:
    finding = examine(run(*steps, mechanism="exchangeauth"))
    assert finding.status is status
    assert finding.breaks


def test_starttls_does_not_count_as_x_anonymoustls() -> None:
    within = ehlo(tls="starttls", exps=("EXCHANGEAUTH", "GSSAPI"), exchangeauth_hash=("SHA256",))
    assert examine(run(SUPPRESSED, tls(verb="STARTTLS"), within)).status is Status.NOTICE


def test_a_run_that_did_not_get_inside_does_not_know() -> None:
    failed = step(tls(version="", error="no shared cipher"), Outcome.REFUSED)
    finding = examine(run(ehlo(), failed))
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.evidence[0].says == "X-ANONYMOUSTLS: no shared cipher"


@pytest.mark.parametrize("mode", ["none", "starttls"])
def test_who_asks_for_it_outside_is_told_that_it_cannot_be(mode: str) -> None:
    finding = examine(run(ehlo(), mechanism="exchangeauth", tls=mode))
    assert finding.status is Status.NOTICE
    assert finding.would_decide == (f"on this host: probe again without --tls {mode}",)
    assert examine(run(ehlo(), tls=mode)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (ehlo(reply=None),),
        (ehlo(verb="HELO"),),
        (ehlo(exps=()),),
        (ehlo(x_anonymoustls=False, masked=("XXXXXXXA",)),),
        (ehlo(reply=reply(500)),),
    ],
)
def test_what_says_nothing_about_exchangeauth(steps: tuple[Facts, ...]) -> None:
    assert examine(run(*steps)).status is Status.NOT_APPLICABLE


def test_other_servers_are_not_meant() -> None:
    assert examine(trace(*postfix(exps=("GSSAPI",)))).status is Status.NOT_APPLICABLE
