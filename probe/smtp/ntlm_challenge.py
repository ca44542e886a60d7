"""Who answers there, and what time it has: an NTLM CHALLENGE, which a server gives to everybody who asks."""

import asyncio
from dataclasses import replace

from probe.net.connection import Connection, ConnectionFailure
from probe.settings.context import RunContext
from probe.smtp.connect import ConnectedTarget, tls_mode
from probe.smtp.session import SmtpSession, smtp_reply
from probe.trace import facts
from probe.trace.clock_reading import clock_reading
from probe.trace.facts import ClockReading, Outcome
from probe.wire.sasl.ntlm import NtlmChallengeRequest
from probe.wire.smtp.capabilities import Capabilities

VERBS = ("AUTH", "X-EXPS")
"""AUTH first: should the receiver take our cancelling for a failure, it ends no connection (MS-SMTPNTLM)."""
CLOCK_RESOLUTION_S = 1e-6
"""The timestamp has 100 ns; this host's own clock is not read more exactly than that."""
MAXIMUM_NAME = 255
"""Characters of a name that are kept: the longest DNS name (RFC 1035 section 2.3.4)."""


def ntlm_verb(offer: Capabilities | None) -> str:
    """The verb under which NTLM is offered; empty when it is not."""
    return next((verb for verb in VERBS if offer is not None and offer.offers(verb, "NTLM")), "")


async def ask_ntlm_challenge(context: RunContext, connected: ConnectedTarget) -> None:
    """Ask once, on a connection of its own, and keep an Ntlm step; nothing where NTLM is not offered.

    The whole of it takes no longer than one wait on a peer may (``options.timeout_s``): it is a side question.
    """
    options = context.options
    verb = ntlm_verb(connected.session.capabilities)
    if not options.ask_ntlm or not verb:
        return
    question = _Question(context, verb, connected)
    try:
        async with asyncio.timeout(options.timeout_s):
            await question.ask()
    except TimeoutError:
        question.interrupt()
    question.close()


class _Question:
    """One connection, from TCP to the CHALLENGE; what was found out so far is always a whole fact."""

    def __init__(self, context: RunContext, verb: str, main: ConnectedTarget) -> None:
        self._context, self._main = context, main
        self._start_ms = context.recorder.elapsed_ms()
        self._side_recorder = context.with_side_recorder().recorder
        self._seen = facts.Ntlm(verb=verb, tls="none")
        self._outcome: Outcome | None = None

    def interrupt(self) -> None:
        """The time is over. Once the question is decided, that only concerns the goodbye."""
        if self._outcome is None:
            self._decide(Outcome.TIMEOUT, problem="timed-out")

    def _decide(self, outcome: Outcome, *, problem: str = "") -> None:
        self._outcome = outcome
        self._seen = replace(self._seen, problem=self._seen.problem or problem)

    async def ask(self) -> None:
        """Connect, greet, EHLO, TLS where NTLM is offered only behind it, and ask."""
        options, clock = self._context.options, self._context.environment.clock
        try:
            connection = await Connection.open(
                self._main.address, timeout_s=options.timeout_s, source=options.source
            )
        except ConnectionFailure as failure:
            timed_out = failure.reason == "timed-out"
            self._decide(Outcome.TIMEOUT if timed_out else Outcome.CLOSED, problem=failure.reason)
            return
        async with SmtpSession(connection, self._side_recorder, clock=clock, opened_at=clock()) as session:
            if await self._introduce(session):
                await self._challenge(session)

    async def _introduce(self, session: SmtpSession) -> bool:
        """EHLO as often as it takes to be offered NTLM; false, with the reason noted, when it is not."""
        options = self._context.options
        name, wanted = options.ehlo_name, options.tls
        well = await session.greeting(options.name) and await session.ehlo(name)
        here = ConnectedTarget(session=session, address=self._main.address, target=self._main.target)
        if well and (wanted not in ("auto", "none") or not ntlm_verb(session.capabilities)):
            mode = tls_mode(here, wanted)
            if mode != "none":
                well = await session.start_tls(mode, here.target) and await session.ehlo(name)
        self._names(session)
        verb = ntlm_verb(session.capabilities)
        self._seen = replace(self._seen, verb=verb or self._seen.verb, tls=session.tls)
        if not well:
            self._decide(self._side_recorder.steps()[-1].outcome, problem="no-session")
        elif not verb:
            self._decide(Outcome.REFUSED, problem="not-offered")
        return well and bool(verb)

    def _names(self, session: SmtpSession) -> None:
        """Whom this connection's banner and EHLO reply name."""
        banners = [
            step.facts.name for step in self._side_recorder.steps() if isinstance(step.facts, facts.Greeting)
        ]
        offer = session.capabilities
        self._seen = replace(
            self._seen,
            banner_name=_cut(banners[0] if banners else ""),
            advertised_name=_cut(offer.advertised_name if offer is not None else ""),
        )

    async def _challenge(self, session: SmtpSession) -> None:
        question = NtlmChallengeRequest(self._seen.verb, clock=self._context.environment.clock)
        exchange = await session.authenticate(question, initial_response=False)
        self._seen = replace(self._seen, reply=smtp_reply(exchange.reply), problem=question.problem)
        if question.challenge is None:
            outcome = Outcome.MALFORMED if exchange.outcome is Outcome.OK else exchange.outcome
            self._decide(outcome, problem=exchange.problem or "no-challenge")
        else:
            self._seen = _with_answer(self._seen, question, who=self._context.options.name)
            self._decide(Outcome.OK)  # the 501 to our own cancelling is no refusal
        session.record(self._seen, exchange)

    def close(self) -> None:
        """Keep the step, with every line that was said on the connection."""
        steps = self._side_recorder.steps()
        self._context.recorder.add(
            self._seen,
            self._outcome or Outcome.PROBE_BUG,
            start_ms=self._start_ms,
            sent=tuple(line for step in steps for line in step.sent),
            received=tuple(line for step in steps for line in step.received),
        )


def _with_answer(seen: facts.Ntlm, question: NtlmChallengeRequest, *, who: str) -> facts.Ntlm:
    challenge = question.challenge
    if challenge is None:
        return seen
    return replace(
        seen,
        computer=_cut(challenge.computer),
        domain=_cut(challenge.domain),
        dns_computer=_cut(challenge.dns_computer),
        dns_domain=_cut(challenge.dns_domain),
        forest=_cut(challenge.forest),
        version="" if challenge.version is None else str(challenge.version),
        clock=_clock(question, challenge.timestamp, who),
    )


def _clock(question: NtlmChallengeRequest, timestamp: float | None, who: str) -> ClockReading | None:
    """The server stamped its challenge between our sending and our reading."""
    if timestamp is None:
        return None
    return clock_reading(
        who=who,
        source="ntlm-timestamp",
        sent_at=question.asked_at,
        received_at=question.answered_at,
        theirs=timestamp,
        resolution_s=CLOCK_RESOLUTION_S,
    )


def _cut(name: str) -> str:
    return name[:MAXIMUM_NAME]
