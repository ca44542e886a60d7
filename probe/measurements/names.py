"""The target's name in every source: hosts file, DNS, alias, and the name of the address that answered."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from probe.addresses import is_loopback
from probe.measurements import MeasurementContext
from probe.net.dns import Lookup, Names, dns_addresses, dns_aliases, dns_reverse
from probe.net.hosts_file import addresses_of
from probe.net.tasks import run_together
from probe.trace import Trace, facts
from probe.trace.facts import Outcome
from probe.trace.views.smtp.session import is_address

NAME = "names"
TITLE = "The target's name in the hosts file and in DNS, and its address's name"
DECIDES = (
    "name-not-resolved",
    "wrong-server-answers",
    "connector-fqdn-mismatch",
    "target-unreachable",
)
COST = 2
REFUSALS = 0

LOOKED_UP = ("system", "dns")


def wanted(trace: Trace) -> bool:
    """The name was really looked up: with ``--connect``, or an address for a target, no source led anywhere."""
    return any(step.facts.source in LOOKED_UP for step in trace.of(facts.Resolve))


async def perform(context: MeasurementContext) -> None:
    """All of it side by side, as Resolve steps."""
    name = context.options.name
    jobs: list[Coroutine[Any, Any, None]] = []
    if not is_address(name) and context.options.connect is None:
        jobs += [_hosts_file(context, name), _addresses(context, name), _aliases(context, name)]
    address = "" if context.connected is None else context.connected.address.host
    # Nobody's DNS knows whose loopback that is, unless somebody gives one that does.
    if address and (context.options.nameserver or not is_loopback(address)):
        jobs.append(_reverse(context, address))
    await run_together(jobs)


async def _hosts_file(context: MeasurementContext, name: str) -> None:
    start_ms = context.recorder.elapsed_ms()
    text = await asyncio.to_thread(context.environment.read_hosts)
    found = addresses_of(text, name)
    seen = facts.Resolve(name=name, source="hosts", addresses=found, error="" if found else "no-records")
    context.recorder.add(seen, Outcome.OK, start_ms=start_ms)


async def _addresses(context: MeasurementContext, name: str) -> None:
    """A and AAAA; nothing where the main way has asked DNS already."""
    if any(
        isinstance(step.facts, facts.Resolve) and step.facts.source == "dns"
        for step in context.recorder.steps()
    ):
        return
    start_ms = context.recorder.elapsed_ms()
    found = await dns_addresses(
        name, timeout_s=context.options.timeout_s, nameserver=context.options.nameserver
    )
    seen = facts.Resolve(name=name, source="dns", addresses=found.addresses, error=found.error)
    context.recorder.add(seen, _outcome(found), start_ms=start_ms)


async def _aliases(context: MeasurementContext, name: str) -> None:
    start_ms = context.recorder.elapsed_ms()
    found = await dns_aliases(
        name, timeout_s=context.options.timeout_s, nameserver=context.options.nameserver
    )
    _keep_names(context, name, "CNAME", found, start_ms)


async def _reverse(context: MeasurementContext, address: str) -> None:
    start_ms = context.recorder.elapsed_ms()
    found = await dns_reverse(
        address.partition("%")[0], timeout_s=context.options.timeout_s, nameserver=context.options.nameserver
    )
    _keep_names(context, address, "PTR", found, start_ms)


def _keep_names(context: MeasurementContext, name: str, record: str, found: Names, start_ms: float) -> None:
    seen = facts.Resolve(name=name, source="dns", record=record, names=found.names, error=found.error)
    context.recorder.add(seen, _outcome(found), start_ms=start_ms)


def _outcome(found: Lookup | Names) -> Outcome:
    """That there is no such record is an answer, and no failure."""
    if found.error == "timed-out":
        return Outcome.TIMEOUT
    return Outcome.OK if found.error in ("", "no-records", "no-such-name") else Outcome.REFUSED
