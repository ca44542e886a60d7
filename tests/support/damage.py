"""Ways to spoil a message; what a decoder may do with the result is decode it or raise DerError."""

from collections.abc import Callable, Iterator

import pytest

from probe.wire.der import DerError

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


def flipped(message: bytes) -> Iterator[bytes]:
    """The message with one bit of one octet turned over, each in turn."""
    for position in range(len(message)):
        for bit in range(8):
            damaged = bytearray(message)
            damaged[position] ^= 1 << bit
            yield bytes(damaged)
