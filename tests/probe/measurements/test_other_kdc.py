"""The same log-on with a ticket of another KDC."""

from pathlib import Path

from probe.measurements import other_kdc
from probe.trace.views.kerberos.issuer import issuing_kdc
from tests.support.lab_run import probed
from tests.support.traces import DC1, DC2, asks, error, healthy, refused, ticket, trace

TWO = '[[kdc]]\nname = "DC1"\n[[kdc]]\nname = "DC2"\n'
SILENT = '[[fault]]\nkind = "ldap-down"\non = "DC1"\n[[fault]]\nkind = "ldap-down"\non = "DC2"\n'
APART = '[[fault]]\nkind = "password-changed-on-one-dc"\naccount = "EX1$"\non = "DC1"\nkvno = 0\n'
GSSAPI = '[probe]\nmechanism = "exps-gssapi"\n'


def test_wanted_where_another_kdc_knows_the_service_of_a_refused_ticket() -> None:
    two = (asks(kdc=DC1, purpose="tgs"), asks(kdc=DC2), ticket())
    assert other_kdc.wanted(trace(*two, refused()))
    assert other_kdc.wanted(trace(*two, refused(peer_error=error(41))))
    assert not other_kdc.wanted(trace(asks(kdc=DC1, purpose="tgs"), ticket(), refused()))
    assert not other_kdc.wanted(
        trace(asks(kdc=DC1, purpose="tgs"), asks(kdc=DC2, code=7), ticket(), refused())
    )
    assert not other_kdc.wanted(healthy())


def test_not_where_nobody_knows_whose_the_ticket_is() -> None:
    cached = ticket(source="ccache", cached=True)
    assert not other_kdc.wanted(trace(asks(kdc=DC1, purpose="tgs"), asks(kdc=DC2), cached, refused()))


async def test_the_receiver_takes_the_other_ones(tmp_path: Path) -> None:
    run = await probed(tmp_path, TWO + APART + SILENT + GSSAPI)
    (contrast,) = run.contrasts("other-kdc")
    assert contrast.facts.reply is not None
    assert (contrast.facts.reply.code, contrast.facts.ap_rep_verified) == (235, True)
    issuer = issuing_kdc(run.trace)
    assert issuer is not None
    assert contrast.facts.kdc not in ("", issuer.kdc)


async def test_a_receiver_that_has_neither_key_refuses_both(tmp_path: Path) -> None:
    run = await probed(
        tmp_path, TWO + '[[fault]]\nkind = "stale-key"\non = "EX1"\n' + SILENT + GSSAPI, effort="thorough"
    )
    (contrast,) = run.contrasts("other-kdc")
    assert contrast.facts.reply is not None
    assert contrast.facts.reply.code == 454
