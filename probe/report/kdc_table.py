"""What each KDC answered: reachability, clock, log-on and every name that it was asked for (PURE).

`survey` is the table as values, for programs too; `kdc_table` draws it with one column a KDC. Where KDCs of one realm
differ about a name, its row is marked: that is what a directory that has not replicated looks like.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from probe.durations import signed
from probe.report.lines import Line, line, shorten
from probe.trace import Trace
from probe.trace.facts import ClockReading, KdcExchange, Outcome
from probe.trace.jsonable import Json, to_json
from probe.trace.views.kerberos.kdc_names import kdc_names
from probe.trace.wording import etype

_LABEL = 26
_CELL = 17
_ERRORS = {7: "unknown (7)", 25: "preauth wanted"}
"""The two answers that are everyday; RFC 4120 section 7.5.9."""
DIFFERS = "≠"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one KDC said to one question; ``known`` is None where it said neither yes nor no."""

    text: str
    known: bool | None = None
    kvno: int | None = None
    etype: int | None = None
    error: int | None = None


@dataclass(slots=True, kw_only=True)
class Kdc:
    """One KDC of one realm. Keys: ``udp``/``tcp``; the log-on's purpose; the name asked for."""

    name: str
    realm: str
    transports: dict[str, str] = field(default_factory=dict)
    clock: ClockReading | None = None
    logons: dict[str, Answer] = field(default_factory=dict)
    spns: dict[str, Answer] = field(default_factory=dict)
    host: str = ""
    """Its own DNS name, where it is called otherwise here."""


def survey(trace: Trace) -> tuple[Kdc, ...]:
    """Every KDC that was asked, in the order in which that began."""
    found: dict[tuple[str, str], Kdc] = {}
    hosts = kdc_names(trace)
    for step in trace.of(KdcExchange):
        if step.outcome is not Outcome.SKIPPED:
            facts = step.facts
            kdc = Kdc(name=facts.kdc, realm=facts.realm, host=hosts.get(facts.kdc, ""))
            _take(found.setdefault((facts.realm, facts.kdc), kdc), facts)
    return tuple(found.values())


def _take(kdc: Kdc, facts: KdcExchange) -> None:
    """A transport that answered once works; a KDC that gave a ticket once knows the name."""
    if kdc.transports.get(facts.transport) != "answers":
        kdc.transports[facts.transport] = facts.transport_error or "answers"
    reading = facts.clock
    if reading is not None and (kdc.clock is None or reading.uncertainty_s < kdc.clock.uncertainty_s):
        kdc.clock = reading
    if facts.purpose in ("tgs", "spn"):
        _better(kdc.spns, facts.server.partition("@")[0], _answer(facts))
    elif facts.purpose in ("as", "as-preauth"):
        _better(kdc.logons, facts.purpose, _answer(facts))


def _better(row: dict[str, Answer], question: str, answer: Answer) -> None:
    before = row.get(question)
    if before is None or answer.known is not None or before.known is None:
        row[question] = before if before is not None and before.known and not answer.known else answer


def _answer(facts: KdcExchange) -> Answer:
    if facts.error is not None:
        code = facts.error.code
        return Answer(text=_ERRORS.get(code, f"error {code}"), known=False if code == 7 else None, error=code)
    if facts.referral_realm:
        return Answer(text=f"see {facts.referral_realm}")
    if facts.ticket_etype is not None:
        version = "" if facts.ticket_kvno is None else f" kvno {facts.ticket_kvno}"
        text = etype(facts.ticket_etype) + version
        return Answer(text=text, known=True, kvno=facts.ticket_kvno, etype=facts.ticket_etype)
    return Answer(text=facts.transport_error or facts.problem or "no answer")


def differs(kdcs: tuple[Kdc, ...], spn: str) -> bool:
    """Two KDCs of one realm say different things of ``spn``."""
    said: dict[str, set[Answer]] = {}
    for kdc in kdcs:
        answer = kdc.spns.get(spn)
        if answer is not None and answer.known is not None:
            said.setdefault(kdc.realm, set()).add(answer)
    return any(len(answers) > 1 for answers in said.values())


def kdc_table(trace: Trace, width: int) -> list[Line]:
    """One row a question, one column a KDC; as many blocks of columns as the width asks for."""
    kdcs = survey(trace)
    columns = max((width - _LABEL - 2) // _CELL, 1)
    rows = tuple(_rows(kdcs))
    lines: list[Line] = []
    for start in range(0, len(kdcs), columns):
        block = kdcs[start : start + columns]
        # Port 88 goes without saying.
        lines.append(_row("", [kdc.name.removesuffix(":88") for kdc in block], "bold"))
        # A row that is empty in this block tells nothing here.
        lines += [
            _row(row.label, values, "yellow" if row.differs else "", mark=DIFFERS if row.differs else "")
            for row in rows
            if any(values := [row.cell(kdc) for kdc in block])
        ]
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    label: str
    cell: Callable[[Kdc], str]
    differs: bool = False


def _rows(kdcs: tuple[Kdc, ...]) -> Iterator[_Question]:
    yield _Question(label="own name", cell=lambda kdc: kdc.host)
    for transport in dict.fromkeys(name for kdc in kdcs for name in kdc.transports):
        yield _Question(label=transport.upper(), cell=partial(_transport, transport))
    yield _Question(label="clock", cell=_clock)
    for purpose in dict.fromkeys(name for kdc in kdcs for name in kdc.logons):
        yield _Question(label=f"log-on ({purpose})", cell=partial(_logon, purpose))
    for spn in dict.fromkeys(name for kdc in kdcs for name in kdc.spns):
        yield _Question(label=spn, cell=partial(_spn, spn), differs=differs(kdcs, spn))


def _transport(name: str, kdc: Kdc) -> str:
    return kdc.transports.get(name, "")


def _clock(kdc: Kdc) -> str:
    return "" if kdc.clock is None else signed(kdc.clock.offset_s)


def _logon(purpose: str, kdc: Kdc) -> str:
    answer = kdc.logons.get(purpose)
    return "" if answer is None else answer.text


def _spn(name: str, kdc: Kdc) -> str:
    answer = kdc.spns.get(name)
    return "" if answer is None else answer.text


def _row(label: str, values: list[str], style: str = "", *, mark: str = "") -> Line:
    text = "".join(f"{shorten(value, _CELL - 1):<{_CELL}}" for value in values)
    return line(f"{mark:<2}{shorten(label, _LABEL - 1):<{_LABEL}}{text}", style)


def kdcs_json(trace: Trace) -> list[Json]:
    """The table for programs: one object a KDC."""
    kdcs = survey(trace)
    return [
        {
            "kdc": kdc.name,
            "host": kdc.host,
            "realm": kdc.realm,
            "transports": dict(kdc.transports),
            "clock": None if kdc.clock is None else to_json(kdc.clock),
            "logons": {purpose: answer.text for purpose, answer in kdc.logons.items()},
            "spns": [
                {
                    "spn": spn,
                    "known": answer.known,
                    "kvno": answer.kvno,
                    "etype": answer.etype,
                    "error": answer.error,
                    "says": answer.text,
                    "differs": differs(kdcs, spn),
                }
                for spn, answer in kdc.spns.items()
            ],
        }
        for kdc in kdcs
    ]
