"""Faults that the probe commits itself, on request, to see how a receiver answers a *known* fault (PURE).

What the same connector answers to a fault that we know tells what an unknown one looks like there.
"""

from dataclasses import dataclass
from enum import StrEnum

from probe.durations import parse_duration, signed

MAXIMUM_SKEW_S = 10 * 365 * 86_400
"""A KerberosTime has four digits for the year (RFC 4120 section 5.2.3), and nobody needs more."""


class Fault(StrEnum):
    """The faults of `--inject`."""

    SKEW = "skew"
    """Our authenticator shows a clock that is off (KRB_AP_ERR_SKEW)."""
    WRONG_SPN = "wrong-spn"
    """A ticket for another account is presented: by default our TGT (KRB_AP_ERR_MODIFIED)."""
    CUT_TOKEN = "cut-token"  # noqa: S105 - a fault
    """The token ends early, as behind a device that cuts lines (IllegalMessage)."""
    CORRUPT_TOKEN = "corrupt-token"  # noqa: S105 - a fault
    """One bit of the ticket is turned (KRB_AP_ERR_MODIFIED)."""
    REPLAY = "replay"
    """A token that was accepted once is presented again (KRB_AP_ERR_REPEAT)."""
    BAD_HASH = "bad-hash"
    """One bit of EXCHANGEAUTH's hash is turned, as if the TLS channel were another one (LogonDenied)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """One fault with its setting."""

    fault: Fault
    skew_s: float = 0.0
    spn: str = ""

    def __str__(self) -> str:
        if self.fault is Fault.SKEW:
            return f"{self.fault}={signed(self.skew_s)}"
        return f"{self.fault}={self.spn}" if self.spn else str(self.fault)


def parse_injection(text: str) -> Injection:
    """`skew=+6m`, `wrong-spn`, `wrong-spn=HTTP/web`, or the word of a fault without a setting. Raises ValueError."""
    word, equals, value = text.partition("=")
    try:
        fault = Fault(word)
    except ValueError:
        raise ValueError(f"{word!r} is no fault to inject; there are {', '.join(Fault)}") from None
    if fault is Fault.SKEW:
        return Injection(fault=fault, skew_s=_skew(value or "+6m"))
    if fault is Fault.WRONG_SPN:
        return Injection(fault=fault, spn=value)
    if equals:
        raise ValueError(f"{word} takes no value")
    return Injection(fault=fault)


def _skew(text: str) -> float:
    skew_s = parse_duration(text)
    if abs(skew_s) > MAXIMUM_SKEW_S:
        raise ValueError(f"a skew of {text} is more than ten years")
    return skew_s


def damage(token: bytes, injection: Injection | None, *, ticket_cipher: bytes) -> bytes:
    """The token as the fault leaves it on its way out; unchanged where the fault is not in the token.

    Corruption turns one bit in the middle of the ticket's cipher: the token can still be read, the ticket cannot.
    """
    if injection is None:
        return token
    if injection.fault is Fault.CUT_TOKEN:
        return token[: len(token) * 2 // 3]
    place = token.find(ticket_cipher)
    if injection.fault is not Fault.CORRUPT_TOKEN or place < 0:
        return token
    place += len(ticket_cipher) // 2
    return token[:place] + bytes([token[place] ^ 0x01]) + token[place + 1 :]
