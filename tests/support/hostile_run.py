"""A probe run against a hostile receiver or KDC: it has to end in time, in bounded memory, without a bug of ours."""

import asyncio
import contextlib
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from impacket.krb5 import asn1

from probe.diagnosis.verdict import judge
from probe.net.endpoint import Endpoint
from probe.run import run_probe
from probe.settings.options import Credentials, ProbeOptions
from probe.tickets.client.transport import KdcEndpoint
from probe.tickets.files import ccache
from probe.tickets.files.ccache import CredentialCache
from probe.trace import Trace, trace_from_json, trace_to_json
from probe.trace.facts import Outcome
from probe.wire.crypto import Key
from probe.wire.kerberos import Credential, PrincipalName, decode_ticket
from tests.support.foreign_kerberos import REALM, octets, read, ticket
from tests.support.hostile import Behaviour, hostile_server

TIMEOUT_S = 1.0
DEADLINE_S = 10.0
MEMORY_BYTES = 8 * 1024 * 1024
MEGABYTE = 1024 * 1024
"""More than any of our limits; an endless sender would take all there is."""


def credentials(*, ticket_octets: int = 0) -> Credentials:
    """A ticket for the receiver, at least so long, so that a run comes as far as the log-on without a KDC."""
    client, now = PrincipalName.parse("alice"), time.time()
    value = read(ticket(), asn1.Ticket())
    value["enc-part"]["cipher"] = bytes(max(ticket_octets, 500))
    held = Credential(
        client=client,
        client_realm=REALM,
        server=PrincipalName.parse("SMTPSVC/ex1.contoso.lab"),
        server_realm=REALM,
        ticket=decode_ticket(octets(value)),
        session_key=Key(18, bytes(range(32))),
        auth_time=now - 60,
        start_time=now - 60,
        end_time=now + 3600,
        renew_till=None,
        flags=0,
    )
    cache = CredentialCache(default_principal=client, default_realm=REALM, credentials=(held,))
    return Credentials(source="ccache", principal=client, cache=ccache.write(cache))


async def examine(behaviour: Behaviour, kdc_port: int, **changes: Any) -> Trace:
    """Probe a hostile receiver; ``changes`` are of the options. A run that does not end fails here."""
    async with hostile_server(behaviour) as port:
        options = ProbeOptions(
            name="ex1.contoso.lab",
            connect=Endpoint("127.0.0.1", port),
            realm=REALM,
            kdcs=(KdcEndpoint("127.0.0.1", kdc_port),),
            credentials=credentials(),
            ehlo_name="probe.contoso.lab",
            timeout_s=TIMEOUT_S,
            deadline_s=DEADLINE_S,
        )
        async with asyncio.timeout(2 * DEADLINE_S):
            trace = await run_probe(replace(options, **changes))
    assert trace.duration_ms < 1000 * DEADLINE_S
    assert_judged(trace)
    return trace


def assert_judged(trace: Trace) -> None:
    """No bug of ours, nobody is called healthy, and the trace survives being saved."""
    assert [step for step in trace.steps if step.outcome is Outcome.PROBE_BUG] == []
    judgement = judge(trace)
    assert judgement.verdict.cause != "healthy"
    assert judge(trace_from_json(trace_to_json(trace))) == judgement


@contextlib.contextmanager
def bounded_memory() -> Iterator[None]:
    """Fails when more than MEMORY_OCTETS were in use at once; the server in this process needs a little of it."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEMORY_BYTES
