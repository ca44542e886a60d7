"""The AS exchange: a password's key in, a ticket-granting ticket out (PURE; RFC 4120 section 3.1)."""

from probe.wire.crypto import EncryptionType, Key
from simulator.directory.store import Account
from simulator.kdc.issue import (
    MAXIMUM_SKEW_S,
    Answer,
    Grant,
    Situation,
    client_keys,
    find_client,
    find_server,
    make_ticket,
    opened,
    require_supported,
)
from simulator.kdc.policy import check_account, check_logon
from simulator.kerberos import (
    EtypeInfoEntry,
    KdcOption,
    KdcReply,
    KdcRequest,
    KdcRequestBody,
    MessageType,
    NameType,
    PaData,
    PaDataType,
    PrincipalName,
    TicketFlag,
    decode_encrypted_data,
    decode_timestamp,
    encode_enc_kdc_reply_part,
    encode_etype_info2,
    encode_kdc_reply,
    encode_method_data,
)
from simulator.kerberos.refusal import ErrorCode, Refusal
from simulator.kerberos.seal import KeyUsage, seal


def authenticate(situation: Situation, request: KdcRequest) -> Answer:
    """Answer an AS-REQ. Raises `Refusal`, and `SchemaError` for an encrypted part that is no DER."""
    body = request.body
    require_supported(body.options)
    account, name = _client(situation, body)
    keys = client_keys(account, body.etypes)
    server_account = find_server(situation.directory, body.server)
    proven = _check_preauthentication(situation, request, account, keys)
    check_logon(account)
    grant = Grant(
        client=name,
        client_account=account,
        server=body.server or name,
        server_account=server_account,
        flags=_flags(body.options, pre_authenticated=proven is not None),
        auth_time=int(situation.now),
        start_offset_s=_start_offset(situation, server_account),
    )
    reply_key = proven or keys[0]
    ticket, told = make_ticket(situation, body, grant)
    part = encode_enc_kdc_reply_part(told, MessageType.AS_REP)
    kvno = account.newest().kvno
    reply = KdcReply(
        message_type=MessageType.AS_REP,
        padata=(_etype_info2(account, (reply_key,)),),
        client_realm=situation.directory.realm,
        client=name,
        ticket=ticket,
        encrypted=seal(reply_key, KeyUsage.AS_REP_PART, part, situation.randomness, kvno=kvno),
    )
    return Answer(octets=encode_kdc_reply(reply), client=str(name), server=str(ticket.server))


def _client(situation: Situation, body: KdcRequestBody) -> tuple[Account, PrincipalName]:
    """The account, and the name that the ticket gives it (MS-KILE section 3.3.5.6.1)."""
    directory = situation.directory
    if body.realm.lower() != directory.realm.lower():
        raise Refusal(ErrorCode.WRONG_REALM, f"this is a KDC of {directory.realm}")
    if body.client is None:
        raise Refusal(ErrorCode.C_PRINCIPAL_UNKNOWN, "no client named")
    account = find_client(directory, body.client)
    check_account(account)
    if KdcOption.CANONICALIZE in body.options or body.client.name_type == NameType.ENTERPRISE:
        return account, PrincipalName(name_type=NameType.PRINCIPAL, components=(account.name,))
    return account, body.client


def _check_preauthentication(
    situation: Situation, request: KdcRequest, account: Account, keys: tuple[Key, ...]
) -> Key | None:
    """The key that the client proved to have; None when it sent no proof and the account needs none."""
    proof = request.first(PaDataType.ENC_TIMESTAMP)
    offer = encode_method_data(
        (_etype_info2(account, keys), PaData(padata_type=PaDataType.ENC_TIMESTAMP, value=b""))
    )
    if proof is None:
        if account.requires_preauthentication:
            raise Refusal(ErrorCode.PREAUTH_REQUIRED, "preauthentication required", data=offer)
        return None
    encrypted = decode_encrypted_data(proof)
    key = next((k for k in keys if k.etype == encrypted.etype), None)
    if key is None:
        raise Refusal(ErrorCode.ETYPE_NOSUPP, "the account has no key of the timestamp's encryption type")
    failed = Refusal(ErrorCode.PREAUTH_FAILED, "preauthentication failed", data=offer)
    stamp = decode_timestamp(opened(key, KeyUsage.AS_REQ_TIMESTAMP, encrypted, failed))
    if abs(stamp - situation.now) > MAXIMUM_SKEW_S:
        raise Refusal(ErrorCode.SKEW, "clock skew too great")
    return key


def _etype_info2(account: Account, keys: tuple[Key, ...]) -> PaData:
    """Each usable type with its salt; rc4-hmac has none (RFC 4757 section 2)."""
    entries = tuple(
        EtypeInfoEntry(etype=k.etype, salt=None if k.etype == EncryptionType.RC4_HMAC else account.salt)
        for k in keys
    )
    return PaData(padata_type=PaDataType.ETYPE_INFO2, value=encode_etype_info2(entries))


def _flags(options: KdcOption, *, pre_authenticated: bool) -> TicketFlag:
    flags = TicketFlag.INITIAL
    if pre_authenticated:
        flags |= TicketFlag.PRE_AUTHENT
    if KdcOption.FORWARDABLE in options:
        flags |= TicketFlag.FORWARDABLE
    if KdcOption.PROXIABLE in options:
        flags |= TicketFlag.PROXIABLE
    return flags


def _start_offset(situation: Situation, server_account: Account) -> float:
    """Never for a ticket-granting ticket: the KDC itself would refuse it before a server saw the fault."""
    if server_account.name.lower() == "krbtgt":
        return 0.0
    return situation.directory.ticket_start_offset_s
