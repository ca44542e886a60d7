"""What an exchange with a KDC can come to (PURE)."""

from dataclasses import dataclass
from enum import StrEnum

from probe.wire.kerberos import Credential, KrbError


class Purpose(StrEnum):
    """Why a request is sent; the words of `facts.KdcExchange.purpose`."""

    CLOCK = "clock"
    AS = "as"
    AS_PREAUTH = "as-preauth"
    TGS = "tgs"
    SPN = "spn"


class Problem(StrEnum):
    """Why there is no ticket; the words of `facts.Ticket.problem` and `facts.KdcExchange.problem`."""

    CREDENTIALS_REJECTED = "credentials-rejected"
    """KDC_ERR_PREAUTH_FAILED, or a reply to an account without preauthentication that our key
    does not open.
    """
    UNKNOWN_CLIENT = "unknown-client"
    CLIENT_REVOKED = "client-revoked"
    UNKNOWN_SERVER = "unknown-server"
    NO_KEY_FOR_ETYPE = "no-key-for-etype"
    """The KDC wants encryption types for which the keytab holds no key, or which were not to be used."""
    ETYPE_UNSUPPORTED = "etype-unsupported"
    """KDC_ERR_ETYPE_NOSUPP: the KDC has no key of the types that we offer."""
    CLOCK_SKEW = "clock-skew"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    WRONG_REALM = "wrong-realm"
    TOO_MANY_REFERRALS = "too-many-referrals"
    PREAUTHENTICATION_UNSUPPORTED = "preauthentication-unsupported"
    """The KDC does not offer encrypted timestamps, so no password was tried."""
    PREAUTHENTICATION_UNANSWERED = "preauthentication-unanswered"
    """The KDC may have got it; it is not sent again, because a second attempt could lock the account."""
    ALREADY_TRIED = "already-tried"
    """This principal's secret was tried before in this run and is not tried again."""
    NO_KDC = "no-kdc"
    """No KDC is known, or none answers."""
    ANSWER_TOO_BIG = "answer-too-big-for-udp"
    """KRB_ERR_RESPONSE_TOO_BIG, and no KDC answers over TCP."""
    KDC_REFUSED = "kdc-refused"
    """Another KRB-ERROR; its number says which."""
    MALFORMED = "malformed"
    WRONG_NONCE = "wrong-nonce"
    WRONG_SERVER = "wrong-server"
    """The reply is for a service that was not asked for."""
    DOES_NOT_DECRYPT = "does-not-decrypt"
    NO_CREDENTIALS = "no-credentials"
    """The keytab or cache has nothing for the principal or realm."""
    SYSTEM_REFUSED = "system-refused"
    """The system's own Kerberos gave no ticket, for a reason that only its words tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRequest:
    """Send ``request`` to a KDC of ``realm`` and hand its reply back."""

    request: bytes
    realm: str
    purpose: Purpose
    clock_adjusted: bool = False
    """The same secret once more, after the KDC has told us that only our clock is wrong."""
    error: KrbError | None = None
    credential: Credential | None = None
    """The referral ticket that the reply brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Established:
    """A ticket."""

    credential: Credential
    error: KrbError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No ticket, and why."""

    problem: Problem
    detail: str = ""
    error: KrbError | None = None
    credential: Credential | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """An answer to a request that was made only for what the answer shows."""

    error: KrbError | None = None
    credential: Credential | None = None


Result = NeedRequest | Established | Failed | Observed


class TicketError(Exception):
    """No ticket could be had. ``krb_error`` is the KDC's own word, if it said one."""

    def __init__(self, problem: Problem, krb_error: KrbError | None = None, detail: str = "") -> None:
        super().__init__(problem, detail)
        self.problem = problem
        self.krb_error = krb_error
        self.detail = detail

    def __str__(self) -> str:
        code = "" if self.krb_error is None else f" (KRB-ERROR {self.krb_error.error_code})"
        return f"{self.problem}{code}" + (f": {self.detail}" if self.detail else "")
