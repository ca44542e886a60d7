"""The probe's own Kerberos client. PURE: the network is a `KdcTransport`, clock and randomness are arguments.

Every exchange with every KDC becomes a step of the recorder. A password is sent at most once per principal and
run, whatever comes of it: a diagnosis must never lock an account.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, cast

from probe.tickets.client.as_exchange import AsExchange, as_request
from probe.tickets.client.client_settings import ClientSettings
from probe.tickets.client.kdc_reply import (
    Clock,
    KdcError,
    Randomness,
    granted_realm,
    malformed,
    new_nonce,
    read_error,
)
from probe.tickets.client.recording import Subject, answer_facts, failure_facts
from probe.tickets.client.results import (
    Established,
    Failed,
    NeedRequest,
    Observed,
    Problem,
    Purpose,
    Result,
    TicketError,
)
from probe.tickets.client.routes import Routes, Way
from probe.tickets.client.tgs_exchange import TgsExchange
from probe.tickets.client.transport import (
    KdcEndpoint,
    KdcTransport,
    Locator,
    RunTogether,
    Transport,
    TransportFailure,
)
from probe.tickets.secret import KeytabKeys, Password, Secret
from probe.trace import Recorder, Step
from probe.trace.facts import KdcExchange
from probe.wire.crypto import CryptoError
from probe.wire.der import DerError
from probe.wire.kerberos import Credential, KrbError, MessageType, PrincipalName, message_type

__all__ = [
    "ClientSettings",
    "KerberosClient",
    "KeytabKeys",
    "Password",
    "Problem",
    "Secret",
    "TicketError",
]


class _Exchange(Protocol):
    def start(self) -> NeedRequest: ...

    def receive(self, reply: bytes) -> Result: ...


class KerberosClient:
    """Gets tickets from, and asks questions of, the KDCs that ``locator`` names.

    ``clock`` (seconds since the Unix epoch) must be the one that ``transport`` stamps its answers with.
    """

    def __init__(
        self,
        *,
        locator: Locator | Mapping[str, Sequence[KdcEndpoint]],
        transport: KdcTransport,
        together: RunTogether,
        recorder: Recorder,
        clock: Clock,
        randomness: Randomness,
        settings: ClientSettings | None = None,
    ) -> None:
        self._settings = settings or ClientSettings()
        self._routes = Routes(
            locator, udp_limit=self._settings.udp_limit, maximum_kdcs=self._settings.maximum_kdcs
        )
        self._transport = transport
        self._together = together
        self._recorder = recorder
        self._clock = clock
        self._randomness = randomness
        self._last_microsecond = 0
        self._tried: set[tuple[str, str]] = set()
        self._granted: dict[tuple[str, str], Credential] = {}
        self._offsets: dict[str, float] = {}
        self._referrals: dict[str, Credential] = {}

    async def kdcs(self, realm: str) -> tuple[KdcEndpoint, ...]:
        """The KDCs of a realm as the locator gave them, bounded."""
        return await self._routes.kdcs(realm)

    def is_alive(self, kdc: KdcEndpoint) -> bool:
        """It has answered in this run, over whichever transport."""
        return self._routes.is_alive(kdc)

    def clock_offset_s(self, realm: str) -> float:
        """What is added to our clock for a realm whose KDC refused it (``adjust_clock``); 0 before that."""
        return self._offsets.get(realm.upper(), 0.0)

    async def get_tgt(self, client: PrincipalName | str, realm: str, secret: Secret) -> Credential:
        """A ticket-granting ticket. A second call for the same principal gives the same ticket, or fails.

        Raises TicketError, and ValueError for an empty name.
        """
        name = PrincipalName.parse(client) if isinstance(client, str) else client
        account = (str(name).lower(), realm.upper())
        if account in self._granted:
            return self._granted[account]
        if account in self._tried:
            raise TicketError(Problem.ALREADY_TRIED)
        exchange = self._as(name, realm, secret)
        # A password goes to one KDC at most: whether it counted there is not known. A keytab's key locks no account.
        once = isinstance(secret, Password)
        done = await self._drive(exchange, Subject(name, None), account, once=once)
        credential = done.credential
        self._granted[account] = credential
        if exchange.clock_offset_s:
            self._offsets[(granted_realm(credential.server) or realm).upper()] = exchange.clock_offset_s
        return credential

    async def log_on_elsewhere(
        self, client: PrincipalName, realm: str, keys: KeytabKeys, kdc: KdcEndpoint
    ) -> Credential:
        """A ticket-granting ticket of ``kdc`` and no other, after another KDC refused the same keys.

        For a computer's keys only: lockout policies are for people's accounts, and a computer's key, which changes by
        itself, may not have reached every controller. Raises TicketError.
        """
        account = (str(client).lower(), realm.upper())
        exchange = self._as(client, realm, keys)
        done = await self._drive(exchange, Subject(client, None), account, once=False, only=kdc)
        self._granted[account] = done.credential
        return done.credential

    async def get_service_ticket(
        self, tgt: Credential, spn: PrincipalName | str, *, only: KdcEndpoint | None = None
    ) -> Credential:
        """A ticket for a service, over referrals where the KDCs give them; of the KDC ``only``, if one is named.

        Raises TicketError, and ValueError for an empty name or a ``tgt`` that is no krbtgt ticket.
        """
        exchange, subject = self._tgs(tgt, spn, Purpose.TGS)
        try:
            done = await self._drive(exchange, subject, None, only=only)
        except CryptoError as error:
            raise TicketError(Problem.NO_KEY_FOR_ETYPE, detail=str(error)) from None
        if exchange.clock_offset_s:
            self._offsets[exchange.realm.upper()] = exchange.clock_offset_s
        return done.credential

    async def measure_clock(
        self,
        endpoint: KdcEndpoint,
        transport: Transport,
        *,
        realm: str,
        client: PrincipalName | str | None = None,
    ) -> Step[KdcExchange]:
        """One KDC's clock over one transport, by an AS-REQ without preauthentication: no secret is needed."""
        named = client or self._settings.clock_principal
        name = PrincipalName.parse(named) if isinstance(named, str) else named
        request = as_request(
            client=name, realm=realm, nonce=new_nonce(self._randomness), etypes=self._settings.etypes
        )
        ask = NeedRequest(request=request, realm=realm, purpose=Purpose.CLOCK)
        return (await self._once(Way(endpoint, transport), ask, Subject(name, None), _noted))[1]

    @property
    def referrals(self) -> Mapping[str, Credential]:
        """The ticket-granting tickets for other realms that KDCs have given us so far, by the realm as it was named."""
        return dict(self._referrals)

    async def survey(
        self,
        realm: str,
        *,
        client: PrincipalName | str | None = None,
        include_unreachable: bool = True,
        heard: Callable[[KdcEndpoint], None] = lambda _: None,
    ) -> tuple[Step[KdcExchange], ...]:
        """The clock of every KDC of the realm over UDP and TCP, concurrently; what fails is not asked again.

        Without ``include_unreachable`` the ways that did not answer before in this run are left out: their steps exist.
        ``heard`` is called with the KDC at each answer: those that are alive are asked first from then on.
        """

        async def one(way: Way) -> Step[KdcExchange]:
            step = await self.measure_clock(way.endpoint, way.transport, realm=realm, client=client)
            if not step.facts.transport_error:
                heard(way.endpoint)
            return step

        jobs = [one(way) for way in await self._routes.routes(realm, include_unreachable=include_unreachable)]
        return tuple(await self._together(jobs))

    async def survey_names(
        self, tgt: Credential, spns: Sequence[PrincipalName | str]
    ) -> tuple[Step[KdcExchange], ...]:
        """What every KDC of the ticket's realm says about each name: known or not, kvno, etype; concurrently.

        At most ``maximum_lookups`` look-ups are made; the names first in order at all KDCs come first. Raises
        ValueError as `get_service_ticket` does.
        """
        kdcs = await self._routes.kdcs(granted_realm(tgt.server) or "")
        pairs = [(endpoint, spn) for spn in spns for endpoint in kdcs]
        jobs = [
            self._look_up(endpoint, tgt, spn) for endpoint, spn in pairs[: self._settings.maximum_lookups]
        ]
        found = await self._together(jobs)
        return tuple(step for step in found if step is not None)

    async def _look_up(
        self, endpoint: KdcEndpoint, tgt: Credential, spn: PrincipalName | str
    ) -> Step[KdcExchange] | None:
        """One name at one KDC; None when every way to it is known to be dead."""
        exchange, subject = self._tgs(tgt, spn, Purpose.SPN)
        ask = exchange.start()
        last: Step[KdcExchange] | None = None
        tried: set[Way] = set()
        while way := await self._routes.next_way(
            ask.realm, len(ask.request), tried=tried, tcp_only=last is not None, reliable=False, only=endpoint
        ):
            tried.add(way)
            result, last = await self._once(way, ask, subject, exchange.receive)
            if not (isinstance(result, TransportFailure) or _too_big(result, way)):
                break
        return last

    def _as(self, client: PrincipalName, realm: str, secret: Secret) -> AsExchange:
        return AsExchange(
            client=client,
            realm=realm,
            secret=secret,
            now=self._now,
            randomness=self._randomness,
            etypes=self._settings.etypes,
            adjust_clock=self._settings.adjust_clock,
        )

    def _tgs(
        self, tgt: Credential, spn: PrincipalName | str, purpose: Purpose
    ) -> tuple[TgsExchange, Subject]:
        name = PrincipalName.parse(spn) if isinstance(spn, str) else spn
        exchange = TgsExchange(
            tgt=tgt,
            server=name,
            now=self._now,
            randomness=self._randomness,
            etypes=self._settings.etypes,
            adjust_clock=self._settings.adjust_clock,
            clock_offset_s=self.clock_offset_s(granted_realm(tgt.server) or ""),
            purpose=purpose,
        )
        return exchange, Subject(tgt.client, name)

    def _now(self) -> float:
        """Our clock, but never the same microsecond twice: two equal authenticators are a replay."""
        self._last_microsecond = max(round(self._clock() * 1e6), self._last_microsecond + 1)
        return self._last_microsecond / 1e6

    async def _drive(
        self,
        exchange: _Exchange,
        subject: Subject,
        account: tuple[str, str] | None,
        *,
        once: bool = True,
        only: KdcEndpoint | None = None,
    ) -> Established:
        ask = exchange.start()
        first = ask.realm
        while True:
            if ask.purpose is Purpose.AS_PREAUTH and account is not None and not ask.clock_adjusted:
                self._tried.add(account)
            result = await self._ask(
                exchange,
                ask,
                subject,
                once=once and ask.purpose is Purpose.AS_PREAUTH,
                only=only if ask.realm == first else None,
            )
            if isinstance(result, Established):
                return result
            if not isinstance(result, NeedRequest):
                detail = result.detail if isinstance(result, Failed) else ""
                problem = result.problem if isinstance(result, Failed) else Problem.MALFORMED
                raise TicketError(problem, result.error, detail)
            ask = result

    async def _ask(
        self,
        exchange: _Exchange,
        ask: NeedRequest,
        subject: Subject,
        *,
        once: bool = False,
        only: KdcEndpoint | None = None,
    ) -> Result:
        """The answer of the first KDC that gives one. Raises TicketError when none does.

        ``once``: what was perhaps delivered goes to no other KDC.
        """
        reliable = ask.purpose is Purpose.AS_PREAUTH
        tried: set[Way] = set()
        too_big: KrbError | None = None
        while way := await self._routes.next_way(
            ask.realm,
            len(ask.request),
            tried=tried,
            tcp_only=too_big is not None,
            reliable=reliable,
            only=only,
        ):
            tried.add(way)
            result, _ = await self._once(way, ask, subject, exchange.receive)
            if isinstance(result, TransportFailure):
                if once and result.perhaps_delivered:
                    raise TicketError(
                        Problem.PREAUTHENTICATION_UNANSWERED, detail=f"{way.endpoint}: {result.reason}"
                    )
            elif _too_big(result, way):
                # The KDC has made its whole reply by then: the same octets over TCP are no second attempt.
                too_big = result.error
            else:
                return result
        raise TicketError(Problem.NO_KDC if too_big is None else Problem.ANSWER_TOO_BIG, too_big)

    async def _once(
        self, way: Way, ask: NeedRequest, subject: Subject, interpret: Callable[[bytes], Result]
    ) -> tuple[Result | TransportFailure, Step[KdcExchange]]:
        """One request over one way, and its step."""
        start_ms = self._recorder.elapsed_ms()
        attempt = subject.attempt(way, ask)
        answer = await self._transport.exchange(
            way.endpoint, way.transport, ask.request, timeout_s=self._settings.timeout_s
        )
        result: Result | TransportFailure
        if isinstance(answer, TransportFailure):
            self._routes.failed(way)
            result = answer
            facts, outcome = failure_facts(attempt, answer)
        else:
            self._routes.answered(ask.realm, way, prefer=ask.purpose not in (Purpose.CLOCK, Purpose.SPN))
            result = interpret(answer.data)
            self._keep_referral(result)
            facts, outcome = answer_facts(attempt, answer, result)
        step = self._recorder.add(facts, outcome, start_ms=start_ms)
        return result, cast("Step[KdcExchange]", step)

    def _keep_referral(self, result: Result) -> None:
        """The first one to each realm; a krbtgt ticket that was asked for is none the worse for that."""
        if not isinstance(result, NeedRequest | Established) or result.credential is None:
            return
        realm = granted_realm(result.credential.server)
        if realm is not None and realm.upper() != result.credential.server_realm.upper():
            self._referrals.setdefault(realm, result.credential)


def _too_big(result: Result, way: Way) -> bool:
    error = result.error
    return (
        way.transport is Transport.UDP and error is not None and error.error_code == KdcError.RESPONSE_TOO_BIG
    )


def _noted(reply: bytes) -> Result:
    """What an answer to a clock measurement is: a KRB-ERROR, or the ticket of an account without
    preauthentication.
    """
    try:
        error = read_error(reply)
    except DerError as problem:
        return malformed(problem)
    if error is None and message_type(reply) != MessageType.AS_REP:
        return Failed(problem=Problem.MALFORMED, detail="neither a KRB-ERROR nor an AS-REP")
    return Observed(error=error)
