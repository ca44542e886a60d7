"""LDAP version 3 (RFC 4511) as a client that only reads needs it: requests as octets, and filters. PURE.

Filters are built as BER and never as text, so that a name from the network cannot change a filter's meaning: what
the string form (RFC 4515) would have to escape is an octet like any other here.
"""

from dataclasses import dataclass
from enum import IntEnum

from probe.wire.der import enumerated, integer, octet_string, sequence, tlv

START_TLS = "1.3.6.1.4.1.1466.20037"
"""RFC 4511 section 4.14."""
GSS_SPNEGO = "GSS-SPNEGO"
"""The SASL mechanism of Windows (MS-ADTS section 5.1.1.1.2): no round about layers, the context's flags decide."""

_VERSION = 3
_BIND, _UNBIND, _SEARCH, _EXTENDED = 0x60, 0x42, 0x63, 0x77
"""Application tags 0, 2, 3 and 23."""
_SASL = 0xA3
_EQUALITY, _PRESENT = 0xA3, 0x87
_FALSE = b"\x01\x01\x00"


class ResultCode(IntEnum):
    """The results that a reader has to tell apart, RFC 4511 section 4.1.9."""

    SUCCESS = 0
    TIME_LIMIT_EXCEEDED = 3
    SIZE_LIMIT_EXCEEDED = 4
    AUTH_METHOD_NOT_SUPPORTED = 7
    STRONGER_AUTH_REQUIRED = 8
    REFERRAL = 10
    ADMIN_LIMIT_EXCEEDED = 11
    CONFIDENTIALITY_REQUIRED = 13
    SASL_BIND_IN_PROGRESS = 14
    NO_SUCH_OBJECT = 32
    INVALID_CREDENTIALS = 49


class Scope(IntEnum):
    """RFC 4511 section 4.5.1.2."""

    BASE = 0
    ONE_LEVEL = 1
    SUBTREE = 2


@dataclass(frozen=True, slots=True)
class Filter:
    """A search filter in BER (RFC 4511 section 4.5.1.7)."""

    encoded: bytes


def equals(attribute: str, value: str) -> Filter:
    """``(attribute=value)``; ``value`` may hold anything."""
    return Filter(
        tlv(_EQUALITY, octet_string(attribute.encode()) + octet_string(value.encode("utf-8", "replace")))
    )


def present(attribute: str) -> Filter:
    """``(attribute=*)``."""
    return Filter(tlv(_PRESENT, attribute.encode()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One question. ``base`` is a distinguished name; empty: rootDSE, or on a global catalog the whole forest."""

    base: str
    scope: Scope
    filter: Filter
    attributes: tuple[str, ...]
    size_limit: int
    """Entries; the server may have a smaller limit of its own."""
    time_limit_s: int


def search_request(number: int, search: Search) -> bytes:
    """A searchRequest, without following aliases.

    SearchRequest ::= [APPLICATION 3] SEQUENCE { baseObject LDAPDN, scope ENUMERATED, derefAliases ENUMERATED,
        sizeLimit INTEGER, timeLimit INTEGER, typesOnly BOOLEAN, filter Filter, attributes AttributeSelection }
    """
    content = b"".join(
        (
            octet_string(search.base.encode("utf-8", "replace")),
            enumerated(search.scope),
            enumerated(0),
            integer(search.size_limit),
            integer(search.time_limit_s),
            _FALSE,
            search.filter.encoded,
            sequence(*(octet_string(name.encode()) for name in search.attributes)),
        )
    )
    return _message(number, tlv(_SEARCH, content))


def sasl_bind_request(number: int, mechanism: str, credentials: bytes) -> bytes:
    """A bindRequest of version 3 with SASL credentials.

    BindRequest ::= [APPLICATION 0] SEQUENCE { version INTEGER, name LDAPDN, authentication CHOICE {
        sasl [3] SEQUENCE { mechanism LDAPString, credentials OCTET STRING OPTIONAL } } }
    """
    sasl = tlv(_SASL, octet_string(mechanism.encode()) + octet_string(credentials))
    return _message(number, tlv(_BIND, integer(_VERSION) + octet_string(b"") + sasl))


def start_tls_request(number: int) -> bytes:
    """The extendedRequest after whose success TLS begins (RFC 4511 section 4.14.1)."""
    return _message(number, tlv(_EXTENDED, tlv(0x80, START_TLS.encode())))


def unbind_request(number: int) -> bytes:
    """Goodbye; it has no answer."""
    return _message(number, tlv(_UNBIND, b""))


def _message(number: int, operation: bytes) -> bytes:
    """LDAPMessage ::= SEQUENCE { messageID INTEGER, protocolOp CHOICE {...}, controls [0] Controls OPTIONAL }."""
    return sequence(integer(number), operation)
