"""GSS-API framing of the tokens of the Kerberos mechanism. PURE.

RFC 2743 section 3.1 (the frame), RFC 4121 section 4.1 (token ids and the checksum that carries the context's
flags).
"""

from dataclasses import dataclass, field
from enum import IntFlag

from probe.wire.der import APPLICATION, DerError, object_identifier, read_message, read_node, tlv

KRB5 = "1.2.840.113554.1.2.2"
"""Kerberos V5, RFC 4121 section 1."""
MS_KRB5 = "1.2.840.48018.1.2.2"
"""Kerberos as Windows 2000 wrote it (113554 cut to 16 bits); Windows still offers it first."""
KRB5_USER_TO_USER = "1.2.840.113554.1.2.2.3"
IAKERB = "1.3.6.1.5.2.5"
NTLMSSP = "1.3.6.1.4.1.311.2.2.10"
"""MS-NLMP section 1.9."""
SPNEGO = "1.3.6.1.5.5.2"
"""RFC 4178 section 3."""

KRB5_OID = object_identifier(KRB5)
"""Tag, length and contents, as it stands in a frame."""
MS_KRB5_OID = object_identifier(MS_KRB5)
SPNEGO_OID = object_identifier(SPNEGO)

AP_REQ = b"\x01\x00"
"""Token ids, RFC 4121 section 4.1."""
AP_REP = b"\x02\x00"
KRB_ERROR = b"\x03\x00"

CHECKSUM_TYPE = 0x8003
"""The "checksum" of an authenticator that is none: RFC 4121 section 4.1.1."""

NO_BINDINGS = bytes(16)

_WITH_TOKEN_ID = frozenset({KRB5, MS_KRB5, KRB5_USER_TO_USER, IAKERB})


class ContextFlag(IntFlag):
    """RFC 4121 section 4.1.1.1; the last three are RFC 4757 section 7.1's."""

    DELEGATE = 1
    MUTUAL = 2
    REPLAY = 4
    SEQUENCE = 8
    CONFIDENTIALITY = 16
    INTEGRITY = 32
    DCE_STYLE = 0x1000
    IDENTIFY = 0x2000
    EXTENDED_ERROR = 0x4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """A frame taken apart. `token_id` is b"" for mechanisms other than Kerberos, which have none."""

    oid: str
    token_id: bytes
    body: bytes = field(repr=False)
    offset: int
    """Where `body` begins in what was decoded, to tell offsets within it in terms of the whole."""


def frame(token_id: bytes, body: bytes, oid: bytes = KRB5_OID) -> bytes:
    """A frame around a token, RFC 2743 section 3.1.

    InitialContextToken ::= [APPLICATION 0] IMPLICIT SEQUENCE {
        thisMech OBJECT IDENTIFIER, innerContextToken ANY DEFINED BY thisMech }
    """
    return tlv(0x60, oid + token_id + body)


def unframe(data: bytes) -> Framed:
    """Take a frame apart.

    Raises DerError; also when octets follow the frame, which MIT's acceptor refuses as well.
    """
    node = read_message(data)
    if node.tag_class != APPLICATION or node.tag_number or not node.constructed:
        raise node.refuse("a GSS-API frame, application tag 0")
    mechanism = read_node(node.data, node.start, node.end, 1)
    oid, start = mechanism.oid(), mechanism.end
    if oid in _WITH_TOKEN_ID:
        if start + 2 > node.end:
            raise DerError(offset=start, due="a token id of two octets", came=f"{node.end - start} octets")
        start += 2
    token_id, body = node.data[mechanism.end : start], node.data[start : node.end]
    return Framed(oid=oid, token_id=token_id, body=body, offset=start)


def checksum_contents(flags: int, bindings: bytes = NO_BINDINGS) -> bytes:
    """What an authenticator's checksum of type CHECKSUM_TYPE holds, without delegation (RFC 4121 4.1.1).

    `bindings` is the MD5 of the channel bindings, 16 octets, all 0 for none.
    """
    return len(bindings).to_bytes(4, "little") + bindings + flags.to_bytes(4, "little")
