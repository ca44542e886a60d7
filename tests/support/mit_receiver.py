"""A receiver that plays back a recorded context: its Kerberos tokens are MIT's (tests/vectors/gss_context.json).

The probe's clock and randomness are those of the recording, so that it sends the AP-REQ which MIT took; no KDC and no
key is needed. pyspnego packs the SPNEGO around MIT's tokens.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any

from spnego._spnego import NegState as ForeignState
from spnego._spnego import NegTokenResp as ForeignResp

from probe.settings.environment import Environment
from probe.settings.options import Credentials
from probe.tickets.client.transport import KdcTransport
from probe.tickets.files import ccache
from probe.tickets.files.ccache import CredentialCache
from probe.wire.crypto import Key
from probe.wire.kerberos import Credential, PrincipalName, decode_ticket
from tests.support.hostile import BANNER, CLEAR_OFFER, Behaviour, Peer
from tests.support.scripted_kdc import ScriptedNetwork
from tests.support.vectors import VECTOR_FOLDER

Case = dict[str, Any]
VECTORS = json.loads((VECTOR_FOLDER / "gss_context.json").read_text("utf-8"))
AES: Case = next(case for case in VECTORS["cases"] if case["mutual"] and case["etype"] == 18)
SKEWED: Case = VECTORS["skewed"]
REALM = "CONTOSO.LAB"
MS_KRB5 = "1.2.840.48018.1.2.2"

BYE = b"221 2.0.0 Service closing transmission channel\r\n"
SUPPORTED = b"334 GSSAPI supported\r\n"
ACCEPTED = b"235 2.7.0 Authentication successful\r\n"
TEMPORARY = b"454 4.7.0 Temporary authentication failure\r\n"
UNSUCCESSFUL = b"535 5.7.3 Authentication unsuccessful\r\n"
AUTH_OFFER = b"250-mx.contoso.lab\r\n250-PIPELINING\r\n250 AUTH GSSAPI PLAIN\r\n"


def challenge(token: bytes) -> bytes:
    """A 334 line."""
    return b"334 " + b64encode(token) + b"\r\n"


def negotiated(token: bytes | None, state: ForeignState = ForeignState.accept_complete) -> bytes:
    """A 334 with a NegTokenResp around a token of MIT's."""
    return challenge(ForeignResp(state, MS_KRB5, token).pack())


AP_REP = bytes.fromhex(AES["ap_rep"])
KRB_ERROR = bytes.fromhex(SKEWED["ap_rep"])
GOOD_EXPS = (CLEAR_OFFER, SUPPORTED, negotiated(AP_REP), ACCEPTED, BYE)
"""What Exchange says to EHLO, the verb, the token, the empty line and QUIT."""
GOOD_AUTH = (
    AUTH_OFFER,
    b"334 \r\n",
    challenge(AP_REP),
    challenge(bytes.fromhex(AES["from_acceptor"][0]["token"])),
    ACCEPTED,
    BYE,
)
"""What postfix with Cyrus says to EHLO, the verb, the token, the empty line, the choice of a layer and QUIT."""


def script(
    replies: Sequence[bytes], *, heard: list[bytes] | None = None, banner: bytes = BANNER, ends: bool = False
) -> Behaviour:
    """Say the banner, then the next reply to each line; when there is none, stay silent or end the connection."""

    async def behaviour(peer: Peer) -> None:
        await peer.say(banner)
        for reply in replies:
            line = await peer.line()
            if heard is not None:
                heard.append(line)
            await peer.say(reply)
        if ends:
            peer.writer.close()
            await peer.writer.wait_closed()
        else:
            await peer.stay()

    return behaviour


def recorded_randomness() -> Callable[[int], bytes]:
    """What the recorded initiator had; see "about" in the vectors."""
    requests = 0

    def randomness(size: int) -> bytes:
        nonlocal requests
        requests += 1
        return hashlib.shake_256(b"x" + bytes((requests,))).digest(size)

    return randomness


class Network(ScriptedNetwork):
    """KDCs by call, and jobs side by side as the real transport has them."""


def environment(case: Case = AES, *, kdc_transport: KdcTransport | None = None) -> Environment:
    """The recording's clock, which stands still, and its randomness; KDCs refuse unless there is a transport."""
    now: float = case["now"]
    return Environment(
        clock=lambda: now,
        monotonic=lambda: 0.0,
        randomness=recorded_randomness(),
        kdc_transport=kdc_transport or Network({}, clock=now),
    )


def credential(case: Case = AES, *, key: Key | None = None) -> Credential:
    """The recorded ticket."""
    ticket = decode_ticket(bytes.fromhex(case["ticket"]))
    return Credential(
        client=PrincipalName.parse("alice"),
        client_realm=REALM,
        server=ticket.sname,
        server_realm=ticket.realm,
        ticket=ticket,
        session_key=key or Key(case["etype"], bytes.fromhex(case["session_key"])),
        auth_time=case["now"],
        start_time=case["now"],
        end_time=case["now"] + 3600,
        renew_till=None,
        flags=0,
    )


def cached(*tickets: Credential) -> Credentials:
    """Credentials from a cache with these tickets."""
    client = PrincipalName.parse("alice")
    cache = CredentialCache(default_principal=client, default_realm=REALM, credentials=tickets)
    return Credentials(source="ccache", principal=client, cache=ccache.write(cache))
