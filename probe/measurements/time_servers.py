"""The time services: of the KDCs' hosts, of the receiver, and of whom the user names.

A domain controller is the time server of its domain, so SNTP tells its clock where Kerberos does not answer, and is a
third witness where this host and the only KDC differ.
"""

from dataclasses import dataclass

from probe.measurements import MeasurementContext
from probe.net.endpoint import Endpoint
from probe.net.sntp import TimeAnswer, ask_time
from probe.net.tasks import run_together
from probe.tickets.client.transport import KERBEROS_PORT, KdcEndpoint
from probe.trace import Trace, facts
from probe.trace.facts import KdcDiscovery, Outcome
from probe.trace.views.clocks import Clocks, read_clocks
from probe.wire.sntp import SNTP_PORT

NAME = "time-servers"
TITLE = "The time services of KDCs, receiver and named servers"
DECIDES = ("clock-skew-sender", "clock-skew-kdc", "clock-skew-receiver")
COST = 3
REFUSALS = 0

TIMEOUT_S = 3.0
"""For the only packet: on the way of a healthy network it takes milliseconds."""
MAXIMUM_SERVERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    endpoint: Endpoint
    who: str
    """As other steps name the party whose clock this is; the endpoint itself where it is nobody's."""
    party: bool


def wanted(trace: Trace) -> bool:
    """A clock is not known, or one is near or beyond the limit, or somebody contradicts himself."""
    return trace.request.effort == "thorough" or in_doubt(read_clocks(trace))


def in_doubt(clocks: Clocks) -> bool:
    """Whether one more reading could change anything."""
    if not clocks.kdcs or not clocks.receiver or clocks.contradictions():
        return True
    everyone = (clocks.host, *clocks.kdcs, *clocks.receiver)
    return any(
        clocks.nearly_apart(one, other) or clocks.perhaps_apart(one, other)
        for one in everyone
        for other in everyone
    )


async def perform(context: MeasurementContext) -> None:
    """Everybody at once, one packet each."""
    await run_together([_ask(context, question) for question in _questions(context)[:MAXIMUM_SERVERS]])


def _questions(context: MeasurementContext) -> list[_Question]:
    """Whom the user names, else the hosts of KDCs on their own port; and the receiver, when nobody said where it is."""
    options = context.options
    known = {endpoint.host.casefold(): str(endpoint) for endpoint in _kdcs(context)}
    found = []
    for server in options.sntp or [Endpoint(kdc.host, SNTP_PORT) for kdc in _kdcs(context)]:
        who = known.get(server.host.casefold(), "")
        found.append(_Question(endpoint=server, who=who or str(server), party=bool(who)))
    if context.connected is not None and options.connect is None:
        receiver = Endpoint(context.connected.address.host, SNTP_PORT)
        if receiver not in [question.endpoint for question in found]:
            found.append(_Question(endpoint=receiver, who=options.name, party=True))
    return found


def _kdcs(context: MeasurementContext) -> list[KdcEndpoint]:
    """The KDCs of our own realm that listen on the usual port: what listens elsewhere is behind a translation."""
    seen = [step.facts for step in context.recorder.steps() if isinstance(step.facts, KdcDiscovery)]
    named = [
        KdcEndpoint.parse(kdc) for found in seen if found.realm == context.options.realm for kdc in found.kdcs
    ]
    return [kdc for kdc in dict.fromkeys(named) if kdc.port == KERBEROS_PORT]


async def _ask(context: MeasurementContext, question: _Question) -> None:
    start_ms = context.recorder.elapsed_ms()
    answer = await ask_time(
        question.endpoint,
        clock=context.environment.clock,
        randomness=context.environment.randomness,
        timeout_s=min(TIMEOUT_S, context.options.timeout_s),
    )
    context.recorder.add(_facts(question, answer), _outcome(answer), start_ms=start_ms)


def _facts(question: _Question, answer: TimeAnswer) -> facts.TimeServer:
    reply = answer.reply
    if reply is None:
        return facts.TimeServer(server=str(question.endpoint), error=answer.error)
    if reply.kiss:
        error = f"kiss-of-death {reply.kiss}"
        return facts.TimeServer(
            server=str(question.endpoint), stratum=reply.stratum, reference=reply.reference, error=error
        )
    # A party's clock is what it is; how far it is from true time matters where true time is asked for.
    doubt = 0.0 if question.party else reply.root_dispersion_s
    return facts.TimeServer(
        server=str(question.endpoint),
        stratum=reply.stratum,
        reference=reply.reference,
        synchronized=reply.synchronized,
        clock=answer.clock_reading(question.who, doubt_s=doubt),
    )


def _outcome(answer: TimeAnswer) -> Outcome:
    if answer.error == "timed-out":
        return Outcome.TIMEOUT
    if answer.error in ("refused", "unreachable"):
        return Outcome.REFUSED
    if answer.error:
        return Outcome.MALFORMED
    return Outcome.REFUSED if answer.reply is not None and answer.reply.kiss else Outcome.OK
