"""Everything a run asks of Kerberos: the KDCs and their clocks, our tickets, the names that each KDC knows."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from probe.kdcs.native_service import NativeTicketService, ticket_facts
from probe.kdcs.referred_realms import OtherRealms
from probe.kdcs.srv import srv_kdcs
from probe.net import dns
from probe.net.tasks import run_together
from probe.settings.context import RunContext
from probe.tickets.client.kdc_reply import KdcError
from probe.tickets.client.kerberos_client import ClientSettings, KerberosClient
from probe.tickets.client.locator import KdcLocator, SrvAnswer
from probe.tickets.client.recording import kerberos_error
from probe.tickets.client.results import Problem, TicketError
from probe.tickets.client.transport import KdcEndpoint
from probe.tickets.files.ccache import CredentialCache
from probe.tickets.files.sources import CachedTickets, from_ccache
from probe.tickets.native.context import NativeTicket, ServiceTicket
from probe.tickets.native.errors import NativeError
from probe.tickets.secret import KeytabKeys
from probe.trace import facts
from probe.trace.facts import KerberosError, Outcome
from probe.wire.kerberos import Credential, PrincipalName

KDC_TIMEOUT_S = 3.0
"""For one request to one KDC; Windows waits a second and doubles it, MIT one second per KDC and round."""

GRACE_S = 0.1
"""For how long a KDC that answered waits for those before it in order: which one is asked must not hang on
milliseconds, or two runs against one fault of one controller would end in two ways."""

T = TypeVar("T")

MAXIMUM_NAMES = 8
"""How many service names every KDC is asked about."""


class TicketService:
    """One run's tickets. `open` comes first, `survey_clocks` beside it; then `service_ticket` and `survey_names`."""

    def __init__(self, context: RunContext) -> None:
        options, environment = context.options, context.environment
        self._context = context
        self._tgt: Credential | None = None
        # The KDCs are known; one of them answered, or none will be asked for its clock.
        self._found, self._heard = asyncio.Event(), asyncio.Event()
        self._heard.set()
        self._from_cache = False
        self._problem: TicketError | None = None
        native = options.credentials.source == "native"
        self._native = NativeTicketService(context) if native else None
        self._client = KerberosClient(
            together=run_together,
            locator=KdcLocator(
                given={**options.other_kdcs, options.realm: options.kdcs},
                srv=self._srv,
                config=options.krb5_config,
                recorder=context.recorder,
            ),
            transport=environment.kdc_transport,
            recorder=context.recorder,
            clock=environment.clock,
            randomness=environment.randomness,
            settings=ClientSettings(timeout_s=min(KDC_TIMEOUT_S, options.timeout_s), adjust_clock=True),
        )

        self._realms = OtherRealms(self._client, environment.kdc_transport, options.krb5_config)

    async def open(self) -> None:
        """Find the KDCs and get a ticket-granting ticket, from the first KDC that is heard of."""
        options = self._context.options
        realm = options.realm
        try:
            kdcs = await self._client.kdcs(realm) if realm else ()
        finally:
            self._found.set()
        if not kdcs:
            self._problem = TicketError(Problem.NO_KDC, detail="" if realm else "no realm")
        elif options.credentials.secret is not None:
            # A dead KDC that happens to be the first in order would cost its time-out before anything is asked.
            await self._heard.wait()
            await self._log_on()

    async def survey_clocks(self) -> None:
        """Read every KDC's clock over UDP and TCP, as soon as `open` has found them; begun before it, run beside it."""
        self._heard.clear()
        await self._found.wait()
        options = self._context.options
        realm, principal = options.realm, options.credentials.principal
        try:
            kdcs = await self._client.kdcs(realm) if realm else ()
            if kdcs:
                await self._client.survey(realm, client=principal, heard=partial(self._hear, kdcs[0]))
        finally:
            self._heard.set()

    def _hear(self, first: KdcEndpoint, kdc: KdcEndpoint) -> None:
        """The first one in order ends the wait, any other one after a while."""
        if kdc == first:
            self._heard.set()
        elif not self._heard.is_set():
            asyncio.get_running_loop().call_later(GRACE_S, self._heard.set)

    async def _log_on(self) -> None:
        options = self._context.options
        principal, secret = options.credentials.principal, options.credentials.secret
        if secret is None or principal is None:
            return
        try:
            self._tgt = await self._client.get_tgt(principal, options.realm, secret)
        except TicketError as error:
            self._problem = error
            if isinstance(secret, KeytabKeys) and str(principal).endswith("$") and _is_wrong_key(error):
                await self._log_on_elsewhere(principal, secret)

    async def _log_on_elsewhere(self, principal: PrincipalName, keys: KeytabKeys) -> None:
        """A computer's key that one controller refuses may be another one's: replication, and not the key."""
        realm = self._context.options.realm
        refusing = {
            step.facts.kdc
            for step in self._context.recorder.steps()
            if isinstance(step.facts, facts.KdcExchange) and step.facts.purpose == "as-preauth"
        }
        for kdc in await self._client.kdcs(realm):
            if str(kdc) not in refusing and self._client.is_alive(kdc):
                with suppress(TicketError):
                    self._tgt = await self._client.log_on_elsewhere(principal, realm, keys, kdc)
                return

    async def log_on(self) -> CredentialCache:
        """Nothing but the ticket-granting ticket, as a cache for other runs. Raises TicketError."""
        await self._log_on()
        if self._tgt is None:
            raise self._problem or TicketError(Problem.NO_CREDENTIALS)
        return CredentialCache(
            default_principal=self._tgt.client,
            default_realm=self._tgt.client_realm,
            credentials=(self._tgt,),
            kdc_offset_s=self._client.clock_offset_s(self._tgt.client_realm),
        )

    async def service_ticket(self, names: Sequence[str]) -> ServiceTicket | None:
        """A ticket for the first of ``names`` that a KDC knows, kept as a Ticket step; None without one."""
        if self._context.options.credentials.source == "none":
            return None
        start_ms = self._context.recorder.elapsed_ms()
        asked: list[str] = []
        ticket: ServiceTicket | None = None
        try:
            for name in names:
                asked.append(name)
                ticket = await self._one(name)
                if ticket is not None:
                    break
        except TicketError as error:
            self._problem = error
        self._record(tuple(asked), ticket, start_ms)
        return ticket

    async def other_ticket(self, spn: str) -> ServiceTicket | None:
        """A ticket for another name, for a contrast or another service, without a Ticket step; None without one.

        Without ``spn`` our own TGT: certainly not for the receiver (``--inject wrong-spn``).
        """
        try:
            if self._native is not None:
                return await self._native.ask(spn)
            if not spn or self._tgt is None:
                return self._tgt
            return await self._client.get_service_ticket(self._tgt, spn)
        except TicketError:
            return None

    async def ticket_of(self, kdc: str, spn: str, realm: str) -> ServiceTicket | None:
        """A fresh ticket for ``spn`` from ``kdc`` (``HOST:PORT``) of ``realm`` and no other one, for a contrast.

        None without one, and where the system's own client chooses the KDC.
        """
        ours = realm.casefold() == self._context.options.realm.casefold()
        referrals = {name.casefold(): tgt for name, tgt in self._client.referrals.items()}
        tgt = self._tgt if ours else referrals.get(realm.casefold())
        named = [one for one in await self._client.kdcs(realm) if str(one) == kdc]
        if self._native is not None or tgt is None or not named:
            return None
        try:
            return await self._client.get_service_ticket(tgt, spn, only=named[0])
        except TicketError:
            return None

    async def _one(self, name: str) -> ServiceTicket | None:
        """A ticket for one name; None when no KDC knows it and another may be tried. Raises TicketError."""
        if self._native is not None:
            return await self._unless_unknown(self._native.ask(name))
        try:
            cached = self._cached(name)
        except TicketError as error:
            if error.problem is not Problem.NO_CREDENTIALS:
                raise
            self._problem = error
            return None
        if cached is not None:
            self._tgt = self._tgt or cached.tgt
            if cached.services:
                self._from_cache = True
                return cached.services[0]
        if self._tgt is None:
            raise self._problem or TicketError(Problem.NO_CREDENTIALS)
        return await self._unless_unknown(self._client.get_service_ticket(self._tgt, name))

    async def _unless_unknown(self, asking: Coroutine[Any, Any, T]) -> T | None:
        try:
            return await asking
        except TicketError as error:
            if error.problem is not Problem.UNKNOWN_SERVER:
                raise
            self._problem = error
            return None

    def _cached(self, name: str) -> CachedTickets | None:
        options = self._context.options
        if not options.credentials.cache:
            return None
        return from_ccache(
            options.credentials.cache,
            now=self._context.environment.clock(),
            realm=options.realm,
            services=(name,),
        )

    async def survey_names(self, names: Sequence[str]) -> frozenset[str]:
        """Ask every KDC about each name: known or not, kvno, etype. Needs a ticket-granting ticket.

        Which names some KDC knows, in lower case.
        """
        asked = tuple(dict.fromkeys(names))[:MAXIMUM_NAMES]
        if self._native is not None:
            return await self._native.survey(asked)
        if self._tgt is None:
            return frozenset()
        return await self._realms.survey(self._tgt, asked)

    async def _srv(self, realm: str) -> SrvAnswer:
        """SRV records; with a name server of the user's choice the KDCs' addresses come from there too."""
        options = self._context.options
        nameserver, timeout_s = options.nameserver, options.timeout_s
        ours = realm.casefold() == options.realm.casefold()
        site = options.site if ours else ""
        answer = await srv_kdcs(realm, timeout_s=timeout_s, nameserver=nameserver, site=site)
        if nameserver is None:
            return answer
        found = await run_together(
            [dns.dns_addresses(kdc.host, timeout_s=timeout_s, nameserver=nameserver) for kdc in answer.kdcs]
        )
        return answer.at(
            {
                kdc: KdcEndpoint(one.addresses[0], kdc.port, kdc.only)
                for kdc, one in zip(answer.kdcs, found, strict=True)
                if one.addresses
            }
        )

    def _record(self, asked: tuple[str, ...], ticket: ServiceTicket | None, start_ms: float) -> None:
        options, recorder = self._context.options, self._context.recorder
        credentials, problem = options.credentials, self._problem
        client = "" if self._native is not None else f"{credentials.principal}@{options.realm}"
        if isinstance(ticket, NativeTicket):
            recorder.add(ticket_facts(ticket, asked), Outcome.OK, start_ms=start_ms)
            return
        if ticket is None:
            error: KerberosError | None = None
            if problem is not None and problem.krb_error is not None:
                error = kerberos_error(problem.krb_error)
            elif isinstance(problem, NativeError):
                error = problem.error
            failed = facts.Ticket(
                source=credentials.source,
                client=client,
                server=asked[-1] if asked else "",
                requested=asked,
                error=error,
                problem="" if problem is None else str(problem.problem),
                detail=problem.detail if isinstance(problem, NativeError) else "",
            )
            recorder.add(failed, Outcome.REFUSED, start_ms=start_ms)
            return
        part = ticket.ticket.enc_part
        got = facts.Ticket(
            source=credentials.source,
            client=f"{ticket.client}@{ticket.client_realm}",
            server=str(ticket.server),
            requested=asked,
            etype=part.etype,
            kvno=part.kvno,
            octets=len(ticket.ticket.raw),
            session_etype=ticket.session_key.etype,
            auth_time=ticket.auth_time,
            start_time=ticket.start_time,
            end_time=ticket.end_time,
            cached=self._from_cache,
        )
        recorder.add(got, Outcome.OK, start_ms=start_ms)


def _is_wrong_key(error: TicketError) -> bool:
    return error.krb_error is not None and error.krb_error.error_code == KdcError.PREAUTH_FAILED
