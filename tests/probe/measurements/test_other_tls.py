"""The same log-on without TLS, at a lab that minds TLS or does not."""

from pathlib import Path

from probe.measurements import other_tls
from tests.support.lab_run import probed
from tests.support.traces import ehlo, failing, healthy, refused, trace
from tests.support.traces import error as krb_error

REQUIRE = '[[connector]]\nextended_protection = "require"\n[probe]\ncredentials = "password"\n'
STALE = '[[fault]]\nkind = "stale-key"\non = "EX1"\n[probe]\nmechanism = "exps-gssapi"\n'


def test_wanted_where_gssapi_was_refused_inside_tls_and_is_offered_without() -> None:
    assert other_tls.wanted(failing())
    assert not other_tls.wanted(healthy())
    assert not other_tls.wanted(failing(refused(peer_error=krb_error(41))))
    assert not other_tls.wanted(failing(refused(tls="none")))
    assert not other_tls.wanted(trace(ehlo(exps=("NTLM",)), refused()))


async def test_taken_without_tls(tmp_path: Path) -> None:
    run = await probed(tmp_path, REQUIRE)
    (step,) = run.contrasts("other-tls")
    assert (step.facts.tls, step.facts.ap_rep_verified, step.facts.verb) == ("none", True, "X-EXPS")
    assert run.log_ons[:2] == [("X-EXPS GSSAPI", "BadBindings"), ("X-EXPS GSSAPI", "OK")]


async def test_refused_there_too(tmp_path: Path) -> None:
    run = await probed(tmp_path, STALE, effort="thorough")
    (step,) = run.contrasts("other-tls")
    assert (step.facts.tls, step.facts.reply and step.facts.reply.code) == ("none", 454)
    assert not step.facts.ap_rep_verified
