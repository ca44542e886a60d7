"""Why the system's own Kerberos gave no ticket, in the words of our own client (PURE).

GSSAPI says it with a minor code, SSPI with a status. Both become the `Problem` and, where a KDC's word is behind
them, the KRB-ERROR that our own client would have kept, so that the same checks read both.
"""

from probe.codes import lookup as names
from probe.tickets.client.kdc_reply import problem_of
from probe.tickets.client.results import Problem, TicketError
from probe.trace.facts import KerberosError

KRB5_TABLE = 2529638912
"""Where com_err puts error 0 of the table "krb5": -1765328384 as the unsigned number that a GSS minor code is."""
PROTOCOL_ERRORS = range(1, 128)
"""The numbers of RFC 4120 section 7.5.9; what follows in the table are the library's own."""

OF_THE_CACHE = (32, 33)
"""TKT_EXPIRED and TKT_NYV: the library says so of its own cache, before it asks any KDC (MIT 1.20, observed)."""

MAXIMUM_DETAIL = 300

_LIBRARY: dict[int, Problem] = {
    # Read from libkrb5 1.20 with krb5_get_error_message().
    141: Problem.NO_CREDENTIALS,  # Matching credential not found
    142: Problem.NO_CREDENTIALS,  # End of credential cache reached
    148: Problem.CLOCK_SKEW,  # Clock skew too great in KDC reply
    150: Problem.NO_KEY_FOR_ETYPE,  # Program lacks support for encryption type
    154: Problem.NO_KDC,  # Cannot find KDC for requested realm
    156: Problem.NO_KDC,  # Cannot contact any KDC for requested realm
    185: Problem.NO_CREDENTIALS,  # Cannot find ticket for requested realm
    193: Problem.NO_CREDENTIALS,  # Credentials cache I/O operation failed
    194: Problem.NO_CREDENTIALS,  # Credentials cache permissions incorrect
    195: Problem.NO_CREDENTIALS,  # No credentials cache found
    199: Problem.NO_CREDENTIALS,  # Bad format in credentials cache
    200: Problem.NO_KEY_FOR_ETYPE,  # No credentials found with supported encryption types
    220: Problem.NO_KDC,  # Cannot resolve network address for KDC in requested realm
    236: Problem.NO_KEY_FOR_ETYPE,  # Encryption type not permitted
}

_STATUSES: dict[int, Problem | int] = {
    # MS-ERREF sections 2.1 and 2.3: a number is the KRB-ERROR that the status stands for.
    0x80090303: 7,  # SEC_E_TARGET_UNKNOWN
    0x80090324: 37,  # SEC_E_TIME_SKEW
    0x80090342: 14,  # SEC_E_KDC_UNKNOWN_ETYPE
    0xC0000133: 37,  # STATUS_TIME_DIFFERENCE_AT_DC
    0x80090311: Problem.NO_KDC,  # SEC_E_NO_AUTHENTICATING_AUTHORITY
    0xC000005E: Problem.NO_KDC,  # STATUS_NO_LOGON_SERVERS
    0x8009030D: Problem.NO_CREDENTIALS,  # SEC_E_UNKNOWN_CREDENTIALS
    0x8009030E: Problem.NO_CREDENTIALS,  # SEC_E_NO_CREDENTIALS
    0x8009030C: Problem.CREDENTIALS_REJECTED,  # SEC_E_LOGON_DENIED
}


class NativeError(TicketError):
    """The system gave no ticket. ``error`` is the KRB-ERROR behind that, if it told its number."""

    def __init__(self, problem: Problem, *, detail: str = "", error: KerberosError | None = None) -> None:
        super().__init__(problem, detail=_one_line(detail))
        self.error = error

    def __str__(self) -> str:
        code = "" if self.error is None else f" (KRB-ERROR {self.error.code})"
        return f"{self.problem}{code}" + (f": {self.detail}" if self.detail else "")


def from_gssapi(*, minor: int, words: str) -> NativeError:
    """What a minor code stands for; ``words`` are the library's own. MIT's major code says "failure" of all of them."""
    number = minor - KRB5_TABLE
    if number in OF_THE_CACHE:
        return NativeError(problem_of(number), detail=words)
    if number in PROTOCOL_ERRORS:
        return _kerberos(number, words)
    return NativeError(_LIBRARY.get(number, Problem.SYSTEM_REFUSED), detail=words)


def from_sspi(*, status: int, words: str) -> NativeError:
    """What an SSPI status (or an NTSTATUS that took its place) stands for; the number may be the negative one."""
    status &= 0xFFFFFFFF
    found = _STATUSES.get(status, Problem.SYSTEM_REFUSED)
    said = f"{_status_name(status)}: {words}" if words else _status_name(status)
    return NativeError(found, detail=said) if isinstance(found, Problem) else _kerberos(found, said)


def _status_name(status: int) -> str:
    known = names.sspi_status(status)
    if not known.known:
        known = names.nt_status(status)
    return known.symbol or known.name


def _kerberos(number: int, words: str) -> NativeError:
    said = _one_line(words)
    error = KerberosError(code=number, name=names.krb_error(number).name, text=said)
    return NativeError(problem_of(number), detail=said, error=error)


def _one_line(words: str) -> str:
    return " ".join(words.split())[:MAXIMUM_DETAIL]
