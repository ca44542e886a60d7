"""The TGS exchange: a ticket-granting ticket in, a service ticket out (PURE; RFC 4120 section 3.3)."""

import hmac
from hashlib import md5

from probe.wire.crypto import CryptoError, Key, checksum_type, verify_checksum
from simulator.directory.store import Account
from simulator.kdc.issue import (
    MAXIMUM_SKEW_S,
    Answer,
    Grant,
    Situation,
    find_client,
    make_ticket,
    opened,
    require_supported,
)
from simulator.kdc.policy import check_service
from simulator.kdc.referral import Served, came_through, check_path, granting_account, is_foreign, served
from simulator.kerberos import (
    ApOption,
    ApRequest,
    Authenticator,
    Checksum,
    EncTicketPart,
    KdcOption,
    KdcReply,
    KdcRequest,
    KdcRequestBody,
    MessageType,
    PaDataType,
    Ticket,
    TicketFlag,
    decode_ap_req,
    decode_authenticator,
    decode_enc_ticket_part,
    encode_enc_kdc_reply_part,
    encode_kdc_reply,
)
from simulator.kerberos.refusal import ErrorCode, Refusal
from simulator.kerberos.seal import KeyUsage, seal

CKSUMTYPE_RSA_MD5 = 7
"""Not keyed, yet MIT's KDC takes it here: the authenticator around it is encrypted. Windows sends it."""


def grant(situation: Situation, request: KdcRequest) -> Answer:
    """Answer a TGS-REQ. Raises `Refusal`, and `SchemaError` for an encrypted part that is no DER."""
    body = request.body
    require_supported(body.options)
    ap_request = _ap_request(request)
    granting_ticket = _open_ticket(situation, ap_request.ticket)
    authenticator = _open_authenticator(situation, ap_request, granting_ticket, request.raw_body)
    client_account = _client_account(situation, granting_ticket)
    service = _allowed_service(situation, body, client_account)
    ticket, told = make_ticket(
        situation,
        body,
        Grant(
            client=granting_ticket.client,
            client_account=client_account,
            server=service.name,
            server_account=service.account,
            flags=_flags(granting_ticket, body.options),
            auth_time=granting_ticket.auth_time,
            not_after=granting_ticket.end_time,
            renewable_until=granting_ticket.renew_till or granting_ticket.end_time,
            # The next KDC would refuse a referral before any server saw the fault.
            start_offset_s=0.0 if service.is_referral else situation.directory.ticket_start_offset_s,
            client_realm=granting_ticket.client_realm,
            authorization_data=granting_ticket.authorization_data,
            transited=came_through(situation.directory, ap_request.ticket, granting_ticket),
        ),
    )
    key, usage = _reply_key(granting_ticket, authenticator)
    part = encode_enc_kdc_reply_part(told, MessageType.TGS_REP)
    reply = KdcReply(
        message_type=MessageType.TGS_REP,
        client_realm=granting_ticket.client_realm,
        client=granting_ticket.client,
        ticket=ticket,
        encrypted=seal(key, usage, part, situation.randomness),
    )
    return Answer(
        octets=encode_kdc_reply(reply), client=str(granting_ticket.client), server=str(ticket.server)
    )


def _allowed_service(situation: Situation, body: KdcRequestBody, client: Account | None) -> Served:
    """The service that was asked for, if this client may have a ticket for it. Raises Refusal."""
    service = served(situation.directory, body)
    if not service.is_referral:
        check_service(service.account, foreign=client is None)
    return service


def _ap_request(request: KdcRequest) -> ApRequest:
    value = request.first(PaDataType.TGS_REQ)
    if value is None:
        raise Refusal(ErrorCode.PADATA_TYPE_NOSUPP, "a TGS-REQ needs PA-TGS-REQ")
    ap_request = decode_ap_req(value)
    if ApOption.USE_SESSION_KEY in ap_request.options:
        raise Refusal(ErrorCode.BADOPTION, "this KDC does not do user-to-user")
    return ap_request


def _open_ticket(situation: Situation, ticket: Ticket) -> EncTicketPart:
    account = granting_account(situation.directory, ticket)
    key = _key_of(account, ticket)
    bad = Refusal(ErrorCode.BAD_INTEGRITY, f"the ticket does not decrypt with our key of {account.name}")
    inside = decode_enc_ticket_part(opened(key, KeyUsage.TICKET, ticket.encrypted, bad))
    if inside.end_time + MAXIMUM_SKEW_S < situation.now:
        raise Refusal(ErrorCode.TKT_EXPIRED, "ticket expired")
    start = inside.auth_time if inside.start_time is None else inside.start_time
    if start - MAXIMUM_SKEW_S > situation.now:
        raise Refusal(ErrorCode.TKT_NYV, "ticket not yet valid")
    check_path(situation.directory, ticket, inside)
    return inside


def _client_account(situation: Situation, ticket: EncTicketPart) -> Account | None:
    """The client's account; None for one of another realm, for which that realm's KDC has spoken."""
    if is_foreign(situation.directory, ticket.client_realm):
        return None
    account = find_client(situation.directory, ticket.client)
    if account.disabled:
        raise Refusal(ErrorCode.CLIENT_REVOKED, "the account was disabled")
    return account


def _key_of(account: Account, ticket: Ticket) -> Key:
    kvno = ticket.encrypted.kvno
    key_set = next((s for s in account.key_sets if kvno is None or s.kvno == kvno), None)
    if key_set is None:
        raise Refusal(ErrorCode.BADKEYVER, f"{account.name} has no key of version {kvno}")
    key = key_set.keys.get(ticket.encrypted.etype)
    if key is None:
        raise Refusal(ErrorCode.NOKEY, f"{account.name} has no key of the ticket's encryption type")
    return key


def _open_authenticator(
    situation: Situation, ap_request: ApRequest, ticket: EncTicketPart, body: bytes
) -> Authenticator:
    bad = Refusal(ErrorCode.BAD_INTEGRITY, "the authenticator does not decrypt with the session key")
    authenticator = decode_authenticator(
        opened(ticket.key, KeyUsage.TGS_REQ_AUTHENTICATOR, ap_request.authenticator, bad)
    )
    if (authenticator.client_realm, authenticator.client.components) != (
        ticket.client_realm,
        ticket.client.components,
    ):
        raise Refusal(ErrorCode.BADMATCH, "ticket and authenticator name different clients")
    if abs(authenticator.ctime + authenticator.cusec / 1e6 - situation.now) > MAXIMUM_SKEW_S:
        raise Refusal(ErrorCode.SKEW, "clock skew too great")
    _check_body(ticket.key, authenticator.checksum, body)
    return authenticator


def _check_body(session_key: Key, checksum: Checksum | None, body: bytes) -> None:
    """The authenticator's checksum binds the request's body (RFC 4120 section 5.5.1)."""
    if checksum is None:
        raise Refusal(ErrorCode.INAPP_CKSUM, "the authenticator has no checksum over the request")
    if checksum.checksum_type == CKSUMTYPE_RSA_MD5:
        if not hmac.compare_digest(md5(body, usedforsecurity=False).digest(), checksum.value):
            raise Refusal(ErrorCode.MODIFIED, "the request is not the one that the client signed")
        return
    if checksum.checksum_type != checksum_type(session_key.etype):
        raise Refusal(ErrorCode.INAPP_CKSUM, "a checksum of another type than the session key's")
    try:
        verify_checksum(session_key, KeyUsage.TGS_REQ_CHECKSUM, body, checksum.value)
    except CryptoError:
        raise Refusal(ErrorCode.MODIFIED, "the request is not the one that the client signed") from None


def _flags(ticket: EncTicketPart, options: KdcOption) -> TicketFlag:
    """Inherited from the ticket-granting ticket, as far as asked for; INITIAL never."""
    flags = ticket.flags & TicketFlag.PRE_AUTHENT
    if KdcOption.FORWARDABLE in options:
        flags |= ticket.flags & TicketFlag.FORWARDABLE
    if KdcOption.PROXIABLE in options:
        flags |= ticket.flags & TicketFlag.PROXIABLE
    return flags


def _reply_key(ticket: EncTicketPart, authenticator: Authenticator) -> tuple[Key, KeyUsage]:
    if authenticator.subkey is not None:
        return authenticator.subkey, KeyUsage.TGS_REP_PART_SUBKEY
    return ticket.key, KeyUsage.TGS_REP_PART_SESSION_KEY
