"""A whole lab in one process: connectors, domain controllers, DNS and clocks, with the faults of a scenario."""

import errno
import secrets
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from simulator.acceptor import Acceptor, ReplayCache
from simulator.addresses import LOOPBACK, ListenAddress
from simulator.ccache import ticket_cache
from simulator.connector import AuthMechanism, ConnectorSettings
from simulator.dns import lab_zone
from simulator.dns_transport import DnsServer
from simulator.faults import Faults
from simulator.kdc.files import write_private
from simulator.kdc.service import KdcService
from simulator.kdc.store import Account
from simulator.kdc.transport import KdcServer
from simulator.ledger import Ledger
from simulator.population import populate
from simulator.scenario_values import ConnectorSetup, KdcSetup, Scenario
from simulator.server import ReceiveConnector
from simulator.state import StateFolder


class LabError(Exception):
    """The lab cannot be started: why, in one line."""
