"""Why a KDC says no (PURE): error numbers of RFC 4120 section 7.5.9 and the exception that carries one."""

from enum import IntEnum


class ErrorCode(IntEnum):
    """The errors that this KDC knows how to give."""

    C_PRINCIPAL_UNKNOWN = 6
    S_PRINCIPAL_UNKNOWN = 7
    NEVER_VALID = 11
    POLICY = 12
    BADOPTION = 13
    ETYPE_NOSUPP = 14
    PADATA_TYPE_NOSUPP = 16
    CLIENT_REVOKED = 18
    KEY_EXPIRED = 23
    PREAUTH_FAILED = 24
    PREAUTH_REQUIRED = 25
    PATH_NOT_ACCEPTED = 28
    BAD_INTEGRITY = 31
    TKT_EXPIRED = 32
    TKT_NYV = 33
    NOT_US = 35
    BADMATCH = 36
    SKEW = 37
    MODIFIED = 41
    BADKEYVER = 44
    NOKEY = 45
    INAPP_CKSUM = 50
    RESPONSE_TOO_BIG = 52
    GENERIC = 60
    FIELD_TOOLONG = 61
    WRONG_REALM = 68


class Refusal(Exception):
    """The request is answered with a KRB-ERROR. `data` is its e-data."""

    def __init__(self, code: ErrorCode, text: str, *, data: bytes | None = None) -> None:
        super().__init__(f"{code.name} ({code:d}): {text}")
        self.code = code
        self.text = text
        self.data = data
