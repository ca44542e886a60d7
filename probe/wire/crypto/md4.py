"""MD4 (RFC 1320), because OpenSSL 3 no longer gives it away without its legacy provider.

It has one use: the key of rc4-hmac is the MD4 of the password in UTF-16LE (RFC 4757 section 2), which Windows
calls the NT hash. A password is short, so this is written to be read, not to be fast.
"""

import struct

_WORD = 0xFFFFFFFF
_INITIAL = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)
"""The words A, B, C and D before the first block (RFC 1320 section 3.3)."""

# For each of the three rounds: its additive constant, its four shifts, the order of the words (section 3.4).
_ROUNDS = (
    (0x00000000, (3, 7, 11, 19), (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)),
    (0x5A827999, (3, 5, 9, 13), (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)),
    (0x6ED9EBA1, (3, 9, 11, 15), (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15)),
)


def md4(data: bytes) -> bytes:
    """Give the 16 octets of MD4 of `data` (RFC 1320)."""
    bit_length = 8 * len(data) & 0xFFFFFFFFFFFFFFFF
    padded = data + b"\x80" + bytes((55 - len(data)) % 64) + struct.pack("<Q", bit_length)
    state = _INITIAL
    for start in range(0, len(padded), 64):
        state = _compress(state, struct.unpack_from("<16I", padded, start))
    return struct.pack("<4I", *state)


def _compress(state: tuple[int, int, int, int], words: tuple[int, ...]) -> tuple[int, int, int, int]:
    a, b, c, d = state
    for number, (constant, shifts, order) in enumerate(_ROUNDS):
        for step, index in enumerate(order):
            total = (a + _mix(number, b, c, d) + words[index] + constant) & _WORD
            shift = shifts[step % 4]
            # The register just computed is the next step's B; the others move one place on.
            a, b, c, d = d, (total << shift | total >> (32 - shift)) & _WORD, b, c
    return (
        (state[0] + a) & _WORD,
        (state[1] + b) & _WORD,
        (state[2] + c) & _WORD,
        (state[3] + d) & _WORD,
    )


def _mix(number: int, x: int, y: int, z: int) -> int:
    """Apply F, G or H of RFC 1320 section 3.4."""
    if number == 0:
        return (x & y) | (~x & z)
    if number == 1:
        return (x & y) | (x & z) | (y & z)
    return x ^ y ^ z
