"""A sending server: what it takes over is queued, and an attempt delivers all that waits over one connection."""

from collections.abc import Callable

from simulator.ledger import Ledger
from simulator.sending.client import SendConnector, Session, Target, Undelivered
from simulator.sending.kerberos import MachineKerberos
from simulator.sending.queue import Failure, Queue
from simulator.smtp.mail import Mail
from simulator.smtp.session_numbers import SessionNumbers

NOT_RESOLVED = "451 4.4.0 DNS query failed"


class SendingServer:
    """One server with one next hop. ``target`` is asked at each attempt; None when its name does not resolve."""

    def __init__(
        self,
        connector: SendConnector,
        *,
        queue: Queue,
        kerberos: MachineKerberos,
        target: Callable[[], Target | None],
        ledger: Ledger,
        clock: Callable[[], float],
    ) -> None:
        self._connector = connector
        self.queue = queue
        self._kerberos = kerberos
        self._target = target
        self._ledger = ledger
        self._clock = clock
        self._numbers = SessionNumbers(clock())
        self.receipts: list[str] = []
        """What targets said to the messages that they took."""
        self.bounced: list[str] = []
        """What targets said to the messages that they will never take."""

    def take(self, mail: Mail) -> int:
        """Take a submitted message over; its number. Raises OverflowError when the queue is full."""
        message = self.queue.submit(sender=mail.sender, recipients=mail.recipients, content=mail.content)
        return message.identity

    async def attempt(self) -> None:
        """Try now, as the schedule or ``Retry-Queue`` would have it."""
        target = self._target()
        if target is None:
            failure = Failure(reply=NOT_RESOLVED, origin="connection")
            self.queue.failed(failure, now=self._clock())
            return
        session = Session(
            self._connector,
            target,
            kerberos=self._kerberos,
            ledger=self._ledger,
            number=self._numbers(),
        )
        try:
            await session.open()
            await self._transfer_all(session)
        except Undelivered as error:
            self.queue.failed(error.failure, now=self._clock())
        finally:
            await session.close()

    async def _transfer_all(self, session: Session) -> None:
        for message in self.queue.waiting:
            try:
                self.receipts.append(await session.transfer(message))
            except Undelivered as error:
                if not error.failure.permanent:
                    raise
                self.bounced.append(error.failure.reply)
                self.queue.failed(error.failure, now=self._clock(), message=message)
                await session.reset()
            else:
                self.queue.delivered(message)
