"""A private postfix on loopback whose smtpd has AUTH GSSAPI through Cyrus SASL and MIT's library.

Configuration, queue, data, log and replay cache lie in a folder of its own; the machine's own postfix is neither
read nor touched. It relays nothing: every recipient is refused. Its master needs root, because it changes to
the account of `mail_owner`.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.certificates import write_certificate
from tests.support.mit import faketime_environment, find, free_port
from tests.support.netns import Network

LOOPBACK = "127.0.0.1"
MECHANISMS = ("GSSAPI",)

_OWNER = "postfix"

# A daemon keeps only these of the environment (postconf(5), import_environment).
_KEPT = (
    "MAIL_CONFIG MAIL_LOGTAG LANG=C KRB5_KTNAME KRB5_CONFIG KRB5RCACHENAME "
    "LD_PRELOAD FAKETIME FAKETIME_SHARED FAKETIME_DONT_FAKE_MONOTONIC"
)

_MAIN_CF = """\
compatibility_level = 3.6
config_directory = {folder}/config
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = {owner}
maillog_file = {folder}/data/mail.log
maillog_file_prefixes = {folder}/data
import_environment = {kept}
myhostname = {hostname}
inet_interfaces = {address}
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
mydestination =
mynetworks =
smtpd_relay_restrictions = reject
smtpd_recipient_restrictions = reject
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_sasl_auth_enable = yes
smtpd_sasl_security_options = noanonymous
"""

_TLS_CF = """\
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_loglevel = 1
"""

# Columns: service, type, private, unprivileged, chroot, wake-up, processes, command (master(5)).
_MASTER_CF = """\
{address}:{port} inet n y n - - smtpd
postlog unix-dgram n - n - 1 postlogd
tlsmgr unix - y n 1000? 1 tlsmgr
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A host of a network of namespaces, to run on."""

    network: Network
    host: str
    port: int

    @property
    def address(self) -> str:
        """Its address."""
        return self.network.addresses[self.host]


@dataclass(frozen=True, slots=True, kw_only=True)
class Postfix:
    """A running postfix; ``hostname`` is the name of its banner, its EHLO reply and its service principal."""

    hostname: str
    port: int
    folder: Path
    _master: subprocess.Popen[bytes] = field(repr=False)
    _inside: Inside | None = None

    @property
    def address(self) -> str:
        """``HOST:PORT`` to connect to."""
        return f"{self.host}:{self.port}"

    @property
    def host(self) -> str:
        """The address that it listens on."""
        return self._inside.address if self._inside else LOOPBACK

    def connect(self) -> socket.socket:
        """A connection to it. Raises OSError."""
        if self._inside:
            return self._inside.network.connect(self._inside.host, (self.host, self.port), 10)
        return socket.create_connection((self.host, self.port), 10)

    def log(self) -> str:
        """What it has logged so far; the reasons that it does not tell its clients are here."""
        path = self.folder / "data/mail.log"
        return path.read_text() if path.exists() else ""

    def await_log(self, start: int) -> str:
        """What it logged after the first ``start`` characters, once it has noticed that every client is gone."""
        for _ in range(1000):
            logged = self.log()[start:]
            if logged.count("]: connect from") == logged.count("]: disconnect from") > 0:
                return logged
            time.sleep(0.01)
        raise TimeoutError(self.log()[start:])


def gssapi_failures(logged: str) -> list[str]:
    """Why postfix refused, in order, as Cyrus SASL's plug-in or MIT's library told it."""
    return re.findall(r"SASL authentication failure: GSSAPI Error: [^(]*\((.*)\)", logged)


@contextlib.contextmanager
def postfix(
    krb5_conf: Path,
    keytab: Path | None,
    *,
    hostname: str,
    mechanisms: tuple[str, ...] = MECHANISMS,
    clock: str = "",
    tls: bool = False,
    inside: Inside | None = None,
) -> Iterator[Postfix]:
    """Start a postfix and end it; with ``keytab`` None it has no key at all.

    ``clock`` (``+10m``) moves the clock of all its processes, ``tls`` adds STARTTLS; ``inside`` is where it runs,
    when that is not the machine itself.
    """
    require_root()
    # The daemons run as user postfix, whom pytest's own folders (mode 0700) keep out.
    folder = Path(tempfile.mkdtemp(prefix="exps-postfix-"))
    try:
        folder.chmod(0o711)
        listen = (inside.address, inside.port) if inside else (LOOPBACK, free_port())
        _write_configuration(folder, hostname=hostname, listen=listen, mechanisms=mechanisms, tls=tls)
        shutil.copy(krb5_conf, folder / "config/krb5.conf")
        if keytab is not None:
            _give(shutil.copy(keytab, folder / "data/keytab"))
        command = (str(_daemon_folder() / "master"), "-c", str(folder / "config"), "-d")
        master = subprocess.Popen(
            inside.network.command(inside.host, *command) if inside else command,
            env=_environment(folder, clock),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # A process group of its own, which _stop can end whole.
            start_new_session=True,
        )
        running = Postfix(hostname=hostname, port=listen[1], folder=folder, _master=master, _inside=inside)
        try:
            _await_banner(running)
            yield running
        finally:
            _stop(master)
    finally:
        shutil.rmtree(folder)


def require_root() -> None:
    """Skip the test without root; with ``CI=true`` fail it, as for a program that is missing."""
    if os.geteuid() == 0:
        return
    reason = "postfix's master needs root"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _daemon_folder() -> Path:
    answer = subprocess.run(
        [find("postconf"), "-dh", "daemon_directory"], capture_output=True, text=True, check=True
    )
    return Path(answer.stdout.strip())


def _write_configuration(
    folder: Path, *, hostname: str, listen: tuple[str, int], mechanisms: tuple[str, ...], tls: bool
) -> None:
    for name in ("config/sasl", "queue/pid", "queue/private", "queue/public", "data"):
        (folder / name).mkdir(parents=True)
    for name in ("queue/private", "queue/public", "data"):
        _give(folder / name)
    address, port = listen
    text = _MAIN_CF.format(folder=folder, owner=_OWNER, kept=_KEPT, hostname=hostname, address=address)
    if tls:
        certificate, key = write_certificate(folder / "config", hostname)
        text += _TLS_CF.format(certificate=certificate, key=key)
    (folder / "config/main.cf").write_text(text)
    # Postfix waits until this file is seconds old, in case somebody is still writing it.
    os.utime(folder / "config/main.cf", (0, 0))
    (folder / "config/master.cf").write_text(_MASTER_CF.format(address=address, port=port))
    # Debian's postfix looks for SASL's configuration below its own configuration folder.
    (folder / "config/sasl/smtpd.conf").write_text(f"mech_list: {' '.join(mechanisms)}\n")


def _give(path: Path | str) -> None:
    shutil.chown(path, _OWNER)


def _environment(folder: Path, clock: str) -> dict[str, str]:
    kerberos = {
        "PATH": os.environ.get("PATH", os.defpath),
        "KRB5_CONFIG": str(folder / "config/krb5.conf"),
        "KRB5_KTNAME": f"FILE:{folder}/data/keytab",
        # The usual place is shared by all programs of a user, and survives them.
        "KRB5RCACHENAME": f"file2:{folder}/data/replays",
    }
    return kerberos | (faketime_environment(clock) if clock else {})


def _await_banner(server: Postfix) -> None:
    """Greet it and take leave, until the log shows both: what a test's clients do comes after that."""
    for _ in range(1000):
        with (
            contextlib.suppress(OSError),
            server.connect() as connection,
        ):
            if connection.recv(4).startswith(b"220"):
                connection.sendall(b"QUIT\r\n")
                server.await_log(0)
                return
        if server._master.poll() is not None:
            raise RuntimeError(f"postfix's master ended with status {server._master.returncode}")
        time.sleep(0.01)
    raise TimeoutError("postfix does not answer")


def _stop(master: subprocess.Popen[bytes]) -> None:
    """End the master and its children at once: asked politely it sleeps a second, and nothing here needs tidying."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(master.pid, signal.SIGKILL)
    master.wait(10)
    # libfaketime's shared memory, which the first process of the group made.
    for name in (f"faketime_shm_{master.pid}", f"sem.faketime_sem_{master.pid}"):
        (Path("/dev/shm") / name).unlink(missing_ok=True)
