"""Faults by declaration: one file each, a frozen dataclass whose fields are the TOML keys (PURE).

A fault overrides only the hooks that it needs; a hook that is not overridden is the identity. Each hook is a place
where something can go wrong: a clock that is read, a view of the directory, a port, a reply on its way, an opinion of
a token. The place calls the hook with the value that it would use, and uses what comes back, so no server knows a
fault and no fault knows a server. Hooks get values and return values; what takes time or breaks a connection is a
value as well (`simulator.net.actions`), which listeners carry out.

`engine.Faults` applies all faults of a lab in the order of their declaration and notes in the ledger which one
changed something: that is how a scenario proves that its fault happened. `values` has what hooks pass around and
nobody else has a word for. Whom a fault is about is a field (``on``) that the hook compares itself; the parties that
it may name follow from the hooks that it overrides, and `simulator.scenario` checks that they exist.

What a fault makes true in a lab it says itself, as codes of the catalogue (``causes``); `surroundings` is what it is
told of the lab for that, and `covers` knows whose clock is wrong. Whether it stops mail nobody says: `simulator.fuzz`
finds out.

To add one, put a file here, and a scenario that uses it::

    @dataclass(frozen=True, slots=True, kw_only=True)
    class MissingSpn(Fault):
        '''An SPN that no account has.'''
        KIND: ClassVar[str] = "missing-spn"
        spn: str
        def directory(self, kdc: str, directory: Directory) -> Directory: ...
"""

import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import ClassVar

from simulator.directory.store import Account, Directory
from simulator.faults.surroundings import Surroundings
from simulator.faults.values import Acceptance, ComputerNames, Passing, Place, Record, TlsSettings
from simulator.net.actions import Action, Listen


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The identity:

    changes nothing. Parties are named as in the scenario: servers ``EX1``, KDCs ``DC1``, ``PROBE``.
    """

    KIND: ClassVar[str] = ""
    may_not_fire: bool = False
    """The scenario shows something even if this never changes anything: `exps lab run` does not insist."""

    def causes(self, lab: Surroundings) -> frozenset[str]:
        """The codes of the causes that this makes true in ``lab``, whether it stops mail or not; empty for none.

        ``undetermined`` is among them where nothing that can be seen from the sender's place tells what it is.
        """
        return frozenset()

    def hides(self, lab: Surroundings) -> frozenset[str]:
        """Those of its causes that may be named in place of whatever stops mail, because nothing behind it is seen."""
        return frozenset()

    def near(self, lab: Surroundings) -> frozenset[str]:
        """What may be warned of beside: true soon, and not yet."""
        return frozenset()

    def unprovable(self, lab: Surroundings) -> frozenset[str]:
        """Those of its causes that nothing in ``lab`` proves, so that nobody may call them certain."""
        return frozenset()

    def clock_offset(self, party: str) -> float:
        """Seconds by which the clock of ``party`` is ahead of true time."""
        return 0.0

    def clock_drift(self, party: str) -> float:
        """Seconds that the clock of ``party`` gains in each second since the lab was started."""
        return 0.0

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """What ``kdc`` knows."""
        return directory

    def server_account(self, server: str, account: Account) -> Account:
        """The keys that ``server`` itself holds, as its own account."""
        return account

    def cached_service(self, account: Account) -> Account | None:
        """``account`` as it was when the sender's cached ticket for it was made; None: no such ticket is cached."""
        return None

    def kdc_port(self, kdc: str, transport: str) -> Listen:
        """Whether ``kdc`` listens on ``udp`` / ``tcp``."""
        return Listen.SERVE

    def server_kdc_port(self, server: str, kdc: str, transport: str) -> Listen:
        """Whether ``server`` itself reaches ``kdc`` by ``udp`` / ``tcp``, for tickets of its own."""
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

    def route_connection(self, server: str, number: int) -> str:
        """The server at which connection ``number`` (from 1) to ``server`` comes out."""
        return server

    def resolvable(self, name: str, address: str) -> str:
        """The address that the lab's DNS gives for ``name``; empty for "no such name"."""
        return address

    def dns_port(self) -> Listen:
        """Whether the lab's name server listens."""
        return Listen.SERVE

    def dns_failure(self, name: str) -> str:
        """The result code in place of an answer about ``name``, as ``SERVFAIL``; empty for none."""
        return ""

    def dns_records(self, name: str, number: int, records: tuple[Record, ...]) -> tuple[Record, ...]:
        """What the lab's DNS has under ``name`` (lower case), of every type; ``number`` counts queries from 1."""
        return records

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

    def on_receive(self, server: str, line: bytes) -> bytes:
        """A client's line (without CRLF) after the path has had its way with it."""
        return line

    def on_send(self, server: str, place: Place, reply: Action) -> Action:
        """A reply on its way to the client."""
        return reply

    def on_path(self, passing: Passing, piece: Action) -> Action:
        """A piece of data on its way to or from a port; a TCP connection delivers nothing behind what is lost."""
        return piece

    def on_accept(self, server: str, token: bytes, acceptance: Acceptance) -> Acceptance:
        """The acceptor's opinion of ``token``."""
        return acceptance


ABOUT_ITSELF = frozenset({"KIND", "may_not_fire", "causes", "hides", "near", "unprovable"})
"""What is no hook: a fault says it of itself, and no server asks for it."""


def hooks_of(kind: type[Fault]) -> tuple[str, ...]:
    """The hooks that a kind of fault overrides, in the order of the base class."""
    return tuple(
        name
        for name in vars(Fault)
        if not name.startswith("_") and name not in ABOUT_ITSELF and name in vars(kind)
    )


@cache
def registry() -> dict[str, type[Fault]]:
    """Every fault of this package by its kind."""
    for module_info in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module_info.name}")
    return {fault.KIND: fault for fault in Fault.__subclasses__() if fault.KIND}
