"""SPNEGO's messages for the acceptor, through pyasn1 (PURE; RFC 4178 section 4.2, MS-SPNG section 2.2.1).

::

    NegotiationToken ::= CHOICE { negTokenInit [0] NegTokenInit, negTokenResp [1] NegTokenResp }
    NegTokenInit ::= SEQUENCE {
        mechTypes [0] MechTypeList, reqFlags [1] BIT STRING OPTIONAL,
        mechToken [2] OCTET STRING OPTIONAL, mechListMIC [3] OCTET STRING OPTIONAL }
    NegTokenResp ::= SEQUENCE {
        negState [0] ENUMERATED OPTIONAL, supportedMech [1] MechType OPTIONAL,
        responseToken [2] OCTET STRING OPTIONAL, mechListMIC [3] OCTET STRING OPTIONAL }

The initiator's first message lies in a GSS frame (RFC 2743 section 3.1), the others do not.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from pyasn1.type import char, namedtype, tag, univ  # type: ignore[import-untyped]

from simulator.acceptors.messages import TokenError, split_element
from simulator.kerberos.codec import Fields, SchemaError, from_der, to_der

KERBEROS = "1.2.840.113554.1.2.2"
MICROSOFT_KERBEROS = "1.2.840.48018.1.2.2"
"""Windows 2000's slip of one bit, offered first ever since (MS-SPNG section 3.1.5.2 product note)."""
NTLM = "1.3.6.1.4.1.311.2.2.10"
KERBEROS_MECHANISMS = (KERBEROS, MICROSOFT_KERBEROS)
FRAME_OID = bytes.fromhex("06062b0601050502")
"""1.3.6.1.5.5.2 in DER."""
_HINT_NAME = "not_defined_in_RFC4178@please_ignore"
"""What Windows puts into every NegTokenInit2 since Vista (MS-SPNG section 2.2.1)."""


class NegState(IntEnum):
    """RFC 4178 section 4.2.2."""

    ACCEPT_COMPLETED = 0
    ACCEPT_INCOMPLETE = 1
    REJECT = 2
    REQUEST_MIC = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NegTokenInit:
    """What an initiator offers."""

    mechanisms: tuple[str, ...]
    mechanism_list: bytes
    """The MechTypeList in DER, which mechListMIC is over."""
    token: bytes = field(default=b"", repr=False)
    """For the first mechanism; empty when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NegTokenResp:
    """Every later message, in both directions. None and empty are absent."""

    state: NegState | None = None
    supported: str | None = None
    token: bytes = field(default=b"", repr=False)
    mic: bytes = b""


def decode_init(body: bytes) -> NegTokenInit:
    """Read a NegTokenInit from inside its frame. Raises TokenError("IllegalMessage")."""
    try:
        fields = from_der(body, _NegTokenInit())
        mechanisms = list(fields.get("mechTypes", ()))
        # DER has one encoding for a value, so these are the octets that came.
        mechanism_list = to_der(mechanisms, _MechTypeList())
    except SchemaError as error:
        raise TokenError("IllegalMessage", str(error)) from None
    if not mechanisms:
        raise TokenError("IllegalMessage", "a NegTokenInit that offers no mechanism")
    return NegTokenInit(
        mechanisms=tuple(str(mechanism) for mechanism in mechanisms),
        mechanism_list=mechanism_list,
        token=fields.get("mechToken", b""),
    )


def decode_resp(data: bytes) -> NegTokenResp:
    """Read a NegTokenResp. Raises TokenError("IllegalMessage")."""
    try:
        fields = from_der(data, _NegTokenResp())
    except SchemaError as error:
        raise TokenError("IllegalMessage", str(error)) from None
    state = fields.get("negState")
    if state is not None and state not in iter(NegState):
        raise TokenError("IllegalMessage", f"negState {state} is not defined")
    return NegTokenResp(
        state=None if state is None else NegState(state),
        supported=fields.get("supportedMech"),
        token=fields.get("responseToken", b""),
        mic=fields.get("mechListMIC", b""),
    )


def encode_resp(message: NegTokenResp) -> bytes:
    """Write a NegTokenResp."""
    fields: Fields = {
        "negState": None if message.state is None else int(message.state),
        "supportedMech": message.supported,
        "responseToken": message.token or None,
        "mechListMIC": message.mic or None,
    }
    return to_der(fields, _NegTokenResp())


def encode_hint() -> bytes:
    """The NegTokenInit2 with which an acceptor answers an empty first token (MS-SPNG section 3.2.5.2)."""
    mechanisms = [MICROSOFT_KERBEROS, KERBEROS, NTLM]
    fields: Fields = {"mechTypes": mechanisms, "negHints": {"hintName": _HINT_NAME}}
    contents = FRAME_OID + to_der(fields, _NegTokenInit2())
    if len(contents) > 0x7F:
        raise ValueError("a hint is a short message")
    return bytes((0x60, len(contents))) + contents


def unframe(token: bytes) -> bytes:
    """The NegotiationToken in a GSS frame. Raises TokenError("IllegalMessage")."""
    contents, trailing = split_element(token, tag=0x60)
    if trailing or not contents.startswith(FRAME_OID):
        raise TokenError("IllegalMessage", "not one SPNEGO message in one GSS frame")
    return contents[len(FRAME_OID) :]


def _context(number: int) -> Any:
    return tag.Tag(tag.tagClassContext, tag.tagFormatConstructed, number)


def _optional(name: str, number: int, kind: Any) -> Any:
    return namedtype.OptionalNamedType(name, kind.subtype(explicitTag=_context(number)))


class _MechTypeList(univ.SequenceOf):  # type: ignore[misc]
    componentType = univ.ObjectIdentifier()  # noqa: N815 - pyasn1's name


class _NegTokenInit(univ.Sequence):  # type: ignore[misc]
    tagSet = univ.Sequence.tagSet.tagExplicitly(_context(0))  # noqa: N815
    componentType = namedtype.NamedTypes(  # noqa: N815
        _optional("mechTypes", 0, _MechTypeList()),
        _optional("reqFlags", 1, univ.BitString()),
        _optional("mechToken", 2, univ.OctetString()),
        _optional("mechListMIC", 3, univ.OctetString()),
    )


class _NegHints(univ.Sequence):  # type: ignore[misc]
    componentType = namedtype.NamedTypes(_optional("hintName", 0, char.GeneralString()))  # noqa: N815


class _NegTokenInit2(univ.Sequence):  # type: ignore[misc]
    tagSet = univ.Sequence.tagSet.tagExplicitly(_context(0))  # noqa: N815
    componentType = namedtype.NamedTypes(  # noqa: N815
        _optional("mechTypes", 0, _MechTypeList()),
        _optional("negHints", 3, _NegHints()),
    )


class _NegTokenResp(univ.Sequence):  # type: ignore[misc]
    tagSet = univ.Sequence.tagSet.tagExplicitly(_context(1))  # noqa: N815
    componentType = namedtype.NamedTypes(  # noqa: N815
        _optional("negState", 0, univ.Enumerated()),
        _optional("supportedMech", 1, univ.ObjectIdentifier()),
        _optional("responseToken", 2, univ.OctetString()),
        _optional("mechListMIC", 3, univ.OctetString()),
    )
