"""The return leg of EXCHANGEAUTH: a server of the lab gets itself a ticket for the client, from the lab's KDCs.

Over a referral where the client is of another realm.
UDP first, TCP when the answer is too long for a datagram or none comes; every wait has an end. A KDC that does not
answer is passed over, one that refuses has the last word: so does Windows' own client.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from simulator.directory.store import Account
from simulator.kerberos import MAXIMUM_BYTES, SchemaError, decode_krb_error
from simulator.kerberos.refusal import ErrorCode
from simulator.net.actions import Listen
from simulator.tickets import client as kerberos
from simulator.tickets.client import Credential, Exchange, Initiated, Machine, TicketError

Address = tuple[str, int]
Reach = Callable[[Address, Literal["udp", "tcp"]], Listen]
"""What a server meets on its own way to a KDC, whatever the KDC does for others."""

UDP_TIMEOUT_S = 0.2
TCP_TIMEOUT_S = 1.5
DEADLINE_S = 4.0
"""For the whole leg: shorter than what a client waits for a reply."""
_RENEWAL_MARGIN_S = 300.0
"""A ticket-granting ticket that ends sooner is not used any more."""


def everywhere(address: Address, transport: Literal["udp", "tcp"]) -> Listen:
    """Nothing is in the way."""
    del address, transport
    return Listen.SERVE


class KdcClient:
    """Asks the KDCs of a realm, in order; ``addresses`` is asked at each request, ``reach`` before each try.

    Where the way is shut no octet leaves, and it takes as long as a port does that refuses or is silent.
    """

    def __init__(
        self,
        addresses: Callable[[], Sequence[Address]],
        *,
        reach: Reach = everywhere,
        udp_timeout_s: float = UDP_TIMEOUT_S,
        tcp_timeout_s: float = TCP_TIMEOUT_S,
    ) -> None:
        self._addresses = addresses
        self._reach = reach
        self._udp_timeout_s = udp_timeout_s
        self._tcp_timeout_s = tcp_timeout_s
        self._deaf: set[Address] = set()
        """Whose UDP was silent once: not waited for again."""

    async def ask(self, request: bytes) -> bytes:
        """The answer of the first KDC that gives one. Raises TicketError("NoAuthenticatingAuthority")."""
        for address in self._addresses():
            answer = await self._ask_udp(address, request)
            if not answer or _is_too_big(answer):
                answer = await self._ask_tcp(address, request)
            if answer:
                return answer
        raise TicketError("NoAuthenticatingAuthority", "no domain controller answers")

    async def _ask_udp(self, address: Address, request: bytes) -> bytes:
        if address in self._deaf:
            return b""
        if (met := self._reach(address, "udp")) is not Listen.SERVE:
            await self._in_vain(met, self._udp_timeout_s)
            if met is Listen.DROP:
                self._deaf.add(address)
            return b""
        loop = asyncio.get_running_loop()
        try:
            transport, protocol = await loop.create_datagram_endpoint(_OneDatagram, remote_addr=address)
        except OSError:
            return b""
        try:
            transport.sendto(request)
            async with asyncio.timeout(self._udp_timeout_s):
                return await protocol.answer
        except TimeoutError:
            self._deaf.add(address)
            return b""
        finally:
            transport.close()

    @staticmethod
    async def _in_vain(met: Listen, timeout_s: float) -> None:
        """A refusal comes at once (a reset, or an ICMP message of the firewall's); silence takes the time-out."""
        if met is Listen.DROP:
            await asyncio.sleep(timeout_s)

    async def _ask_tcp(self, address: Address, request: bytes) -> bytes:
        if (met := self._reach(address, "tcp")) is not Listen.SERVE:
            await self._in_vain(met, self._tcp_timeout_s)
            return b""
        try:
            async with asyncio.timeout(self._tcp_timeout_s):
                reader, writer = await asyncio.open_connection(*address)
                try:
                    # RFC 4120 section 7.2.2: the length in front, four octets.
                    writer.write(len(request).to_bytes(4, "big") + request)
                    length = int.from_bytes(await reader.readexactly(4), "big")
                    return await reader.readexactly(length) if length <= MAXIMUM_BYTES else b""
                finally:
                    writer.transport.abort()
        except (OSError, EOFError, TimeoutError):
            return b""


class ReturnLeg:
    """One server's way to its tickets. ``account`` is the server's own view of it, ``clock`` its own (UTC)."""

    def __init__(
        self,
        *,
        account: Callable[[], Account],
        kdcs: KdcClient,
        clock: Callable[[], float],
        randomness: Callable[[int], bytes],
        others: Mapping[str, KdcClient] | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._account = account
        self._kdcs = kdcs
        self._others = dict(others or {})
        self._clock = clock
        self._randomness = randomness
        self._deadline_s = deadline_s
        self._granting: Credential | None = None

    async def initiate(self, spn: str, *, mutual: bool = False) -> Initiated:
        """An AP-REQ for ``spn``. Raises TicketError."""
        try:
            async with asyncio.timeout(self._deadline_s):
                granting = await self._granting_ticket()
                credential = await self._service_ticket(granting, spn)
        except TimeoutError:
            reason = f"no ticket within {self._deadline_s:g} s"
            raise TicketError("NoAuthenticatingAuthority", reason) from None
        return kerberos.initiate(self._machine(), credential, mutual=mutual)

    def _machine(self) -> Machine:
        return Machine(account=self._account(), now=self._clock(), randomness=self._randomness)

    async def _granting_ticket(self) -> Credential:
        """Kept as Windows keeps it; the tickets for services are asked for each time, so that faults show."""
        kept = self._granting
        if kept is None or kept.end_time < self._clock() + _RENEWAL_MARGIN_S:
            self._granting = kept = await self._perform(kerberos.granting_ticket(self._machine()), self._kdcs)
        return kept

    async def _service_ticket(self, granting: Credential, spn: str) -> Credential:
        """Over a referral to each realm once (RFC 6806 section 8). Raises TicketError."""
        kdcs, ahead = self._kdcs, dict(self._others)
        while True:
            ahead.pop(granting.leads_to, None)
            found = await self._perform(kerberos.service_ticket(self._machine(), granting, spn), kdcs)
            if not found.leads_to:
                return found
            if found.leads_to not in ahead:
                reason = f"sent to {found.leads_to[:256]} for {spn[:256]}: no way on from here"
                raise TicketError("NoAuthenticatingAuthority", reason)
            granting, kdcs = found, ahead[found.leads_to]

    async def _perform(self, exchange: Exchange, kdcs: KdcClient) -> Credential:
        try:
            request = next(exchange)
            while True:
                request = exchange.send(await kdcs.ask(request))
        except StopIteration as stop:
            credential: Credential = stop.value
            return credential


class _OneDatagram(asyncio.DatagramProtocol):
    """Waits for one answer, or for the news that the port is closed."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        del addr
        if not self.answer.done():
            self.answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        del exc
        if not self.answer.done():
            self.answer.set_result(b"")


def _is_too_big(answer: bytes) -> bool:
    if answer[:1] != bytes([kerberos.KRB_ERROR_TAG]):
        return False
    try:
        return decode_krb_error(answer).error_code == ErrorCode.RESPONSE_TOO_BIG
    except SchemaError:
        return False
