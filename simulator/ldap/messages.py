"""LDAP messages, octets <-> values, through impacket's ASN.1 classes (PURE; RFC 4511 section 4).

Requests are bounded before pyasn1 sees them: it takes time for each element. Whatever the octets are, nothing
but `MessageError` leaves this module.

impacket 0.13 has the ASN.1 of every message, and it is used: a search of 56 octets is read in 0.24 ms, 0.17 of them
pyasn1's, an entry with three attributes written in 0.26 ms. What it has not is written here: where a message ends, and
the values that the session works with. Its ``Filter`` refuses every ``&``, ``|`` and ``!``, because the class does not
contain itself, so a filter stays octets and `filters` reads it (92 lines), to a depth.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from impacket.ldap import ldapasn1
from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]
from pyasn1.type import namedtype, tag, univ  # type: ignore[import-untyped]

from simulator.kerberos.codec import DECODER_ERRORS
from simulator.ldap import filters
from simulator.ldap.entries import Filter

PAGED_RESULTS = "1.2.840.113556.1.4.319"
"""RFC 2696."""
MAXIMUM_BIND_BYTES = 128 * 1024
"""A bind carries a ticket: 65535 octets at most (MaxTokenSize, KB 327825)."""
MAXIMUM_BYTES = 16 * 1024
"""Of every other request: none that the directory understands is longer."""
_BIND_REQUEST = 0x60


class MessageError(Exception):
    """Octets that are no LDAP request, or more than is read of one."""


class ResultCode(IntEnum):
    """RFC 4511 section 4.1.9."""

    SUCCESS = 0
    OPERATIONS_ERROR = 1
    PROTOCOL_ERROR = 2
    SIZE_LIMIT_EXCEEDED = 4
    AUTH_METHOD_NOT_SUPPORTED = 7
    STRONGER_AUTH_REQUIRED = 8
    REFERRAL = 10
    UNAVAILABLE_CRITICAL_EXTENSION = 12
    CONFIDENTIALITY_REQUIRED = 13
    SASL_BIND_IN_PROGRESS = 14
    NO_SUCH_OBJECT = 32
    INVALID_DN_SYNTAX = 34
    INVALID_CREDENTIALS = 49
    UNAVAILABLE = 52
    UNWILLING_TO_PERFORM = 53


class Scope(IntEnum):
    """RFC 4511 section 4.5.1.2."""

    BASE = 0
    ONE = 1
    SUBTREE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """``mechanism`` is empty for a simple bind; ``credentials`` are None when absent."""

    name: str
    mechanism: str
    credentials: bytes | None = field(repr=False)
    sasl: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search. ``filter`` is a value that has ``matches``."""

    base: str
    scope: Scope
    size_limit: int
    types_only: bool
    filter: Filter
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """An extended operation (RFC 4511 section 4.12)."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbind:
    """The client's farewell: no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandon:
    """Nothing runs that could be abandoned: no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another operation; ``answer`` is the name of its response in impacket's classes."""

    answer: str


Operation = Bind | Search | Extended | Unbind | Abandon | Other


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A request's control (RFC 4511 section 4.1.11)."""

    kind: str
    critical: bool
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One message of a client's."""

    number: int
    operation: Operation
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The value of a paged results control."""

    size: int
    cookie: bytes


def split(data: bytes) -> tuple[bytes, bytes] | None:
    """The first message in ``data`` and what follows it; None when it is not all there yet.

    Raises MessageError as soon as it is clear that there is none, or that it is too long.
    """
    if data[:1] not in (b"", b"\x30"):
        raise MessageError(f"a message begins with 0x30, not {data[0]:#04x}")
    if len(data) < 2:
        return None
    octets = data[1] & 0x7F if data[1] & 0x80 else 0
    if data[1] == 0x80 or octets > 4:
        raise MessageError("a length of a form that LDAP does not have")
    start = 2 + octets
    if len(data) < start:
        return None
    length = int.from_bytes(data[2:start], "big") if octets else data[1]
    if length > MAXIMUM_BIND_BYTES:
        raise MessageError(f"{length} octets are announced, at most {MAXIMUM_BIND_BYTES} are read")
    if len(data) < start + length:
        return None
    return data[: start + length], data[start + length :]


class _SearchRequest(univ.Sequence):  # type: ignore[misc]
    """impacket's, but that the filter stays octets."""

    tagSet = ldapasn1.SearchRequest.tagSet  # noqa: N815 - pyasn1's name
    componentType = namedtype.NamedTypes(  # noqa: N815
        *(
            namedtype.NamedType("filter", univ.Any()) if each.name == "filter" else each
            for each in ldapasn1.SearchRequest.componentType.namedTypes
        )
    )


class _Operations(univ.Choice):  # type: ignore[misc]
    """What a client sends; a response is no request."""

    componentType = namedtype.NamedTypes(  # noqa: N815
        namedtype.NamedType("bindRequest", ldapasn1.BindRequest()),
        namedtype.NamedType("unbindRequest", ldapasn1.UnbindRequest()),
        namedtype.NamedType("searchRequest", _SearchRequest()),
        namedtype.NamedType("modifyRequest", ldapasn1.ModifyRequest()),
        namedtype.NamedType("addRequest", ldapasn1.AddRequest()),
        namedtype.NamedType("delRequest", ldapasn1.DelRequest()),
        namedtype.NamedType("modDNRequest", ldapasn1.ModifyDNRequest()),
        namedtype.NamedType("compareRequest", ldapasn1.CompareRequest()),
        namedtype.NamedType("abandonRequest", ldapasn1.AbandonRequest()),
        namedtype.NamedType("extendedReq", ldapasn1.ExtendedRequest()),
    )


class _Message(univ.Sequence):  # type: ignore[misc]
    """LDAPMessage ::= SEQUENCE { messageID, protocolOp CHOICE, controls [0] Controls OPTIONAL }."""

    componentType = namedtype.NamedTypes(  # noqa: N815
        namedtype.NamedType("messageID", ldapasn1.MessageID()),
        namedtype.NamedType("protocolOp", _Operations()),
        namedtype.OptionalNamedType(
            "controls",
            ldapasn1.Controls().subtype(implicitTag=tag.Tag(tag.tagClassContext, tag.tagFormatSimple, 0)),
        ),
    )


def decode(message: bytes) -> Request:
    """Read one request. Raises MessageError."""
    if len(message) > MAXIMUM_BYTES and _operation_tag(message) != _BIND_REQUEST:
        raise MessageError(f"{len(message)} octets, and only a bind may have more than {MAXIMUM_BYTES}")
    try:
        value, rest = decoder.decode(message, asn1Spec=_Message())
        if rest:
            raise MessageError("octets behind the message")
        choice = value["protocolOp"]
        return Request(
            number=int(value["messageID"]),
            operation=_operation(str(choice.getName()), choice.getComponent()),
            controls=tuple(map(_control, value["controls"])) if value["controls"].hasValue() else (),
        )
    except filters.FilterError as error:
        raise MessageError(str(error)) from None
    except DECODER_ERRORS as error:
        # pyasn1's own text quotes the octets at length, tokens among them.
        raise MessageError(f"no LDAP request ({type(error).__name__})") from None


def _operation_tag(message: bytes) -> int:
    """The tag of the operation, which follows the message's number."""
    start = 2 + (message[1] & 0x7F if message[1] & 0x80 else 0)
    number = message[start + 1] if len(message) > start + 1 else 0
    return int.from_bytes(message[start + 2 + number : start + 3 + number], "big")


def _operation(name: str, value: Any) -> Operation:
    match name:
        case "bindRequest":
            return _bind(value)
        case "searchRequest":
            return Search(
                base=_text(value["baseObject"]),
                scope=Scope(int(value["scope"])),
                size_limit=int(value["sizeLimit"]),
                types_only=bool(value["typesOnly"]),
                filter=filters.read(bytes(value["filter"])),
                attributes=tuple(map(_text, value["attributes"])),
            )
        case "extendedReq":
            return Extended(name=_text(value["requestName"]))
        case "unbindRequest":
            return Unbind()
        case "abandonRequest":
            return Abandon()
        case _:
            return Other(answer=name.removesuffix("Request") + "Response")


def _bind(value: Any) -> Bind:
    if int(value["version"]) != 3:
        raise MessageError("LDAP version 3 only")
    method = value["authentication"].getName()
    chosen = value["authentication"].getComponent()
    if method == "sasl":
        given = chosen["credentials"]
        return Bind(
            name=_text(value["name"]),
            sasl=True,
            mechanism=_text(chosen["mechanism"]),
            credentials=bytes(given) if given.hasValue() else None,
        )
    mechanism = "" if method == "simple" else str(method)
    return Bind(name=_text(value["name"]), sasl=False, mechanism=mechanism, credentials=bytes(chosen))


def _control(value: Any) -> Control:
    given = value["controlValue"]
    return Control(
        kind=_text(value["controlType"]),
        critical=bool(value["criticality"]),
        value=bytes(given) if given.hasValue() else b"",
    )


def _text(value: Any) -> str:
    return bytes(value).decode(errors="replace")


def decode_page(value: bytes) -> Page:
    """Read the value of a paged results control. Raises MessageError."""
    try:
        page, _ = decoder.decode(value, asn1Spec=ldapasn1.SimplePagedResultsControlValue())
        return Page(size=int(page["size"]), cookie=bytes(page["cookie"]))
    except DECODER_ERRORS:
        raise MessageError("no value of a paged results control") from None


# ---- responses


def result(
    number: int,
    kind: str,
    code: ResultCode,
    *,
    text: str = "",
    matched: str = "",
    referral: str = "",
    page: Page | None = None,
) -> bytes:
    """The response that ends an operation; ``kind`` is its name in impacket's classes."""
    message, response = _response(number, kind)
    _set_result(response, code, text, matched)
    if referral:
        response["referral"].setComponents(referral)
    if page is not None:
        value = ldapasn1.SimplePagedResultsControlValue().setComponents(page.size, page.cookie)
        message["controls"][0]["controlType"] = PAGED_RESULTS
        message["controls"][0]["controlValue"] = encoder.encode(value)
    return bytes(encoder.encode(message))


def bind_result(number: int, code: ResultCode, *, text: str = "", credentials: bytes | None = None) -> bytes:
    """The answer to a bind."""
    message, response = _response(number, "bindResponse")
    _set_result(response, code, text, "")
    if credentials is not None:
        response["serverSaslCreds"] = credentials
    return bytes(encoder.encode(message))


def extended_result(
    number: int, code: ResultCode, *, text: str = "", name: str = "", value: bytes | None = None
) -> bytes:
    """The answer to an extended operation; number 0 is an unsolicited notification."""
    message, response = _response(number, "extendedResp")
    _set_result(response, code, text, "")
    if name:
        response["responseName"] = name
    if value is not None:
        response["responseValue"] = value
    return bytes(encoder.encode(message))


def found_entry(number: int, dn: str, attributes: Sequence[tuple[str, tuple[bytes, ...]]]) -> bytes:
    """An object that a search found."""
    message, response = _response(number, "searchResEntry")
    response["objectName"] = dn.encode()
    response["attributes"].clear()
    for position, (name, values) in enumerate(attributes):
        response["attributes"][position]["type"] = name
        response["attributes"][position]["vals"].clear()
        response["attributes"][position]["vals"].setComponents(*values)
    return bytes(encoder.encode(message))


def found_reference(number: int, uri: str) -> bytes:
    """Where the search could go on."""
    message, response = _response(number, "searchResRef")
    response.setComponents(uri)
    return bytes(encoder.encode(message))


def _response(number: int, kind: str) -> tuple[Any, Any]:
    message = ldapasn1.LDAPMessage()
    message["messageID"] = number
    return message, message["protocolOp"].setComponentByName(kind).getComponent()


def _set_result(response: Any, code: ResultCode, text: str, matched: str) -> None:
    response["resultCode"] = int(code)
    response["matchedDN"] = matched.encode()
    response["diagnosticMessage"] = text.encode()
