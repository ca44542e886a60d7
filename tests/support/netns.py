"""A network of hosts that are network namespaces: each has all ports to itself, and none reaches the machine's network.

The hosts share a bridge, which has a namespace of its own. Nothing outside the namespaces changes: the mounts that a
command gets (names, name server) are in a mount namespace of its own and go with it.
"""

import contextlib
import ctypes
import ipaddress
import itertools
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.mit import find

DOMAIN = "contoso.lab"

_CLONE_NEWNET = 0x40000000  # sched.h
_COUNT = itertools.count(1)

_IN_OWN_MOUNTS = """\
mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/resolv.conf || exit 125
shift 2
exec "$@"
"""

_FILTER = """\
table inet exps{number} {{
    chain arriving {{
        type filter hook input priority filter
        {rules}
    }}
}}
"""


def require_namespaces() -> None:
    """Skip the test where namespaces cannot be made; with ``CI=true`` fail it."""
    why = "network namespaces need root" if os.geteuid() else _cannot_make()
    if not why:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


def _cannot_make() -> str:
    name = f"exps-{os.getpid()}-try"
    made = subprocess.run([find("ip"), "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode:
        return f"no network namespaces here: {made.stderr.strip()}"
    _ip("netns", "del", name)
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Hosts by name, each with one IPv4 address on ``eth0``."""

    addresses: Mapping[str, str]
    name_server: str
    folder: Path
    _prefix: str

    def namespace(self, host: str) -> str:
        """The name that `ip netns` knows a host by."""
        return f"{self._prefix}-{host}"

    def command(self, host: str, *arguments: str | Path) -> list[str]:
        """A command line that runs there, in the process that it is started as."""
        mounts = (self.folder / "hosts", self.folder / "resolv.conf")
        inside = [*("sh", "-c", _IN_OWN_MOUNTS, "sh"), *map(str, (*mounts, *arguments))]
        return [find("ip"), "netns", "exec", self.namespace(host), *inside]

    def run(
        self,
        host: str,
        *arguments: str | Path,
        stdin: str = "",
        env: Mapping[str, str] | None = None,
        timeout_s: float = 60.0,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command there to its end, whatever that is."""
        return subprocess.run(
            self.command(host, *arguments),
            env=os.environ | dict(env or {}),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_s,
        )

    def connect(self, host: str, address: tuple[str, int], timeout_s: float = 5.0) -> socket.socket:
        """A TCP connection from there. Raises OSError."""
        return _in_namespace(self.namespace(host), lambda: socket.create_connection(address, timeout_s))

    def await_port(self, host: str, port: int, *, seconds: float = 30.0) -> None:
        """Return when the host itself can connect to its port. Raises TimeoutError."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            with contextlib.suppress(OSError):
                self.connect(host, (self.addresses[host], port)).close()
                return
            time.sleep(0.02)
        raise TimeoutError(f"{host} port {port}")

    @contextlib.contextmanager
    def filtered(self, host: str, *rules: str) -> Iterator[None]:
        """Apply nftables rules to what arrives there (``udp dport 88 drop``)."""
        number = next(_COUNT)
        self._nft(host, _FILTER.format(number=number, rules="\n".join(rules)))
        try:
            yield
        finally:
            self._nft(host, f"delete table inet exps{number}")

    def _nft(self, host: str, commands: str) -> None:
        done = self.run(host, find("nft"), "-f", "-", stdin=commands)
        assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def network(addresses: Mapping[str, str], folder: Path, *, name_server: str) -> Iterator[Network]:
    """Make the namespaces; end everything that still runs in them, and remove them.

    ``addresses`` are the hosts' own, as ``192.0.2.11``; ``folder`` keeps the hosts file. Raises
    CalledProcessError.
    """
    require_namespaces()
    _remove_orphans()
    made = Network(
        addresses=addresses,
        name_server=name_server,
        folder=folder,
        _prefix=f"exps-{os.getpid()}-{next(_COUNT)}",
    )
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{address} {host}.{DOMAIN} {host}\n" for host, address in addresses.items()]
    (folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(names))
    (folder / "resolv.conf").write_text(f"nameserver {name_server}\noptions timeout:1 attempts:1\n")
    try:
        _build(made)
        yield made
    finally:
        for host in ("lan", *addresses):
            _remove(made.namespace(host))


def _build(made: Network) -> None:
    lan = made.namespace("lan")
    _ip("netns", "add", lan)
    _ip("-n", lan, "link", "add", "br0", "type", "bridge")
    _ip("-n", lan, "link", "set", "br0", "up")
    for host, address in made.addresses.items():
        name = made.namespace(host)
        _ip("netns", "add", name)
        peer = ("peer", "name", host, "netns", lan)
        _ip("-n", name, "link", "add", "eth0", "type", "veth", *peer)
        _ip("-n", lan, "link", "set", host, "master", "br0", "up")
        _ip("-n", name, "addr", "add", str(ipaddress.ip_interface(f"{address}/24")), "dev", "eth0")
        for link in ("lo", "eth0"):
            _ip("-n", name, "link", "set", link, "up")


def _remove(namespace: str) -> None:
    if not Path("/run/netns", namespace).exists():
        return
    # Whoever is still here was started here.
    for _ in range(50):
        inhabitants = _ip("netns", "pids", namespace).split()
        for pid in inhabitants:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        if not inhabitants:
            break
        time.sleep(0.02)
    _ip("netns", "del", namespace)


def _remove_orphans() -> None:
    """What tests left behind that were killed: their process is gone, their namespaces are not."""
    for line in _ip("netns", "list").splitlines():
        name = line.split()[0]
        mine = re.fullmatch(r"exps-(\d+)-.+", name)
        if mine and not Path("/proc", mine[1]).exists():
            _remove(name)


def _ip(*arguments: str) -> str:
    command = [find("ip"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


def _in_namespace(namespace: str, make: Callable[[], socket.socket]) -> socket.socket:
    """What ``make`` makes in a thread that is in the namespace: a socket stays where it was made."""
    answer: list[socket.socket | OSError] = []

    def work() -> None:
        try:
            with Path("/run/netns", namespace).open("rb") as file:
                # Python 3.11 has no os.setns. A thread may move alone; it ends there.
                if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _CLONE_NEWNET):
                    number = ctypes.get_errno()
                    raise OSError(number, os.strerror(number))
            answer.append(make())
        except OSError as error:
            answer.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    [made] = answer
    if isinstance(made, OSError):
        raise made
    return made
