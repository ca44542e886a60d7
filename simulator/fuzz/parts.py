"""What may be to blame in a lab: its faults, and settings that are faults as well (PURE)."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from simulator.faults import Fault
from simulator.scenario.values import Scenario
from simulator.scenario.write import fault_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that can be taken out of a lab."""

    name: str
    fault: Fault | None = None
    number: int = -1
    """Which of the scenario's faults."""
    causes: frozenset[str] = frozenset()
    """Of a setting."""
    mended: Callable[[Scenario], Scenario] | None = None
    """Of a setting: the scenario without it."""


def parts(scenario: Scenario) -> tuple[Part, ...]:
    """Everything in a scenario that may stop mail."""
    faults = (Part(name=fault_line(fault), fault=fault, number=n) for n, fault in enumerate(scenario.faults))
    return (*faults, *_settings(scenario))


def _settings(scenario: Scenario) -> Iterator[Part]:
    first = scenario.connectors[0]
    if first.extended_protection == "require":
        yield Part(
            name="extended_protection=require",
            causes=frozenset({"bindings-rejected"}),
            mended=lambda lab: _with_first(lab, extended_protection="none"),
        )
    if first.suppress_x_anonymous_tls:
        yield Part(
            name="suppress_x_anonymous_tls",
            causes=frozenset({"exchangeauth-not-offered"}),
            mended=lambda lab: _with_first(lab, suppress_x_anonymous_tls=False),
        )
    if first.profile == "2003":
        yield Part(
            name="profile=2003",
            causes=frozenset({"exchangeauth-not-offered"}),
            mended=lambda lab: _with_first(lab, profile="2016"),
        )
    yield from _probes_settings(scenario)


def _probes_settings(scenario: Scenario) -> Iterator[Part]:
    settings = scenario.probe
    if settings.password:
        yield Part(
            name="a wrong password",
            causes=frozenset({"credentials-rejected"}),
            mended=lambda lab: replace(lab, probe=replace(lab.probe, password="")),
        )
    if settings.ehlo and not any(f"SMTPSVC/{settings.ehlo}" in account.spns for account in scenario.accounts):
        yield Part(
            name=f"EHLO {settings.ehlo}",
            causes=frozenset({"return-spn-missing"}),
            mended=lambda lab: replace(lab, probe=replace(lab.probe, ehlo="")),
        )
    relays = [each for each in scenario.connectors if settings.source in each.remote_ip_ranges]
    if settings.source and relays:
        yield Part(
            name=f"{relays[0].name} takes {settings.source}",
            causes=frozenset({"exchange-auth-not-offered"}),
            mended=lambda lab: replace(lab, connectors=tuple(c for c in lab.connectors if c not in relays)),
        )


def _with_first(scenario: Scenario, **changes: object) -> Scenario:
    first, *others = scenario.connectors
    return replace(scenario, connectors=(replace(first, **changes), *others))  # type: ignore[arg-type]


def without(scenario: Scenario, removed: Collection[Part]) -> Scenario:
    """The scenario as it would be with these parts mended."""
    numbers = {part.number for part in removed if part.fault is not None}
    faults = tuple(fault for n, fault in enumerate(scenario.faults) if n not in numbers)
    mended = replace(scenario, faults=faults)
    for part in removed:
        if part.mended is not None:
            mended = part.mended(mended)
    return mended
