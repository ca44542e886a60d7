"""A probe run as a list of steps: what a check reads, and what ``--trace`` saves (PURE).

Measuring and judging meet here and nowhere else. Whoever measures closes a *step* with the `Recorder`: what was done,
when, how it ended (`facts.Outcome`) and what was seen (`facts`, one frozen class a kind of step). Whoever judges gets
the finished `Trace` and no network. That is why a saved trace gets the same verdict on another host, and why a check
can be tested with steps that never took place.

Steps go on side by side, so they are numbered in the order in which they end (``kdc-3``) and listed in the order in
which they began. Times are milliseconds since the run began; a clock reading (`clock_reading`) is the other party's
clock minus this host's, with an uncertainty, so that no clock has to be right for two of them to be compared.

A trace holds no secret and nothing that could be replayed: tokens are replaced by their length before they get here.
`jsonable` turns dataclasses into JSON and back by their type hints (a field with a default may be missing, so that
old traces can be read); `wording` puts facts into words, in one way for all; `views` reads what steps have to say
together.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from probe.trace.facts import KINDS, ClockReading, Facts, Outcome
from probe.trace.jsonable import Json, JsonMismatch, from_json, to_json

SCHEMA = "exps.trace/1"

F_co = TypeVar("F_co", bound=Facts, covariant=True)
F = TypeVar("F", bound=Facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What was asked for, and where it was found."""

    name: str
    host: str
    """The host that was connected to: ``name``, or the one of ``--connect``."""
    port: int
    address: str = ""
    """The address of the connection that carried the handshake; empty if there was none."""


GUESSED_NAMES = ("account", "host")
"""Sources of an EHLO name that is not known to be the sender's: a guess of ours, which accuses nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The settings of the run that a judgement depends on. No secrets."""

    mechanism: str = "auto"
    tls: str = "auto"
    realm: str = ""
    realm_source: str = "given"
    """Where it comes from: ``given``, ``keytab``, ``ccache``, ``krb5.conf`` or ``target``, whose domain it is."""
    principal: str = ""
    credentials: str = "none"
    """``none``, ``password``, ``keytab``, ``ccache`` or ``native``."""
    ehlo_name: str = ""
    ehlo_source: str = "given"
    """Where that name comes from: ``given``, ``keytab``, ``account`` or ``host``; see `GUESSED_NAMES`."""
    spn: str = ""
    source: str = ""
    """Our own address, when it was chosen: receive connectors differ by it."""
    inject: str = ""
    effort: str = "default"
    """``quick`` (no measurement beside the handshake), ``default`` or ``thorough``."""
    skew_limit_s: float = 300.0
    """How far clocks may be apart (RFC 4120 section 5.5.1 recommends five minutes; Windows' default)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[F_co]):
    """One thing that was done, what came of it, and when (milliseconds since the run began)."""

    id: str
    outcome: Outcome
    start_ms: float
    duration_ms: float
    facts: F_co
    sent: tuple[str, ...] = ()
    """SMTP lines sent, tokens replaced by their length."""
    received: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The word for this kind of step, e.g. ``greeting``."""
        return self.facts.KIND


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A whole run. ``started`` is in seconds since the Unix epoch, by this host's clock."""

    target: Target
    request: Request
    started: float
    duration_ms: float
    steps: tuple[Step[Facts], ...]
    tool: Mapping[str, str] = field(default_factory=dict)
    unfinished: bool = False
    """The deadline came before the end."""
    late_ms: float = 0.0
    """The longest time in milliseconds by which this program itself was late; 0 in traces of older versions."""

    def of(self, kind: type[F]) -> tuple[Step[F], ...]:
        """The steps of one kind, in the order in which they began."""
        return tuple(cast("Step[F]", step) for step in self.steps if isinstance(step.facts, kind))

    def clocks(self) -> Iterator[tuple[Step[Facts], ClockReading]]:
        """Every reading of somebody's clock, with the step that gave it."""
        for step in self.steps:
            reading = getattr(step.facts, "clock", None)
            if isinstance(reading, ClockReading):
                yield step, reading


def trace_to_json(trace: Trace) -> dict[str, Json]:
    """The JSON object that ``--trace`` writes; ``trace_from_json`` reads it."""
    return {
        "schema": SCHEMA,
        "tool": to_json(trace.tool),
        "target": to_json(trace.target),
        "request": to_json(trace.request),
        "started": trace.started,
        "duration_ms": trace.duration_ms,
        "unfinished": trace.unfinished,
        "late_ms": trace.late_ms,
        "steps": [step_to_json(step) for step in trace.steps],
    }


def step_to_json(step: Step[Facts]) -> dict[str, Json]:
    """One step: its envelope, and its facts under ``detail``."""
    return {
        "id": step.id,
        "kind": step.kind,
        "outcome": step.outcome.value,
        "start_ms": step.start_ms,
        "duration_ms": step.duration_ms,
        "detail": to_json(step.facts),
        "sent": to_json(step.sent),
        "received": to_json(step.received),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    id: str
    kind: str
    outcome: Outcome
    start_ms: float
    duration_ms: float
    detail: Mapping[str, Json]
    sent: tuple[str, ...] = ()
    received: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    target: Target
    request: Request
    started: float
    duration_ms: float
    tool: Mapping[str, str] = field(default_factory=dict)
    unfinished: bool = False
    late_ms: float = 0.0


def trace_from_json(value: Json) -> Trace:
    """The trace that a JSON object stands for. Raises JsonMismatch with the place of what does not fit."""
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise JsonMismatch(
            "$.schema", f"{SCHEMA!r}", value.get("schema") if isinstance(value, dict) else value
        )
    document = from_json(_Document, value)
    steps = value.get("steps")
    if not isinstance(steps, list):
        raise JsonMismatch("$.steps", "a list", steps)
    return Trace(
        target=document.target,
        request=document.request,
        started=document.started,
        duration_ms=document.duration_ms,
        tool=document.tool,
        unfinished=document.unfinished,
        late_ms=document.late_ms,
        steps=tuple(_step(step, f"$.steps[{n}]") for n, step in enumerate(steps)),
    )


def _step(value: Json, place: str) -> Step[Facts]:
    if not isinstance(value, dict):
        raise JsonMismatch(place, "an object", value)
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise JsonMismatch(f"{place}.kind", "one of " + ", ".join(sorted(KINDS)), kind)
    detail = value.get("detail")
    facts: Facts = from_json(KINDS[kind], detail, f"{place}.detail")
    envelope = from_json(_Envelope, value | {"detail": {}}, place)
    return Step(
        id=envelope.id,
        outcome=envelope.outcome,
        start_ms=envelope.start_ms,
        duration_ms=envelope.duration_ms,
        facts=facts,
        sent=envelope.sent,
        received=envelope.received,
    )


class Recorder:
    """Collects the steps of a run in the order in which they began; the clock is the caller's.

    ``monotonic`` gives seconds; the first call is the run's zero.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._zero = monotonic()
        self._count: dict[str, int] = {}
        self._steps: list[Step[Facts]] = []

    def elapsed_ms(self) -> float:
        """Milliseconds since the recorder was made."""
        return round((self._monotonic() - self._zero) * 1000, 3)

    def add(
        self,
        facts: Facts,
        outcome: Outcome,
        *,
        start_ms: float,
        sent: tuple[str, ...] = (),
        received: tuple[str, ...] = (),
    ) -> Step[Facts]:
        """Close a step that began at ``start_ms`` (an earlier ``elapsed_ms()``) and keep it."""
        number = self._count.get(facts.KIND, 0) + 1
        self._count[facts.KIND] = number
        step = Step(
            id=f"{facts.KIND}-{number}",
            outcome=outcome,
            start_ms=start_ms,
            duration_ms=round(self.elapsed_ms() - start_ms, 3),
            facts=facts,
            sent=sent,
            received=received,
        )
        self._steps.append(step)
        return step

    def steps(self) -> tuple[Step[Facts], ...]:
        """All steps so far, by the time at which they began."""
        return tuple(sorted(self._steps, key=lambda step: step.start_ms))
