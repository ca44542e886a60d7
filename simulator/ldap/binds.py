"""The two SASL mechanisms of a domain controller as conversations (PURE; RFC 4752, MS-ADTS section 5.1.1.1).

A conversation yields what goes to the client, is sent the credentials of its next bind request (None when it
sent none), and returns a `Bound`. `BindRefused` ends it.
"""

from collections.abc import Generator
from dataclasses import dataclass

from simulator.acceptors.acceptor import Acceptor
from simulator.acceptors.messages import Context, TokenError
from simulator.faults.values import Acceptance
from simulator.ldap import texts
from simulator.ldap.layer import CONFIDENTIALITY, INTEGRITY, MAXIMUM_FRAME_BYTES, NO_LAYER, Layer
from simulator.ldap.messages import ResultCode

MAXIMUM_LEGS = 8
CONF_FLAG, INTEG_FLAG = 0x10, 0x20
"""RFC 4121 section 4.1.1.1."""


class BindRefused(Exception):
    """Why a bind does not succeed. ``status`` is SSPI's name for it, for the ledger."""

    def __init__(self, code: ResultCode, text: str, *, status: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.text, self.status = code, text, status


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Who the client is, what protects the rest, and the last token for it."""

    client: str
    layer: Layer | None = None
    credentials: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What the controller wants of this connection's protection."""

    signing: bool
    in_tls: bool = False
    """TLS protects it: a layer of SASL's own is refused (MS-ADTS section 5.1.1.1.2)."""

    def refuse(self, client: str, layer: Layer | None) -> None:
        """Raises BindRefused when a bind must not end so."""
        if self.in_tls and layer is not None:
            raise BindRefused(
                ResultCode.UNWILLING_TO_PERFORM,
                texts.LAYER_IN_TLS,
                status="LayerInTls",
                reason=f"{client} wants a security layer inside of TLS",
            )
        if self.signing and not self.in_tls and layer is None:
            raise BindRefused(
                ResultCode.STRONGER_AUTH_REQUIRED,
                texts.NEEDS_SIGNING,
                status="NoSecurityLayer",
                reason=f"{client} wants no security layer",
            )


Conversation = Generator[bytes, bytes | None, Bound]


def gssapi(acceptor: Acceptor, initial: bytes | None, demands: Demands) -> Conversation:
    """Mechanism GSSAPI: Kerberos, then the round about the layer (RFC 4752 section 3.1)."""
    try:
        token = initial or (yield b"") or b""
        acceptance = acceptor.accept_kerberos(token)
        context = yield from _established(acceptor, acceptance)
        if acceptance.token and (yield acceptance.token):
            raise TokenError("IllegalMessage", "empty credentials are due after the last token")
        return (yield from _layer_round(context, demands))
    except TokenError as error:
        raise refused(error.status, str(error)) from None


def _established(acceptor: Acceptor, acceptance: Acceptance) -> Generator[bytes, bytes | None, Context]:
    """The context, or BindRefused; a KRB-ERROR goes out first."""
    if acceptance.status == "OK" and acceptor.context is not None:
        return acceptor.context
    if acceptance.continue_needed and acceptance.token:
        yield acceptance.token
    raise refused(acceptance.status, acceptance.reason)


def _layer_round(context: Context, demands: Demands) -> Conversation:
    offered = NO_LAYER
    if context.flags & INTEG_FLAG and not demands.in_tls:
        offered |= INTEGRITY
    if context.flags & CONF_FLAG and not demands.in_tls:
        offered |= CONFIDENTIALITY
    offer = bytes((offered,)) + MAXIMUM_FRAME_BYTES.to_bytes(3, "big")
    choice = context.unwrap((yield context.wrap(offer)) or b"")
    if len(choice) < 4 or choice[0] not in (NO_LAYER, INTEGRITY, CONFIDENTIALITY) or not choice[0] & offered:
        raise TokenError("IllegalMessage", f"security layer {choice[:4].hex()} was not offered")
    if choice[0] == NO_LAYER:
        demands.refuse(context.client, None)
        return Bound(client=context.client)
    layer = Layer(
        context=context, sealed=choice[0] == CONFIDENTIALITY, maximum=int.from_bytes(choice[1:4], "big")
    )
    return Bound(client=context.client, layer=layer)


def negotiate(acceptor: Acceptor, initial: bytes | None, demands: Demands) -> Conversation:
    """Mechanism GSS-SPNEGO: SPNEGO as Windows' Negotiate; the client's flags decide about the layer."""
    token = initial or b""
    for _ in range(MAXIMUM_LEGS):
        acceptance = acceptor.accept(token)
        if acceptance.status != "OK":
            yield from _established(acceptor, acceptance)
        if not acceptance.continue_needed:
            context = yield from _established(acceptor, acceptance)
            layer = _flagged_layer(context)
            demands.refuse(context.client, layer)
            return Bound(client=context.client, layer=layer, credentials=acceptance.token or None)
        token = (yield acceptance.token) or b""
    raise refused("IllegalMessage", f"more than {MAXIMUM_LEGS} tokens")


def _flagged_layer(context: Context) -> Layer | None:
    if not context.flags & (CONF_FLAG | INTEG_FLAG):
        return None
    return Layer(context=context, sealed=bool(context.flags & CONF_FLAG))


def refused(status: str, reason: str) -> BindRefused:
    """A token that is not accepted."""
    return BindRefused(
        ResultCode.INVALID_CREDENTIALS, texts.not_accepted(status), status=status, reason=reason
    )
