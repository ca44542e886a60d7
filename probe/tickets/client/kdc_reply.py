"""What the AS and the TGS exchange have in common (PURE)."""

from collections.abc import Callable
from enum import IntEnum

from probe.tickets.client.results import Failed, Problem
from probe.wire.crypto import EncryptionType
from probe.wire.der import DerError
from probe.wire.kerberos import (
    Credential,
    EncKdcRepPart,
    KdcRep,
    KrbError,
    MessageType,
    NameType,
    PrincipalName,
    decode_krb_error,
    message_type,
)

ETYPES: tuple[int, ...] = (
    EncryptionType.AES256_CTS_HMAC_SHA1_96,
    EncryptionType.AES128_CTS_HMAC_SHA1_96,
    EncryptionType.AES256_CTS_HMAC_SHA384_192,
    EncryptionType.AES128_CTS_HMAC_SHA256_128,
    EncryptionType.RC4_HMAC,
)
"""The types that we offer. Active Directory has 18, 17 and 23; 18 first, as a Windows sender does."""

TICKET_GRANTING_SERVICE = "krbtgt"
MAXIMUM_REFERRALS = 5
TILL = 2136422885.0
"""20370913024805Z, which Windows' clients ask for: the KDC cuts it to its own limit, and our clock has no say
in it.
"""


class KdcError(IntEnum):
    """The KRB-ERROR numbers on which the client acts, RFC 4120 section 7.5.9."""

    CLIENT_UNKNOWN = 6
    SERVER_UNKNOWN = 7
    ETYPE_UNSUPPORTED = 14
    CLIENT_REVOKED = 18
    KEY_EXPIRED = 23
    PREAUTH_FAILED = 24
    PREAUTH_REQUIRED = 25
    SERVICE_UNAVAILABLE = 29
    TICKET_EXPIRED = 32
    TICKET_NOT_YET_VALID = 33
    SKEW = 37
    RESPONSE_TOO_BIG = 52
    WRONG_REALM = 68


_PROBLEMS: dict[int, Problem] = {
    KdcError.CLIENT_UNKNOWN: Problem.UNKNOWN_CLIENT,
    KdcError.SERVER_UNKNOWN: Problem.UNKNOWN_SERVER,
    KdcError.ETYPE_UNSUPPORTED: Problem.ETYPE_UNSUPPORTED,
    KdcError.CLIENT_REVOKED: Problem.CLIENT_REVOKED,
    KdcError.KEY_EXPIRED: Problem.CLIENT_REVOKED,
    KdcError.PREAUTH_FAILED: Problem.CREDENTIALS_REJECTED,
    KdcError.TICKET_EXPIRED: Problem.EXPIRED,
    KdcError.TICKET_NOT_YET_VALID: Problem.NOT_YET_VALID,
    KdcError.SKEW: Problem.CLOCK_SKEW,
    KdcError.WRONG_REALM: Problem.WRONG_REALM,
}

Randomness = Callable[[int], bytes]
Clock = Callable[[], float]


def problem_of(error_code: int) -> Problem:
    """Why there is no ticket, by the number of a KRB-ERROR."""
    return _PROBLEMS.get(error_code, Problem.KDC_REFUSED)


def refused(error: KrbError) -> Failed:
    """The failure that a KRB-ERROR stands for."""
    return Failed(problem=problem_of(error.error_code), error=error)


def read_error(reply: bytes) -> KrbError | None:
    """The KRB-ERROR that a reply is, or None when it is anything else. Raises DerError for a damaged one."""
    return decode_krb_error(reply) if message_type(reply) == MessageType.KRB_ERROR else None


def malformed(error: DerError) -> Failed:
    """The failure for octets that are no Kerberos message."""
    return Failed(problem=Problem.MALFORMED, detail=str(error))


def new_nonce(randomness: Randomness) -> int:
    """31 random bits: some KDCs take a nonce for a signed number (RFC 4120 section 5.4.1 has UInt32)."""
    return int.from_bytes(randomness(4), "big") & 0x7FFFFFFF


def ticket_granting_service(realm: str) -> PrincipalName:
    """krbtgt/REALM."""
    return PrincipalName(name_type=NameType.SRV_INST, components=(TICKET_GRANTING_SERVICE, realm))


def granted_realm(server: PrincipalName) -> str | None:
    """The realm that a krbtgt/REALM ticket is good for; None when it is a ticket for something else."""
    names = server.components
    return names[1] if len(names) == 2 and names[0].lower() == TICKET_GRANTING_SERVICE else None


def credential_of(reply: KdcRep, part: EncKdcRepPart) -> Credential:
    """The ticket and its session key. Names are the reply's: canonicalization may have changed them."""
    return Credential(
        client=reply.cname,
        client_realm=reply.crealm,
        server=part.sname,
        server_realm=part.srealm,
        ticket=reply.ticket,
        session_key=part.key,
        auth_time=part.auth_time,
        start_time=part.start_time,
        end_time=part.end_time,
        renew_till=part.renew_till,
        flags=part.flags,
    )
