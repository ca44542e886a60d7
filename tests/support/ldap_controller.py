"""A domain controller's LDAP as a script: impacket's messages, MIT's recorded AP-REP, pyspnego's SPNEGO around it.

What it says behind the bind is sealed as RFC 4121 section 4.2 says, with impacket's Kerberos cryptography and the key
that MIT's acceptor chose in the recording.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from impacket.krb5 import crypto
from spnego._spnego import NegState as ForeignState
from spnego._spnego import NegTokenResp as ForeignResp

from tests.support import foreign_ldap
from tests.support.hostile import Peer
from tests.support.mit_receiver import AES, AP_REP, MS_KRB5

NOW = float(AES["now"])
KEY = crypto.Key(18, bytes.fromhex(AES["sspi_session_key"]))
FIRST_NUMBER = int.from_bytes(bytes.fromhex(AES["from_acceptor"][0]["token"])[8:16], "big")
"""What MIT's acceptor begins to count with, as its AP-REP says."""
SEALED_BY_ACCEPTOR = 0x07
"""Flags: SentByAcceptor, Sealed, AcceptorSubkey."""
ACCEPTOR_SEAL, INITIATOR_SEAL = 22, 24

ROOT: dict[str, tuple[str, ...]] = {
    "dnsHostName": ("dc1.contoso.lab",),
    "defaultNamingContext": ("DC=contoso,DC=lab",),
    "rootDomainNamingContext": ("DC=contoso,DC=lab",),
    "currentTime": (f"{datetime.fromtimestamp(NOW, UTC):%Y%m%d%H%M%S}.0Z",),
    "supportedSASLMechanisms": ("GSSAPI", "GSS-SPNEGO"),
    "isGlobalCatalogReady": ("TRUE",),
}
GOOD_BIND = ForeignResp(ForeignState.accept_complete, MS_KRB5, AP_REP).pack()

Attributes = Mapping[str, Sequence[bytes | str]]
Answer = Callable[[int, Any], bytes]
"""From a search's number and its request to messages."""


def nothing(number: int, request: Any) -> bytes:
    """Nobody has it."""
    return foreign_ldap.done(number)


def holding(entries: Mapping[str, tuple[str, Attributes]]) -> Answer:
    """Answers to equality matches: value of the filter -> name and attributes of the entry."""

    def answer(number: int, request: Any) -> bytes:
        match = request["filter"]["equalityMatch"]
        found = entries.get(str(match["assertionValue"])) if match.hasValue() else None
        head = b"" if found is None else foreign_ldap.entry(number, *found)
        return head + foreign_ldap.done(number)

    return answer


@dataclass(kw_only=True)
class Controller:
    """One connection's behaviour, from rootDSE to goodbye; each part can be another."""

    answer: Answer = nothing
    root: Attributes = field(default_factory=lambda: ROOT)
    bind: Callable[[int], bytes] = lambda number: foreign_ldap.bind_response(number, credentials=GOOD_BIND)
    sealed: bool = True
    heard: list[str] = field(default_factory=list)

    async def __call__(self, peer: Peer) -> None:
        """Serve one connection."""
        secured = False
        number = FIRST_NUMBER
        while True:
            message = await (read_sealed(peer) if secured else read_clear(peer))
            request = foreign_ldap.read(message)
            name, which = request["protocolOp"].getName(), int(request["messageID"])
            self.heard.append(name)
            if name == "unbindRequest":
                return
            reply = self._reply(name, which, request)
            if secured:
                reply, number = seal(reply, number), number + 1
            await peer.say(reply)
            secured = secured or (self.sealed and name == "bindRequest")

    def _reply(self, name: str, number: int, request: Any) -> bytes:
        if name == "bindRequest":
            return self.bind(number)
        asked = request["protocolOp"]["searchRequest"]
        if not str(asked["baseObject"]) and int(asked["scope"]) == 0:
            return foreign_ldap.entry(number, "", self.root) + foreign_ldap.done(number)
        return self.answer(number, asked)


async def read_clear(peer: Peer) -> bytes:
    """One message of the probe's, which writes the shortest lengths."""
    head = await _exactly(peer, 2)
    if head[1] & 0x80:
        head += await _exactly(peer, head[1] & 0x7F)
        return head + await _exactly(peer, int.from_bytes(head[2:], "big"))
    return head + await _exactly(peer, head[1])


async def read_sealed(peer: Peer) -> bytes:
    """One SASL buffer of the probe's, opened."""
    token = await _exactly(peer, int.from_bytes(await _exactly(peer, 4), "big"))
    plain = bytes(crypto.decrypt(KEY, INITIATOR_SEAL, token[16:]))
    assert plain[-16:] == token[:16]
    return plain[:-16]


def seal(message: bytes, number: int) -> bytes:
    """One SASL buffer of the controller's (RFC 4121 section 4.2.6.2)."""
    header = struct.pack(">2sBBHHQ", b"\x05\x04", SEALED_BY_ACCEPTOR, 0xFF, 0, 0, number)
    token = header + bytes(crypto.encrypt(KEY, ACCEPTOR_SEAL, message + header, bytes(16)))
    return len(token).to_bytes(4, "big") + token


async def _exactly(peer: Peer, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = await peer.reader.read(count - len(data))
        if not more:
            raise ConnectionResetError
        data += more
    return data
