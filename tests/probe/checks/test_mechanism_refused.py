import pytest

from probe.checks import Status
from probe.checks.mechanism_refused import examine
from probe.trace.facts import Outcome
from tests.support.traces import failing, handshake, healthy, refused, reply, step, trace


@pytest.mark.parametrize("chosen", ["ntlm", "NTLMSSP", "1.3.6.1.4.1.311.2.2.10"])
def test_a_choice_of_ntlm_is_a_suspicion(chosen: str) -> None:
    finding = examine(failing(step(refused(chosen_mechanism=chosen), Outcome.REFUSED)))
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)


def test_a_choice_of_kerberos_passes() -> None:
    assert examine(trace(handshake(chosen_mechanism="1.2.840.48018.1.2.2"))).status is Status.PASS
    assert examine(healthy()).status is Status.PASS


def test_no_choice_does_not_apply() -> None:
    assert examine(failing()).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("code", [454, 535])
def test_ntlm_itself_refused_is_a_suspicion(code: int) -> None:
    finding = examine(failing(step(refused(reply(code), mechanism="NTLM"), Outcome.REFUSED)))
    assert (finding.status, finding.breaks) == (Status.SUSPECT, True)
    assert "password" in finding.says


def test_ntlm_that_was_taken_does_not_apply() -> None:
    assert examine(trace(handshake(mechanism="NTLM", chosen_mechanism=""))).status is Status.NOT_APPLICABLE
