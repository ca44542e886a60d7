"""What every kind of step is made of (PURE)."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a step ended. A peer's behaviour, however odd, is one of these and never an exception."""

    OK = "ok"
    REFUSED = "refused"
    MALFORMED = "malformed"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    SKIPPED = "skipped"
    EARLY_DATA = "early-data"
    """Octets arrived in clear behind the reply to the TLS command; they were not parsed."""
    PROBE_BUG = "probe-bug"
    """Nobody foresaw this. It is never blamed on the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """A party's clock against this host's: ``offset_s`` > 0 means that the party is ahead."""

    who: str
    source: str
    """``kdc-stime``, ``smtp-banner``, ``ntlm-timestamp``, ``krb-error-in-token``, ``sntp``, ``ldap-current-time``,
    ``smb-system-time`` or ``krb-error-in-smb``."""
    offset_s: float
    uncertainty_s: float
    """Half the round trip plus the resolution of the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpReply:
    """A reply as it came (RFC 5321 section 4.2), tokens removed."""

    code: int
    enhanced: str = ""
    lines: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KerberosError:
    """A KRB-ERROR (RFC 4120 section 5.9.1)."""

    code: int
    name: str
    text: str = ""
    stime: float | None = None
    nt_status: int | None = None
    realm: str = ""
    server: str = ""
