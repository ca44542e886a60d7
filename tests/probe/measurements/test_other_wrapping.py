"""The same ticket in a bare Kerberos token."""

from pathlib import Path

from probe import judge
from probe.measurements import other_wrapping
from tests.support.lab_run import probed
from tests.support.traces import error, failing, healthy, negotiation, refused

NEITHER = (negotiation(60, answered=False), negotiation(1700, answered=False))
GSSAPI = '[probe]\nmechanism = "exps-gssapi"\n'


def test_wanted_where_no_negotiation_is_read() -> None:
    assert other_wrapping.wanted(failing(refused(), *NEITHER))
    both = (negotiation(60, answered=True), negotiation(1700, answered=True))
    assert not other_wrapping.wanted(failing(refused(), *both))
    assert not other_wrapping.wanted(failing(refused()))
    assert not other_wrapping.wanted(failing(refused(wrapping="kerberos"), *NEITHER))
    assert not other_wrapping.wanted(failing(refused(peer_error=error(37)), *NEITHER))
    assert not other_wrapping.wanted(healthy())


async def test_negotiation_alone_is_out_of_order(tmp_path: Path) -> None:
    run = await probed(tmp_path, '[[fault]]\nkind = "spnego-refused"\non = "EX1"\n' + GSSAPI)
    (contrast,) = run.contrasts("other-wrapping")
    assert contrast.facts.reply is not None
    assert (contrast.facts.reply.code, contrast.facts.wrapping) == (235, "kerberos")
    assert judge(run.trace).verdict.cause == "mechanism-refused"


async def test_a_receiver_that_reads_nothing_refuses_it_too(tmp_path: Path) -> None:
    run = await probed(tmp_path, '[[fault]]\nkind = "illegal-message"\non = "EX1"\n' + GSSAPI)
    (contrast,) = run.contrasts("other-wrapping")
    assert contrast.facts.reply is not None
    assert contrast.facts.reply.code == 454
    assert judge(run.trace).verdict.cause == "illegal-message"
