"""One SMB2 connection as far as the session set-up: every read bounded, all of it within one time-out."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from probe.net.connection import Address, Connection, ConnectionFailure
from probe.wire import smb2
from probe.wire.sasl.gssapi import GssapiMechanism
from probe.wire.sasl.mechanism import encode_response
from probe.wire.smb2 import Message, Negotiated, Smb2Error

MAXIMUM_INTERIM = 4
"""Answers of the kind "it takes longer" before the answer itself; Windows sends one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came, and when the question went out and the answer came in (seconds, UTC)."""

    message: Message
    sent_at: float
    received_at: float


class SmbConnection:
    """NEGOTIATE, SESSION_SETUP, LOGOFF, in this order; `open` begins the time that all of it may take.

    Methods raise ConnectionFailure when nothing comes (``reason``: ``refused``, ``timed-out``, ``closed`` or
    ``unreachable``) and Smb2Error for what is no answer.
    """

    def __init__(self, connection: Connection, *, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._clock = clock
        self._until = connection.time_is_up()
        self._arrived = b""
        self._next_id = 0
        self._session_id = 0
        self._signing_required = False

    @classmethod
    async def open(
        cls, address: Address, *, timeout_s: float, clock: Callable[[], float], source: str = ""
    ) -> Self:
        """Connect to one address; connecting may take ``timeout_s`` too."""
        try:
            connection = await Connection.open(address, timeout_s=timeout_s, source=source)
        except ConnectionFailure as failure:
            raise _named(failure) from None
        return cls(connection, clock=clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connection.close()

    def again(self) -> None:
        """Begin the time anew: what lay between was not the server's doing."""
        self._until = self._connection.time_is_up()

    async def negotiate(self, *, client_guid: bytes, salt: bytes) -> Answer:
        """Ask which dialect; the answer's status may be an error. `accept` reads its body."""
        return await self._ask(smb2.negotiate(client_guid=client_guid, salt=salt))

    def accept(self, answer: Answer) -> Negotiated:
        """The body of NEGOTIATE's answer."""
        negotiated = smb2.decode_negotiate(answer.message)
        self._signing_required = negotiated.signing_required
        return negotiated

    async def log_on(self, mechanism: GssapiMechanism) -> Answer:
        """Show the mechanism's token and let it read what comes. Needs `negotiate`.

        One SESSION_SETUP: Kerberos needs no more, and after an error there is nothing that we could add.
        Raises ValueError for a token that no SESSION_SETUP can hold.
        """
        request = smb2.session_setup(mechanism.first(), message_id=self._next_id)
        answer = await self._ask(request)
        self._session_id = answer.message.session_id
        token = smb2.decode_session_setup(answer.message)
        if token:
            mechanism.respond(encode_response(token))
        return answer

    async def log_off(self) -> None:
        """End the session that was granted.

        We sign nothing. A server that requires it would refuse: there the end of the connection is the session's
        (MS-SMB2 section 3.3.7.1).
        """
        if not self._signing_required:
            await self._ask(smb2.logoff(message_id=self._next_id, session_id=self._session_id))

    async def _ask(self, request: bytes) -> Answer:
        message_id, self._next_id = self._next_id, self._next_id + 1
        sent_at = self._clock()
        try:
            await self._connection.write(smb2.frame(request))
            for _ in range(1 + MAXIMUM_INTERIM):
                message = smb2.decode(await self._read_message())
                if message.message_id != message_id:
                    raise Smb2Error(f"the answer to message {message_id} is due, {message.message_id} came")
                if not message.interim:
                    return Answer(message=message, sent_at=sent_at, received_at=self._clock())
        except ConnectionFailure as failure:
            raise _named(failure) from None
        raise Smb2Error(f"{1 + MAXIMUM_INTERIM} interim answers came and no other")

    async def _read_message(self) -> bytes:
        length = smb2.frame_length(await self._read(smb2.FRAME_BYTES))
        return await self._read(length)

    async def _read(self, octets: int) -> bytes:
        while len(self._arrived) < octets:
            more = await self._connection.read(until=self._until)
            if not more:
                raise ConnectionFailure("closed", f"after {len(self._arrived)} octets")
            self._arrived += more
        data, self._arrived = self._arrived[:octets], self._arrived[octets:]
        return data


def _named(failure: ConnectionFailure) -> ConnectionFailure:
    """A reset connection is a closed one here."""
    return ConnectionFailure("closed", failure.detail) if failure.reason == "reset" else failure
