"""Annotated trees of KRB-SAFE, KRB-PRIV and KRB-CRED (RFC 4120 sections 5.6 to 5.8), opened where a key is there. PURE.

KRB-CRED is what delegation and files named .kirbi hold. In a file its inner part is often not encrypted at all:
encryption type 0, the plain octets in place of a cipher.
"""

from dataclasses import replace

from probe.dissect import names as known
from probe.dissect.der import (
    Field,
    Shape,
    explicit,
    fixed,
    flags,
    noted,
    number,
    octets,
    piece,
    sequence,
    sequence_of,
    text,
    time,
    unsigned,
)
from probe.dissect.kerberos import tickets
from probe.dissect.kerberos_parts import (
    Sealed,
    addresses,
    application,
    checksum,
    encrypted,
    key,
    looked_up,
    microseconds,
    principal,
)
from probe.dissect.node import TreeNode, Walk, count
from probe.wire.der import DerError, Node
from probe.wire.kerberos import decode_parts

KRB_SAFE, KRB_PRIV, KRB_CRED, ENC_KRB_PRIV_PART, ENC_KRB_CRED_PART = 20, 21, 22, 28, 29
"""Application tags and msg-type, RFC 4120 sections 5.10 and 7.5.7."""
_PRIV_USAGE, _CRED_USAGE = 13, 14
"""Key usages, RFC 4120 section 7.5.1."""
_NOT_ENCRYPTED = 0

_address = sequence(
    # HostAddress ::= SEQUENCE { addr-type [0] Int32, address [1] OCTET STRING }
    {0: ("addr-type", number(looked_up(known.ADDRESS_TYPES, "a type"))), 1: ("address", octets)}
)


def _body(first: int) -> dict[int, Field]:
    """What KRB-SAFE-BODY and EncKrbPrivPart have in common: the data, when and by whom.

    { user-data [0] OCTET STRING, timestamp [1], usec [2], seq-number [3], s-address [4], r-address [5] }
    """
    return {
        first: ("user-data", octets),
        first + 1: ("timestamp", time),
        first + 2: ("usec", microseconds),
        first + 3: ("seq-number", unsigned),
        first + 4: ("s-address", _address),
        first + 5: ("r-address", _address),
    }


def _message(message_type: int, fields: dict[int, Field]) -> Shape:
    """{ pvno [0] INTEGER (5), msg-type [1] INTEGER, ... }."""
    start: dict[int, Field] = {0: ("pvno", fixed(5)), 1: ("msg-type", fixed(message_type))}
    return sequence(start | fields)


# KRB-SAFE ::= [APPLICATION 20] SEQUENCE { pvno, msg-type, safe-body [2] KRB-SAFE-BODY, cksum [3] Checksum }
_SAFE = _message(KRB_SAFE, {2: ("safe-body", sequence(_body(0))), 3: ("cksum", checksum)})

_PRIV_PART = application(ENC_KRB_PRIV_PART, "EncKrbPrivPart", sequence(_body(0)))

# KRB-PRIV ::= [APPLICATION 21] SEQUENCE { pvno, msg-type, enc-part [3] EncryptedData } -- there is no [2]
_PRIV = _message(
    KRB_PRIV,
    {
        3: (
            "enc-part",
            encrypted(
                Sealed(title="EncKrbPrivPart", part=_PRIV_PART, usages=(_PRIV_USAGE,), by_session_key=True)
            ),
        )
    },
)

_CRED_INFO = sequence(
    {
        # KrbCredInfo ::= SEQUENCE { key [0] EncryptionKey, and the rest as in the reply of a KDC, all OPTIONAL }
        0: ("key", key("the session key of a ticket in a KRB-CRED")),
        1: ("prealm", text),
        2: ("pname", principal),
        3: ("flags", flags(known.TICKET_FLAGS)),
        4: ("authtime", time),
        5: ("starttime", time),
        6: ("endtime", time),
        7: ("renew-till", time),
        8: ("srealm", text),
        9: ("sname", principal),
        10: ("caddr", addresses),
    }
)
_CRED_PART = application(
    ENC_KRB_CRED_PART,
    "EncKrbCredPart",
    sequence(
        {
            0: ("ticket-info", sequence_of(_CRED_INFO, "ticket")),
            1: ("nonce", unsigned),
            2: ("timestamp", time),
            3: ("usec", microseconds),
            4: ("s-address", _address),
            5: ("r-address", _address),
        }
    ),
)
_SEALED_CRED = Sealed(title="EncKrbCredPart", part=_CRED_PART, usages=(_CRED_USAGE,), by_session_key=True)


def _cred_part(walk: Walk, node: Node, name: str) -> TreeNode:
    """The EncryptedData of a KRB-CRED; of type 0 it is the plain part (RFC 4120 has no such type, MIT writes it)."""
    try:
        data = decode_parts.encrypted_data(node)
    except DerError:
        return encrypted()(walk, node, name)
    if data.etype != _NOT_ENCRYPTED:
        return encrypted(_SEALED_CRED)(walk, node, name)
    made = replace(encrypted()(walk, node, name), meaning="not encrypted: whoever has it has the tickets")
    inside = TreeNode(
        offset=0, length=len(data.cipher), name="EncKrbCredPart", opens="the plain EncKrbCredPart"
    )
    try:
        plain, cut = piece(data.cipher, 0, len(data.cipher), node.depth + 1)
        inside = replace(noted(_CRED_PART(walk, plain, "EncKrbCredPart"), cut), opens=inside.opens)
    except DerError as error:
        inside = replace(inside, value=count(len(data.cipher)), problem=str(error))
    return replace(made, children=(*made.children, inside))


# KRB-CRED ::= [APPLICATION 22] SEQUENCE { pvno, msg-type, tickets [2] SEQUENCE OF Ticket, enc-part [3] }
_CRED = _message(KRB_CRED, {2: ("tickets", tickets), 3: ("enc-part", _cred_part)})

_SHAPES: dict[int, tuple[str, str, Shape]] = {
    KRB_SAFE: ("KRB-SAFE", "data with a checksum under the session key, readable by all", _SAFE),
    KRB_PRIV: ("KRB-PRIV", "data sealed with the session key", _PRIV),
    KRB_CRED: ("KRB-CRED", "tickets with their keys: delegation, or a .kirbi file", _CRED),
    ENC_KRB_PRIV_PART: ("EncKrbPrivPart", "", sequence(_body(0))),
    ENC_KRB_CRED_PART: ("EncKrbCredPart", "", _CRED_PART),
}
TAGS = frozenset(_SHAPES)


def message(walk: Walk, node: Node) -> TreeNode:
    """The tree of one of `TAGS`."""
    title, meaning, shape = _SHAPES[node.tag_number]
    made = (
        shape(walk, node, title)
        if node.tag_number == ENC_KRB_CRED_PART
        else explicit(walk, node, title, shape)
    )
    return replace(made, meaning=made.meaning or meaning)
