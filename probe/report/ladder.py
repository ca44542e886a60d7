"""The run as a ladder: who said what to whom, when, how many octets, and where it broke (PURE).

C is this host, S the receiver, K a KDC. Times are in milliseconds since the run began: when a step was begun,
and when it ended; what lies between was not stamped.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from probe.report.around import look_text, opinion_answered, opinion_asked, resolve_text, time_server_text
from probe.report.directory_table import directory_rung
from probe.report.lines import Line, line, shorten
from probe.trace import Step, Trace
from probe.trace.facts import (
    Connect,
    DirectoryAnswer,
    Ehlo,
    Facts,
    Greeting,
    Handshake,
    KdcDiscovery,
    KdcExchange,
    Look,
    Negotiation,
    Ntlm,
    Outcome,
    Quit,
    Resolve,
    SmbSessionCheck,
    SmtpReply,
    Ticket,
    TimeServer,
    Tls,
)
from probe.trace.wording import etype, kerberos_error, reply_line

ARROWS = {"C>S": "C ────▶ S", "C<S": "C ◀──── S", "C>K": "C ────▶ K", "C<K": "C ◀──── K", "": "    ·    "}
BROKE = "✗ it broke here"
RETURN_LEGS = {
    "verified": "✓ hash verified: both ends are on one channel",
    "unproven": "half proven: the receiver took ours; its own needs the key of our machine account",
    "refused": "✗ its ticket is not good",
    "mismatch": "✗ its hash is not of this channel",
    "malformed": "✗ what it sent is no ticket and hash",
}
"""What EXCHANGEAUTH's second half came to."""
_MAIN = (Resolve, Connect, Greeting, Ehlo, Tls, Ticket, Handshake)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rung:
    way: str
    says: str


def ladder(trace: Trace, width: int, *, failed: bool) -> list[Line]:
    """The ladder in lines of at most ``width`` characters; ``failed`` asks for the mark."""
    broken = _where_it_broke(trace) if failed else None
    entries: list[tuple[float, list[Line]]] = []
    for step in trace.steps:
        if _in_a_table(step):
            continue
        rungs = (
            list(_rungs(step, trace.request.realm)) if step.outcome is not Outcome.SKIPPED else _skipped(step)
        )
        for number, rung in enumerate(rungs):
            last = number == len(rungs) - 1
            at = _time(step, rung, last=last)
            stamp = f"{at:9.1f}" if last or number == 0 else " " * 9
            broke = last and step is broken
            lines = [_row(rung, stamp, width, broke=broke)]
            entries.append((at, lines + ([line(" " * 22 + BROKE, "bold red")] if broke else [])))
    # A stable sort: what goes on side by side is interleaved, and each step keeps its own order.
    return [item for _, lines in sorted(entries, key=lambda entry: entry[0]) for item in lines]


def _skipped(step: Step[Facts]) -> list[_Rung]:
    """A log-on that was not tried is told with its reason; other steps that were not are nothing to look at."""
    facts = step.facts
    if not isinstance(facts, Handshake) or not facts.problem:
        return []
    return [_Rung(way="", says=f"{facts.verb} {facts.mechanism} not tried: {facts.problem}")]


def _in_a_table(step: Step[Facts]) -> bool:
    """What every KDC was asked beside the handshake has tables of its own; here it would hide the handshake."""
    if isinstance(step.facts, DirectoryAnswer):
        return step.facts.question != "root" and not step.facts.error
    return isinstance(step.facts, KdcExchange) and step.facts.purpose in ("clock", "spn")


def _time(step: Step[Facts], rung: _Rung, *, last: bool) -> float:
    """What we send begins a step, what comes or results ends it; the legs between were not stamped."""
    ends = last and not rung.way.startswith("C>")
    return step.start_ms + (step.duration_ms if ends else 0.0)


def _where_it_broke(trace: Trace) -> Step[Facts] | None:
    """The last step of the chain that did not end well: what came after it is tidying up, or a contrast to it."""
    bad = [step for step in trace.steps if isinstance(step.facts, _MAIN) and _ended_badly(step)]
    bad = [step for step in bad if not getattr(step.facts, "contrast", "")]
    bad = [step for step in bad if not getattr(step.facts, "record", "")]  # aliases and PTR lead nowhere
    return bad[-1] if bad else None


def _ended_badly(step: Step[Facts]) -> bool:
    reply = getattr(step.facts, "reply", None)
    refused = isinstance(reply, SmtpReply) and reply.code >= 400
    return refused or step.outcome not in (Outcome.OK, Outcome.SKIPPED)


def _row(rung: _Rung, stamp: str, width: int, *, broke: bool) -> Line:
    room = width - len(stamp) - len(ARROWS[rung.way]) - 4
    text = f"{stamp}  {ARROWS[rung.way]}  {shorten(rung.says, max(room, 10))}"
    return line(text, "bold red" if broke else "")


def _rungs(step: Step[Facts], home: str) -> Iterator[_Rung]:
    match step.facts:
        case Resolve() as facts:
            yield _Rung(way="", says=resolve_text(facts))
        case Connect(address=address, port=port, error=error):
            yield _Rung(way="C>S", says=f"TCP {address} port {port}")
            if error or step.outcome is not Outcome.OK:
                yield _Rung(way="", says=error or step.outcome.value)
        case Greeting(reply=reply):
            yield _Rung(way="C<S", says=_said(step, reply))
        case Ehlo() as facts:
            yield _Rung(way="C>S", says=f"{facts.verb} {facts.name_sent}")
            yield _Rung(way="C<S", says=_offer(step, facts))
        case Tls() as facts:
            yield from _tls(step, facts)
        case KdcExchange() as facts:
            yield from _kdc(facts, home)
        case Ticket() as facts:
            yield _Rung(way="", says=_ticket(facts))
        case Handshake() as facts:
            yield from _handshake(step, facts)
        case _:
            yield from _others(step)


def _others(step: Step[Facts]) -> Iterator[_Rung]:
    if isinstance(step.facts, Quit):
        yield _Rung(way="C>S", says="QUIT")
        yield _Rung(way="C<S", says=_said(step, step.facts.reply))
    elif isinstance(step.facts, Negotiation):
        yield _Rung(
            way="C>S",
            says=f"{step.facts.verb} {step.facts.mechanism} without a ticket, {step.facts.token_octets} octets",
        )
        said = "read, and cancelled" if step.facts.answered else _said(step, step.facts.reply)
        yield _Rung(way="C<S", says=said)
    elif isinstance(step.facts, Ntlm):
        yield _Rung(way="C>S", says=f"{step.facts.verb} NTLM on another connection: who are you?")
        yield _Rung(way="C<S", says=_identity(step, step.facts))
    elif isinstance(step.facts, KdcDiscovery):
        found = ", ".join(step.facts.kdcs) or step.facts.error or "none"
        yield _Rung(way="", says=f"KDCs of {step.facts.realm} ({step.facts.source}): {found}")
    elif isinstance(step.facts, TimeServer):
        yield _Rung(way="", says=time_server_text(step.facts))
    elif isinstance(step.facts, Look):
        yield _Rung(way="", says=look_text(step.facts))
    elif isinstance(step.facts, DirectoryAnswer):
        yield _Rung(way="", says=directory_rung(step.facts))
    elif isinstance(step.facts, SmbSessionCheck):
        yield _Rung(way="C>S", says=opinion_asked(step.facts))
        yield _Rung(way="" if step.facts.error else "C<S", says=opinion_answered(step.facts))
    else:
        yield _Rung(way="", says=f"{step.kind}: {step.outcome.value}")


def _identity(step: Step[Facts], facts: Ntlm) -> str:
    known = [
        name for name in (facts.dns_computer or facts.computer, facts.dns_domain or facts.domain) if name
    ]
    if not known:
        return facts.problem or _said(step, facts.reply)
    return ", ".join([*known, *([f"Windows {facts.version}"] if facts.version else [])])


def _said(step: Step[Facts], reply: SmtpReply | None) -> str:
    return reply_line(reply) if reply is not None else f"no reply ({step.outcome.value})"


def _offer(step: Step[Facts], facts: Ehlo) -> str:
    if facts.reply is None or facts.reply.code != 250:
        return _said(step, facts.reply)
    offers = [f"X-EXPS {' '.join(facts.exps)}"] if facts.exps else []
    offers += [f"AUTH {' '.join(facts.auth)}"] if facts.auth else []
    offers += ["X-ANONYMOUSTLS"] if facts.x_anonymoustls else []
    offers += ["STARTTLS"] if facts.starttls else []
    return f"250 {facts.advertised_name}: " + (", ".join(offers) or "no authentication, no TLS")


def _tls(step: Step[Facts], facts: Tls) -> Iterator[_Rung]:
    yield _Rung(way="C>S", says=facts.verb + (" on another connection, unbidden" if facts.contrast else ""))
    if facts.reply is not None:
        yield _Rung(way="C<S", says=reply_line(facts.reply))
    if facts.version:
        yield _Rung(way="", says=f"{facts.version} {facts.cipher}".strip())
    elif facts.error or step.outcome is not Outcome.OK:
        yield _Rung(way="", says="TLS: " + (facts.error or step.outcome.value))


def _kdc(facts: KdcExchange, home: str) -> Iterator[_Rung]:
    verb = "TGS-REQ" if facts.purpose in ("tgs", "spn") else "AS-REQ"
    if facts.realm.casefold() != home.casefold():
        verb = f"{facts.realm}: {verb}"  # a hop away from our own realm
    about = facts.server if verb.endswith("TGS-REQ") else facts.client
    # Questions to KDCs go on side by side: each answer says whose it is.
    who = f"{facts.kdc} {facts.transport}"
    yield _Rung(
        way="C>K",
        says=f"{who}: {verb} {about}" + (f", {facts.sent_octets} octets" if facts.sent_octets else ""),
    )
    if facts.error is not None:
        yield _Rung(way="C<K", says=f"{who}: {kerberos_error(facts.error)}")
    elif facts.ticket_etype is not None:
        version = "" if facts.ticket_kvno is None else f" kvno {facts.ticket_kvno}"
        size = f", {facts.ticket_octets} octets" if facts.ticket_octets else ""
        kind = f"referral to {facts.referral_realm}," if facts.referral_realm else "ticket"
        yield _Rung(way="C<K", says=f"{who}: {kind} {etype(facts.ticket_etype)}{version}{size}")
    else:
        yield _Rung(way="", says=f"{who}: {facts.transport_error or facts.problem or 'no answer'}")


def _ticket(facts: Ticket) -> str:
    if facts.error is not None:
        return f"no ticket for {facts.server}: {kerberos_error(facts.error)}"
    if facts.problem:
        return f"no ticket for {facts.server}: {facts.problem}" + (
            f" ({facts.detail})" if facts.detail else ""
        )
    return f"ticket for {facts.server} in hand ({facts.source}), {etype(facts.etype)}"


def _exchangeauth(step: Step[Facts], facts: Handshake) -> Iterator[_Rung]:
    """One command and one reply, each with a ticket and a hash; then what they prove."""
    injected = f" (our own fault: {facts.injected})" if facts.injected else ""
    size = f": ticket and hash, {facts.token_octets} octets of ticket" if facts.token_octets else ""
    yield _Rung(way="C>S", says=f"{facts.verb} {facts.mechanism}{size}{injected}")
    hung_up = ", and hung up" if facts.disconnected else ""
    if not facts.return_server:
        yield _Rung(way="C<S" if facts.reply else "", says=_said(step, facts.reply) + hung_up)
    else:
        key = f"{etype(facts.return_etype)} kvno {facts.return_kvno}"
        whose = f"{facts.return_client}'s " if facts.return_client else ""
        yield _Rung(way="C<S", says=f"235 and {whose}ticket for {facts.return_server}, {key}, and a hash")
    if facts.return_leg:
        problem = f" ({facts.problem})" if facts.problem else ""
        yield _Rung(way="", says=RETURN_LEGS.get(facts.return_leg, facts.return_leg) + problem)
    elif facts.problem:
        yield _Rung(way="", says=facts.problem)


def _difference(facts: Handshake) -> str:
    """Under what protection and with which ticket a contrast was made; one of these is its difference."""
    where = "without TLS" if facts.tls == "none" else f"inside {facts.tls}"
    return f"{where}, {facts.server}" + (f", bound by {facts.bindings}" if facts.bindings else "")


def _handshake(step: Step[Facts], facts: Handshake) -> Iterator[_Rung]:
    if facts.mechanism == "EXCHANGEAUTH":
        yield from _exchangeauth(step, facts)
        return
    if facts.contrast:
        yield _Rung(way="", says=f"contrast {facts.contrast}: {_difference(facts)}")
    injected = f" (our own fault: {facts.injected})" if facts.injected else ""
    yield _Rung(way="C>S", says=f"{facts.verb} {facts.mechanism}{injected}")
    for leg in facts.rounds:
        kind = "empty line" if leg.kind == "empty" and not leg.octets else leg.kind
        size = f", {leg.octets} octets" if leg.octets else ""
        yield _Rung(way="C>S" if leg.direction == "sent" else "C<S", says=kind + size)
    if facts.peer_error is not None:
        yield _Rung(way="", says=f"the receiver's token says {kerberos_error(facts.peer_error)}")
    if facts.ap_rep_verified:
        yield _Rung(way="", says="✓ AP-REP verified: the receiver has the key")
    hung_up = ", and hung up" if facts.disconnected else ""
    yield _Rung(way="C<S" if facts.reply else "", says=_said(step, facts.reply) + hung_up)
