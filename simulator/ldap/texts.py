"""What a domain controller writes into diagnosticMessage (PURE): a Windows error, a place in the code, a comment.

The numbers are those of published transcripts; the zero octet at the end is Windows' own.
"""

_BUILD = "v4563"
SSPI_ERRORS = {
    "InvalidToken": 0x80090308,
    "LogonDenied": 0x8009030C,
    "ContextExpired": 0x80090317,
    "WrongPrincipal": 0x80090322,
    "TimeSkew": 0x80090324,
    "IllegalMessage": 0x80090326,
    "KdcUnknownEncryptionType": 0x80090342,
    "MessageAltered": 0x8009030F,
    "OutOfSequence": 0x80090310,
    "Unsupported": 0x80090302,
    "BadBindings": 0x80090346,
}
"""SEC_E_... of winerror.h, by the names that the acceptor uses."""
_WIN32_ERRORS = {"LogonDenied": 0x52E, "TimeSkew": 0x576, "BadBindings": 0x80090346}
_INVALID_PARAMETER = 0x57


def _says(code: int, place: str, comment: str, data: int = 0) -> str:
    return f"{code:08X}: LdapErr: DSID-{place}, comment: {comment}, data {data:x}, {_BUILD}\0"


NEEDS_SIGNING = _says(
    0x2028,
    "0C0903CB",
    "The server requires binds to turn on integrity checking if SSL\\TLS are not already active on the connection",
)
LAYER_IN_TLS = _says(
    0x2029,
    "0C0904E5",
    "Cannot bind using sign/seal on a connection on which TLS or SSL is in effect",
)
NEEDS_TLS = _says(0x2028, "0C0903CB", "The directory of the lab takes binds inside of TLS only")
TLS_TOO_LATE = _says(0x57, "0C0911D2", "TLS cannot begin here")
NEEDS_BIND = _says(
    0x4DC,
    "0C090CE4",
    "In order to perform this operation a successful bind must be completed on the connection.",
)
NO_TLS = _says(0, "0C0911D0", "Error initializing SSL/TLS")
NOT_DECODED = _says(0x57, "0C0C00AD", "Error decoding ldap message")
READ_ONLY = _says(0x57, "0C090EC5", "The directory of the lab is read only")
UNKNOWN_MECHANISM = _says(0x57, "0C090576", "Unknown SASL mechanism")
NO_PASSWORDS = _says(0x2028, "0C090254", "The lab takes no passwords in clear")
CRITICAL_CONTROL = _says(0x57, "0C090A52", "Unknown critical control")
BAD_COOKIE = _says(0x57, "0C0908C9", "Error processing control")
BAD_NAME = "0000208F: NameErr: DSID-03100225, problem 2006 (BAD_NAME), data 8350, best match of:\n\t''\n\0"


def not_accepted(status: str) -> str:
    """AcceptSecurityContext refused a token with this SSPI status."""
    code = SSPI_ERRORS.get(status, SSPI_ERRORS["InvalidToken"])
    data = _WIN32_ERRORS.get(status, _INVALID_PARAMETER)
    return _says(code, "0C0906DD", "AcceptSecurityContext error", data)


def no_object(best: str) -> str:
    """No such object; ``best`` is the nearest one above."""
    return (
        f"0000208D: NameErr: DSID-03100241, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'{best}'\n\0"
    )


def elsewhere(domain: str) -> str:
    """The object is in a domain that this controller does not hold."""
    return f"0000202B: RefErr: DSID-0310084A, data 0, 1 access points\n\tref 1: '{domain}'\n\0"
