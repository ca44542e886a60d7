"""SPNEGO, RFC 4178, as Windows speaks it (MS-SPNG): what an acceptor answers and what a client sends. PURE.

`decode` survives what acceptors were seen to send: NegTokenInit2 hints in answer to an empty token, MIT's
*reject* without supportedMech but with a responseToken, tokens of another mechanism without any SPNEGO around
them. Offsets are octets from the start of what was decoded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from probe.wire.der import (
    APPLICATION,
    CONTEXT,
    SEQUENCE,
    Node,
    context,
    enumerated,
    object_identifier,
    octet_string,
    optional,
    read_message,
    read_node,
    sequence,
)
from probe.wire.gssapi.frame import KRB5, MS_KRB5, NTLMSSP, SPNEGO, SPNEGO_OID, frame

KERBEROS_MECHANISMS = (MS_KRB5, KRB5)
"""What a client with Kerberos alone offers, in the order of Windows."""

WINDOWS_MECHANISMS = (*KERBEROS_MECHANISMS, NTLMSSP)
"""The same with NTLM behind it.

Offering it invites a silent fall-back, so the probe does so only when asked.
"""

NTLMSSP_SIGNATURE = b"NTLMSSP\0"


class NegState(IntEnum):
    """negState, RFC 4178 section 4.2.2."""

    ACCEPT_COMPLETED = 0
    ACCEPT_INCOMPLETE = 1
    REJECT = 2
    REQUEST_MIC = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NegTokenInit:
    """NegTokenInit (RFC 4178 section 4.2.1) or the acceptor's NegTokenInit2 (MS-SPNG section 2.2.1).

    NegTokenInit2 ::= SEQUENCE { mechTypes [0] SEQUENCE OF OBJECT IDENTIFIER OPTIONAL, reqFlags [1] BIT STRING
        OPTIONAL, mechToken [2] OCTET STRING OPTIONAL, negHints [3] SEQUENCE { hintName [0] GeneralString
        OPTIONAL, hintAddress [1] OCTET STRING OPTIONAL } OPTIONAL, mechListMIC [4] OCTET STRING OPTIONAL }

    In the RFC's own form [3] is mechListMIC, an OCTET STRING; the type under the tag tells the two apart.
    """

    mech_types: tuple[str, ...]
    mech_list: bytes
    """mechTypes verbatim, the DER that mechListMIC is taken over; b"" when there are none."""
    req_flags: int | None
    mech_token: bytes | None = field(repr=False)
    mech_token_offset: int | None
    hint_name: str | None
    """`not_defined_in_RFC4178@please_ignore` since Windows Vista; before, its own name (MS-SPNG 6)."""
    hint_address: bytes | None
    mech_list_mic: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NegTokenResp:
    """RFC 4178 section 4.2.2.

    NegTokenResp ::= SEQUENCE { negState [0] ENUMERATED OPTIONAL, supportedMech [1] OBJECT IDENTIFIER
        OPTIONAL, responseToken [2] OCTET STRING OPTIONAL, mechListMIC [3] OCTET STRING OPTIONAL }
    """

    state: int | None
    """A NegState, or a number that the RFC does not know."""
    supported_mech: str | None
    response_token: bytes | None = field(repr=False)
    response_token_offset: int | None
    mech_list_mic: bytes | None = field(repr=False)
    """Old Windows acceptors put a copy of responseToken here, which verifies as nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BareToken:
    """A token of a mechanism itself, without SPNEGO.

    `mechanism` is its OID, None when the token does not tell.
    """

    mechanism: str | None
    token: bytes = field(repr=False)


NegotiationToken = NegTokenInit | NegTokenResp | BareToken


def decode(data: bytes) -> NegotiationToken:
    """Decode what an acceptor or an initiator sent. Raises DerError.

    NegotiationToken ::= CHOICE { negTokenInit [0] NegTokenInit, negTokenResp [1] NegTokenResp }, RFC 4178
    section 4.2; the first one within GSS-API framing, which some leave out.
    """
    if data.startswith(NTLMSSP_SIGNATURE):
        return BareToken(mechanism=NTLMSSP, token=bytes(data))
    node = read_message(data)
    if node.tag_class == APPLICATION and node.constructed:
        if node.tag_number:  # a Kerberos message without GSS-API framing
            return BareToken(mechanism=None, token=node.data)
        mechanism = read_node(node.data, node.start, node.end, 1)
        oid = mechanism.oid()
        if oid != SPNEGO:
            return BareToken(mechanism=oid, token=node.data)
        node = read_node(node.data, mechanism.end, node.end, 1)
    return _choice(node)


def _choice(node: Node) -> NegTokenInit | NegTokenResp:
    if node.tag_class == CONTEXT and node.tag_number == 0:
        return _init(node.inner())
    if node.tag_class == CONTEXT and node.tag_number == 1:
        return _response(node.inner())
    raise node.refuse("NegTokenInit or NegTokenResp")


def _octets(node: Node | None) -> bytes | None:
    return None if node is None else node.octets()


def _init(body: Node) -> NegTokenInit:
    fields = body.fields()
    mechanisms, flags, token = optional(fields, 0), optional(fields, 1), optional(fields, 2)
    third, fourth = optional(fields, 3), optional(fields, 4)
    hints: dict[int, Node] = {}
    if third is not None and third.tag_number == SEQUENCE:
        hints, third = third.fields(), None
    name = optional(hints, 0)
    return NegTokenInit(
        mech_types=() if mechanisms is None else tuple([n.oid() for n in mechanisms.sequence().children()]),
        mech_list=b"" if mechanisms is None else mechanisms.raw,
        req_flags=None if flags is None else flags.flags(),
        mech_token=_octets(token),
        mech_token_offset=None if token is None else token.start,
        hint_name=None if name is None else name.text(),
        hint_address=_octets(optional(hints, 1)),
        mech_list_mic=_octets(third if fourth is None else fourth),
    )


def _response(body: Node) -> NegTokenResp:
    fields = body.fields()
    state, mechanism, token = optional(fields, 0), optional(fields, 1), optional(fields, 2)
    return NegTokenResp(
        state=None if state is None else state.enumerated(),
        supported_mech=None if mechanism is None else mechanism.oid(),
        response_token=_octets(token),
        response_token_offset=None if token is None else token.start,
        mech_list_mic=_octets(optional(fields, 3)),
    )


def mech_list_der(mech_types: Sequence[str]) -> bytes:
    """MechTypeList ::= SEQUENCE OF OBJECT IDENTIFIER, as mechListMIC covers it (RFC 4178 section 5)."""
    return sequence(*[object_identifier(mechanism) for mechanism in mech_types])


def neg_token_init(
    mech_types: Sequence[str], mech_token: bytes | None, mech_list_mic: bytes | None = None
) -> bytes:
    """The client's first token, framed. `mech_token` is for the first of `mech_types`; None leaves it out."""
    body = sequence(
        context(0, mech_list_der(mech_types)),
        b"" if mech_token is None else context(2, octet_string(mech_token)),
        b"" if mech_list_mic is None else context(3, octet_string(mech_list_mic)),
    )
    return frame(b"", context(0, body), SPNEGO_OID)


def neg_token_resp(
    *,
    state: int | None = None,
    supported_mech: str | None = None,
    response_token: bytes | None = None,
    mech_list_mic: bytes | None = None,
) -> bytes:
    """A later token of the client: the mechanism's next one, a mechListMIC, or both."""
    body = sequence(
        b"" if state is None else context(0, enumerated(state)),
        b"" if supported_mech is None else context(1, object_identifier(supported_mech)),
        b"" if response_token is None else context(2, octet_string(response_token)),
        b"" if mech_list_mic is None else context(3, octet_string(mech_list_mic)),
    )
    return context(1, body)
