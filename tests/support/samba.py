"""Samba as an Active Directory domain controller, each in a network namespace of its own (tests.support.netns).

Everything that a controller keeps lies in one folder, which can be copied: provisioning takes many seconds, a copy
none. The machine's own Samba is neither read nor touched.
"""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.mit import faketime_environment, find
from tests.support.netns import Network
from tests.support.samba_files import (
    ADMINISTRATOR_PASSWORD,
    BASE,
    DNS_DOMAIN,
    DOMAIN,
    KRB5_CONF,
    REALM,
    first_accounts,
    replaced,
    smb_conf,
)

PROGRAMS = (
    "samba",
    "samba-tool",
    "ldbmodify",
    "ldbsearch",
    "samba_spnupdate",
    "ip",
    "nft",
    "setpriv",
    "faketime",
)
"""What a test names in its interop mark."""

# samba makes most of these when it starts, but samba-tool is run before that.
_FOLDERS = ("etc", "private", "state", "cache", "lock", "run", "bind-dns")


@dataclass(slots=True, kw_only=True)
class Controller:
    """A domain controller, which need not run for its directory to be changed."""

    name: str
    network: Network
    folder: Path
    model: str = "single"
    """One process starts soonest, but cannot replicate: it would wait for a ticket from itself."""
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _count: int = 0

    @property
    def address(self) -> str:
        """Where it listens, on the usual ports."""
        return self.network.addresses[self.name]

    @property
    def configuration(self) -> Path:
        """Its smb.conf."""
        return self.folder / "etc/smb.conf"

    def configure(self) -> None:
        """Write its smb.conf and the folders that this names."""
        for name in _FOLDERS:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.configuration.write_text(smb_conf(self.name, self.address, self.folder))
        (self.folder / "etc/krb5.conf").write_text(KRB5_CONF)

    def copy_from(self, snapshot: Path) -> None:
        """Become what a controller was when its folder was copied."""
        shutil.copytree(snapshot, self.folder, symlinks=True, ignore=_sockets)
        self.configure()

    # ---- its directory

    def tool(self, *arguments: str, stdin: str = "", timeout_s: float = 60.0) -> str:
        """Run samba-tool there, with its configuration; its output. Raises AssertionError."""
        return self.run(
            "samba-tool", *arguments, f"--configfile={self.configuration}", stdin=stdin, timeout_s=timeout_s
        )

    def modify(self, ldif: str) -> None:
        """Apply LDIF to its own copy of the directory."""
        self.run("ldbmodify", f"--configfile={self.configuration}", "-H", self.sam, stdin=ldif)

    def replace(self, account: str, attribute: str, *values: str) -> None:
        """Give a computer account other values of an attribute."""
        self.modify(replaced(account, attribute, values))

    def search(self, question: str, *attributes: str) -> dict[str, str]:
        """The attributes of the one object that a filter finds."""
        place = ("-H", self.sam, "-b", BASE, question, *attributes)
        answer = self.run("ldbsearch", f"--configfile={self.configuration}", *place)
        lines = [line.partition(": ") for line in answer.splitlines() if not line.startswith(("#", "dn:"))]
        return {name: value for name, _, value in lines if value}

    def set_password(self, account: str, password: str) -> None:
        """Change a password here, as an administrator: kvno and pwdLastSet move on."""
        self.tool("user", "setpassword", account, f"--newpassword={password}", "-H", self.sam)

    def keytab(self, *principals: str) -> Path:
        """A keytab with the present keys of these names."""
        self._count += 1
        path = self.folder / f"keytab-{self._count}"
        for principal in principals:
            self.tool("domain", "exportkeytab", str(path), f"--principal={principal}")
        assert path.exists(), f"no key of {principals}"
        return path

    def update_spns(self) -> None:
        """Register its own names, ``ldap/<fqdn>`` and others, as it does from time to time by itself."""
        self.run("samba_spnupdate", "-s", str(self.configuration))

    def add_name(self, host: str) -> None:
        """Add a host's address to its DNS; it has to run."""
        record = (self.address, DNS_DOMAIN, host, "A", self.network.addresses[host])
        self.tool("dns", "add", *record, f"-UAdministrator%{ADMINISTRATOR_PASSWORD}")

    @property
    def sam(self) -> str:
        """Its copy of the directory, for samba-tool's -H."""
        return str(self.folder / "private/sam.ldb")

    def run(self, program: str, *arguments: str, stdin: str = "", timeout_s: float = 60.0) -> str:
        """Run a program there; its output. Raises AssertionError with its words when it fails."""
        command = (find(program), *arguments)
        done = self.network.run(self.name, *command, stdin=stdin, env=self._env, timeout_s=timeout_s)
        assert done.returncode == 0, f"{program} {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    @property
    def _env(self) -> dict[str, str]:
        """Neither the machine's realm nor its tickets concern it."""
        return {
            "KRB5_CONFIG": str(self.folder / "etc/krb5.conf"),
            "KRB5CCNAME": f"FILE:{self.folder}/no-ccache",
        }

    # ---- its processes

    def start(self, *, clock: str = "") -> None:
        """Run it, its clock moved by ``clock`` (``+10m``); returns when it answers."""
        assert self._process is None, f"{self.name} runs"
        samba = (find("samba"), f"--configfile={self.configuration}", "--foreground", "--no-process-group")
        # It ends with the tests, also when they are killed; its children notice that it is gone.
        bound = (find("setpriv"), "--pdeathsig", "KILL")
        self._process = subprocess.Popen(
            [*bound, *self.network.command(self.name, *samba, f"--model={self.model}")],
            env=os.environ | self._env | (faketime_environment(clock) if clock else {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.network.await_port(self.name, 53)

    def stop(self) -> None:
        """End it at once; ldb's transactions survive that."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        # libfaketime's shared memory, which the first process made.
        for name in (f"faketime_shm_{process.pid}", f"sem.faketime_sem_{process.pid}"):
            (Path("/dev/shm") / name).unlink(missing_ok=True)


def _sockets(folder: str, names: list[str]) -> list[str]:
    """What cannot be copied: a process that was ended at once leaves its sockets behind."""
    return [name for name in names if Path(folder, name).is_socket()]


def provision(network: Network, name: str, folder: Path, *, hosts: Sequence[str]) -> Path:
    """Make a forest whose first controller is ``name``, with the tests' accounts; the folder to copy.

    Its DNS knows ``hosts`` of the network.
    """
    first = Controller(name=name, network=network, folder=folder)
    first.configure()
    # It would refuse a configuration file that is there already, and writes one that is not ours.
    first.configuration.unlink()
    first.run(
        *("samba-tool", "domain", "provision", "--quiet", f"--targetdir={folder}", "--server-role=dc"),
        *(f"--realm={REALM}", f"--domain={DOMAIN}", f"--host-name={name}", f"--host-ip={first.address}"),
        *("--dns-backend=SAMBA_INTERNAL", f"--adminpass={ADMINISTRATOR_PASSWORD}"),
    )
    first.configure()
    first.modify(first_accounts())
    # By default wrong passwords are not even counted.
    first.tool("domain", "passwordsettings", "set", "--account-lockout-threshold=3", "-H", first.sam)
    first.update_spns()
    first.start()
    try:
        for host in hosts:
            first.add_name(host)
    finally:
        first.stop()
    return folder


@contextlib.contextmanager
def controller(
    network: Network, name: str, folder: Path, snapshot: Path, *, clock: str = ""
) -> Iterator[Controller]:
    """Run a copy of a snapshot until the context ends."""
    made = Controller(name=name, network=network, folder=folder)
    made.copy_from(snapshot)
    try:
        made.start(clock=clock)
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)
