"""All faults of a lab as one: every hook in the order of declaration, and a note in the ledger for each change (PURE).

Who has something that can go wrong (a port, a reply, a clock, a directory) calls the hook and gets the value that is to
be used. A value that comes back other than it went in was changed by a fault: the ledger then says by which, where and
through which hook. That is how a scenario proves that its fault did happen.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Literal, TypeVar

from simulator.directory.store import Account, Directory
from simulator.faults import Fault
from simulator.faults.values import (
    DNS,
    Acceptance,
    ComputerNames,
    Passing,
    Place,
    Record,
    Service,
    TlsSettings,
)
from simulator.ledger import Ledger
from simulator.net.actions import Action, Direction, Judge, Listen, NewConnection, Send

T = TypeVar("T")


class Faults:
    """All faults of a lab as one: the same hooks, in order of declaration, and a note in the ledger for each change.

    Faults are values without state, so whatever has to be remembered between two calls is here. Servers hold this
    object and no fault.
    """

    def __init__(self, faults: Sequence[Fault], ledger: Ledger) -> None:
        self.faults = tuple(faults)
        self._ledger = ledger
        self._clocks_noted: set[tuple[int, str]] = set()
        self._session = ""

    def within(self, session: str) -> "Faults":
        """The same faults, noted as those of one connection: it may be one beside the log-on."""
        found = Faults(self.faults, self._ledger)
        found._clocks_noted, found._session = self._clocks_noted, session
        return found

    def _note(self, number: int, party: str, hook: str, **detail: float) -> None:
        where = {"session": self._session} if self._session else {}
        self._ledger.fired(self.faults[number].KIND, party, hook=hook, number=number, **detail, **where)

    def _through(self, hook: str, party: str, value: T, change: Callable[[Fault, T], T]) -> T:
        # One after the other, each on what the one before left: two faults at one place work together, and a scenario
        # decides by its order which comes first.
        for number, fault in enumerate(self.faults):
            before, value = value, change(fault, value)
            # A hook that concerns another party gives back the very object. Only what is different was changed: a
            # scenario whose fault changed nothing has shown nothing (simulator/run/comparison.py asks for that).
            if value is not before and value != before:
                self._note(number, party, hook)
        return value

    def _port(self, hook: str, party: str, wanted: Callable[[Fault], Listen]) -> Listen:
        # A port's hook is not given what others said, so SERVE from a fault that means another port must not undo a
        # refusal before it.
        def change(fault: Fault, value: Listen) -> Listen:
            listen = wanted(fault)
            return value if listen is Listen.SERVE else listen

        return self._through(hook, party, Listen.SERVE, change)

    def clock_offset(self, party: str, *, running_s: float = 0.0) -> float:
        """``offset``, for a party that looks at its clock; noted once a fault and party."""
        for number, fault in enumerate(self.faults):
            drift = fault.clock_drift(party)
            offset = fault.clock_offset(party) + drift * running_s
            if (offset or drift) and (number, party) not in self._clocks_noted:
                self._clocks_noted.add((number, party))
                self._note(number, party, "clock_drift" if drift else "clock_offset", offset_s=offset)
        return self.offset(party, running_s=running_s)

    def offset(self, party: str, *, running_s: float) -> float:
        """The sum of all offsets, in seconds; ``running_s`` is the time since the lab was started."""
        # Not `_through`: offsets add up, where other hooks hand on a value. No clock is ever set, and the host's own
        # cannot be, so a party asks for its offset each time that it looks.
        return sum(fault.clock_offset(party) + fault.clock_drift(party) * running_s for fault in self.faults)

    def directory(self, kdc: str, directory: Directory) -> Directory:
        """What ``kdc`` knows after every fault."""
        return self._through("directory", kdc, directory, lambda fault, value: fault.directory(kdc, value))

    def server_account(self, server: str, account: Account) -> Account:
        """The keys that ``server`` itself holds."""
        return self._through(
            "server_account", server, account, lambda f, value: f.server_account(server, value)
        )

    def cached_service(self, account: Account) -> Account | None:
        """``account`` as it was when the sender's cached ticket for it was made; None: no such ticket is cached."""
        nothing: Account | None = None
        return self._through(
            "cached_service", account.name, nothing, lambda f, value: f.cached_service(account) or value
        )

    def kdc_port(self, kdc: str, transport: str) -> Listen:
        """What the port does; the last fault that does not serve decides."""
        return self._port(f"kdc_port {transport}", kdc, lambda fault: fault.kdc_port(kdc, transport))

    def server_kdc_port(self, server: str, kdc: str, transport: str) -> Listen:
        """What ``server`` meets at the KDC's port; the last fault that does not serve decides."""
        hook = f"server_kdc_port {kdc} {transport}"
        return self._port(hook, server, lambda fault: fault.server_kdc_port(server, kdc, transport))

    def ldap_port(self, kdc: str, service: str) -> Listen:
        """What the port of the directory does; the last fault that does not serve decides."""
        return self._port(f"ldap_port {service}", kdc, lambda fault: fault.ldap_port(kdc, service))

    def smtp_port(self, server: str) -> Listen:
        """What the SMTP port does; the last fault that does not serve decides."""
        return self._port("smtp_port", server, lambda fault: fault.smtp_port(server))

    def smb_port(self, server: str) -> Listen:
        """What the SMB port does; the last fault that does not serve decides."""
        return self._port("smb_port", server, lambda fault: fault.smb_port(server))

    def route_connection(self, server: str, number: int) -> str:
        """The server at which a connection comes out."""
        # Each fault is asked about the server that the one before led to: a balancer behind a balancer.
        return self._through(
            "route_connection", server, server, lambda f, value: f.route_connection(value, number)
        )

    def resolvable(self, name: str, address: str) -> str:
        """The address that the lab's DNS gives for ``name``."""
        return self._through("resolvable", name, address, lambda f, value: f.resolvable(name, value))

    def dns_port(self) -> Listen:
        """What the name server's port does; the last fault that does not serve decides."""
        return self._port("dns_port", DNS, lambda fault: fault.dns_port())

    def dns_failure(self, name: str) -> str:
        """The result code in place of an answer; the first fault that has one decides."""
        return self._through("dns_failure", DNS, "", lambda f, value: value or f.dns_failure(name))

    def dns_records(self, name: str, number: int, records: tuple[Record, ...]) -> tuple[Record, ...]:
        """What the lab's DNS has under ``name``."""
        hook = f"dns_records {name[:256]}"
        return self._through(hook, DNS, records, lambda f, value: f.dns_records(name, number, value))

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

    def on_receive(self, server: str, line: bytes) -> bytes:
        """A client's line (without CRLF) as it reaches the server."""
        return self._through("on_receive", server, line, lambda f, value: f.on_receive(server, value))

    def on_send(self, server: str, place: Place, reply: Action) -> Action:
        """A reply on its way to the client."""
        return self._through(
            f"on_send {place}", server, reply, lambda f, value: f.on_send(server, place, value)
        )

    def path(self, service: Service, party: str) -> NewConnection | None:
        """What judges the connections to a port, which it counts; None, at no cost, where no fault is of a path."""
        if not any(type(fault).on_path is not Fault.on_path for fault in self.faults):
            return None
        numbers = count(1)

        def connection(transport: Literal["udp", "tcp"]) -> Judge:
            number = next(numbers)

            def judge(direction: Direction, passed: int, piece: Send) -> Action:
                passing = Passing(
                    service=service,
                    party=party,
                    transport=transport,
                    direction=direction,
                    number=number,
                    passed=passed,
                )
                return self.on_path(passing, piece)

            return judge

        return connection

    def on_path(self, passing: Passing, piece: Action) -> Action:
        """A piece of data on its way to or from a port."""
        hook = f"on_path {passing.service} {passing.direction}"
        return self._through(hook, passing.party, piece, lambda f, value: f.on_path(passing, value))

    def on_accept(self, server: str, token: bytes, acceptance: Acceptance) -> Acceptance:
        """The acceptor's opinion of ``token`` after every fault."""
        # After the token was judged and not instead of it: what the faults leave alone is real.
        return self._through(
            "on_accept", server, acceptance, lambda f, value: f.on_accept(server, token, value)
        )
