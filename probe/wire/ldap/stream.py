"""Octets of a connection into LDAP messages, with or without a SASL security layer. PURE.

Under a layer the messages travel in buffers behind their length in four octets (RFC 4422 section 3.7); one buffer
may hold several messages, and a message may go on in the next buffer.
"""

from typing import Protocol

from probe.wire.gssapi.initiator import ContextError
from probe.wire.ldap.messages import MAXIMUM_MESSAGE_BYTES, LdapError, Message, decode, message_octets

LENGTH_BYTES = 4
MAXIMUM_BUFFER_BYTES = MAXIMUM_MESSAGE_BYTES + 1024
"""Of one SASL buffer: a message and what the wrapping adds to it. Windows announces 10 MB and sends a message each."""
MAXIMUM_BYTES = 1 << 22
"""In all that one connection may bring."""


class Layer(Protocol):
    """What `probe.wire.gssapi.initiator.Initiator` does for a connection."""

    def wrap(self, data: bytes, *, confidential: bool = False) -> bytes:
        """A per-message token."""

    def unwrap(self, token: bytes) -> bytes:
        """What the next per-message token holds. Raises ContextError."""


class LdapStream:
    """One connection's octets in both directions. `protect` turns the security layer on."""

    def __init__(self) -> None:
        self._layer: Layer | None = None
        self._arrived = bytearray()
        self._plain = bytearray()
        self._octets = 0

    def protect(self, layer: Layer) -> None:
        """From now on everything is wrapped. Raises LdapError as `require_quiet` does."""
        self.require_quiet()
        self._layer = layer

    def require_quiet(self) -> None:
        """Raise LdapError if octets came before protection (a layer, TLS) begins.

        They came unprotected, from whomever: nobody must take them for the server's.
        """
        if self._arrived:
            raise LdapError("octets came before the protection began")

    def outgoing(self, message: bytes) -> bytes:
        """What to send for a message."""
        if self._layer is None:
            return message
        token = self._layer.wrap(message, confidential=True)
        return len(token).to_bytes(LENGTH_BYTES, "big") + token

    def receive(self, data: bytes) -> None:
        """Take what came. Raises LdapError when it is too much."""
        self._octets += len(data)
        if self._octets > MAXIMUM_BYTES:
            raise LdapError(f"more than {MAXIMUM_BYTES} octets came")
        self._arrived += data

    def next_message(self) -> Message | None:
        """The next whole message; None until more came. Raises LdapError."""
        waiting = self._arrived if self._layer is None else self._plain
        while (length := message_octets(waiting)) is None or len(waiting) < length:
            if not self._open_buffer():
                return None
        message = bytes(waiting[:length])
        del waiting[:length]
        return decode(message)

    def _open_buffer(self) -> bool:
        """Unwrap the next buffer, if there is a whole one."""
        if self._layer is None or len(self._arrived) < LENGTH_BYTES:
            return False
        length = int.from_bytes(self._arrived[:LENGTH_BYTES], "big")
        if not 0 < length <= MAXIMUM_BUFFER_BYTES:
            raise LdapError(
                f"a buffer of {length} octets is announced, at most {MAXIMUM_BUFFER_BYTES} are read"
            )
        end = LENGTH_BYTES + length
        if len(self._arrived) < end:
            return False
        token = bytes(self._arrived[LENGTH_BYTES:end])
        del self._arrived[:end]
        try:
            self._plain += self._layer.unwrap(token)
        except ContextError as error:
            raise LdapError(f"the security layer: {error}") from None
        return True
