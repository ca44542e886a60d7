"""Annotated trees of Kerberos messages (RFC 4120 section 5), opened where a key is there. PURE.

The tables below are the messages' ASN.1 as RFC 4120 has it: number, name, what it is.
"""

from dataclasses import replace

from probe.codes import lookup as names
from probe.dissect import names as known
from probe.dissect.authorization import authorization_data
from probe.dissect.der import (
    Field,
    Shape,
    Told,
    anything,
    explicit,
    fixed,
    flags,
    leaf,
    noted,
    number,
    octets,
    sequence,
    sequence_of,
    text,
    time,
    unsigned,
)
from probe.dissect.fields import take
from probe.dissect.fields import unsigned as little_endian
from probe.dissect.kerberos_parts import (
    Sealed,
    Typed,
    addresses,
    application,
    checksum,
    embedded,
    encrypted,
    etype_info,
    etypes,
    key,
    last_requests,
    microseconds,
    principal,
    transited,
    typed,
)
from probe.dissect.node import TreeNode, Walk, flag_names
from probe.wire.der import APPLICATION, Node
from probe.wire.kerberos import EXTENDED, SKEW_RECOVERY, KeyUsage, MessageType

_ERROR_STATUS = 3
"""The uppermost two bits of an NTSTATUS, MS-ERREF section 2.3."""
_EXTENDED_ERROR_BYTES = 12

# --- tickets -----------------------------------------------------------------------------------------

_ENC_TICKET_PART = application(
    MessageType.ENC_TICKET_PART,
    "EncTicketPart",
    sequence(
        {
            0: ("flags", flags(known.TICKET_FLAGS)),
            1: ("key", key("the ticket's session key")),
            2: ("crealm", text),
            3: ("cname", principal),
            4: ("transited", transited),
            5: ("authtime", time),
            6: ("starttime", time),
            7: ("endtime", time),
            8: ("renew-till", time),
            9: ("caddr", addresses),
            10: ("authorization-data", authorization_data),
        }
    ),
)
_TICKET_PART = Sealed(
    title="EncTicketPart", part=_ENC_TICKET_PART, usages=(KeyUsage.TICKET,), by_session_key=False
)
ticket = application(
    MessageType.TICKET,
    "Ticket",
    sequence(
        {
            0: ("tkt-vno", fixed(5)),
            1: ("realm", text),
            2: ("sname", principal),
            3: ("enc-part", encrypted(_TICKET_PART)),
        }
    ),
)
tickets = sequence_of(ticket, "ticket")

# --- AP-REQ and AP-REP -------------------------------------------------------------------------------

_AUTHENTICATOR = application(
    MessageType.AUTHENTICATOR,
    "Authenticator",
    sequence(
        {
            0: ("authenticator-vno", fixed(5)),
            1: ("crealm", text),
            2: ("cname", principal),
            3: ("cksum", checksum),
            4: ("cusec", microseconds),
            5: ("ctime", time),
            6: ("subkey", key("the initiator's subkey")),
            7: ("seq-number", unsigned),
            8: ("authorization-data", authorization_data),
        }
    ),
)


def _ap_req(usage: int) -> Shape:
    part = Sealed(title="Authenticator", part=_AUTHENTICATOR, usages=(usage,), by_session_key=True)
    fields: dict[int, Field] = {
        0: ("pvno", fixed(5)),
        1: ("msg-type", fixed(MessageType.AP_REQ)),
        2: ("ap-options", flags(known.AP_OPTIONS)),
        3: ("ticket", ticket),
        4: ("authenticator", encrypted(part)),
    }
    return sequence(fields)


_ENC_AP_REP_PART = application(
    MessageType.ENC_AP_REP_PART,
    "EncAPRepPart",
    sequence(
        {
            0: ("ctime", time),
            1: ("cusec", microseconds),
            2: ("subkey", key("the acceptor's subkey")),
            3: ("seq-number", unsigned),
        }
    ),
)
_AP_REP = sequence(
    {
        0: ("pvno", fixed(5)),
        1: ("msg-type", fixed(MessageType.AP_REP)),
        2: (
            "enc-part",
            encrypted(
                Sealed(
                    title="EncAPRepPart",
                    part=_ENC_AP_REP_PART,
                    usages=(KeyUsage.AP_REP,),
                    by_session_key=True,
                )
            ),
        ),
    }
)

# --- pre-authentication ------------------------------------------------------------------------------

_ENC_TIMESTAMP = Sealed(
    title="PA-ENC-TS-ENC",
    part=sequence({0: ("patimestamp", time), 1: ("pausec", microseconds)}),
    usages=(KeyUsage.PA_ENC_TIMESTAMP,),
    by_session_key=False,
)


def _boolean(_: Walk, node: Node) -> Told:
    return ("TRUE" if any(node.content) else "FALSE"), ""


def _supported_etypes(_: Walk, node: Node) -> Told:
    content = node.octets()
    value = little_endian(content, 0, 4, len(content))
    return f"0x{value:X}", flag_names(value, known.SUPPORTED_ENCTYPES.items())


def _salt_or_error(walk: Walk, node: Node, name: str) -> TreeNode:
    """PA-PW-SALT; Windows puts a KERB-EXT-ERROR under the same number (MS-KILE section 2.2.1)."""
    content = node.content
    if len(content) == _EXTENDED_ERROR_BYTES and content[3] >> 6 == _ERROR_STATUS:
        return _extended_error(walk, node, name)
    return octets(walk, node, name)


_EXTENDED_ERROR_NAME = "KERB-EXT-ERROR, MS-KILE section 2.2.1"


def _extended_error_told(_: Walk, node: Node) -> Told:
    content = node.octets()
    status = names.nt_status(int.from_bytes(take(content, 0, 4, len(content)), "little"))
    return f"NTSTATUS 0x{status.number or 0:08X}", f"{status.name}: {status.meaning}"


_extended_error = leaf(_extended_error_told)

_padata = typed(
    Typed(
        type_tag=1,
        type_name="padata-type",
        value_name="padata-value",
        kinds=known.PADATA_TYPES,
        contents={
            1: embedded(application(MessageType.AP_REQ, "AP-REQ", _ap_req(KeyUsage.TGS_REQ_AUTHENTICATOR))),
            2: embedded(encrypted(_ENC_TIMESTAMP)),
            3: _salt_or_error,
            11: embedded(etype_info),
            19: embedded(etype_info),
            128: embedded(sequence({0: ("include-pac", leaf(_boolean))})),
            136: embedded(anything),
            138: embedded(encrypted()),
            165: leaf(_supported_etypes),
            167: embedded(sequence({0: ("flags", flags({}))})),
        },
    )
)
method_data = sequence_of(_padata, "PA-DATA")

# --- requests to and replies of a KDC ----------------------------------------------------------------

_REQ_BODY = sequence(
    {
        0: ("kdc-options", flags(known.KDC_OPTIONS)),
        1: ("cname", principal),
        2: ("realm", text),
        3: ("sname", principal),
        4: ("from", time),
        5: ("till", time),
        6: ("rtime", time),
        7: ("nonce", unsigned),
        8: ("etype", etypes),
        9: ("addresses", addresses),
        10: ("enc-authorization-data", encrypted()),
        11: ("additional-tickets", tickets),
    }
)


def _kdc_req(message_type: int) -> Shape:
    fields: dict[int, Field] = {
        1: ("pvno", fixed(5)),
        2: ("msg-type", fixed(message_type)),
        3: ("padata", method_data),
        4: ("req-body", _REQ_BODY),
    }
    return sequence(fields)


_ENC_KDC_REP_BODY = sequence(
    {
        0: ("key", key("the session key of a KDC's reply")),
        1: ("last-req", last_requests),
        2: ("nonce", unsigned),
        3: ("key-expiration", time),
        4: ("flags", flags(known.TICKET_FLAGS)),
        5: ("authtime", time),
        6: ("starttime", time),
        7: ("endtime", time),
        8: ("renew-till", time),
        9: ("srealm", text),
        10: ("sname", principal),
        11: ("caddr", addresses),
        12: ("encrypted-pa-data", method_data),
    }
)


def _enc_kdc_rep_part(walk: Walk, node: Node, name: str) -> TreeNode:
    """Either application tag: some KDCs answer an AS-REQ with a TGS-REP's (RFC 4120 section 5.4.2)."""
    tags = (MessageType.ENC_AS_REP_PART, MessageType.ENC_TGS_REP_PART)
    if node.tag_class != APPLICATION or node.tag_number not in tags:
        return noted(anything(walk, node, name), f"EncKDCRepPart was due, {node.describe()} came")
    return explicit(walk, node, name, _ENC_KDC_REP_BODY)


def _kdc_rep(message_type: int, *, usages: tuple[int, ...], by_session_key: bool) -> Shape:
    part = Sealed(title="EncKDCRepPart", part=_enc_kdc_rep_part, usages=usages, by_session_key=by_session_key)
    fields: dict[int, Field] = {
        0: ("pvno", fixed(5)),
        1: ("msg-type", fixed(message_type)),
        2: ("padata", method_data),
        3: ("crealm", text),
        4: ("cname", principal),
        5: ("ticket", ticket),
        6: ("enc-part", encrypted(part)),
    }
    return sequence(fields)


# --- KRB-ERROR ---------------------------------------------------------------------------------------


def _error_name(code: int) -> str:
    name = names.krb_error(code)
    return f"{name.name}: {name.meaning}" if name.known else name.meaning


_ERROR_DATA = typed(
    Typed(
        type_tag=1,
        type_name="data-type",
        value_name="data-value",
        kinds={
            SKEW_RECOVERY: "skew recovery: the acceptor goes on with a corrected clock (MS-KILE section 2.2.2)",
            EXTENDED: _EXTENDED_ERROR_NAME,
        },
        contents={EXTENDED: _extended_error},
    )
)


def _error_data(walk: Walk, node: Node, name: str) -> TreeNode:
    """KERB-ERROR-DATA, or METHOD-DATA: which one, its first element tells (a field or a SEQUENCE)."""
    if node.constructed and node.data[node.start : node.start + 1] == b"\xa1":
        return _ERROR_DATA(walk, node, name)
    return method_data(walk, node, name)


def _e_data(walk: Walk, node: Node, name: str) -> TreeNode:
    content = node.content
    if len(content) == _EXTENDED_ERROR_BYTES and content[:1] != b"\x30" and content[3] >> 6 == _ERROR_STATUS:
        return _extended_error(walk, node, name)
    if content[:1] != b"\x30":
        return noted(octets(walk, node, name), "" if content == b"" else "not DER: left as it is")
    return embedded(_error_data)(walk, node, name)


_KRB_ERROR = sequence(
    {
        0: ("pvno", fixed(5)),
        1: ("msg-type", fixed(MessageType.KRB_ERROR)),
        2: ("ctime", time),
        3: ("cusec", microseconds),
        4: ("stime", time),
        5: ("susec", microseconds),
        6: ("error-code", number(_error_name)),
        7: ("crealm", text),
        8: ("cname", principal),
        9: ("realm", text),
        10: ("sname", principal),
        11: ("e-text", text),
        12: ("e-data", _e_data),
    }
)

# --- all of them -------------------------------------------------------------------------------------

_REQUESTS: dict[int, tuple[str, str, Shape]] = {
    # The body under the application tag.
    MessageType.AS_REQ: ("AS-REQ", "a client asks for a TGT", _kdc_req(MessageType.AS_REQ)),
    MessageType.AS_REP: (
        "AS-REP",
        "a KDC gives a TGT",
        _kdc_rep(MessageType.AS_REP, usages=(KeyUsage.AS_REP,), by_session_key=False),
    ),
    MessageType.TGS_REQ: ("TGS-REQ", "a client asks for a service ticket", _kdc_req(MessageType.TGS_REQ)),
    MessageType.TGS_REP: (
        "TGS-REP",
        "a KDC gives a service ticket",
        _kdc_rep(
            MessageType.TGS_REP,
            usages=(KeyUsage.TGS_REP_SUBKEY, KeyUsage.TGS_REP_SESSION_KEY),
            by_session_key=True,
        ),
    ),
    MessageType.AP_REQ: (
        "AP-REQ",
        "a client shows its ticket to the service",
        _ap_req(KeyUsage.AP_REQ_AUTHENTICATOR),
    ),
    MessageType.AP_REP: ("AP-REP", "the service proves that it could read the ticket", _AP_REP),
    MessageType.KRB_ERROR: ("KRB-ERROR", "a KDC or a service refuses", _KRB_ERROR),
}
_PARTS: dict[int, tuple[str, str, Shape]] = {
    # What stands alone only when somebody cut it out, or decrypted it.
    MessageType.TICKET: ("Ticket", "", ticket),
    MessageType.AUTHENTICATOR: ("Authenticator", "", _AUTHENTICATOR),
    MessageType.ENC_TICKET_PART: ("EncTicketPart", "", _ENC_TICKET_PART),
    MessageType.ENC_AS_REP_PART: ("EncASRepPart", "", _enc_kdc_rep_part),
    MessageType.ENC_TGS_REP_PART: ("EncTGSRepPart", "", _enc_kdc_rep_part),
    MessageType.ENC_AP_REP_PART: ("EncAPRepPart", "", _ENC_AP_REP_PART),
}
_MESSAGES = _PARTS | {
    tag: (title, meaning, application(tag, title, body)) for tag, (title, meaning, body) in _REQUESTS.items()
}


def message(walk: Walk, node: Node) -> TreeNode:
    """The tree of a Kerberos message, told by its application tag."""
    found = _MESSAGES.get(node.tag_number) if node.tag_class == APPLICATION else None
    if found is None:
        return noted(anything(walk, node, "unknown message"), "no Kerberos message has this tag")
    title, meaning, shape = found
    made = shape(walk, node, title)
    return replace(made, meaning=made.meaning or meaning)
