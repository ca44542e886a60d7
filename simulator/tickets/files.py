"""Files of a lab that MIT's tools use as they are: krb5.conf, keytabs and password files.

The builders are PURE; only `write_private` touches the disk. The keytab is written with ``struct``: 25 lines and 14 us
for six entries, where impacket 0.13's structures take 30 lines and 640 us, and its ``KeytabEntry()`` raises unless it
is given an entry to read. They judge the file in the tests.
"""

import os
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from simulator.directory.store import Account, KeySet
from simulator.kerberos import NameType

LF = "\n"
KEYTAB_VERSION = b"\x05\x02"


def krb5_conf(
    realm: str,
    kdcs: Sequence[tuple[str, int]],
    *,
    domain: str | None = None,
    others: Mapping[str, Sequence[tuple[str, int]]] | None = None,
) -> str:
    """A krb5.conf for the lab: `kdcs` are (host, port), asked in this order; `domain` is of the DNS.

    ``others`` are the KDCs of further realms, whose domains are their names. Names are not canonicalized through DNS:
    the lab's host names all stand for the loopback address.
    """
    realms = {realm: kdcs} | dict(others or {})
    domains = {domain or realm.lower(): realm} | {other.lower(): other for other in others or {}}
    return f"""\
[libdefaults]
    default_realm = {realm}
    dns_canonicalize_hostname = false
    rdns = false
    dns_lookup_kdc = false
    dns_lookup_realm = false
    # The lab has rc4-hmac accounts, as old domains do.
    allow_weak_crypto = true
    allow_rc4 = true

[realms]
{"".join(_realm(name, servers) for name, servers in realms.items())}
[domain_realm]
{"".join(f"    .{name} = {owner}{LF}    {name} = {owner}{LF}" for name, owner in domains.items())}"""


def _realm(name: str, kdcs: Sequence[tuple[str, int]]) -> str:
    servers = "".join(f"        kdc = {_host(host)}:{port}\n" for host, port in kdcs)
    return f"    {name} = {{\n{servers}    }}\n"


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def keytab(account: Account, *, timestamp: int = 0) -> bytes:
    """An MIT keytab (format 0x502) with every key of the account, under its name and under each of its SPNs.

    `timestamp` is what `klist -kt` shows: UTC seconds since the epoch. Source: MIT krb5's documentation,
    "Keytab file format".
    """
    entries = [
        _keytab_entry(name, account.realm, key_set, etype, timestamp)
        for name in (account.name, *account.spns)
        for key_set in account.key_sets
        for etype in key_set.keys
    ]
    return KEYTAB_VERSION + b"".join(entries)


def _keytab_entry(name: str, realm: str, key_set: KeySet, etype: int, timestamp: int) -> bytes:
    components = name.split("/")
    entry = (
        struct.pack(">H", len(components))
        + b"".join(_counted(part.encode()) for part in (realm, *components))
        # An eight-bit version number for old readers, the whole one at the end.
        + struct.pack(">IIBH", NameType.PRINCIPAL, timestamp, key_set.kvno & 0xFF, etype)
        + _counted(key_set.keys[etype].contents)
        + struct.pack(">I", key_set.kvno)
    )
    return struct.pack(">i", len(entry)) + entry


def _counted(octets: bytes) -> bytes:
    return struct.pack(">H", len(octets)) + octets


def password_file(password: str) -> bytes:
    """One line, as `kinit < file` and `exps probe --password-file` read it."""
    return password.encode() + b"\n"


def write_private(path: Path, contents: bytes) -> None:
    """Write a secret file that only its owner may read: mode 0600 from the start, which Windows ignores."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(contents)
