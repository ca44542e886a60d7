"""The environment of a run that is no test."""

import secrets
import time

from probe.kdcs.transport import AsyncioKdcTransport
from probe.settings.environment import Environment


def this_host() -> Environment:
    """This host's clocks and randomness, and the network itself."""
    return Environment(
        clock=time.time,
        monotonic=time.perf_counter,
        randomness=secrets.token_bytes,
        kdc_transport=AsyncioKdcTransport(clock=time.time),
    )
