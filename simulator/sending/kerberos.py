"""A sending server's Kerberos: tickets with its machine account, and the receiver's return AP-REQ judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.acceptors.acceptor import Acceptor, ReplayCache
from simulator.directory.store import Account
from simulator.tickets.client import Initiated, TicketError
from simulator.tickets.return_leg import KdcClient, ReturnLeg


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Who sends. ``clock`` is its own, UTC seconds since the epoch; ``account`` its own view of its keys."""

    server: str
    """The party in the lab, e.g. ``EX2``."""
    fqdn: str
    realm: str
    account: Callable[[], Account] = field(repr=False)
    clock: Callable[[], float]
    randomness: Callable[[int], bytes] = field(repr=False)


class MachineKerberos:
    """The tickets of one server. The receiver's way to its return ticket is the same, so it is used here."""

    def __init__(self, host: Host, kdcs: KdcClient, *, others: Mapping[str, KdcClient] | None = None) -> None:
        self._host = host
        self._kdcs = kdcs
        self._others = others
        self._replays = ReplayCache()
        self.flush()

    def flush(self) -> None:
        """Forget every ticket, as a sending server does after a refused EXCHANGEAUTH."""
        host = self._host
        self._tickets = ReturnLeg(
            account=host.account,
            kdcs=self._kdcs,
            others=self._others,
            clock=host.clock,
            randomness=host.randomness,
        )

    async def initiate(self, spn: str, *, mutual: bool) -> Initiated:
        """A token for ``spn``. Raises TicketError."""
        return await self._tickets.initiate(spn, mutual=mutual)

    def accept(self, token: bytes) -> bytes:
        """The session key of the receiver's AP-REQ to us. Raises TicketError with the status of its refusal."""
        host = self._host
        acceptor = Acceptor(
            server=host.server,
            account=host.account,
            realm=host.realm,
            clock=host.clock,
            randomness=host.randomness,
            replays=self._replays,
        )
        acceptance = acceptor.accept_kerberos(token)
        if acceptance.status != "OK" or acceptance.token or acceptor.context is None:
            status = "MutualAuthFailed" if acceptance.status == "OK" else acceptance.status
            raise TicketError(status, acceptance.reason or "the return token asks for an answer")
        return acceptor.context.session_key.contents
