"""A small domain, its controller, and what foreign clients once sent to it."""

import json
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from impacket.ldap import ldapasn1
from pyasn1.codec.ber import decoder  # type: ignore[import-untyped]

from probe.wire.crypto import Key
from simulator.acceptors.acceptor import Acceptor, ReplayCache
from simulator.directory.store import Account, Directory, KeySet, Trust
from simulator.faults.engine import Faults
from simulator.ldap.controller import Controller
from simulator.ledger import Ledger
from tests.support.vectors import VECTOR_FOLDER

REALM = "CONTOSO.LAB"
BASE = "DC=contoso,DC=lab"
NOW = 1_795_627_253.0
RECORD: dict[str, Any] = json.loads((VECTOR_FOLDER / "ldap_clients.json").read_text(encoding="utf-8"))
SESSIONS: dict[str, dict[str, Any]] = {session["name"]: session for session in RECORD["sessions"]}
GROUPS = ("Exchange Servers", "Exchange Trusted Subsystem")


def recorded_account(session: dict[str, Any]) -> Account:
    """DC1$ with the keys that it had when the session was recorded."""
    record = RECORD["accounts"][session["keys"]]
    keys = {int(etype): Key(int(etype), bytes.fromhex(key)) for etype, key in record["keys"].items()}
    return Account(
        name=record["name"],
        realm=REALM,
        spns=(*record["spns"], "GC/dc1.contoso.lab/contoso.lab"),
        key_sets=(KeySet(kvno=record["kvno"], keys=keys),),
    )


def domain() -> Directory:
    keys = KeySet(kvno=3, keys={})
    ex1 = Account(
        name="EX1$",
        realm=REALM,
        spns=("SMTPSVC/ex1.contoso.lab", "SMTP/ex1.contoso.lab"),
        key_sets=(keys,),
        groups=GROUPS,
        password_set=1_600_000_000.0,
    )
    ex2 = replace(ex1, name="EX2$", spns=("SMTPSVC/ex2.contoso.lab", "SMTP/ex2.contoso.lab"), etypes=(18, 17))
    dc1 = replace(
        ex1, name="DC1$", spns=("ldap/dc1.contoso.lab", "GC/dc1.contoso.lab/contoso.lab"), groups=()
    )
    alice = Account(
        name="alice", realm=REALM, key_sets=(keys,), disabled=True, requires_preauthentication=False
    )
    krbtgt = Account(name="krbtgt", realm=REALM, key_sets=(keys,))
    return Directory(realm=REALM, accounts=(krbtgt, ex1, ex2, alice, dc1), trusts=(trust("FABRIKAM.LAB"),))


def trust(other: str) -> Trust:
    pair = (Account(name=f"krbtgt/{other}", realm=REALM), Account(name=f"krbtgt/{REALM}", realm=other))
    return Trust(realm=other, outgoing=pair[0], incoming=pair[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    controller: Controller
    ledger: Ledger

    def notes(self) -> list[dict[str, Any]]:
        """What the ledger has, a dictionary an entry, without the port."""
        return [{"kind": e.kind, **e.detail} for e in self.ledger.entries]


def lab(session: dict[str, Any] | None = None, **changes: Any) -> Lab:
    """A controller as it was when ``session`` was recorded; ``changes`` are fields of Controller."""
    clock = NOW if session is None else float(session["clock"])
    known = Account(name="DC1$", realm=REALM) if session is None else recorded_account(session)
    ledger = Ledger(clock=lambda: clock)
    settings: dict[str, Any] = {
        "views": lambda: (domain(),),
        "faults": Faults((), ledger),
        "requires_signing": session is None or session["requires_signing"],
    }
    controller = Controller(
        name="DC1",
        realm=REALM,
        acceptor=lambda: Acceptor(
            server="DC1",
            account=lambda: known,
            realm=REALM,
            clock=lambda: clock,
            randomness=Random(1).randbytes,  # noqa: S311 - as it was when the sessions were recorded
            replays=ReplayCache(),
        ),
        clock=lambda: clock,
        ledger=ledger,
        **(settings | changes),
    )
    return Lab(controller=controller, ledger=ledger)


def messages(data: bytes) -> list[Any]:
    """impacket's opinion of what was sent."""
    found = []
    while data:
        message, data = decoder.decode(data, asn1Spec=ldapasn1.LDAPMessage())
        found.append(message)
    return found


def kinds(data: bytes) -> list[str]:
    return [str(message["protocolOp"].getName()) for message in messages(data)]


def code(message: Any) -> int:
    return int(message["protocolOp"].getComponent()["resultCode"])


def text(message: Any) -> str:
    return str(message["protocolOp"].getComponent()["diagnosticMessage"])
