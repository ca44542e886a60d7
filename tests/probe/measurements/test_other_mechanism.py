"""The same ticket over the other verb."""

from pathlib import Path

from probe.measurements import other_mechanism
from tests.support.lab_run import probed
from tests.support.traces import ehlo, failing, healthy, refused, reply, step, trace

GSSAPI = "[[connector]]\nenable_auth_gssapi = true\n"
NEGOTIATE = GSSAPI + '[[fault]]\nkind = "spnego-refused"\non = "EX1"\n[probe]\nmechanism = "{}"\n'
STALE = GSSAPI + '[[fault]]\nkind = "stale-key"\non = "EX1"\n[probe]\nmechanism = "{}"\n'


def test_wanted_where_the_other_verb_is_offered() -> None:
    both = ehlo(auth=("GSSAPI",))
    assert other_mechanism.wanted(trace(both, refused()))
    assert other_mechanism.wanted(trace(both, refused(reply(535), verb="AUTH")))
    assert not other_mechanism.wanted(failing())  # X-EXPS alone
    assert not other_mechanism.wanted(healthy())
    assert not other_mechanism.wanted(trace(both, step(refused(reply(504)))))


async def test_taken_over_auth(tmp_path: Path) -> None:
    run = await probed(tmp_path, NEGOTIATE.format("exps-gssapi"))
    (contrast,) = run.contrasts("other-mechanism")
    assert (contrast.facts.verb, contrast.facts.wrapping) == ("AUTH", "kerberos")
    assert contrast.facts.ap_rep_verified
    assert ("AUTH GSSAPI", "OK") in run.log_ons


async def test_refused_over_x_exps_too(tmp_path: Path) -> None:
    run = await probed(tmp_path, STALE.format("auth-gssapi"), effort="thorough")
    (contrast,) = run.contrasts("other-mechanism")
    assert contrast.facts.verb == "X-EXPS"
    assert contrast.facts.reply is not None
    assert contrast.facts.reply.code == 454
