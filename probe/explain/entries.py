"""One code, event or phrase -> what is known of it: the tables' entries put together (PURE)."""

from collections.abc import Iterator
from dataclasses import dataclass

from probe import causes
from probe.codes import lookup as names
from probe.codes.kerberos import KRB_ERRORS
from probe.codes.win32 import WIN32_ERRORS
from probe.codes.windows import NT_STATUSES, SSPI_STATUSES
from probe.explain import advice, tables
from probe.explain.events.shape import Event
from probe.explain.phrases.kerberos import MIT_CODES, MIT_PHRASES
from probe.explain.phrases.shape import Phrase, Saying

MIT_BASE = -1765328384
"""ERROR_TABLE_BASE_krb5: MIT adds the error-code of a KRB-ERROR to it (com_err table `krb5`); 128 codes."""
ORDINARY = frozenset({"ok", "unsupported"})
"""Names of statuses that are words, too: in a line they count only as a status' name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One code and what is known of it."""

    kind: str
    """`cause`, `Kerberos error`, `SSPI status`, `NTSTATUS`, `Win32 error`, `SMTP status`, `event` or `text`."""
    code: str
    title: str
    meaning: str
    citation: str = ""
    causes: tuple[str, ...] = ()
    """Codes of causes that it may come from, the likeliest first."""
    advice: tuple[str, ...] = ()
    known: bool = True
    beside: bool = False
    """Whether it stands beside the answer in the same text, so that a line is enough for it."""


KRB_BY_NAME = {entry[0].casefold(): code for code, entry in KRB_ERRORS.items()}
KRB_BY_NAME |= {name.casefold(): code for name, code in tables.KRB_FORMER_NAMES.items()}
KRB_BY_SHORT = {name.split("_err_", 1)[-1]: code for name, code in reversed(KRB_BY_NAME.items())}
"""Without KDC_ERR_ or KRB_AP_ERR_: for a whole question only, in a line NONE or POLICY may mean anything."""
COMPOUNDS = frozenset(name.casefold() for name in SSPI_STATUSES) - ORDINARY
"""`logondenied` in small letters is no English word."""
_NT_BY_NAME = {entry[0].casefold(): number for number, entry in NT_STATUSES.items()}


_WIN32_BY_NAME = {entry[0].casefold(): number for number, entry in WIN32_ERRORS.items()}


def name(word: str) -> Iterator[Explanation]:
    """A name as a whole: of a Kerberos error, of an SSPI status, of an NTSTATUS."""
    folded = word.casefold()
    error = KRB_BY_NAME.get(folded.removeprefix("krb5"))  # MIT: KRB5KDC_ERR_..., KRB5KRB_AP_ERR_...
    if error is not None:
        yield krb_error(error)
    if names.sspi_status(word).known:
        yield sspi(names.sspi_status(word).name)
    symbol = folded.removeprefix("nt_")  # Samba writes NT_STATUS_...
    number = _NT_BY_NAME.get(symbol, _NT_BY_NAME.get(f"status_{symbol}"))
    if number is not None:
        yield nt_status(number)
    else:
        symbol = folded.removeprefix("werr_")  # Samba writes WERR_...
        value = _WIN32_BY_NAME.get(symbol, _WIN32_BY_NAME.get(f"error_{symbol}"))
        yield from () if value is None else (win32(value),)
    if folded in _MIT_SYMBOLS:
        yield _MIT_SYMBOLS[folded]


def cause(code: str) -> Explanation:
    """A cause of ours, with all that its file says."""
    loaded = causes.load(code)
    return Explanation(
        kind="cause",
        code=code,
        title=f"{loaded.title} (side: {loaded.side})",
        meaning=causes.fill(loaded.explanation, {}),
        citation="; ".join(loaded.references),
        causes=(code,),
        advice=() if loaded.remedies or loaded.next_measurements else (advice.NOTHING,),
    )


def krb_error(code: int) -> Explanation:
    """The error-code of a KRB-ERROR."""
    name = names.krb_error(code)
    return Explanation(
        kind="Kerberos error",
        code=str(code),
        title=name.name,
        meaning=name.meaning,
        citation=name.citation,
        causes=tables.KRB_CAUSES.get(code, ()),
        advice=advice.KRB_ADVICE.get(code, ()),
        known=name.known,
    )


def sspi(text: str) -> Explanation:
    """A status of SSPI by any of its names; an unknown one is kept as it is."""
    name = names.sspi_status(text)
    number = "" if name.number is None else f" 0x{name.number:08X}"
    return Explanation(
        kind="SSPI status",
        code=name.name,
        title=f"{name.symbol}{number}".strip(),
        meaning=name.meaning,
        citation=name.citation,
        causes=tables.SSPI_CAUSES.get(name.name, ()),
        advice=advice.SSPI_ADVICE.get(name.name, ()),
        known=name.known,
    )


def nt_status(number: int) -> Explanation:
    """An NTSTATUS."""
    name = names.nt_status(number)
    unsigned = number & 0xFFFFFFFF
    return Explanation(
        kind="NTSTATUS",
        code=f"0x{unsigned:08X}",
        title=name.name,
        meaning=name.meaning,
        citation=name.citation,
        causes=tables.NT_CAUSES.get(unsigned, ()),
        advice=advice.NT_ADVICE.get(unsigned, ()),
        known=name.known,
    )


def enhanced(code: str) -> Explanation:
    """An enhanced status code of SMTP."""
    name = names.enhanced_status(code)
    return Explanation(
        kind="SMTP status",
        code=code,
        title="",
        meaning=name.meaning,
        citation=name.citation,
        causes=tables.SMTP_CAUSES.get(code, ()),
        advice=advice.SMTP_ADVICE.get(code, ()),
        known=name.known,
    )


def win32(number: int) -> Explanation:
    """A Win32 error, by its number or by the HRESULT around it."""
    name = names.win32_error(number)
    bare = name.number or 0
    return Explanation(
        kind="Win32 error",
        code=str(bare),
        title=f"{name.name} 0x{bare:X}",
        meaning=name.meaning,
        citation=name.citation,
        causes=tables.WIN32_CAUSES.get(bare, ()),
        advice=advice.WIN32_ADVICE.get(bare, ()),
        known=name.known,
    )


def event(found: Event, *, reason_told: bool = False) -> Explanation:
    """An event; ``reason_told``: the status that its text holds is explained beside it."""
    return Explanation(
        kind="event",
        code=str(found.number),
        title=f"{found.source} {found.number} ({found.where})",
        meaning=found.meaning,
        citation=found.citation,
        causes=found.causes,
        advice=tuple(line for line in found.advice if not (reason_told and line == advice.READ_THE_EVENT)),
    )


def phrase(found: Phrase) -> Explanation:
    """Words with a meaning of their own."""
    return Explanation(
        kind="text",
        code=found.text,
        title="",
        meaning=found.meaning,
        causes=found.causes,
        advice=found.advice,
    )


def saying(found: Saying) -> Explanation:
    """The code that words stand for."""
    if found.of == "win32":
        return win32(int(found.code))
    return sspi(str(found.code)) if found.of == "sspi" else enhanced(str(found.code))


def unknown_reply(code: str) -> Explanation:
    """A reply whose words are nobody's that we know: the code alone says little."""
    return Explanation(
        kind="SMTP status",
        code=code,
        title="",
        meaning=(
            "The words behind this code are not known here, and not those of Exchange's answer to X-EXPS: "
            "the code alone says only that the server "
            + ("refuses for now." if code.startswith("4") else "refuses.")
        ),
        citation="RFC 3463 section 3; RFC 5321 section 4.2.1",
        advice=(
            "Find out which server wrote it: by its banner, or by whom the log names as the other side.",
        ),
        known=False,
    )


def number(value: int) -> Iterator[Explanation]:
    """All that a number can be: a KRB-ERROR's code, a status of SSPI, an NTSTATUS, a Win32 error, a reply."""
    value -= 1 << 32 if 0 <= value - (1 << 32) - MIT_BASE < 256 else 0  # unsigned, as some programs print it
    value -= MIT_BASE if 0 <= value - MIT_BASE < 128 else 0
    if value in KRB_ERRORS:
        yield krb_error(value)
    status = names.sspi_status(value)
    if not status.known and 0 < value < 1 << 31:
        status = names.sspi_status(-value)  # a negative number that lost its sign
    if status.known:
        yield sspi(status.name)
    if names.nt_status(value).known:
        yield nt_status(value)
    if names.win32_error(value).known:
        yield win32(value)
    if value in tables.REPLY_CODES:
        yield enhanced(tables.REPLY_CODES[value])
    if value in MIT_NUMBERS:
        yield MIT_NUMBERS[value]


MIT_NUMBERS = {value: phrase(one) for _, value, text in MIT_CODES for one in MIT_PHRASES if one.text == text}
_MIT_SYMBOLS = {symbol.casefold(): MIT_NUMBERS[value] for symbol, value, _ in MIT_CODES}
