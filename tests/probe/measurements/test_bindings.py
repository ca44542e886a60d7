"""The same log-on bound to its TLS channel, by either name."""

from dataclasses import replace
from pathlib import Path

import pytest

from probe.measurements import bindings, bindings_unique
from tests.support.lab_run import probed
from tests.support.traces import error, failing, handshake, healthy, refused

POLICY = '[[connector]]\nextended_protection = "{}"\n'
TLS13 = 'tls_maximum = "TLSv1.3"\n'
USER = '[probe]\ncredentials = "password"\n'
BOX = '[[fault]]\nkind = "tls-interception"\non = "EX1"\n'


def test_wanted_inside_tls_whatever_became_of_the_log_on_there() -> None:
    assert bindings.wanted(failing())
    assert bindings.wanted(healthy())
    assert not bindings.wanted(failing(refused(tls="none")))
    assert not bindings.wanted(failing(handshake(tls="none")))
    assert not bindings.wanted(failing(refused(peer_error=error(37))))


def test_the_other_name_is_wanted_when_the_first_was_refused() -> None:
    contrast = refused(contrast="bindings", bindings="tls-server-end-point")
    assert bindings_unique.wanted(failing(refused(), contrast))
    assert not bindings_unique.wanted(failing(refused(), replace(handshake(), contrast="bindings")))
    assert not bindings_unique.wanted(failing())


async def test_the_certificates_name_is_what_was_missing(tmp_path: Path) -> None:
    run = await probed(tmp_path, POLICY.format("require") + USER)
    (contrast,) = run.contrasts("bindings")
    assert (contrast.facts.bindings, contrast.facts.tls) == ("tls-server-end-point", "x-anonymoustls")
    assert contrast.facts.ap_rep_verified
    assert run.contrasts("bindings-unique") == []


async def test_a_receiver_that_does_not_look_takes_them_as_well(tmp_path: Path) -> None:
    run = await probed(tmp_path, POLICY.format("none") + USER, effort="thorough")
    assert [step.facts.ap_rep_verified for step in run.contrasts("bindings")] == [True]


@pytest.mark.parametrize(("versions", "names"), [("", 2), (TLS13, 1)])
async def test_behind_a_box_neither_name_is_right(versions: str, names: int, tmp_path: Path) -> None:
    """tls-unique is not defined with TLS 1.3, so that there is one question less to ask."""
    scenario = POLICY.format("allow") + versions + BOX + USER
    run = await probed(tmp_path, scenario, effort="thorough")
    contrasts = [*run.contrasts("bindings"), *run.contrasts("bindings-unique")]
    assert len(contrasts) == names
    assert not any(step.facts.ap_rep_verified for step in contrasts)
    assert [status for _, status in run.log_ons] == ["OK"] + ["BadBindings"] * names
