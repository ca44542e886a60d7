"""Which KDC to ask next, over which transport; what is known to be dead is not asked twice in a run (PURE).

RFC 4120 section 7.2 has both UDP and TCP on port 88, and the client chooses. MIT's clients begin with UDP for what is
small, Windows' have preferred TCP since Vista. This one begins with UDP: a datagram is one round trip where a
connection is two. What each way answers is asked apart from that (`KerberosClient.survey`), so choosing hides nothing.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from probe.tickets.client.transport import KdcEndpoint, Locator, Transport


class Way(NamedTuple):
    """A KDC and a transport to it."""

    endpoint: KdcEndpoint
    transport: Transport


class Routes:
    """The KDCs of each realm, and which of them answer.

    ``udp_limit`` is the size of a request in octets from which on UDP is not tried.
    """

    def __init__(
        self, locator: Locator | Mapping[str, Sequence[KdcEndpoint]], *, udp_limit: int, maximum_kdcs: int
    ) -> None:
        self._locator = locator
        self._udp_limit = udp_limit
        self._maximum_kdcs = maximum_kdcs
        self._kdcs: dict[str, tuple[KdcEndpoint, ...]] = {}
        # Ways and not KDCs: a firewall may let one transport through and not the other.
        self._dead: set[Way] = set()
        self._alive: set[Way] = set()
        # By realm: a referral leads to other KDCs, and ours stay the ones that know our account's salt.
        self._preferred: dict[str, KdcEndpoint] = {}

    async def kdcs(self, realm: str) -> tuple[KdcEndpoint, ...]:
        """The KDCs of a realm, looked up once, in the locator's order and each once."""
        if realm not in self._kdcs:
            # Kept for the run, also when there is none: two parts of one run must not compare different sets of KDCs.
            found = await self._located(realm)
            self._kdcs[realm] = tuple(dict.fromkeys(found))[: self._maximum_kdcs]
        return self._kdcs[realm]

    async def _located(self, realm: str) -> Sequence[KdcEndpoint]:
        if isinstance(self._locator, Mapping):
            # RFC 4120 section 6.1 minds the case of a realm; Active Directory's are domains, and do not.
            return self._locator.get(realm, self._locator.get(realm.upper(), ()))
        return await self._locator(realm)

    async def routes(self, realm: str, *, include_unreachable: bool = True) -> tuple[Way, ...]:
        """Every KDC of the realm over every transport, dead or alive."""
        found = (
            Way(endpoint, transport)
            for endpoint in await self.kdcs(realm)
            for transport in endpoint.transports
        )
        return tuple(way for way in found if include_unreachable or way not in self._dead)

    async def next_way(
        self,
        realm: str,
        octets: int,
        *,
        tried: AbstractSet[Way],
        tcp_only: bool = False,
        reliable: bool = False,
        only: KdcEndpoint | None = None,
    ) -> Way | None:
        """The best way for a request of so many octets that is neither dead nor tried; None when there is
        none left.

        One that was heard of comes before one that was not. The KDC that answered last comes first: it knows the
        cookies and salts that it gave. UDP comes before
        TCP, except for a ``reliable`` request (one that must not be sent twice) where TCP is known to work.
        """
        routes = [
            way
            for way in await self.routes(realm)
            if way.endpoint == (only or way.endpoint)
            and way not in tried
            and way not in self._dead
            # tcp_only: a KDC said KRB_ERR_RESPONSE_TOO_BIG (52), and another one's answer would be no shorter.
            and not (way.transport is Transport.UDP and (tcp_only or octets > self._udp_limit))
        ]
        preferred = self._preferred.get(realm)

        def rank(way: Way) -> tuple[bool, ...]:  # False comes first
            tcp, elsewhere = way.transport is Transport.TCP, way.endpoint != preferred
            # Over either transport: a host that answers over one is up; one that was never heard may cost a time-out.
            unheard = not self.is_alive(way.endpoint)
            if reliable:
                # A datagram may be lost, and nobody can tell whether on its way there or back; then no second password
                # may be sent. TCP that worked a moment ago loses nothing. The KDC matters even more: the request has
                # its cookie (RFC 6113 section 5.2) and rests on the salt that it told.
                return (elsewhere, unheard, not (tcp and way in self._alive), tcp)
            return (unheard, tcp, elsewhere)

        return min(routes, key=rank, default=None)  # among equals the locator's order stays

    def is_alive(self, endpoint: KdcEndpoint) -> bool:
        """It has answered, over whichever transport."""
        return any(Way(endpoint, each) in self._alive for each in Transport)

    def answered(self, realm: str, way: Way, *, prefer: bool = True) -> None:
        """Something came back. Without ``prefer`` (a clock, a survey of names) it says nothing about our account."""
        self._alive.add(way)
        # A survey asks dead ways too; one that answers after all was only slow.
        self._dead.discard(way)
        if prefer:
            self._preferred[realm] = way.endpoint

    def failed(self, way: Way) -> None:
        """Nothing came back: the way is not tried again in this run.

        A time-out costs seconds, and a run asks dozens of questions: its deadline would go on a KDC that is down.
        """
        self._dead.add(way)
