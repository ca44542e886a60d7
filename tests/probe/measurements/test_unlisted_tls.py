"""X-ANONYMOUSTLS without an offer."""

from pathlib import Path

from probe.measurements import unlisted_tls
from probe.trace.facts import Ehlo, Outcome, Tls
from tests.support.lab_run import probed
from tests.support.traces import ehlo, greeting, inside, postfix, trace

STRIPPED = '[[fault]]\nkind = "stripped-keywords"\non = "EX1"\nstarttls = false\n'
RELAY = '[[connector]]\nauth = ["Tls"]\n'
BARE = {"exps": (), "x_anonymoustls": False}


def test_wanted_of_exchange_without_either_keyword() -> None:
    assert unlisted_tls.wanted(trace(greeting(), ehlo(**BARE)))
    assert not unlisted_tls.wanted(trace(greeting(), ehlo()))
    assert not unlisted_tls.wanted(trace(greeting(), ehlo(**BARE), inside()))
    assert not unlisted_tls.wanted(trace(*postfix()))
    assert not unlisted_tls.wanted(trace(greeting()))


async def test_a_connector_whose_keywords_were_stripped_takes_it(tmp_path: Path) -> None:
    run = await probed(tmp_path, STRIPPED)
    (tls,) = run.trace.of(Tls)
    assert (tls.outcome, tls.facts.contrast) == (Outcome.OK, "unlisted-tls")
    assert "GSSAPI" in run.trace.of(Ehlo)[-1].facts.exps


async def test_a_connector_without_exchange_auth_refuses_it(tmp_path: Path) -> None:
    run = await probed(tmp_path, RELAY, effort="thorough")
    (tls,) = [step for step in run.trace.of(Tls) if step.facts.contrast]
    assert tls.outcome is Outcome.REFUSED
    assert tls.facts.reply is not None
    assert tls.facts.reply.code == 500
