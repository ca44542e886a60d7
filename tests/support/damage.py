"""Ways to spoil a message; what a decoder may do with the result is decode it or raise DerError."""

from collections.abc import Callable, Iterator

import pytest

from probe.wire.der import DerError
from tests.support.exhaustive import drawn, exhaustive

Decoder = Callable[[bytes], object]


def refuses_every_truncation(decode: Decoder, message: bytes) -> None:
    """Fails unless each proper beginning of the message, the empty one included, is a DerError."""
    for length in range(len(message)):
        with pytest.raises(DerError) as caught:
            decode(message[:length])
        assert 0 <= caught.value.offset <= length


def survives(decode: Decoder, data: bytes) -> bool:
    """Whether it decoded; fails with the decoder's own exception if that is not a DerError."""
    try:
        decode(data)
    except DerError as error:
        refusal = error
    else:
        return True
    assert 0 <= refusal.offset <= len(data)
    assert str(refusal)
    return False


def bits(position: int, *, of: int = 8) -> range:
    """Which bits of the octet at a position to turn over: one that is drawn, or each in an exhaustive run."""
    if exhaustive():
        return range(of)
    one = drawn(position, of=of)
    return range(one, one + 1)


def flipped(message: bytes) -> Iterator[bytes]:
    """The message with one bit of one octet turned over, each octet in turn."""
    for position in range(len(message)):
        for bit in bits(position):
            damaged = bytearray(message)
            damaged[position] ^= 1 << bit
            yield bytes(damaged)
