"""LDAP messages by impacket's classes on pyasn1: what a server would send, and how our requests read elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any

from impacket.ldap import ldapasn1
from impacket.ldap.ldap import decoder, encoder


def read(message: bytes) -> Any:
    """One of our requests, as impacket reads it; nothing may follow it."""
    value, rest = decoder.decode(message, asn1Spec=ldapasn1.LDAPMessage())
    assert rest == b""
    return value


def message(number: int, operation: Any) -> bytes:
    """A message around an operation."""
    value = ldapasn1.LDAPMessage()
    value["messageID"] = number
    value["protocolOp"].setComponentByType(operation.getTagSet(), operation)
    return bytes(encoder.encode(value))


def entry(number: int, dn: str, attributes: Mapping[str, Sequence[bytes | str]]) -> bytes:
    """A searchResultEntry."""
    operation = ldapasn1.SearchResultEntry()
    operation["objectName"] = dn
    operation["attributes"] = ldapasn1.PartialAttributeList()
    for position, (kind, values) in enumerate(attributes.items()):
        operation["attributes"][position]["type"] = kind
        operation["attributes"][position]["vals"].setComponents(*values)
    return message(number, operation)


def done(number: int, code: int = 0, text: str = "") -> bytes:
    """A searchResultDone."""
    return message(number, _result(ldapasn1.SearchResultDone(), code, text))


def reference(number: int, *uris: str) -> bytes:
    """A searchResultReference."""
    operation = ldapasn1.SearchResultReference()
    operation.setComponents(*uris)
    return message(number, operation)


def bind_response(number: int, code: int = 0, text: str = "", credentials: bytes | None = None) -> bytes:
    """A bindResponse."""
    operation = _result(ldapasn1.BindResponse(), code, text)
    if credentials is not None:
        operation["serverSaslCreds"] = credentials
    return message(number, operation)


def extended_response(number: int, code: int = 0, text: str = "") -> bytes:
    """An extendedResp, or with number 0 a notice."""
    return message(number, _result(ldapasn1.ExtendedResponse(), code, text))


def _result(operation: Any, code: int, text: str) -> Any:
    operation["resultCode"] = code
    operation["matchedDN"] = ""
    operation["diagnosticMessage"] = text
    return operation
