"""Whose clock is off: readings of every party, compared with their uncertainties (PURE).

Kerberos never asks what time it is, only whether two clocks agree: the KDC's and the client's when a ticket is asked
for, the receiver's and the client's when it is shown (RFC 4120 section 3.2.3; five minutes by section 5.5.1 and by
Windows' default). So nobody's clock is taken for true here, this host's no more than another. Each reading is relative
to this host, and two clocks differ for certain only by what remains after the uncertainties of both are taken off.

Who is wrong is a matter of witnesses, and said in `probe.trace.views.wrong_clocks`; here is what each of them shows.
One clock stands for all KDCs where a single one is needed, the middle one (`reference`). Two programs on one host are
one witness: they read one clock, and where they do not, one of them is not on that host after all (`contradictions`,
`at_odds`): a proxy's banner, a forwarded port.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from probe.durations import duration, signed
from probe.trace import Step, Trace
from probe.trace.facts import ClockReading, DirectoryAnswer, Facts, KdcExchange, TimeServer
from probe.trace.views.evidence import Evidence

NEARLY = 0.8
"""The share of the limit from which on a difference is about to break: four of five minutes."""

RECEIVER_SOURCES = (
    "krb-error-in-token",
    "ntlm-timestamp",
    "krb-error-in-smb",
    "smb-system-time",
    "smtp-banner",
    "sntp",
)
"""Best first: the first is the very clock that judged us, the next three are of that computer, a banner may be a
proxy's, and another program answers on port 123.

NTLM's timestamp (MS-NLMP section 2.2.2.1, MsvAvTimestamp) and SMB's SystemTime (MS-SMB2 section 2.2.4) have 100 ns, a
banner one second and a KRB-ERROR's stime whole seconds where susec is left out.
"""
KDC_SOURCES = ("kdc-stime", "ldap-current-time", "sntp")
"""Best first: the first is what judges us; the others are other programs on the same host."""
_OURS_ALONE = frozenset(RECEIVER_SOURCES) - {"sntp"}
MARGIN_S = 2.0
"""What readings of one clock may differ by beyond their uncertainties: clocks are set and drift while we look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One party's clock: seconds ahead of this host."""

    who: str
    step: str
    source: str
    offset: float
    uncertainty: float

    def evidence(self) -> Evidence:
        """The reading as a sentence."""
        return Evidence(
            step=self.step,
            says=f"{self.who}: {signed(self.offset)} against this host "
            f"(± {duration(self.uncertainty)}, from {self.source})",
        )


THIS_HOST = Clock(who="this host", step="", source="its own clock", offset=0.0, uncertainty=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """All clocks of a run, and how far they may be apart."""

    host: Clock
    kdcs: tuple[Clock, ...]
    """Each KDC's most exact reading of its best source."""
    receiver: tuple[Clock, ...]
    """Every reading of the receiver's best source."""
    servers: tuple[Clock, ...] = ()
    """Time servers of nobody that is a party here: witnesses."""
    more: tuple[Clock, ...] = ()
    """What the receiver's other sources say."""
    beside: tuple[Clock, ...] = ()
    """What other programs on the KDCs' hosts say, where the KDC itself told its time."""
    limit: float

    def apart(self, one: Clock, other: Clock) -> bool:
        """The two differ by more than the limit for certain."""
        return abs(one.offset - other.offset) - one.uncertainty - other.uncertainty > self.limit

    def perhaps_apart(self, one: Clock, other: Clock) -> bool:
        """The two may differ by more than the limit."""
        return abs(one.offset - other.offset) + one.uncertainty + other.uncertainty > self.limit

    def nearly_apart(self, one: Clock, other: Clock) -> bool:
        """The two differ by most of the limit."""
        return abs(one.offset - other.offset) - one.uncertainty - other.uncertainty > self.limit * NEARLY

    def off_from_all(self, clock: Clock) -> bool:
        """Apart from every KDC, and there is one."""
        return bool(self.kdcs) and all(self.apart(clock, kdc) for kdc in self.kdcs)

    def reference(self) -> Clock | None:
        """The middle one of the KDCs: with three or more, one wrong KDC does not move it."""
        if not self.kdcs:
            return None
        # The median and not the mean: one controller that is a year off would draw a mean along.
        middle = median(kdc.offset for kdc in self.kdcs)
        # Of two the one that agrees with this host; their names, which may be ports, must not decide.
        return min(self.kdcs, key=lambda kdc: (round(abs(kdc.offset - middle), 3), abs(kdc.offset), kdc.who))

    def someone_off(self) -> bool:
        """Any two parties are apart."""
        everyone = (self.host, *self.kdcs, *self.receiver)
        return any(self.apart(one, other) for one in everyone for other in everyone)

    def contradictions(self) -> tuple[tuple[Clock, Clock], ...]:
        """Pairs of readings of the receiver that cannot be one clock's: a proxy's banner, another machine."""
        return tuple(
            (one, other)
            for one, other in combinations((*self.receiver, *self.more), 2)
            if _cannot_be_one(one, other)
        )

    def proven(self) -> bool:
        """Some KDC's clock is known from its own KRB-ERROR, and not only from another program on its host."""
        return any(kdc.source == KDC_SOURCES[0] for kdc in self.kdcs)

    def witnesses(self) -> tuple[Clock, ...]:
        """The receiver and the time servers: whom to ask when this host and the only KDC differ."""
        return (*self.receiver[:1], *self.servers)

    def at_odds(self) -> tuple[Clock, ...]:
        """Programs on a KDC's host whose time is not the KDC's."""
        own = {kdc.who: kdc for kdc in self.kdcs}
        return tuple(
            clock for clock in self.beside if clock.who in own and _cannot_be_one(clock, own[clock.who])
        )


def _cannot_be_one(one: Clock, other: Clock) -> bool:
    return abs(one.offset - other.offset) - one.uncertainty - other.uncertainty > MARGIN_S


def read_clocks(trace: Trace) -> Clocks:
    """The clocks of ``trace``: a KDC's most exact reading of its best source, the receiver's of the best source."""
    kdcs: dict[str, Clock] = {}
    receiver: dict[str, list[Clock]] = {}
    servers: dict[str, Clock] = {}
    controllers: dict[str, Clock] = {}
    for party, clock in all_clocks(trace):
        # All of the receiver's readings are kept: that they contradict each other is a finding. Of the others the best
        # one is enough.
        if party == "receiver":
            receiver.setdefault(clock.source, []).append(clock)
        elif party == "kdc":
            kdcs[clock.who] = _better(kdcs.get(clock.who), clock)
        elif party == "controller":
            controllers[clock.who] = _better(controllers.get(clock.who), clock)
        else:
            servers[clock.who] = _better(servers.get(clock.who), clock)
    # A controller that nobody can match with a KDC may be one of them: it must not be counted beside them.
    kdcs = kdcs or controllers
    known = [receiver[source] for source in RECEIVER_SOURCES if source in receiver]
    return Clocks(
        host=THIS_HOST,
        kdcs=tuple(sorted(kdcs.values(), key=lambda kdc: kdc.who)),
        receiver=tuple(known[0]) if known else (),
        servers=tuple(servers.values()),
        more=tuple(clock for others in known[1:] for clock in others),
        beside=tuple(
            clock
            for party, clock in all_clocks(trace)
            if party in ("kdc", "controller") and clock.who in kdcs and clock.source != kdcs[clock.who].source
        ),
        limit=trace.request.skew_limit_s,
    )


def all_clocks(trace: Trace) -> tuple[tuple[str, Clock], ...]:
    """Every reading with whose it is: ``kdc``, ``receiver``, ``controller`` (a domain controller that cannot be
    matched with a KDC) or ``server`` (a time server of nobody here).

    A time server that does not trust its own clock is nobody's witness, and what is no number is no reading.
    """
    kdcs = tuple(dict.fromkeys(step.facts.kdc for step in trace.of(KdcExchange)))
    found = []
    for step, reading in trace.clocks():
        # A saved trace is read from a file, and JSON as Python reads it has NaN: no comparison with that is true.
        finite = math.isfinite(reading.offset_s) and math.isfinite(reading.uncertainty_s)
        if not finite or (isinstance(step.facts, TimeServer) and step.facts.synchronized is False):
            continue
        party, who = _whose(trace, step, reading, kdcs)
        found.append((party, _clock(step, reading, who)))
    return tuple(found)


def _clock(step: Step[Facts], reading: ClockReading, who: str) -> Clock:
    return Clock(
        who=who,
        step=step.id,
        source=reading.source,
        offset=reading.offset_s,
        uncertainty=abs(reading.uncertainty_s),
    )


def _whose(trace: Trace, step: Step[Facts], reading: ClockReading, kdcs: tuple[str, ...]) -> tuple[str, str]:
    """Which party a reading is of, and under which name."""
    if isinstance(step.facts, KdcExchange):
        return "kdc", step.facts.kdc
    # What came over the receiver's own SMTP or SMB connection; only SNTP's readings have to be matched by name.
    if reading.source in _OURS_ALONE:
        return "receiver", reading.who
    if isinstance(step.facts, DirectoryAnswer):
        # rootDSE's currentTime is the clock of the host that the KDC is on, if that can be told.
        kdc = step.facts.kdc or _kdc_at(step.facts.dc, kdcs) or _kdc_at(f"{step.facts.host}:389", kdcs)
        return ("kdc", kdc) if kdc else ("controller", step.facts.dc)
    if reading.who in kdcs:
        return "kdc", reading.who
    if reading.who in (trace.target.name, trace.target.address):
        return "receiver", reading.who
    return "server", reading.who


def _kdc_at(endpoint: str, kdcs: Iterable[str]) -> str:
    """The only KDC on the host of ``endpoint``; empty when there is none, or more than one."""
    host = endpoint.rpartition(":")[0].casefold()
    there = [kdc for kdc in kdcs if kdc.rpartition(":")[0].casefold() == host]
    return there[0] if len(there) == 1 else ""


def _better(known: Clock | None, clock: Clock) -> Clock:
    """The reading of the better source, or the more exact one."""

    def rank(one: Clock) -> tuple[int, float]:
        known_source = one.source in KDC_SOURCES
        return KDC_SOURCES.index(one.source) if known_source else len(KDC_SOURCES), one.uncertainty

    return clock if known is None else min(known, clock, key=rank)
