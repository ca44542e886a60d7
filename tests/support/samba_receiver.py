"""A receive connector that accepts with a keytab of Active Directory's, in a network namespace.

Run as a module it is the connector: a process of its own, because it must be inside the namespace. `receiver` starts
that process and ends it.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from probe.tickets.files.keytab import KeytabEntry, read
from simulator.acceptors.acceptor import Acceptor, ReplayCache
from simulator.directory.store import Account, KeySet
from simulator.faults.engine import Faults
from simulator.ledger import Entry, Ledger
from simulator.smtp.connector import ConnectorSettings
from simulator.smtp.server import ReceiveServer
from simulator.smtp.session import ServerContext
from simulator.tickets.client import Initiated
from simulator.tickets.return_leg import KdcClient, ReturnLeg
from tests.support.command_line import ROOT
from tests.support.netns import Network
from tests.support.samba_files import REALM, spns_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A running connector of ``<host>.contoso.lab``."""

    path: Path

    def log(self) -> str:
        """What it has logged so far: a line for each log-on."""
        return self.path.read_text(encoding="utf-8")

    def judged(self, start: int = 0) -> str:
        """The first log-on after the first ``start`` characters as the connector judged it: SSPI status and reason.

        Empty when there was none.
        """
        lines = self.log()[start:].splitlines()
        return str(json.loads(lines[0])) if lines else ""


@contextlib.contextmanager
def receiver(network: Network, host: str, port: int, keytab: Path, log: Path) -> Iterator[Receiver]:
    """Start a connector of ``host`` that has the keys of ``keytab`` and no others; it is ended with the context."""
    listen = (network.addresses[host], str(port))
    module = ("-m", "tests.support.samba_receiver", host, *listen, network.name_server)
    log.touch()
    process = subprocess.Popen(
        network.command(host, sys.executable, *module, keytab, log),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        network.await_port(host, port)
        yield Receiver(path=log)
    finally:
        process.kill()
        process.communicate()


def account_of(host: str, keytab: bytes) -> Account:
    """The computer account as the server itself sees it: the keys of its keytab, under all of its names."""

    def kvno(entry: KeytabEntry) -> int:
        return entry.kvno

    entries = sorted(read(keytab).entries, key=kvno, reverse=True)
    return Account(
        name=f"{host.upper()}$",
        realm=REALM,
        spns=spns_of(host),
        key_sets=tuple(
            KeySet(kvno=version, keys={entry.key.etype: entry.key for entry in held})
            for version, held in groupby(entries, kvno)
        ),
        salt=f"{REALM}host{host.lower()}.{REALM.lower()}",
    )


def surroundings(host: str, account: Account, kdc: str, write: Callable[[str], None]) -> ServerContext:
    """The connector's way to its keys, to the domain controller (for the return leg), and to its log."""
    ledger, replays = Ledger(clock=time.time), ReplayCache()

    def keep(entry: Entry) -> None:
        # NTLM is how the probe asks who is there, without credentials.
        if entry.kind == "auth" and "NTLM" not in str(entry.detail["mechanism"]):
            write(f"{entry.detail['status']}: {entry.detail['reason']}".removesuffix(": "))

    ledger.subscribe(keep)

    async def initiate(spn: str) -> Initiated:
        # Nothing is kept from one log-on to the next: the next case has another domain controller.
        kdcs = KdcClient(lambda: [(kdc, 88)])
        leg = ReturnLeg(account=lambda: account, kdcs=kdcs, clock=time.time, randomness=os.urandom)
        return await leg.initiate(spn)

    return ServerContext(
        acceptor=lambda: Acceptor(
            server=host.upper(),
            account=lambda: account,
            realm=REALM,
            clock=time.time,
            randomness=os.urandom,
            replays=replays,
        ),
        faults=Faults((), ledger),
        ledger=ledger,
        clock=time.time,
        initiate=initiate,
    )


async def serve(host: str, listen: tuple[str, int], around: ServerContext) -> None:
    """Accept until the process is ended, or whoever started it is gone."""
    server = ReceiveServer(
        ConnectorSettings(
            name=f"Default {host.upper()}",
            server=host.upper(),
            fqdn=f"{host}.{REALM.lower()}",
            enable_auth_gssapi=True,
        ),
        around,
        host=listen[0],
        port=listen[1],
        allow_remote=True,
    )
    await server.start()
    await asyncio.to_thread(sys.stdin.read)


def main(host: str, address: str, port: str, kdc: str, keytab: str, log: str) -> None:
    """What `receiver` starts."""

    def write(line: str) -> None:
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    account = account_of(host, Path(keytab).read_bytes())
    asyncio.run(serve(host, (address, int(port)), surroundings(host, account, kdc, write)))


if __name__ == "__main__":
    main(*sys.argv[1:])
