"""What the cases of tests/interop/test_samba.py share: the network, the forest as it was made, and who accepts mail."""

import contextlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from probe.tickets.files import keytab as keytabs
from probe.tickets.files.keytab import Keytab
from simulator.tickets.files import krb5_conf
from tests.support.command_line import ROOT, Ended
from tests.support.mit import find
from tests.support.netns import Network, network
from tests.support.postfix import Inside, Postfix, postfix
from tests.support.samba import Controller, controller, provision
from tests.support.samba_files import ALICE_PASSWORD, REALM
from tests.support.samba_receiver import Receiver, receiver

ADDRESSES = {"dc1": "192.0.2.11", "dc2": "192.0.2.12", "ex1": "192.0.2.21", "ex2": "192.0.2.22"}
"""TEST-NET-1 (RFC 5737). The probe runs on ex2."""
TARGET = "ex1.contoso.lab"
PORTS = {"exchange": 25, "exchange-aes": 2525, "exchange-rc4": 2526, "postfix": 587, "postfix-aes": 588}
"""Who accepts on ex1; a suffix says which of the account's keys it holds."""
ETYPES = {"aes": (17, 18), "rc4": (23,)}
RECEIVER_NAMES = ("EX1$", "smtp/ex1.contoso.lab")


@dataclass(slots=True, kw_only=True)
class Site:
    """The network with a provisioned forest, credentials, and the receivers that were needed so far."""

    network: Network
    folder: Path
    snapshot: Path
    receiver_keytab: Path
    sender_keytab: Path
    stack: contextlib.ExitStack
    _running: dict[str, Receiver | Postfix] = field(default_factory=dict)

    def receiver(self, name: str) -> Receiver | Postfix:
        """Who accepts under that name; started when it is first asked for."""
        if name not in self._running:
            kind, _, etypes = name.partition("-")
            keytab = self._keytab(etypes)
            if kind == "exchange":
                log = self.folder / f"{name}.log"
                starting: contextlib.AbstractContextManager[Receiver | Postfix] = receiver(
                    self.network, "ex1", PORTS[name], keytab, log
                )
            else:
                inside = Inside(network=self.network, host="ex1", port=PORTS[name])
                starting = postfix(self.krb5_conf(), keytab, hostname=TARGET, inside=inside)
            self._running[name] = self.stack.enter_context(starting)
        return self._running[name]

    def _keytab(self, etypes: str) -> Path:
        """The receiver's keytab, or what is left of it when only some types are held."""
        if not etypes:
            return self.receiver_keytab
        held = keytabs.read(self.receiver_keytab.read_bytes()).entries
        path = self.folder / f"{etypes}.keytab"
        kept = tuple(entry for entry in held if entry.key.etype in ETYPES[etypes])
        path.write_bytes(keytabs.write(Keytab(entries=kept)))
        return path

    def krb5_conf(self, kdc: str = "dc1") -> Path:
        """For MIT's programs, which will ask that controller alone."""
        path = self.folder / f"krb5-{kdc}.conf"
        path.write_text(krb5_conf(REALM, [(ADDRESSES[kdc], 88)]))
        return path

    def controller(
        self, name: str = "dc1", *, clock: str = ""
    ) -> contextlib.AbstractContextManager[Controller]:
        """A fresh domain controller."""
        return controller(self.network, name, self.folder / name, self.snapshot, clock=clock)

    def credentials(self, source: str) -> tuple[str, ...]:
        """The probe's options for a source of credentials."""
        match source:
            case "none":
                return ()
            case "keytab":
                return ("--keytab", str(self.sender_keytab), "--principal", "EX2$")
            case "password" | "wrong-password":
                path = self.folder / source
                path.write_text(f"{ALICE_PASSWORD if source == 'password' else 'Wrong-Password-1'}\n")
                return ("--user", "alice", "--password-file", str(path))
            case "ccache":
                return ("--ccache", str(self.kinit()))
            case _:
                raise ValueError(source)

    def kinit(self) -> Path:
        """A cache with alice's ticket-granting ticket, made by MIT's kinit on the probe's host."""
        path = self.folder / "ccache"
        self._mit("dc1", "kinit", "-c", f"FILE:{path}", "alice", stdin=f"{ALICE_PASSWORD}\n")
        return path

    def ticket(self, kdc: str, spn: str) -> Path:
        """A cache with EX2$'s tickets of that controller's making: the granting one, and one for ``spn``."""
        path = self.folder / f"ccache-{kdc}"
        self._mit(kdc, "kinit", "-c", f"FILE:{path}", "-k", "-t", str(self.sender_keytab), "EX2$")
        self._mit(kdc, "kvno", "-c", f"FILE:{path}", spn)
        return path

    def _mit(self, kdc: str, program: str, *arguments: str, stdin: str = "") -> None:
        env = {"KRB5_CONFIG": str(self.krb5_conf(kdc))}
        done = self.network.run("ex2", find(program), *arguments, stdin=stdin, env=env)
        assert done.returncode == 0, done.stderr

    def probe(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ended:
        """Run `exps` on ex2."""
        command = ("env", "--chdir", str(ROOT), sys.executable, "-m", "probe", *arguments)
        done = self.network.run("ex2", *command, env=env, timeout_s=120)
        return Ended(status=done.returncode, output=done.stdout, errors=done.stderr)


@contextlib.contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Make it, and leave nothing behind."""
    with (
        network(ADDRESSES, folder / "network", name_server=ADDRESSES["dc1"]) as made,
        contextlib.ExitStack() as stack,
    ):
        snapshot = provision(made, "dc1", folder / "snapshot", hosts=("ex1", "ex2"))
        first = Controller(name="dc1", network=made, folder=snapshot)
        yield Site(
            network=made,
            folder=folder,
            snapshot=snapshot,
            receiver_keytab=first.keytab(*RECEIVER_NAMES),
            sender_keytab=first.keytab("EX2$"),
            stack=stack,
        )
