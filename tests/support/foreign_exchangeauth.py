"""An EXCHANGEAUTH client that shares nothing with the packages: MIT's GSSAPI, pyOpenSSL, blocking sockets.

Kerberos is done by MIT's library in processes of its own, which also names the session keys (the OID
GSS_C_INQ_SSPI_SESSION_KEY). Each side can be told to get one bit wrong, so that the other has something to refuse;
the server is in foreign_exchange_server.
"""

import hashlib
import socket
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from OpenSSL import SSL

from tests.support.foreign_wire import TIMEOUT_S, Wire, client_context, public_key
from tests.support.system_gssapi import Refused, system_acceptor, system_initiator

Damage = Literal["", "hash", "token", "public-key", "key-block", "session-key", "length", "trailing"]
"""What has one bit wrong; of the blob's form, ``length`` (of its first field) and ``trailing`` (one octet more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A machine account of the foreign side, as MIT's tools keep one."""

    env: Mapping[str, str]
    """Names the krb5.conf."""
    keytab: Path
    ccache: Path
    realm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a log-on went, from one side."""

    reply: str = ""
    """The reply to X-EXPS, without its blob."""
    token_accepted: bool = False
    """MIT's acceptor took the peer's AP-REQ."""
    hash_correct: bool = False
    """The peer's hash is the one due."""
    ehlo: tuple[str, ...] = ()
    """What was offered, or the name that the client gave."""
    problem: str = ""

    @property
    def verified(self) -> bool:
        """The peer is who it says, at the other end of this very TLS channel."""
        return self.token_accepted and self.hash_correct


def log_on(
    port: int,
    own: Identity,
    *,
    ehlo: str,
    spn: str = "",
    damage: Damage = "",
    damaged_octet: int = -1,
    mutual: bool = False,
) -> Outcome:
    """Be a sending server: X-ANONYMOUSTLS, EXCHANGEAUTH, and check what comes back.

    ``spn`` is asked for in place of the one that the receiver advertises; ``damaged_octet`` is where in the token the
    wrong bit is; ``mutual`` asks for what EXCHANGEAUTH has no leg for.
    """
    with socket.create_connection(("127.0.0.1", port), TIMEOUT_S) as sock:
        wire = Wire(sock)
        wire.reply()
        wire.ask(f"EHLO {ehlo}")
        assert wire.ask("X-ANONYMOUSTLS") == ("220 2.0.0 SMTP server ready",)
        wire.start_tls(client_context(), server=False)
        assert wire.tls is not None
        offered = wire.ask(f"EHLO {ehlo}")
        advertised = offered[0][4:].partition(" ")[0]
        service = f"{spn or f'SMTPSVC/{advertised}'}@{own.realm}"
        with system_initiator(own.env, own.ccache, service, mutual=mutual) as context:
            token = context.step()
            # a context that still waits for an AP-REP has no key to ask for
            client_key = b"" if mutual else context.session_key()
        certificate = wire.tls.get_peer_certificate(as_cryptography=True)
        assert certificate is not None
        channel = (damaged_if(damage == "public-key", public_key(certificate)), key_block(wire.tls, damage))
        proof = sha256(channel[0], damaged_if(damage == "session-key", client_key), channel[1])
        sent = blob(damaged_if(damage == "token", token, damaged_octet), proof, damage)
        reply = wire.ask(f"X-EXPS EXCHANGEAUTH SHA256 {sent}")[0]
        if not reply.startswith("235 "):
            return Outcome(reply=reply, ehlo=offered)
        due = (channel[0], client_key, channel[1])
        outcome = _judge(reply[4:], own, due)
        wire.ask("QUIT")
        return replace(outcome, reply="235", ehlo=offered)


def sha256(*parts: bytes) -> bytes:
    """SHA-256 over all parts."""
    return hashlib.sha256(b"".join(parts)).digest()


def key_block(tls: SSL.Connection, damage: Damage) -> bytes:
    """E: 128 octets of the exporter."""
    block = tls.export_keying_material(b"client EAP encryption", 128)
    return damaged_if(damage == "key-block", block)


def damaged_if(damaged: bool, value: bytes, octet: int = -1) -> bytes:
    """With one bit the other way."""
    if not damaged:
        return value
    changed = bytearray(value)
    changed[octet] ^= 1
    return bytes(changed)


def blob(token: bytes, proof: bytes, damage: Damage) -> str:
    """The two fields as they stand on the line."""
    fields = [b64encode(value).decode() for value in (token, damaged_if(damage == "hash", proof))]
    first = len(fields[0]) ^ 1 if damage == "length" else len(fields[0])
    blob = f"{first:08X}{fields[0]}{len(fields[1]):08X}{fields[1]}"
    return blob + ("0" if damage == "trailing" else "")


def fields_of(blob: str) -> tuple[bytes, bytes]:
    """Raises ValueError."""
    values = []
    for _ in range(2):
        count = int(blob[:8], 16)
        if blob[:8] != f"{count:08X}" or len(blob) < 8 + count:
            raise ValueError("a length that is none")
        values.append(b64decode(blob[8 : 8 + count], validate=True))
        blob = blob[8 + count :]
    if blob:
        raise ValueError("something follows")
    return values[0], values[1]


def _judge(blob: str, own: Identity, due: tuple[bytes, bytes, bytes]) -> Outcome:
    """The client's opinion of the server's blob."""
    try:
        token, digest = fields_of(blob)
        with system_acceptor(own.env, own.keytab) as context:
            context.step(token)
            server_key = context.session_key()
    except (ValueError, Refused) as error:
        return Outcome(problem=str(error))
    return Outcome(token_accepted=True, hash_correct=digest == sha256(*due, server_key))
