"""SNTP: a question for the time and its answer (PURE; RFC 4330, RFC 5905 section 7.3).

Only what a diagnosis needs: one client request, one server reply, no authentication. Windows' time service, chrony and
ntpd answer it alike.
"""

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address

PACKET_BYTES = 48
"""The header without extensions; what may follow is authentication that nobody asked for."""
SNTP_PORT = 123
_VERSION, _CLIENT, _SERVER = 4, 3, 4
_UNSYNCHRONIZED = 3
"""Leap indicator 3: "alarm condition (clock not synchronized)"."""
MAXIMUM_STRATUM = 15
_UNIX_EPOCH = 2_208_988_800
"""1 January 1970 in seconds of the NTP era 0 (RFC 5905 figure 4)."""
_ERA = 1 << 32
_HEADER = struct.Struct("!BBbbII4sQ8sQQ")


class SntpError(ValueError):
    """What came is no answer to the question; the message is a word of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SntpReply:
    """A server's reply. Times are seconds since the Unix epoch (UTC) by its clock, lengths seconds."""

    stratum: int
    leap: int
    precision_s: float
    """How exactly the server reads its own clock."""
    root_delay_s: float
    root_dispersion_s: float
    """How far the server holds its clock to be from true time at most, by its own account."""
    reference: str
    """Four letters (a kind of clock, or the reason of a refusal), or the address of the server above."""
    kiss: str
    """``DENY``, ``RSTR``, ``RATE`` and the like when the server refuses (RFC 4330 section 8); else empty."""
    received: float
    transmitted: float

    @property
    def synchronized(self) -> bool:
        """Whether the server trusts its own clock."""
        return self.leap != _UNSYNCHRONIZED and 0 < self.stratum <= MAXIMUM_STRATUM


def encode_request(originate: bytes) -> bytes:
    """A client's question; ``originate`` is eight octets that nobody can guess.

    They stand where our time would: a server only copies them, and who is not on the path cannot forge an answer.
    """
    if len(originate) != 8:
        raise ValueError("the transmit timestamp has 8 octets")
    return bytes([_VERSION << 3 | _CLIENT]) + bytes(PACKET_BYTES - 1 - len(originate)) + originate


def parse_reply(data: bytes, originate: bytes) -> SntpReply:
    """The reply to the request with ``originate``.

    Raises SntpError: ``too-short``, ``no-server``, ``not-ours``, ``no-time``.
    """
    if len(data) < PACKET_BYTES:
        raise SntpError("too-short")
    flags, stratum, _, precision, delay, dispersion, reference, _, copied, received, transmitted = (
        _HEADER.unpack(data[:PACKET_BYTES])
    )
    if flags & 7 != _SERVER or not flags >> 3 & 7:
        raise SntpError("no-server")
    if copied != originate:
        raise SntpError("not-ours")
    kiss = _letters(reference) if stratum == 0 else ""
    if not transmitted and not kiss:
        raise SntpError("no-time")
    return SntpReply(
        stratum=stratum,
        leap=flags >> 6,
        precision_s=2.0 ** max(min(precision, 0), -32),
        root_delay_s=_short(delay),
        root_dispersion_s=_short(dispersion),
        reference=_reference(stratum, reference),
        kiss=kiss,
        received=to_unix(received or transmitted),
        transmitted=to_unix(transmitted),
    )


def to_unix(timestamp: int) -> float:
    """A 64-bit NTP timestamp in seconds since the Unix epoch.

    RFC 4330 section 3: with the first bit set it lies in 1968-2036 (era 0), without it in 2036-2104 (era 1). That does
    not ask our own clock, which is what is in doubt.
    """
    seconds, fraction = divmod(timestamp, _ERA)
    era = 0 if seconds >> 31 else _ERA
    return era + seconds - _UNIX_EPOCH + fraction / _ERA


def _short(value: int) -> float:
    """The 32-bit "short format" with 16 bits of fraction (RFC 5905 section 6)."""
    return value / (1 << 16)


def _letters(reference: bytes) -> str:
    text = reference.rstrip(b"\0")
    return text.decode("ascii") if text and text.isalnum() and text.isascii() else ""


def _reference(stratum: int, reference: bytes) -> str:
    """Letters for stratum 0 and 1; above that an IPv4 address, or a hash of an IPv6 one that looks like it."""
    if stratum <= 1:
        return _letters(reference)
    return str(IPv4Address(reference)) if any(reference) else ""
