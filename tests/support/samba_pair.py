"""Two Samba domain controllers of one domain, which replicate, or are cut off from each other."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.netns import Network
from tests.support.samba import Controller
from tests.support.samba_files import ADMINISTRATOR_PASSWORD, BASE, DNS_DOMAIN, REALM

NAMES = ("dc1", "dc2")
_LOGON = f"-UAdministrator%{ADMINISTRATOR_PASSWORD}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Both, running."""

    network: Network
    dc1: Controller
    dc2: Controller

    @contextlib.contextmanager
    def cut(self) -> Iterator[None]:
        """Nothing passes between the two while the context lasts; everybody else reaches both."""
        # Refused, not dropped: a connection that waits would hold up replication long after the context.
        with (
            self.network.filtered("dc1", f"ip saddr {self.dc2.address} reject"),
            self.network.filtered("dc2", f"ip saddr {self.dc1.address} reject"),
        ):
            yield

    def replicate(self) -> None:
        """Both ways, as `repadmin /syncall` does it."""
        for to, source in ((self.dc1, self.dc2), (self.dc2, self.dc1)):
            hosts = (f"{to.name}.{DNS_DOMAIN}", f"{source.name}.{DNS_DOMAIN}")
            to.tool("drs", "replicate", *hosts, BASE, _LOGON)


def join(first: Controller, folder: Path) -> Path:
    """Make dc2, the second controller of the domain of ``first``, which has to run; the folder to copy."""
    second = Controller(name="dc2", network=first.network, folder=folder)
    second.configure()
    second.configuration.unlink()
    second.run(
        *(
            "samba-tool",
            "domain",
            "join",
            DNS_DOMAIN,
            "DC",
            _LOGON,
            f"--realm={REALM}",
            f"--targetdir={folder}",
        ),
        *(f"--server={first.name}.{DNS_DOMAIN}", "--dns-backend=SAMBA_INTERNAL"),
        *("--option=netbios name=DC2", f"--option=interfaces=127.0.0.1 {second.address}"),
        "--option=bind interfaces only=yes",
        timeout_s=300,
    )
    second.configure()
    second.update_spns()
    return folder


def make_pair(network: Network, snapshot: Path, folder: Path) -> Path:
    """A folder with the snapshots of two controllers that have replicated, from the one of the first."""
    first = Controller(name="dc1", network=network, folder=folder / "dc1", model="standard")
    first.copy_from(snapshot)
    first.start()
    try:
        join(first, folder / "dc2")
        second = Controller(name="dc2", network=network, folder=folder / "dc2", model="standard")
        second.start()
        try:
            Pair(network=network, dc1=first, dc2=second).replicate()
        finally:
            second.stop()
    finally:
        first.stop()
    return folder


@contextlib.contextmanager
def pair(network: Network, folder: Path, snapshots: Path, *, clock: str = "") -> Iterator[Pair]:
    """Run copies of both until the context ends; ``clock`` moves dc2's."""
    dc1, dc2 = (
        Controller(name=name, network=network, folder=folder / name, model="standard") for name in NAMES
    )
    try:
        for controller in (dc1, dc2):
            controller.copy_from(snapshots / controller.name)
        dc1.start()
        dc2.start(clock=clock)
        yield Pair(network=network, dc1=dc1, dc2=dc2)
    finally:
        for controller in (dc1, dc2):
            controller.stop()
            shutil.rmtree(controller.folder, ignore_errors=True)
