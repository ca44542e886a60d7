"""One domain controller asked from its rootDSE to its last question; whatever it does becomes DirectoryAnswer steps.

Two phases, each within one time-out: connecting and rootDSE, then the bind and all questions. Between them a ticket
for ``ldap/<its own name>`` is asked for.
"""

import re
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from probe.addresses import is_ip_address
from probe.directory.entries import RootDse, root_dse
from probe.directory.questions import (
    Found,
    Question,
    account_named,
    answer,
    owners,
    owners_in_forest,
    root,
    trusts,
)
from probe.directory.session import TLS_PORTS, DirectoryFailure, DirectorySession, TlsWanted
from probe.net import dns
from probe.net.connection import Address
from probe.net.endpoint import Endpoint
from probe.net.loop import DeadlinePassed, within
from probe.settings.context import RunContext
from probe.trace.clock_reading import clock_reading
from probe.trace.facts import ClockReading, DirectoryAnswer, Outcome
from probe.wire.kerberos import Credential

T = TypeVar("T")

MAXIMUM_ADDRESSES = 2
CATALOG_PORTS = {389: 3268, 636: 3269}
"""A controller's directory and its global catalog, MS-ADTS section 5.1.1. Other ports have no known neighbour."""
CLOCK_TRUST_S = 2.0
"""A clock that is this much off is followed in the authenticator: the question is to the directory, not the clock."""
HOST_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,253}")
NO_TICKET = "no-ticket"

TicketFor = Callable[[str], Awaitable[Credential | None]]
"""From a service's name to a ticket for it; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What every controller is asked about."""

    spns: tuple[str, ...]
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A controller that took our ticket."""

    endpoint: Endpoint
    blank: DirectoryAnswer
    root: RootDse
    ticket: Credential
    offset_s: float


class Visit:
    """One controller's directory, or its global catalog. Its methods raise nothing for what the controller does.

    ``kdc`` is what other steps call the KDC of the same host; empty where that is not known.
    """

    def __init__(
        self, context: RunContext, endpoint: Endpoint, *, ticket_for: TicketFor, kdc: str = ""
    ) -> None:
        self._context = context
        self._endpoint = endpoint
        self._ticket_for = ticket_for
        self._blank = DirectoryAnswer(dc=str(endpoint), kdc=kdc)
        self._session: DirectorySession | None = None
        self._offset_s = 0.0

    async def make(self, wanted: Wanted, *, with_trusts: bool) -> Visited | None:
        """Everything in the domain; None if the directory did not let us in."""
        try:
            seen = await self._introduce()
            return None if seen is None else await self._ask_domain(seen, wanted, with_trusts=with_trusts)
        finally:
            await self._leave()

    async def search_forest(self, visited: Visited, wanted: Wanted) -> bool:
        """The owners of the names in the whole forest, asked of the controller's global catalog; whether it said."""
        blank = replace(visited.blank, dc=str(self._endpoint))
        questions = [owners_in_forest(spn, blank) for spn in wanted.spns]
        self._offset_s = visited.offset_s
        start_ms = self._context.recorder.elapsed_ms()
        try:
            found = await self._timed(self._put(visited.ticket, questions))
            self._keep(questions, found, start_ms)
        except DirectoryFailure as failure:
            self._failed(questions[0].blank, failure, start_ms)
            return False
        finally:
            await self._leave()
        return True

    # ---- the phases

    async def _introduce(self) -> RootDse | None:
        start_ms = self._context.recorder.elapsed_ms()
        try:
            seen = await self._timed(self._read_root())
        except DirectoryFailure as failure:
            self._failed(self._blank, failure, start_ms)
            return None
        self._context.recorder.add(self._blank, Outcome.OK, start_ms=start_ms)
        self._blank = replace(self._blank, clock=None)
        return seen

    async def _read_root(self) -> RootDse:
        session = await self._open()
        before = self._context.environment.clock()
        found = (await session.search_all([root()]))[0]
        after = self._context.environment.clock()
        if found.error or not found.entries:
            raise DirectoryFailure(found.error or "malformed", found.detail or "there is no rootDSE")
        seen = root_dse(found.entries[0])
        if not HOST_NAME.fullmatch(seen.host) or not seen.domain:
            raise DirectoryFailure(
                "malformed", "the rootDSE names no host and no domain: no Active Directory"
            )
        clock = self._clock(seen, before, after)
        self._blank = replace(self._blank, host=seen.host, protection=session.protection, clock=clock)
        return seen

    def _clock(self, seen: RootDse, before: float, after: float) -> ClockReading | None:
        """``currentTime`` is cut to a second: the clock stood half a second behind it, give or take as much."""
        if seen.current_time is None:
            return None
        reading = clock_reading(
            who=seen.host,
            source="ldap-current-time",
            sent_at=before,
            received_at=after,
            theirs=seen.current_time + 0.5,
            resolution_s=0.5,
        )
        if abs(reading.offset_s) > reading.uncertainty_s + CLOCK_TRUST_S:
            self._offset_s = reading.offset_s
        return reading

    async def _ask_domain(self, seen: RootDse, wanted: Wanted, *, with_trusts: bool) -> Visited | None:
        start_ms = self._context.recorder.elapsed_ms()
        ticket = await self._ticket_for(f"ldap/{seen.host}")
        blank = self._blank
        questions = [account_named(name, seen.domain, blank) for name in wanted.accounts]
        questions += [owners(spn, seen.domain, blank) for spn in wanted.spns]
        questions += [trusts(seen.domain, blank)] if with_trusts else []
        if ticket is None:
            failure = DirectoryFailure(NO_TICKET, f"no ticket for ldap/{seen.host}")
            self._failed(questions[0].blank, failure, start_ms)
            return None
        try:
            found = await self._timed(self._put(ticket, questions))
        except DirectoryFailure as failure:
            self._failed(questions[0].blank, failure, start_ms)
            return None
        self._keep(questions, found, start_ms)
        return Visited(
            endpoint=self._endpoint, blank=blank, root=seen, ticket=ticket, offset_s=self._offset_s
        )

    async def _put(self, ticket: Credential, questions: Sequence[Question]) -> list[Found]:
        """Bind, by way of StartTLS if the directory insists, and ask."""
        session = self._session or await self._open()
        try:
            await self._bind(session, ticket)
        except TlsWanted:
            if session.protection == "tls":
                raise  # Samba's default takes no SASL without a layer of its own, and no such layer inside TLS
            await self._leave()
            session = await self._open()
            await session.start_tls()
            await self._bind(session, ticket)
        return await session.search_all([question.search for question in questions])

    async def _bind(self, session: DirectorySession, ticket: Credential) -> None:
        environment = self._context.environment
        now = environment.clock() + self._offset_s
        await session.bind(ticket, now=now, randomness=environment.randomness)

    # ---- the connection

    async def _open(self) -> DirectorySession:
        """Connect to the first address that takes it. Raises DirectoryFailure."""
        timeout_s = self._context.options.timeout_s
        failure = DirectoryFailure("unreachable", "the name does not resolve")
        for host in await self._addresses():
            try:
                self._session = await DirectorySession.open(
                    Address(host=host, port=self._endpoint.port),
                    timeout_s=timeout_s,
                    tls=self._endpoint.port in TLS_PORTS,
                )
            except DirectoryFailure as error:
                failure = error
            else:
                return self._session
        raise failure

    async def _addresses(self) -> tuple[str, ...]:
        host, options = self._endpoint.host, self._context.options
        if is_ip_address(host):
            return (host,)
        if options.nameserver is None:
            found = await dns.system_addresses(host, timeout_s=options.timeout_s)
        else:
            found = await dns.dns_addresses(host, timeout_s=options.timeout_s, nameserver=options.nameserver)
        return found.addresses[:MAXIMUM_ADDRESSES]

    async def _timed(self, job: Coroutine[Any, Any, T]) -> T:
        """The job within one time-out. Raises DirectoryFailure."""
        try:
            return await within(self._context.options.timeout_s, job)
        except DeadlinePassed:
            raise DirectoryFailure("timed-out") from None

    async def _leave(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    # ---- the steps

    def _failed(self, blank: DirectoryAnswer, failure: DirectoryFailure, start_ms: float) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.abort()  # who failed once is not waited for again
        error = {"reset": "closed"}.get(failure.error, failure.error)
        seen = replace(blank, error=error, detail=failure.detail[:300], complete=False)
        outcome = {
            "timed-out": Outcome.TIMEOUT,
            "closed": Outcome.CLOSED,
            "malformed": Outcome.MALFORMED,
            NO_TICKET: Outcome.SKIPPED,
        }.get(error, Outcome.REFUSED)
        self._context.recorder.add(seen, outcome, start_ms=start_ms)

    def _keep(self, questions: Sequence[Question], found: Sequence[Found], start_ms: float) -> None:
        protection = "none" if self._session is None else self._session.protection
        for question, each in zip(questions, found, strict=True):
            seen = replace(answer(question, each), protection=protection)
            outcome = Outcome.REFUSED if each.error else Outcome.OK
            self._context.recorder.add(seen, outcome, start_ms=start_ms)
