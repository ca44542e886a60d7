"""Numbers and codes in words: Kerberos errors and etypes, SSPI and NTSTATUS values, SMTP codes. PURE.

Each function gives a `Name` for whatever it is asked: for the unknown one that says so and keeps the
number, for a diagnosis must not end because a peer knows a number that we do not.
"""

import re
from dataclasses import dataclass

from probe.codes.kerberos import ETYPES, KRB_ERRORS
from probe.codes.smtp import CLASSES, ENHANCED_STATUSES, SUBJECTS
from probe.codes.win32 import WIN32_ERRORS
from probe.codes.windows import NT_STATUSES, SSPI_STATUSES

_ENHANCED = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})")
_SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What a number is called and what it means."""

    number: int | None
    """The number itself; None for enhanced status codes and for statuses that Exchange gave a name only."""
    name: str
    """As administrators meet it: KRB_AP_ERR_SKEW, aes256-cts-hmac-sha1-96, LogonDenied, 4.7.0."""
    symbol: str
    """The constant of Windows' headers (SEC_E_LOGON_DENIED); empty when there is none."""
    meaning: str
    citation: str
    known: bool


def _hexadecimal(number: int) -> str:
    return f"0x{number & 0xFFFFFFFF:08X}" if -0x80000000 <= number <= 0xFFFFFFFF else hex(number)


def _unknown(number: int | None, shown: str, kind: str, citation: str) -> Name:
    meaning = f"Not {kind} that this program knows."
    return Name(number=number, name=shown, symbol="", meaning=meaning, citation=citation, known=False)


def _kerberos(table: dict[int, tuple[str, str, str]], number: int, kind: str, citation: str) -> Name:
    entry = table.get(number)
    if entry is None:
        return _unknown(number, str(number), kind, citation)
    return Name(number=number, name=entry[0], symbol="", meaning=entry[1], citation=entry[2], known=True)


def krb_error(code: int) -> Name:
    """The error-code of a KRB-ERROR, RFC 4120 section 7.5.9."""
    return _kerberos(KRB_ERRORS, code, "an error code of Kerberos", "RFC 4120 section 7.5.9")


def etype(number: int) -> Name:
    """An encryption type, RFC 3961 section 8 and those that followed."""
    return _kerberos(ETYPES, number, "an encryption type", "RFC 3961 section 8")


_SSPI_CITATION = "MS-ERREF section 2.1; Exchange's events 1035 and 2017, where the name was seen in them"
_BY_NUMBER = {entry[0]: name for name, entry in SSPI_STATUSES.items() if entry[0] is not None}
_BY_TEXT = {name.lower(): name for name in SSPI_STATUSES} | {
    entry[1].lower(): name for name, entry in SSPI_STATUSES.items() if entry[1]
}


def sspi_status(name_or_number: str | int) -> Name:
    """A status by Exchange's name (LogonDenied), by symbol (SEC_E_LOGON_DENIED), or by number, also as text.

    Case does not matter, and a number may be the negative one that .NET prints (-2146893044). A name that
    is not in the table is kept as it is: names differ between builds.
    """
    text = str(name_or_number).strip()
    number = _number(text) if isinstance(name_or_number, str) else name_or_number
    if number is not None and -0x80000000 <= number < 0:
        number &= 0xFFFFFFFF
    name = _BY_TEXT.get(text.lower()) if number is None else _BY_NUMBER.get(number)
    if name is None:
        shown = text[:_SHOWN_CHARACTERS] if number is None else _hexadecimal(number)
        return _unknown(number, shown, "an SSPI status", _SSPI_CITATION)
    found, symbol, meaning = SSPI_STATUSES[name]
    return Name(number=found, name=name, symbol=symbol, meaning=meaning, citation=_SSPI_CITATION, known=True)


def _number(text: str) -> int | None:
    if re.fullmatch(r"0[xX][0-9a-fA-F]{1,16}", text):
        return int(text, 16)
    return int(text) if re.fullmatch(r"-?[0-9]{1,19}", text) else None


def nt_status(number: int) -> Name:
    """An NTSTATUS, as KERB-EXT-ERROR (MS-KILE section 2.2.1) and NTLM servers give it."""
    citation = "MS-ERREF section 2.3.1"
    number = number & 0xFFFFFFFF if -0x80000000 <= number < 0 else number
    entry = NT_STATUSES.get(number)
    if entry is None:
        return _unknown(number, _hexadecimal(number), "an NTSTATUS", citation)
    return Name(
        number=number, name=entry[0], symbol=entry[0], meaning=entry[1], citation=citation, known=True
    )


def win32_error(number: int) -> Name:
    """A Win32 error, also wrapped as an HRESULT of FACILITY_WIN32 (0x8007....)."""
    citation = "MS-ERREF section 2.2"
    number = number & 0xFFFFFFFF if -0x80000000 <= number < 0 else number
    bare = number & 0xFFFF if number >> 16 == 0x8007 else number
    entry = WIN32_ERRORS.get(bare)
    if entry is None:
        return _unknown(number, str(number), "a Win32 error", citation)
    return Name(number=bare, name=entry[0], symbol=entry[0], meaning=entry[1], citation=citation, known=True)


def enhanced_status(code: str) -> Name:
    """An enhanced status code (RFC 3463) such as `4.7.0`; of an unknown one at least class and subject."""
    code = code.strip()
    entry = ENHANCED_STATUSES.get(code)
    if entry is not None:
        meaning = f"{entry[0].capitalize()}. {entry[1]}"
        return Name(number=None, name=code, symbol="", meaning=meaning, citation=entry[2], known=True)
    matched = _ENHANCED.fullmatch(code)
    if matched is None:
        return _unknown(None, code[:_SHOWN_CHARACTERS], "an enhanced status code", "RFC 3463 section 2")
    subject = SUBJECTS.get(matched[2], "unknown subject")
    meaning = f"{CLASSES[matched[1]].capitalize()}, {subject}; no closer meaning is known here."
    return Name(
        number=None, name=code, symbol="", meaning=meaning, citation="RFC 3463 section 3", known=False
    )
