"""This host's clock against the KDCs' and the time servers', and what keeps it (PURE)."""

from probe.causes import Remedy
from probe.doctor.judge.config import SKEW_LIMIT_S
from probe.doctor.observation import Notes, Observation, do, listed
from probe.doctor.values import HostFacts
from probe.durations import duration, signed
from probe.trace.facts import ClockReading

NEARLY_S = 240.0
"""Four of the five minutes: the probe warns from here on, too."""
_UNKEPT_S = 30.0
"""A clock that nothing seems to keep is worth a word once it is this far off."""


def judge_clock(facts: HostFacts) -> list[Observation]:
    """Each reading, whose fault a large one is, and the time service."""
    notes = Notes("clock")
    readings = best_readings(facts)
    for reading in readings:
        notes.ok("clock-reading", _says(reading))
    if not readings:
        notes.ok("clock-unmeasured", "no clock but this host's could be read")
    _judge_time_servers(facts, notes)
    _judge_far(facts, readings, notes)
    _judge_service(facts, readings, notes)
    return notes.items


def best_readings(facts: HostFacts) -> tuple[ClockReading, ...]:
    """Every party's most exact reading from each source."""
    best: dict[tuple[str, str], ClockReading] = {}
    ways = [way.clock for way in facts.kdcs.ways if way.clock is not None]
    asked = [server.clock for server in facts.kdcs.time_servers if server.clock is not None]
    for reading in (*ways, *asked):
        key = (reading.who, reading.source)
        if key not in best or reading.uncertainty_s < best[key].uncertainty_s:
            best[key] = reading
    return tuple(best.values())


def _judge_time_servers(facts: HostFacts, notes: Notes) -> None:
    """What a time service says of itself, and which do not answer: many domain controllers are not asked by all."""
    for server in facts.kdcs.time_servers:
        if server.synchronized is False:
            notes.notice(
                "time-server-unsynchronized",
                f"the time service of {server.server} says that it does not know the time itself",
                do(
                    "See what it takes its time from.",
                    "w32tm /query /status",
                    server.server.rpartition(":")[0],
                ),
                cause="clock-skew-kdc",
            )
    silent = tuple(f"{item.server} ({item.error})" for item in facts.kdcs.time_servers if item.error)
    if silent:
        notes.ok("sntp-silent", f"SNTP is not answered by {listed(silent)}")


def _says(reading: ClockReading) -> str:
    return (
        f"{reading.who} is {signed(reading.offset_s)} against this host "
        f"(± {duration(reading.uncertainty_s)}, {reading.source})"
    )


def _least(reading: ClockReading) -> float:
    """The difference that is left when the uncertainty is taken off."""
    return max(abs(reading.offset_s) - reading.uncertainty_s, 0.0)


def _judge_far(facts: HostFacts, readings: tuple[ClockReading, ...], notes: Notes) -> None:
    far = [reading for reading in readings if _least(reading) > SKEW_LIMIT_S]
    near = [reading for reading in readings if NEARLY_S < _least(reading) <= SKEW_LIMIT_S]
    good = [reading for reading in readings if _least(reading) <= NEARLY_S]
    kdcs = {reading.who for reading in far}
    if far and not good and not near:
        _judge_all_far(facts, far, notes)
    elif far:
        notes.problem(
            "clock-kdc",
            f"the clock of {listed(tuple(sorted(kdcs)))} is more than {duration(SKEW_LIMIT_S)} from this host's, and "
            "others are not",
            do(
                "Set the time on that domain controller.",
                "w32tm /resync /rediscover",
                "that domain controller",
            ),
            cause="clock-skew-kdc",
        )
    elif near:
        who = listed(tuple(sorted({reading.who for reading in near})))
        notes.notice(
            "clock-nearly",
            f"this host and {who} are more than {duration(NEARLY_S)} apart: Kerberos ends at {duration(SKEW_LIMIT_S)}",
            *_resync(facts.platform),
            cause="clock-skew-sender",
        )


def _judge_all_far(facts: HostFacts, far: list[ClockReading], notes: Notes) -> None:
    parties = {reading.who.rpartition(":")[0] or reading.who for reading in far}  # one host, several sources
    ahead = [reading.offset_s < 0 for reading in far]
    if len(parties) > 1 and len(set(ahead)) == 1:
        who = f"this host's clock is {'ahead of' if ahead[0] else 'behind'} every other one"
    else:
        who = f"this host's clock and that of {listed(tuple(sorted(parties)))} differ (two cannot tell which)"
    least = min(_least(reading) for reading in far)
    notes.problem(
        "clock-skew",
        f"{who} by at least {duration(least)}, the limit is {duration(SKEW_LIMIT_S)}",
        *_resync(facts.platform),
        cause="clock-skew-sender",
    )


def _resync(platform: str) -> tuple[Remedy, ...]:
    if platform == "win32":
        return (do("Set this host's clock by its domain.", "w32tm /resync /rediscover"),)
    return (do("See what keeps this host's clock, and let it step.", "chronyc makestep   (or: timedatectl)"),)


def _judge_service(facts: HostFacts, readings: tuple[ClockReading, ...], notes: Notes) -> None:
    service = facts.time_service
    states = {None: "", True: ", synchronized", False: ", not synchronized"}
    sources = f": {listed(service.configured)}" if service.configured else ""
    if service.running:
        notes.ok(
            "time-service", f"time service: {listed(service.running)}{sources}{states[service.synchronized]}"
        )
    elif any(_least(reading) > _UNKEPT_S for reading in readings):
        notes.notice(
            "time-service-none",
            "this host's clock is off, and no time service was seen"
            + (f" (configured{sources})" if sources else ""),
            *_resync(facts.platform),
        )
    else:
        notes.ok("time-service-none", "no time service was seen; a virtual machine's host may keep the clock")
