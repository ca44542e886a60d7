"""The SASL security layer: wrap tokens with their length in front (PURE; RFC 4422 section 3.7, RFC 4752)."""

from dataclasses import dataclass

from simulator.acceptors.messages import Context, TokenError
from simulator.ldap.messages import MAXIMUM_BIND_BYTES, MessageError

NO_LAYER, INTEGRITY, CONFIDENTIALITY = 1, 2, 4
"""The bit mask of RFC 4752 section 3.3."""
LENGTH_BYTES = 4
MAXIMUM_FRAME_BYTES = MAXIMUM_BIND_BYTES + 1024
_OVERHEAD_BYTES = 128
"""More than any wrap token adds: header, confounder, checksum, a frame and padding."""
_SMALLEST_MAXIMUM = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What protects a connection after its bind; ``maximum`` octets the client reads at once, 0 for any number."""

    context: Context
    sealed: bool
    maximum: int = 0

    def protect(self, data: bytes) -> bytes:
        """``data`` in as few wrap tokens as the client reads: impacket's wants one answer in one token."""
        step = max(self.maximum, _SMALLEST_MAXIMUM) - _OVERHEAD_BYTES if self.maximum else len(data)
        chunks = [data[start : start + step] for start in range(0, len(data), step)] if data else []
        tokens = (self.context.wrap(chunk, sealed=self.sealed) for chunk in chunks)
        return b"".join(len(token).to_bytes(LENGTH_BYTES, "big") + token for token in tokens)

    def next_frame(self, data: bytes) -> tuple[bytes, bytes] | None:
        """What the first wrap token in ``data`` holds, and what follows it; None when it is not all there yet.

        Raises MessageError.
        """
        if len(data) < LENGTH_BYTES:
            return None
        length = int.from_bytes(data[:LENGTH_BYTES], "big")
        if length > MAXIMUM_FRAME_BYTES:
            raise MessageError(f"{length} octets are announced, at most {MAXIMUM_FRAME_BYTES} are read")
        end = LENGTH_BYTES + length
        if len(data) < end:
            return None
        try:
            return self.context.unwrap(data[LENGTH_BYTES:end]), data[end:]
        except TokenError as error:
            raise MessageError(str(error)) from None
