"""Service tickets of this host's own Kerberos, and what its KDC said instead of one, as steps."""

import contextlib
from collections.abc import Sequence

from probe.settings.context import RunContext
from probe.tickets.client.results import Problem
from probe.tickets.native.context import NativeTicket, request_ticket
from probe.tickets.native.errors import NativeError
from probe.trace import facts
from probe.trace.facts import Outcome

SYSTEM_KDC = "the system's KDC"
"""The system does not tell which one it asked."""


class NativeTicketService:
    """One run's native tickets. Each name is asked for once."""

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self._known: dict[str, bool] = {}
        self._silent = False

    async def ask(self, name: str, *, purpose: str = "tgs") -> NativeTicket:
        """A ticket for one name; what a KDC said of it is kept as a step. Raises NativeError."""
        start_ms = self._context.recorder.elapsed_ms()
        try:
            ticket = await request_ticket(
                name,
                timeout_s=self._context.options.timeout_s,
                open_context=self._context.environment.open_context,
            )
        except NativeError as error:
            self._silent = error.problem is not Problem.UNKNOWN_SERVER
            self._known[name.lower()] = False
            if error.error is not None:
                refused = self._exchange(name, purpose, error=error.error)
                self._context.recorder.add(refused, Outcome.REFUSED, start_ms=start_ms)
            raise
        self._known[name.lower()] = True
        granted = self._exchange(name, purpose, ticket=ticket)
        self._context.recorder.add(granted, Outcome.OK, start_ms=start_ms)
        return ticket

    async def survey(self, names: Sequence[str]) -> frozenset[str]:
        """The names, in lower case, of which the KDC has an account; those not asked for yet are steps."""
        for name in names:
            if name.lower() not in self._known and not self._silent:
                with contextlib.suppress(NativeError):
                    await self.ask(name, purpose="spn")
        return frozenset(name for name, known in self._known.items() if known)

    def _exchange(
        self,
        name: str,
        purpose: str,
        *,
        error: facts.KerberosError | None = None,
        ticket: NativeTicket | None = None,
    ) -> facts.KdcExchange:
        """One question that the system put to a KDC for us, or answered from its cache.

        A ticket of the cache shows that a KDC knew the name, not that the key's version is still that one.
        """
        return facts.KdcExchange(
            realm=self._context.options.realm,
            kdc=SYSTEM_KDC,
            transport="native",
            purpose=purpose,
            server=name,
            error=error,
            ticket_etype=None if ticket is None else ticket.etype,
            ticket_octets=None if ticket is None else ticket.octets,
            session_etype=None if ticket is None else ticket.session_etype,
        )


def ticket_facts(ticket: NativeTicket, asked: tuple[str, ...]) -> facts.Ticket:
    """What the AP-REQ shows in clear: neither the client nor the ticket's times are."""
    return facts.Ticket(
        source="native",
        client="",
        server=str(ticket.server),
        requested=asked,
        etype=ticket.etype,
        kvno=ticket.kvno,
        octets=ticket.octets,
        session_etype=ticket.session_etype,
    )
