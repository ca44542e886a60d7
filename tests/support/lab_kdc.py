"""An exchange between MIT's programs, recorded (see `origin` in the file), and a lab's KDC with the same keys."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from impacket.krb5 import asn1
from impacket.krb5 import crypto as impacket_crypto
from pyasn1.codec.der import decoder, encoder  # type: ignore[import-untyped]

from probe.wire.crypto import Key
from simulator.directory.store import Account, Directory, KeySet
from simulator.faults import Fault
from simulator.faults.engine import Faults
from simulator.kdc.service import KdcService
from simulator.ledger import Ledger
from tests.support.vectors import VECTOR_FOLDER

_RECORD = json.loads((VECTOR_FOLDER / "mit_exchange.json").read_text())

REALM = "CONTOSO.LAB"
SPN = "SMTPSVC/ex1.contoso.lab"
NOW: int = _RECORD["now"]
KEYS = {name: Key(18, bytes.fromhex(contents)) for name, contents in _RECORD["keys"].items()}
MESSAGES = {name: bytes.fromhex(octets) for name, octets in _RECORD["messages"].items()}
AS_REQ = MESSAGES["as_req_with_timestamp"]
TGS_REQ = MESSAGES["tgs_req"]


def recorded_directory() -> Directory:
    """The realm of the recording: MIT's keys, all of version 1."""

    def account(name: str, key: str, *spns: str) -> Account:
        return Account(
            name=name,
            realm=REALM,
            spns=spns,
            salt=f"{REALM}{name}",
            key_sets=(KeySet(kvno=1, keys={18: KEYS[key]}),),
        )

    return Directory(
        realm=REALM,
        accounts=(account("alice", "alice"), account("krbtgt", "krbtgt"), account("EX1$", "service", SPN)),
    )


def changed(directory: Directory, name: str, **changes: Any) -> Directory:
    account = directory.account(name)
    assert account is not None
    return directory.with_account(replace(account, **changes))


@dataclass(kw_only=True)
class Lab:
    service: KdcService
    faults: Faults
    ledger: Ledger


def lab(directory: Directory | None = None, *faults: Fault, now: float = NOW, udp_limit: int = 1465) -> Lab:
    """A KDC whose clock stands still at `now`."""
    ledger = Ledger(clock=lambda: now)
    declared = Faults(faults, ledger)
    service = KdcService(
        name="DC1",
        realm=REALM,
        directory=directory or recorded_directory(),
        faults=declared,
        clock=lambda: now,
        randomness=Random(1).randbytes,  # noqa: S311 - the same answer at every run
        ledger=ledger,
        udp_limit=udp_limit,
    )
    return Lab(service=service, faults=declared, ledger=ledger)


def read(octets: bytes, specification: Any) -> Any:
    value, rest = decoder.decode(octets, asn1Spec=specification)
    assert rest == b""
    return value


def error_of(octets: bytes) -> Any:
    return read(octets, asn1.KRB_ERROR())


def opened(key: Key, usage: int, encrypted: Any) -> bytes:
    """Decrypted by impacket's crypto, which shares nothing with the lab's."""
    etype = int(encrypted["etype"])
    foreign = impacket_crypto.Key(etype, key.contents)
    return bytes(impacket_crypto.decrypt(foreign, usage, bytes(encrypted["cipher"])))


def signed_again(request: Any, change: Callable[[Any], None]) -> bytes:
    """The recorded TGS-REQ with a changed authenticator, encrypted by impacket's crypto."""
    padata = next(p for p in request["padata"] if int(p["padata-type"]) == 1)
    ap_request = read(bytes(padata["padata-value"]), asn1.AP_REQ())
    key = impacket_crypto.Key(18, KEYS["tgt_session"].contents)
    authenticator = read(opened(KEYS["tgt_session"], 7, ap_request["authenticator"]), asn1.Authenticator())
    change(authenticator)
    plain = bytes(encoder.encode(authenticator))
    ap_request["authenticator"]["cipher"] = impacket_crypto.encrypt(key, 7, plain, bytes(16))
    padata["padata-value"] = encoder.encode(ap_request)
    return bytes(encoder.encode(request))


def edited(octets: bytes, specification: Any, **body: Any) -> bytes:
    """A recorded request with other values in its body; underscores stand for the hyphens of ASN.1 names."""
    request = read(octets, specification)
    for name, value in body.items():
        field = name.replace("_", "-")
        if isinstance(value, list):
            request["req-body"][field].clear()
            request["req-body"][field].extend(value)
        else:
            request["req-body"][field] = value
    return bytes(encoder.encode(request))


def ask(lab: Lab, request: bytes, transport: Any = "tcp") -> bytes:
    return lab.service.answer(request, transport=transport)


def error_code(octets: bytes) -> int:
    return int(error_of(octets)["error-code"])


def options(*numbers: int) -> str:
    return "'" + "".join("1" if bit in numbers else "0" for bit in range(32)) + "'B"


def ticket_in(octets: bytes, specification: Any, key: str) -> Any:
    reply = read(octets, specification)
    return read(opened(KEYS[key], 2, reply["ticket"]["enc-part"]), asn1.EncTicketPart())


def disabled(directory: Directory) -> Directory:
    return changed(directory, "alice", disabled=True)
