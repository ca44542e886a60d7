"""Kerberos messages of a session that stands, and forwarded credentials: KRB-SAFE, KRB-PRIV, KRB-CRED. PURE.

They come into tokens by other protocols than SMTP's (kpasswd, delegation), and into a paste by mistake: then
their names are worth something, and what can be read in clear.
"""

from dataclasses import replace

from probe.dissect.der import Shape, anything, fixed, sequence
from probe.dissect.kerberos import tickets
from probe.dissect.kerberos_parts import application
from probe.dissect.node import TreeNode, Walk
from probe.wire.der import Node

SAFE, PRIV, CRED = 20, 21, 22
"""RFC 4120 section 5.10: application tags, and msg-type as well."""

SESSION_MESSAGES: dict[int, tuple[str, str, Shape]] = {
    # KRB-SAFE ::= [APPLICATION 20] SEQUENCE { pvno[0], msg-type[1], safe-body[2], cksum[3] }, section 5.6.1
    SAFE: (
        "KRB-SAFE",
        "data with a checksum, RFC 4120 section 5.6.1",
        sequence(
            {
                0: ("pvno", fixed(5)),
                1: ("msg-type", fixed(SAFE)),
                2: ("safe-body", anything),
                3: ("cksum", anything),
            }
        ),
    ),
    # KRB-PRIV ::= [APPLICATION 21] SEQUENCE { pvno[0], msg-type[1], enc-part[3] EncryptedData }, section 5.7.1
    PRIV: (
        "KRB-PRIV",
        "encrypted data, RFC 4120 section 5.7.1",
        sequence({0: ("pvno", fixed(5)), 1: ("msg-type", fixed(PRIV)), 3: ("enc-part", anything)}),
    ),
    # KRB-CRED ::= [APPLICATION 22] SEQUENCE { pvno[0], msg-type[1], tickets[2], enc-part[3] }, section 5.8.1
    CRED: (
        "KRB-CRED",
        "tickets that are handed on, RFC 4120 section 5.8.1",
        sequence(
            {
                0: ("pvno", fixed(5)),
                1: ("msg-type", fixed(CRED)),
                2: ("tickets", tickets),
                3: ("enc-part", anything),
            }
        ),
    ),
}


def message(walk: Walk, node: Node) -> TreeNode:
    """The tree of one of `SESSION_MESSAGES`, told by its application tag."""
    title, meaning, body = SESSION_MESSAGES[node.tag_number]
    return replace(application(node.tag_number, title, body)(walk, node, title), meaning=meaning)
