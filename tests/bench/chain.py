"""How long a whole default run takes against the round trips that cannot be avoided, and what a dead KDC adds.

Every peer is 20 ms away. The chain is what a sending server has to wait for, one after the other; whatever else the
probe measures has to find room beside it (goal: at most 1.3 times the chain). A KDC that is silent may cost its
time-out once.
"""

import asyncio
import socket
import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from probe.diagnosis.verdict import judge
from probe.kdcs.ticket_service import KDC_TIMEOUT_S
from probe.run import run_probe
from probe.settings.options import Credentials, ProbeOptions
from probe.tickets.client.transport import KdcEndpoint, Transport
from probe.tickets.files.sources import from_keytab
from probe.trace import Trace
from tests.support.far_away import far_both, far_tcp

ROUND_TRIP_S, FARTHER_S = 0.020, 0.200
RUNS = 7

CHAIN = (
    ("TCP, and the banner", 2),
    ("EHLO", 1),
    ("X-ANONYMOUSTLS", 1),
    ("the TLS 1.2 handshake", 2),
    ("EHLO", 1),
    ("TGS-REQ for the name that was advertised", 1),
    ("X-EXPS EXCHANGEAUTH", 1),
    ("QUIT", 1),
)
"""What a run waits for one after the other, in round trips. KDCs are found and log-on is done beside the first six."""


def chain(ready: dict[str, Any]) -> None:
    """Measure and print."""
    asyncio.run(_chain(ready))


async def _chain(ready: dict[str, Any]) -> None:
    near, far = [], []
    for _ in range(RUNS):  # in turn, so that whatever else the machine does meets both
        near.append(await _measured(ready, 0.0))
        far.append(await _measured(ready, ROUND_TRIP_S))
    farther = await _measured(ready, FARTHER_S)
    with_dead = await _measured(ready, ROUND_TRIP_S, silent=True)
    _print(statistics.median(near), statistics.median(far), len(ready["kdcs"]))
    due = FARTHER_S * sum(round_trips for _, round_trips in CHAIN)
    print(
        f"the same {FARTHER_S * 1000:.0f} ms away, where computing weighs little: {farther / due:.2f} times the chain"
    )
    more = with_dead - statistics.median(far)
    print(f"one of the KDCs silent: {more:.2f} s more; its time-out is {KDC_TIMEOUT_S:.0f} s, goal: once")


async def _measured(ready: dict[str, Any], round_trip_s: float, *, silent: bool = False) -> float:
    """One run, everybody so far away; with ``silent`` the first KDC takes requests and answers none."""
    connector = next(each for each in ready["connectors"] if each["name"] == "Default EX1")
    async with AsyncExitStack() as stack:
        smtp = await stack.enter_async_context(far_tcp(connector["port"], round_trip_s))
        kdcs = [
            KdcEndpoint("127.0.0.1", await stack.enter_async_context(far_both(kdc["port"], round_trip_s)))
            for kdc in ready["kdcs"]
        ]
        if silent:
            mute = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            mute.bind(("127.0.0.1", 0))
            kdcs[0] = KdcEndpoint("127.0.0.1", mute.getsockname()[1], Transport.UDP)
        return await _timed(_options(ready, smtp, kdcs))


def _options(ready: dict[str, Any], smtp: int, kdcs: Sequence[KdcEndpoint]) -> ProbeOptions:
    keytab = next(entry["keytab"] for entry in ready["principals"] if entry["name"] == "EX2$")
    found = from_keytab(Path(keytab).read_bytes())
    return ProbeOptions(
        name="ex1.contoso.lab",
        connect=KdcEndpoint("127.0.0.1", smtp),
        realm=found.realm,
        kdcs=tuple(kdcs),
        credentials=Credentials(source="keytab", principal=found.client, secret=found.secret),
        ehlo_name="ex2.contoso.lab",
    )


async def _timed(options: ProbeOptions) -> float:
    begun = time.perf_counter()
    trace: Trace = await run_probe(options)
    took = time.perf_counter() - begun
    verdict = judge(trace).verdict
    if verdict.cause not in ("healthy", "kdc-unreachable"):
        raise RuntimeError(f"the lab is not healthy: {verdict.summary}")
    return took


def _print(near: float, far: float, kdcs: int) -> None:
    count = sum(round_trips for _, round_trips in CHAIN)
    due = count * ROUND_TRIP_S
    print("the chain: " + ", ".join(f"{what} {round_trips}" for what, round_trips in CHAIN))
    print(
        f"a default run with {kdcs} KDCs {ROUND_TRIP_S * 1000:.0f} ms away: {far * 1000:.0f} ms, "
        f"{far / due:.2f} times its chain of {count} round trips ({due * 1000:.0f} ms), goal 1.3"
    )
    print(
        f"of that, what the lab and we compute, seen without any distance: {near * 1000:.0f} ms; "
        f"what is waited for: {(far - near) / due:.2f} times the chain"
    )
