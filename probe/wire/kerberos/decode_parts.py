"""Decoders of what several Kerberos messages have in common. PURE; each raises DerError and nothing else."""

from probe.wire.crypto import Key
from probe.wire.der import APPLICATION, DerError, Node, optional, read_message, read_node, required
from probe.wire.kerberos.values import (
    AuthorizationData,
    EncryptedData,
    EtypeInfo2Entry,
    MessageType,
    PaData,
    PrincipalName,
    Ticket,
)


def message_body(data: bytes, message_type: int, name: str) -> Node:
    """The SEQUENCE of a message that stands alone.

    Octets behind it are an error: every transport has lengths.
    """
    return application_body(read_message(data), message_type, name)


def encrypted_body(data: bytes, message_type: int, name: str) -> Node:
    """The SEQUENCE of a decrypted part.

    Octets behind it are padding (RFC 3961 section 3, "decrypt") and ignored.
    """
    return application_body(read_node(bytes(data)), message_type, name)


def application_body(node: Node, message_type: int, name: str) -> Node:
    """The SEQUENCE within [APPLICATION message_type]."""
    if node.tag_class != APPLICATION or node.tag_number != message_type:
        raise node.refuse(f"{name}, application tag {int(message_type)}")
    return node.inner().sequence()


def principal_name(node: Node) -> PrincipalName:
    """A PrincipalName."""
    fields = node.fields()
    names = required(fields, 1, "name-string", node).sequence()
    return PrincipalName(
        name_type=required(fields, 0, "name-type", node).integer(),
        components=tuple([child.text() for child in names.children()]),
    )


def encrypted_data(node: Node) -> EncryptedData:
    """An EncryptedData.

    A kvno with the uppermost bit set (a read-only DC's) may come as a negative number.
    """
    fields = node.fields()
    kvno = optional(fields, 1)
    return EncryptedData(
        etype=required(fields, 0, "etype", node).integer(),
        kvno=None if kvno is None else kvno.unsigned32(),
        cipher=required(fields, 2, "cipher", node).octets(),
    )


def encryption_key(node: Node) -> Key:
    """EncryptionKey ::= SEQUENCE { keytype [0] Int32, keyvalue [1] OCTET STRING }, RFC 4120 section 5.2.9."""
    fields = node.fields()
    return Key(
        etype=required(fields, 0, "keytype", node).integer(),
        contents=required(fields, 1, "keyvalue", node).octets(),
    )


def checksum(node: Node) -> tuple[int, bytes]:
    """Checksum ::= SEQUENCE { cksumtype [0] Int32, checksum [1] OCTET STRING }, RFC 4120 section 5.2.9."""
    fields = node.fields()
    return required(fields, 0, "cksumtype", node).integer(), required(fields, 1, "checksum", node).octets()


def ticket(node: Node) -> Ticket:
    """A Ticket, with its octets verbatim."""
    body = application_body(node, MessageType.TICKET, "Ticket")
    fields = body.fields()
    return Ticket(
        realm=required(fields, 1, "realm", body).text(),
        sname=principal_name(required(fields, 2, "sname", body)),
        enc_part=encrypted_data(required(fields, 3, "enc-part", body)),
        raw=node.raw,
    )


def padata(node: Node | None) -> tuple[PaData, ...]:
    """A SEQUENCE OF PA-DATA; none when it is not there."""
    return () if node is None else tuple([_one_padata(child) for child in node.sequence().children()])


def _one_padata(node: Node) -> PaData:
    fields = node.fields()
    return PaData(
        type=required(fields, 1, "padata-type", node).integer(),
        value=required(fields, 2, "padata-value", node).octets(),
    )


def authorization_data(node: Node | None) -> tuple[AuthorizationData, ...]:
    """An AuthorizationData; none when it is not there."""
    return () if node is None else tuple([_one_authorization(child) for child in node.sequence().children()])


def _one_authorization(node: Node) -> AuthorizationData:
    fields = node.fields()
    return AuthorizationData(
        type=required(fields, 0, "ad-type", node).integer(),
        value=required(fields, 1, "ad-data", node).octets(),
    )


def optional_text(fields: dict[int, Node], number: int) -> str | None:
    """A GeneralString that may be missing."""
    node = optional(fields, number)
    return None if node is None else node.text()


def optional_name(fields: dict[int, Node], number: int) -> PrincipalName | None:
    """A PrincipalName that may be missing."""
    node = optional(fields, number)
    return None if node is None else principal_name(node)


def optional_time(fields: dict[int, Node], number: int) -> float | None:
    """A KerberosTime that may be missing."""
    node = optional(fields, number)
    return None if node is None else node.time()


def optional_key(fields: dict[int, Node], number: int) -> Key | None:
    """An EncryptionKey that may be missing."""
    node = optional(fields, number)
    return None if node is None else encryption_key(node)


def optional_unsigned32(fields: dict[int, Node], number: int) -> int | None:
    """A UInt32 that may be missing."""
    node = optional(fields, number)
    return None if node is None else node.unsigned32()


def decode_method_data(data: bytes) -> tuple[PaData, ...]:
    """METHOD-DATA ::= SEQUENCE OF PA-DATA (RFC 4120 section 5.9.1). Raises DerError."""
    return padata(read_message(data))


def decode_etype_info2(data: bytes) -> tuple[EtypeInfo2Entry, ...]:
    """ETYPE-INFO2 (RFC 4120 section 5.2.7.5) or ETYPE-INFO (5.2.7.4), whose salt is an OCTET STRING.

    The KDC's order, which is its preference. Raises DerError.
    """
    return tuple([_etype_entry(child) for child in read_message(data).sequence().children()])


def _etype_entry(node: Node) -> EtypeInfo2Entry:
    fields = node.fields()
    salt, parameters = optional(fields, 1), optional(fields, 2)
    return EtypeInfo2Entry(
        etype=required(fields, 0, "etype", node).integer(),
        salt_bytes=None if salt is None else _salt(salt),
        s2kparams=None if parameters is None else parameters.octets(),
    )


def _salt(node: Node) -> bytes:
    try:
        return node.octets()
    except DerError:
        node.text()  # raises unless it is a character string; its octets, not its characters, are the salt
        return node.content
