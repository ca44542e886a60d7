"""What a run takes from its host: clocks, randomness, the way to KDCs. Tests hand in others."""

from collections.abc import Callable
from dataclasses import dataclass

from probe.settings.host import read_hosts
from probe.tickets.client.transport import KdcTransport
from probe.tickets.native.context import OpenContext, platform_context


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """``clock`` is in seconds since the Unix epoch (UTC), ``monotonic`` in seconds."""

    clock: Callable[[], float]
    monotonic: Callable[[], float]
    randomness: Callable[[int], bytes]
    kdc_transport: KdcTransport
    open_context: OpenContext = platform_context
    """Where native tickets come from."""
    read_hosts: Callable[[], str] = read_hosts
    """The text of this host's hosts file."""
