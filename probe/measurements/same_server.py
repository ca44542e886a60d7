"""Further connections to the same name and port, only to see who answers: a balancer leads them elsewhere.

Banner, EHLO, TLS as on the main way, and goodbye: nobody logs on, so nothing can be refused.
"""

from collections.abc import Sequence
from dataclasses import replace

from probe.measurements import MeasurementContext
from probe.net.endpoint import Endpoint
from probe.net.tasks import run_together
from probe.smtp.connect import MAXIMUM_ADDRESSES, connect_target
from probe.smtp.gssapi import unexplained
from probe.trace import Step, Trace
from probe.trace.facts import Ehlo, Facts, Greeting, Look, Outcome, Quit, Resolve, Tls
from probe.trace.views.smtp.session import refusals

NAME = "looks"
TITLE = "Further connections, to see whether the same server answers"
DECIDES = ("wrong-server-answers", "smtp-inspection", "tls-terminated-in-path")
COST = 9
REFUSALS = 0

AGAIN = 3
"""Looks at the address that answered: a balancer of two that takes turns shows itself on the first one."""


def wanted(trace: Trace) -> bool:
    """A token was refused and nobody said why; or everything is to be measured. Somebody has to answer there."""
    answers = any(step.facts.reply is not None for step in trace.of(Greeting))
    undecided = any(unexplained(step.facts) for step in refusals(trace))
    return answers and (undecided or trace.request.effort == "thorough")


async def perform(context: MeasurementContext) -> None:
    """Side by side; every other address of the name gets one look."""
    if context.connected is None:
        return
    main = Endpoint(context.connected.address.host, context.connected.address.port)
    known = [
        address
        for step in context.recorder.steps()
        if isinstance(step.facts, Resolve) and not step.facts.record and step.facts.source != "hosts"
        for address in step.facts.addresses
    ]
    others = [Endpoint(address, main.port) for address in dict.fromkeys(known) if address != main.host]
    places = [*([main] * AGAIN), *others[: MAXIMUM_ADDRESSES - 1]]
    await run_together([_look(context, place) for place in places])


async def _look(context: MeasurementContext, place: Endpoint) -> None:
    start_ms = context.recorder.elapsed_ms()
    side = replace(context.with_side_recorder(), options=replace(context.options, connect=place))
    connected = await connect_target(side)
    if connected is not None:
        await connected.session.quit()
    steps = side.recorder.steps()
    failed = [step for step in steps if step.outcome is not Outcome.OK and not isinstance(step.facts, Quit)]
    context.recorder.add(
        _seen(place, steps, error=_why(failed[-1]) if failed else ""),
        failed[-1].outcome if failed else Outcome.OK,
        start_ms=start_ms,
        sent=tuple(line for step in steps for line in step.sent),
        received=tuple(line for step in steps for line in step.received),
    )


def _seen(place: Endpoint, steps: Sequence[Step[Facts]], *, error: str) -> Look:
    """Who answered, as far as the look got."""
    look = Look(address=place.host, port=place.port, error=error)
    for step in steps:
        match step.facts:
            case Greeting(name=name, clock=clock):
                look = replace(look, banner_name=name, clock=clock)
            case Ehlo(advertised_name=name) if name:
                look = replace(look, advertised_name=name)
            case Tls(verb=verb, certificate=certificate) if certificate is not None:
                look = replace(look, tls=verb.lower(), public_key_sha256=certificate.public_key_sha256)
            case _:
                pass
    return look


def _why(step: Step[Facts]) -> str:
    """The step that did not go well, and our word for how."""
    error = getattr(step.facts, "error", "")
    return f"{step.kind}: {error or step.outcome.value}"
