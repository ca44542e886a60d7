"""A computer's key that one controller refuses is shown to another one; a person's goes to one alone."""

from pathlib import Path

from probe import judge
from probe.trace.facts import KdcExchange
from tests.support.lab_run import Run, probed

TWO = '[[kdc]]\nname = "DC1"\n[[kdc]]\nname = "DC2"\n'
GSSAPI = '[probe]\nmechanism = "exps-gssapi"\n'


def changed(account: str, *kdcs: str) -> str:
    fault = '[[fault]]\nkind = "password-changed-on-one-dc"\naccount = "{}"\non = "{}"\nkvno = 1\n'
    return "".join(fault.format(account, kdc) for kdc in kdcs)


def attempts(run: Run) -> list[int | None]:
    """What came of each log-on with a key: an error's number, None for a ticket."""
    steps = [step.facts for step in run.trace.of(KdcExchange) if step.facts.purpose == "as-preauth"]
    return [None if facts.error is None else facts.error.code for facts in steps]


async def test_the_key_that_is_not_replicated_yet(tmp_path: Path) -> None:
    run = await probed(tmp_path, TWO + changed("EX2$", "DC1") + GSSAPI)
    assert attempts(run) == [24, None]
    verdict = judge(run.trace).verdict
    assert verdict.cause == "replication-diverged"


async def test_a_key_that_nobody_has_is_tried_twice_at_most(tmp_path: Path) -> None:
    three = TWO + '[[kdc]]\nname = "DC3"\n'
    run = await probed(tmp_path, three + changed("EX2$", "DC1", "DC2", "DC3") + GSSAPI)
    assert attempts(run) == [24, 24]
    assert judge(run.trace).verdict.cause == "credentials-rejected"


async def test_a_persons_keytab_is_tried_once(tmp_path: Path) -> None:
    alice = '[probe]\nmechanism = "exps-gssapi"\nuser = "alice"\ncredentials = "keytab"\n'
    run = await probed(tmp_path, TWO + changed("alice", "DC1") + alice)
    assert attempts(run) == [24]


async def test_a_password_is_tried_once(tmp_path: Path) -> None:
    alice = '[probe]\nmechanism = "exps-gssapi"\nuser = "alice"\ncredentials = "password"\n'
    run = await probed(tmp_path, TWO + changed("alice", "DC1") + alice)
    assert attempts(run) == [24]
