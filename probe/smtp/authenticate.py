"""What is done with a session once it stands: tickets, the mechanism that a sender would take."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from probe.kdcs.ticket_service import TicketService
from probe.net.tasks import run_together
from probe.settings.context import RunContext
from probe.settings.injection import Fault
from probe.smtp.connect import ConnectedTarget, connect_target
from probe.smtp.exchangeauth import (
    authenticate_exchangeauth,
    is_offered,
    is_sender,
    return_name,
    skip_exchangeauth,
)
from probe.smtp.gssapi import Attempt, authenticate, perform
from probe.tickets.native.context import ServiceTicket
from probe.trace import GUESSED_NAMES


@dataclass(slots=True, kw_only=True)
class Authentication:
    """The second half of a run."""

    context: RunContext
    ticket_service: TicketService
    ticket: ServiceTicket | None = field(default=None, init=False)
    """What the run got a ticket for; for the measurements that come after it."""
    attempt: Attempt | None = field(default=None, init=False)
    """The last handshake over GSSAPI; for the same."""

    async def run(self, connected: ConnectedTarget) -> None:
        """Ask for the ticket, ask every KDC about the names, authenticate."""
        options = self.context.options
        names = connected.service_names(options)
        bound = self._is_bound(connected)
        returning = (return_name(options),) if bound else ()
        ticket = self.ticket = await self.ticket_service.service_ticket(names)
        survey = self.ticket_service.survey_names((*names, *returning, *connected.other_names()))
        if ticket is not None and is_sender(options):
            # What the KDCs say changes nothing about what a sending server does: both go on side by side.
            await run_together([self._log_on(connected, ticket, frozenset()), survey])
            return
        known = await survey
        if ticket is not None:
            await self._log_on(connected, ticket, known)

    async def _log_on(self, connected: ConnectedTarget, ticket: ServiceTicket, known: frozenset[str]) -> None:
        """Show the ticket, or the one that an injected fault puts in its place."""
        injection = self.context.options.injection
        if injection is not None and injection.fault is Fault.WRONG_SPN:
            wrong = await self.ticket_service.other_ticket(injection.spn)
            if wrong is None:
                return
            ticket = wrong
        if not connected.session.ready:
            return
        if self._is_bound(connected):
            await self._sender_like(connected, ticket, known)
        else:
            await self._gssapi(connected, ticket)

    def _is_bound(self, connected: ConnectedTarget) -> bool:
        """Whether EXCHANGEAUTH comes first: asked for, or what a sending server would choose.

        A deliberate fault of a token is shown over X-EXPS GSSAPI, where the receiver may say more of it; a replay
        always, because a hash binds a token to its first channel.
        """
        options = self.context.options
        wanted = options.mechanism
        if self._injected(Fault.REPLAY):
            return False
        if wanted == "exchangeauth" or self._injected(Fault.BAD_HASH):
            return True
        return wanted == "auto" and options.injection is None and is_offered(connected)

    async def _sender_like(
        self, connected: ConnectedTarget, ticket: ServiceTicket, known: frozenset[str]
    ) -> None:
        """EXCHANGEAUTH; then, unless it proved everything, X-EXPS GSSAPI as the contrast."""
        options = self.context.options
        automatic = options.mechanism == "auto" and options.injection is None
        if automatic and not is_sender(options) and return_name(options).lower() not in known:
            why = self._why_skipped(known)
            skip_exchangeauth(self.context, connected, server=str(ticket.server), why=why)
            await self._gssapi(connected, ticket)
            return
        seen = await authenticate_exchangeauth(self.context, connected, ticket)
        if automatic and not seen.token_octets:
            await self._gssapi(connected, ticket)  # nothing was sent: this session is as good as a new one
        elif automatic and seen.return_leg != "verified":
            await self._anew(partial(self._gssapi, ticket=ticket))

    def _why_skipped(self, known: frozenset[str]) -> str:
        """No KDC knows our name; or, where none knows any, perhaps none could be asked."""
        options = self.context.options
        name = return_name(options)
        hint = " (give the sender's own name: --ehlo)" if options.ehlo_source in GUESSED_NAMES else ""
        if known:
            return f"no KDC knows {name}, so the receiver could not answer{hint}"
        return (
            f"it is not known whether a KDC knows {name}, without which the receiver could not answer{hint}"
        )

    async def _anew(self, job: Callable[[ConnectedTarget], Awaitable[None]]) -> None:
        """Do something on a session of its own, if one comes about."""
        connected = await connect_target(self.context)
        if connected is None:
            return
        async with connected.session:
            if connected.session.ready:
                await job(connected)

    async def _gssapi(self, connected: ConnectedTarget, ticket: ServiceTicket) -> None:
        self.attempt = attempt = await authenticate(self.context, connected, ticket)
        if attempt is not None and self._injected(Fault.REPLAY) and attempt.accepted:
            await self._anew(partial(self._replay, attempt))

    async def _replay(self, attempt: Attempt, connected: ConnectedTarget) -> None:
        self.attempt = await perform(attempt, connected, injected=str(self.context.options.injection))

    def _injected(self, fault: Fault) -> bool:
        injection = self.context.options.injection
        return injection is not None and injection.fault is fault
