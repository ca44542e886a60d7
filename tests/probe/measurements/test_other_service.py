"""The same log-on with a ticket for HOST/<fqdn>."""

from pathlib import Path

from probe.measurements import other_service
from tests.support.lab_run import probed
from tests.support.traces import FQDN, error, failing, healthy, refused, trace

STALE = '[[fault]]\nkind = "stale-key"\non = "EX1"\n[probe]\nmechanism = "exps-gssapi"\n'


def test_wanted_after_an_unexplained_refusal_of_another_name() -> None:
    assert other_service.wanted(failing())
    assert not other_service.wanted(failing(refused(server=f"host/{FQDN}")))
    assert not other_service.wanted(failing(refused(peer_error=error(37))))
    assert not other_service.wanted(healthy())
    assert not other_service.wanted(trace(refused()))  # no name was advertised


async def test_the_receiver_is_shown_a_ticket_for_its_host_name(tmp_path: Path) -> None:
    run = await probed(tmp_path, STALE, effort="thorough")
    (contrast,) = run.contrasts("other-service")
    assert contrast.facts.server == f"HOST/{FQDN}"
    assert contrast.facts.reply is not None
    assert contrast.facts.reply.code == 454


async def test_nothing_happens_when_no_kdc_knows_the_name(tmp_path: Path) -> None:
    missing = f'[[fault]]\nkind = "missing-spn"\nspn = "HOST/{FQDN}"\n'
    run = await probed(tmp_path, missing + STALE, effort="thorough")
    assert run.contrasts("other-service") == []
