"""What the probe can be deprived of, one source of knowledge at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import probe
from probe.trace.facts import DirectoryAnswer, Greeting, KdcExchange, Ntlm, SmbSessionCheck
from simulator.faults import Fault
from simulator.faults.kdc_transport import KdcTransport
from simulator.faults.own_banner import OwnBanner
from simulator.scenario.values import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprivation:
    """One source less: by another lab, or by other options of the probe."""

    name: str
    matters: Callable[[probe.Trace], bool]
    """Whether a run that had everything learned anything from this source; else there is nothing to compare."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What the probe is asked otherwise."""
    faults: tuple[Fault, ...] = ()

    def scenario(self, scenario: Scenario) -> Scenario:
        """The lab without the source."""
        return replace(scenario, faults=(*scenario.faults, *self.faults))


def _udp(trace: probe.Trace) -> bool:
    """UDP said something that TCP did not say as well: a way that is closed already cannot be closed again."""
    open_ways = {step.facts.transport for step in trace.of(KdcExchange) if not step.facts.transport_error}
    return open_ways == {"udp", "tcp"}


DEPRIVATIONS = (
    Deprivation(name="no UDP", matters=_udp, faults=(KdcTransport(only="tcp", mode="refuse"),)),
    Deprivation(
        name="no banner date",
        matters=lambda trace: any(step.facts.clock is not None for step in trace.of(Greeting)),
        faults=(OwnBanner(on="EX1", text="ex1.contoso.lab Microsoft ESMTP MAIL Service ready"),),
    ),
    Deprivation(
        name="no NTLM",
        matters=lambda trace: bool(trace.of(Ntlm)),
        options={"ask_ntlm": False},
    ),
    Deprivation(
        name="no LDAP",
        matters=lambda trace: bool(trace.of(DirectoryAnswer)),
        options={"ask_directory": False},
    ),
    Deprivation(
        name="no SMB",
        matters=lambda trace: bool(trace.of(SmbSessionCheck)),
        options={"ask_smb": False},
    ),
    Deprivation(
        name="no credentials",
        matters=lambda trace: trace.request.credentials != "none",
        options={"credentials": probe.Credentials()},
    ),
)
