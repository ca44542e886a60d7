"""A private realm of MIT Kerberos on loopback: KDC, client tools, keytabs and caches, all below one folder.

Nothing of the machine's own Kerberos set-up is read or written. The KDC is a child process that ends with the
context manager.
"""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from probe.tickets.client.transport import KdcEndpoint

# Daemons lie outside an ordinary user's PATH on Debian.
SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")

# MIT's names of the five types, https://web.mit.edu/kerberos/krb5-latest/doc/admin/enctypes.html
ENCTYPES: Mapping[int, str] = {
    18: "aes256-cts-hmac-sha1-96",
    17: "aes128-cts-hmac-sha1-96",
    19: "aes128-cts-hmac-sha256-128",
    20: "aes256-cts-hmac-sha384-192",
    23: "arcfour-hmac",
}

_KRB5_CONF = """\
[libdefaults]
    default_realm = {realm}
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    allow_rc4 = true
    permitted_enctypes = {types}
    default_tkt_enctypes = {types}
    default_tgs_enctypes = {types}
[realms]
    {realm} = {{
        kdc = 127.0.0.1:{port}
    }}
[domain_realm]
    {domain} = {realm}
    .{domain} = {realm}
"""

_KDC_CONF = """\
[kdcdefaults]
    kdc_listen = 127.0.0.1:{port}
    kdc_tcp_listen = 127.0.0.1:{port}
    kdc_max_dgram_reply_size = {datagram}
[realms]
    {realm} = {{
        database_name = {folder}/principal
        key_stash_file = {folder}/stash
        acl_file = {folder}/acl
        max_life = 10h
        max_renewable_life = 7d
        default_principal_flags = +preauth
        master_key_type = aes256-cts-hmac-sha1-96
        supported_enctypes = {salted}
    }}
[logging]
    kdc = FILE:{folder}/kdc.log
"""


def free_port() -> int:
    """A port that is free for UDP and TCP on 127.0.0.1, and stays free until a program of ours has taken it.

    The kernel gives ports from 32768 on (Linux) to whoever asks for any, such as the labs of another worker.
    """
    for _ in range(100):
        port = 10_000 + secrets.randbelow(22_000)
        with (
            socket.socket() as tcp,
            socket.socket(type=socket.SOCK_DGRAM) as udp,
            contextlib.suppress(OSError),
        ):
            tcp.bind(("127.0.0.1", port))
            udp.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free for both UDP and TCP")


def find(program: str) -> str:
    """The path of a program that a sensible PATH may leave out."""
    found = shutil.which(program, path=os.pathsep.join((os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS)))
    if found is None:
        raise FileNotFoundError(program)
    return found


def faketime_environment(offset: str) -> dict[str, str]:
    """Variables that move a child process' clock by ``offset`` (``+10m``, ``-10m``) with Debian's libfaketime."""
    libraries = sorted(Path("/usr/lib").glob("**/faketime/libfaketime.so.1"))
    if not libraries:
        raise FileNotFoundError("libfaketime.so.1")
    return {"LD_PRELOAD": str(libraries[0]), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


@dataclass(slots=True)
class MitRealm:
    """A realm whose KDC can be stopped, started again, and given another clock."""

    realm: str
    folder: Path
    port: int
    env: dict[str, str]
    """The environment for MIT's programs: their configuration is ours alone."""
    _kdc: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _count: int = 0

    @property
    def kdc(self) -> KdcEndpoint:
        """Where the KDC listens, UDP and TCP."""
        return KdcEndpoint("127.0.0.1", self.port)

    @property
    def krb5_conf(self) -> Path:
        """The client configuration that ``env`` names."""
        return self.folder / "krb5.conf"

    def run(
        self,
        program: str,
        *arguments: str,
        stdin: str = "",
        check: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run one of MIT's programs to its end in this realm's environment."""
        return subprocess.run(
            [find(program), *arguments],
            env=self.env | dict(env or {}),
            input=stdin,
            capture_output=True,
            text=True,
            check=check,
            timeout=60,
        )

    def admin(self, query: str) -> str:
        """One query to kadmin.local. Raises AssertionError with its words when it complains."""
        done = self.run("kadmin.local", "-r", self.realm, "-q", query)
        complaint = [
            line for line in done.stderr.splitlines() if not line.startswith(("No policy", "WARNING"))
        ]
        assert not complaint, complaint
        return done.stdout

    def add_principal(
        self, name: str, password: str | None = None, *, enctypes: tuple[int, ...] = (), options: str = ""
    ) -> None:
        """Add an account; without a password it gets random keys. ``options`` are addprinc's, such as flags."""
        types = f'-e "{_salted(enctypes)}" ' if enctypes else ""
        secret = "-randkey" if password is None else f'-pw "{password}"'
        self.admin(f"addprinc {types}{options} {secret} {name}")

    def change_keys(self, name: str, *, keep_old: bool = False) -> None:
        """Give an account new random keys and the next kvno."""
        self.admin(f"cpw -randkey {'-keepold ' if keep_old else ''}{name}")

    def keytab(self, *names: str) -> Path:
        """A keytab with the accounts' present keys, which stay as they are."""
        self._count += 1
        path = self.folder / f"keytab-{self._count}"
        self.admin(f"ktadd -k {path} -norandkey {' '.join(names)}")
        return path

    def kinit(self, principal: str, password: str, *arguments: str) -> Path:
        """A credential cache file with the principal's ticket-granting ticket, made by MIT's kinit."""
        self._count += 1
        path = self.folder / f"ccache-{self._count}"
        self.run("kinit", "-c", f"FILE:{path}", *arguments, principal, stdin=f"{password}\n")
        return path

    def log(self) -> str:
        """What the KDC has logged so far."""
        return (self.folder / "kdc.log").read_text()

    def start(self, *, clock: str = "") -> None:
        """Start the KDC, its clock moved by ``clock`` (``+10m``); returns when it accepts connections."""
        assert self._kdc is None, "the KDC runs"
        environment = self.env | (faketime_environment(clock) if clock else {})
        self._kdc = subprocess.Popen(
            [find("krb5kdc"), "-n", "-r", self.realm],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert self._kdc.poll() is None, "krb5kdc ended at once: " + self.log()
            time.sleep(0.01)
        raise TimeoutError("krb5kdc does not listen")

    def stop(self) -> None:
        """End the KDC, if it runs."""
        if self._kdc is not None:
            self._kdc.terminate()
            self._kdc.wait(10)
            self._kdc = None


@contextlib.contextmanager
def mit_realm(
    folder: Path, realm: str = "MIT.TEST", *, clock: str = "", datagram_octets: int = 4096
) -> Iterator[MitRealm]:
    """A new realm below ``folder`` with its KDC started; ``datagram_octets`` is the largest reply over UDP."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    values = {
        "realm": realm,
        "domain": realm.lower(),
        "port": port,
        "folder": folder,
        "datagram": datagram_octets,
        "types": " ".join(ENCTYPES.values()),
        "salted": _salted(tuple(ENCTYPES)),
    }
    (folder / "krb5.conf").write_text(_KRB5_CONF.format(**values))
    (folder / "kdc.conf").write_text(_KDC_CONF.format(**values))
    (folder / "acl").write_text("")
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "KRB5_CONFIG": str(folder / "krb5.conf"),
        "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
        "KRB5CCNAME": f"FILE:{folder}/ccache",
        "KRB5RCACHENAME": "none:",
    }
    made = MitRealm(realm=realm, folder=folder, port=port, env=env)
    made.run("kdb5_util", "create", "-s", "-r", realm, "-P", "a-master-password")
    made.start(clock=clock)
    try:
        yield made
    finally:
        made.stop()


def _salted(etypes: tuple[int, ...]) -> str:
    return " ".join(f"{ENCTYPES[etype]}:normal" for etype in etypes)


def introduce(*realms: MitRealm) -> None:
    """Let each realm's KDC and clients know where all of them are, and whose host names belong to which."""
    servers = "".join(f"    {r.realm} = {{\n        kdc = 127.0.0.1:{r.port}\n    }}\n" for r in realms)
    domains = "".join(
        f"    {r.realm.lower()} = {r.realm}\n    .{r.realm.lower()} = {r.realm}\n" for r in realms
    )
    for each in realms:
        head = each.krb5_conf.read_text().partition("[realms]")[0]
        each.krb5_conf.write_text(f"{head}[realms]\n{servers}[domain_realm]\n{domains}")
        each.stop()
        each.start()  # a KDC reads its configuration once


def trust(one: MitRealm, other: MitRealm, *, at_other: str = "the trust's password", kvno: int = 1) -> None:
    """A principal for clients of ``one`` in ``other``, in both databases; ``at_other`` is the password there.

    ``kvno`` is the version there; it is 1 in the database of ``one``.
    """
    name = f"krbtgt/{other.realm}@{one.realm}"
    one.add_principal(name, "the trust's password")
    other.add_principal(name, at_other)
    for _ in range(1, kvno):
        other.admin(f'cpw -pw "{at_other}" {name}')
