"""Facts of this host -> observations and one status (PURE)."""

from probe.diagnosis.verdict import Overall
from probe.doctor.judge.clock import judge_clock
from probe.doctor.judge.config import judge_configuration
from probe.doctor.judge.kdcs import judge_installed, judge_kdcs
from probe.doctor.judge.names import judge_dns, judge_names
from probe.doctor.judge.tickets import judge_cache, judge_keytab
from probe.doctor.observation import Level, Observation
from probe.doctor.values import HostFacts

_JUDGES = (
    judge_configuration,
    judge_cache,
    judge_keytab,
    judge_clock,
    judge_names,
    judge_dns,
    judge_kdcs,
    judge_installed,
)


def examine(facts: HostFacts) -> tuple[Observation, ...]:
    """Everything there is to say, topic by topic."""
    return tuple(item for judge in _JUDGES for item in judge(facts))


def overall(facts: HostFacts, observations: tuple[Observation, ...]) -> Overall:
    """A problem is a failure; without a realm, and so without a KDC, too little could be examined."""
    levels = {item.level for item in observations}
    if Level.PROBLEM in levels:
        return Overall.FAILURE
    if not facts.realm:
        return Overall.UNKNOWN
    return Overall.WARNING if Level.NOTICE in levels else Overall.OK
