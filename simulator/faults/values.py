"""What faults change and nobody else has a word for: durations, TLS settings, names, an acceptor's opinion (PURE)."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha512
from typing import Literal, NewType

from probe.wire.crypto import Key
from simulator.directory.store import KeySet

Seconds = NewType("Seconds", float)
"""A duration: in TOML ``"-10m"``, ``"90s"``, ``"250ms"``, ``"1h"`` or a number of seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSettings:
    """What a connector's TLS is made of. ``versions`` are OpenSSL's names, e.g. ``TLSv1.2``."""

    offered: bool = True
    minimum: str = "TLSv1"
    maximum: str = "TLSv1.2"
    ciphers: str = "ALL:!aNULL:!eNULL@SECLEVEL=0"
    key_type: str = "rsa-2048"
    not_before_s: float = -86400.0
    not_after_s: float = 5 * 365 * 86400.0
    names: tuple[str, ...] = ()
    garbage: bytes = b""
    """Sent in place of a ServerHello: a TLS stack that is broken."""
    early_data: bytes = b""
    """Sent in clear right behind the 220, which no honest server does."""
    intercepted_as: str = ""
    """The name on the certificate of a box in the path that ends the client's TLS; empty: there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputerNames:
    """What a computer calls itself in NTLM, whatever its connector advertises."""

    computer: str
    """NetBIOS."""
    domain: str
    """NetBIOS."""
    dns_computer: str
    dns_domain: str
    forest: str


NOT_AUTHORIZED = "NotAuthorized"
"""In place of an SSPI status: the client is who it says, and may not submit here (Exchange's event 1020)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What the acceptor made of a token.

    ``status`` is the SSPI status that Exchange would name; ``OK`` is success.
    """

    status: str
    client: str = ""
    token: bytes = b""
    """What goes back to the client: NegTokenResp with AP-REP, or with a KRB-ERROR; empty for nothing."""
    continue_needed: bool = False
    reason: str = ""


class Place(StrEnum):
    """Where in the dialogue an octet is: the ``at`` key of ``slow`` and ``reset-at``."""

    GREETING = "greeting"
    EHLO = "ehlo"
    TLS = "tls"
    EHLO_AFTER_TLS = "ehlo-after-tls"
    AUTH = "auth"
    TOKEN = "token"  # noqa: S105 - a place in the dialogue
    RESULT = "result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One resource record of the lab's DNS. ``data`` is written as in a zone file."""

    name: str
    """Absolute, without the dot at its end."""
    kind: Literal["A", "AAAA", "SRV", "CNAME", "PTR", "TXT"]
    data: str
    ttl_s: int = 60


Service = Literal["smtp", "kdc", "ldap", "global-catalog", "smb", "dns"]
DNS = "DNS"
"""The party that the lab's name server is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """A piece of data on its way: what a connection carries at once, or a datagram."""

    service: Service
    party: str
    """Whose port it is: a server, a domain controller, or ``DNS``."""
    transport: Literal["udp", "tcp"]
    direction: Literal["to", "from"]
    """Towards the party, or from it."""
    number: int
    """Of the connection to this port, from 1. With UDP, and with KDC and DNS over TCP, of the request."""
    passed: int
    """Octets that went before on the connection, both ways."""


@dataclass(frozen=True, kw_only=True)  # no slots: a fault has them, and two layouts do not mix
class OnPath:
    """Which pieces a fault of a path is about: the keys that all of those have in common."""

    on: str
    service: Service
    transport: Literal["udp", "tcp", "both"] = "both"
    after: int = 0
    every: int = 1
    chance: float = 1.0
    seed: int = 0

    def is_due(self, passing: Passing) -> bool:
        """Connections after number ``after``, of those every ``every``-th, of those a share of ``chance``."""
        if (passing.party, passing.service) != (self.on, self.service):
            return False
        if self.transport not in ("both", passing.transport) or passing.number <= self.after:
            return False
        if self.every > 1 and (passing.number - self.after - 1) % self.every:
            return False
        drawn = sha512(f"{self.seed} {passing.party} {passing.service} {passing.number}".encode()).digest()
        return int.from_bytes(drawn[:8], "big") < self.chance * 2**64


def other_keys(held: KeySet, kvno: int, *, password: bytes) -> KeySet:
    """Keys of the same types and lengths with other contents, as ``password`` makes them; the same at every call.

    A key version is 1 at least.
    """
    keys = {
        etype: Key(etype, sha512(password + key.contents).digest()[: len(key.contents)])
        for etype, key in held.keys.items()
    }
    return KeySet(kvno=max(kvno, 1), keys=keys)
