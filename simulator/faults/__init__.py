"""Faults by declaration: one file each, a frozen dataclass whose fields are the TOML keys.

A fault overrides only the hooks that it needs; a hook that is not overridden is the identity. Hooks get
values and return values, so a fault is PURE and needs no special case anywhere. To add one, put a file here
(and a scenario that uses it)::

    @dataclass(frozen=True, slots=True, kw_only=True)
    class MissingSpn(Fault):
        '''An SPN that no account has.'''
        KIND: ClassVar[str] = "missing-spn"
        spn: str
        def directory(self, kdc: str, directory: Directory) -> Directory: ...

``Faults`` applies all faults of a lab in the order of their declaration and writes down which one changed
something.
"""

import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import ClassVar, NewType, TypeVar

from simulator.directory.store import Account, Directory
from simulator.ledger import Ledger

T = TypeVar("T")

Seconds = NewType("Seconds", float)
"""A duration: in TOML ``"-10m"``, ``"90s"``, ``"250ms"``, ``"1h"`` or a number of seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Octets on their way, perhaps late; ``then_close`` ends the connection behind them."""

    data: bytes
    delay_s: float = 0.0
    then_close: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """The connection is torn down (TCP RST); over UDP nothing is sent."""

    delay_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Nothing is sent and nothing is closed."""


Action = Send | Reset | Silence


class Listen(StrEnum):
    """What a port does with those who knock."""

    SERVE = "serve"
    REFUSE = "refuse"
    DROP = "drop"


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
class Fault:
    """The identity:

    changes nothing. Parties are named as in the scenario: servers ``EX1``, KDCs ``DC1``, ``PROBE``.
    """

    KIND: ClassVar[str] = ""

    def clock_offset(self, party: str) -> float:
        """Seconds by which the clock of ``party`` is ahead of true time."""
        return 0.0

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """What ``kdc`` knows."""
        return directory

    def server_account(self, server: str, account: Account) -> Account:
        """The keys that ``server`` itself holds, as its own account."""
        return account

    def kdc_port(self, kdc: str, transport: str) -> Listen:
        """Whether ``kdc`` listens on ``udp`` / ``tcp``."""
        return Listen.SERVE

    def kdc_answer(self, kdc: str, transport: str, number: int, answer: Action) -> Action:
        """An answer on its way; ``number`` counts the requests to this KDC from 1."""
        return answer

    def ldap_port(self, kdc: str, service: str) -> Listen:
        """Whether ``kdc`` listens for ``ldap`` / ``global-catalog``."""
        return Listen.SERVE

    def smtp_port(self, server: str) -> Listen:
        """Whether ``server`` listens for SMTP."""
        return Listen.SERVE

    def smb_port(self, server: str) -> Listen:
        """Whether ``server`` listens for SMB."""
        return Listen.SERVE

    def led_to(self, server: str, number: int) -> str:
        """The server at which connection ``number`` (from 1) to ``server`` comes out."""
        return server

    def resolvable(self, name: str, address: str) -> str:
        """The address that the lab's DNS gives for ``name``; empty for "no such name"."""
        return address

    def advertised_name(self, server: str, name: str) -> str:
        """The name in banner and EHLO reply."""
        return name

    def banner(self, server: str, text: str) -> str:
        """The text of the 220 line."""
        return text

    def offered(self, server: str, keywords: tuple[str, ...], tls: str) -> tuple[str, ...]:
        """The EHLO keyword lines; ``tls`` is ``none``, ``starttls`` or ``x-anonymoustls``."""
        return keywords

    def tls(self, server: str, settings: TlsSettings) -> TlsSettings:
        """The connector's TLS."""
        return settings

    def earlier_failures(self, server: str, failures: int) -> int:
        """How many log-ons failed on a connection to ``server`` before this client got it."""
        return failures

    def computer_names(self, server: str, names: ComputerNames) -> ComputerNames:
        """What ``server`` says of itself in an NTLM challenge."""
        return names

    def arriving(self, server: str, line: bytes) -> bytes:
        """A client's line (without CRLF) after the path has had its way with it."""
        return line

    def leaving(self, server: str, place: Place, reply: Action) -> Action:
        """A reply on its way to the client."""
        return reply

    def accepted(self, server: str, token: bytes, acceptance: Acceptance) -> Acceptance:
        """The acceptor's opinion of ``token``."""
        return acceptance


class Faults:
    """All faults of a lab as one:

    the same hooks, in order of declaration, and a note in the ledger for each change.
    """

    def __init__(self, faults: Sequence[Fault], ledger: Ledger) -> None:
        self.faults = tuple(faults)
        self._ledger = ledger
        self._clocks_noted: set[tuple[str, str]] = set()

    def _through(self, hook: str, party: str, value: T, change: Callable[[Fault, T], T]) -> T:
        for fault in self.faults:
            before, value = value, change(fault, value)
            if value is not before and value != before:
                self._ledger.fired(fault.KIND, party, hook=hook)
        return value

    def _port(self, hook: str, party: str, wanted: Callable[[Fault], Listen]) -> Listen:
        def change(fault: Fault, value: Listen) -> Listen:
            listen = wanted(fault)
            return value if listen is Listen.SERVE else listen

        return self._through(hook, party, Listen.SERVE, change)

    def clock_offset(self, party: str) -> float:
        """The sum of all offsets, in seconds. Noted once a party: clocks are read at every turn."""
        total = 0.0
        for fault in self.faults:
            offset = fault.clock_offset(party)
            if offset and (fault.KIND, party) not in self._clocks_noted:
                self._clocks_noted.add((fault.KIND, party))
                self._ledger.fired(fault.KIND, party, hook="clock_offset", offset_s=offset)
            total += offset
        return total

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """What ``kdc`` knows after every fault."""
        return self._through("directory", kdc, directory, lambda fault, value: fault.directory(kdc, value))

    def server_account(self, server: str, account: Account) -> Account:
        """The keys that ``server`` itself holds."""
        return self._through(
            "server_account", server, account, lambda f, value: f.server_account(server, value)
        )

    def kdc_port(self, kdc: str, transport: str) -> Listen:
        """What the port does; the last fault that does not serve decides."""
        return self._port(f"kdc_port {transport}", kdc, lambda fault: fault.kdc_port(kdc, transport))

    def ldap_port(self, kdc: str, service: str) -> Listen:
        """What the port of the directory does; the last fault that does not serve decides."""
        return self._port(f"ldap_port {service}", kdc, lambda fault: fault.ldap_port(kdc, service))

    def smtp_port(self, server: str) -> Listen:
        """What the SMTP port does; the last fault that does not serve decides."""
        return self._port("smtp_port", server, lambda fault: fault.smtp_port(server))

    def smb_port(self, server: str) -> Listen:
        """What the SMB port does; the last fault that does not serve decides."""
        return self._port("smb_port", server, lambda fault: fault.smb_port(server))

    def led_to(self, server: str, number: int) -> str:
        """The server at which a connection comes out."""
        return self._through("led_to", server, server, lambda f, value: f.led_to(value, number))

    def resolvable(self, name: str, address: str) -> str:
        """The address that the lab's DNS gives for ``name``."""
        return self._through("resolvable", name, address, lambda f, value: f.resolvable(name, value))

    def banner(self, server: str, text: str) -> str:
        """The text of the 220 line."""
        return self._through("banner", server, text, lambda f, value: f.banner(server, value))

    def kdc_answer(self, kdc: str, transport: str, number: int, answer: Action) -> Action:
        """An answer of ``kdc`` to its request ``number``."""
        return self._through(
            f"kdc_answer {transport}",
            kdc,
            answer,
            lambda f, value: f.kdc_answer(kdc, transport, number, value),
        )

    def advertised_name(self, server: str, name: str) -> str:
        """The name in banner and EHLO reply."""
        return self._through(
            "advertised_name", server, name, lambda f, value: f.advertised_name(server, value)
        )

    def offered(self, server: str, keywords: tuple[str, ...], tls: str) -> tuple[str, ...]:
        """The EHLO keyword lines."""
        return self._through("offered", server, keywords, lambda f, value: f.offered(server, value, tls))

    def tls(self, server: str, settings: TlsSettings) -> TlsSettings:
        """The connector's TLS."""
        return self._through("tls", server, settings, lambda f, value: f.tls(server, value))

    def earlier_failures(self, server: str) -> int:
        """How many log-ons failed on a connection before this client got it."""
        return self._through(
            "earlier_failures", server, 0, lambda f, value: f.earlier_failures(server, value)
        )

    def computer_names(self, server: str, names: ComputerNames) -> ComputerNames:
        """What ``server`` says of itself in an NTLM challenge."""
        return self._through(
            "computer_names", server, names, lambda f, value: f.computer_names(server, value)
        )

    def arriving(self, server: str, line: bytes) -> bytes:
        """A client's line (without CRLF) as it reaches the server."""
        return self._through("arriving", server, line, lambda f, value: f.arriving(server, value))

    def leaving(self, server: str, place: Place, reply: Action) -> Action:
        """A reply on its way to the client."""
        return self._through(
            f"leaving {place}", server, reply, lambda f, value: f.leaving(server, place, value)
        )

    def accepted(self, server: str, token: bytes, acceptance: Acceptance) -> Acceptance:
        """The acceptor's opinion of ``token`` after every fault."""
        return self._through(
            "accepted", server, acceptance, lambda f, value: f.accepted(server, token, value)
        )


@cache
def registry() -> dict[str, type[Fault]]:
    """Every fault of this package by its kind."""
    for module_info in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module_info.name}")
    return {fault.KIND: fault for fault in Fault.__subclasses__() if fault.KIND}
