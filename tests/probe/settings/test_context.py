from dataclasses import replace

from probe.settings.context import begin_run
from probe.settings.options import ProbeOptions
from probe.trace.facts import Outcome, Resolve
from tests.support.mit_receiver import environment

SEEN = Resolve(name="ex1.contoso.lab", source="dns")


def test_a_side_recorders_steps_are_not_the_runs() -> None:
    context = begin_run(ProbeOptions(name="ex1.contoso.lab"), environment())
    side = context.with_side_recorder()
    side.recorder.add(SEEN, Outcome.OK, start_ms=0.0)
    assert (side.options, side.environment) == (context.options, context.environment)
    assert [step.facts for step in side.recorder.steps()] == [SEEN]
    assert context.recorder.steps() == ()


def test_a_contrasts_steps_are_the_runs() -> None:
    context = begin_run(ProbeOptions(name="ex1.contoso.lab"), environment())
    contrast = replace(context, options=replace(context.options, tls="none"))
    contrast.recorder.add(SEEN, Outcome.OK, start_ms=0.0)
    assert len(context.recorder.steps()) == 1
    assert context.options.tls == "auto"


def test_a_run_counts_from_its_beginning() -> None:
    clock = iter((100.0, 100.25))
    context = begin_run(ProbeOptions(name="ex1"), replace(environment(), monotonic=clock.__next__))
    assert context.recorder.elapsed_ms() == 250.0
