"""Judging an AP-REQ as the service that it is for (PURE; RFC 4120 section 3.2.3, RFC 4121).

Which SSPI status a rejection becomes on Windows is documented for few of them. The others are LogonDenied
here, as Samba's acceptor answers to a ticket under another key (NT_STATUS_LOGON_FAILURE, observed).

The status is all that Exchange writes down (event 1035) and nothing of it reaches the client: SMTP says 454 or 535 for
each. So one status stands for several mistakes, and the reason beside it is for the ledger alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256

from probe.wire.crypto import CryptoError, EncryptionType, Key, random_key
from simulator import kerberos as schema
from simulator.acceptors.channel_bindings import Protection
from simulator.acceptors.messages import AP_REP, KRB_ERROR, Context, frame
from simulator.directory.store import Account
from simulator.kerberos import ApOption, ApRequest, Authenticator, EncTicketPart, SchemaError
from simulator.kerberos.seal import KeyUsage, seal, unseal

GSS_CHECKSUM_TYPE = 0x8003
"""RFC 4121 section 4.1.1."""
MUTUAL = 2
"""The flag of RFC 4121 section 4.1.1.1."""
INVALID = 1 << (31 - 7)
"""Ticket flag of RFC 4120 section 2.2: postdated and not validated yet."""
SKEW_RECOVERY = bytes.fromhex("3005a103020102")
"""KERB-ERROR-DATA with data-type 2, KERB_AP_ERR_TYPE_SKEW_RECOVERY (MS-KILE section 2.2.1); Samba was seen to
send these octets."""


class ErrorCode(IntEnum):
    """RFC 4120 section 7.5.9."""

    TICKET_EXPIRED = 32
    TICKET_NOT_YET_VALID = 33
    REPEAT = 34
    NOT_US = 35
    BAD_MATCH = 36
    SKEW = 37
    MODIFIED = 41
    BAD_KEY_VERSION = 44
    NO_KEY = 45
    INAPPROPRIATE_CHECKSUM = 50


class Refusal(Exception):
    """An AP-REQ that is not accepted. ``answer`` is a framed KRB-ERROR for a client that may try again."""

    def __init__(
        self, status: str, reason: str, *, code: ErrorCode | None = None, answer: bytes = b""
    ) -> None:
        super().__init__(reason if code is None else f"{reason} (KRB error {code:d})")
        self.status = status
        self.code = code
        self.answer = answer


class ReplayCache:
    """The authenticators of the last minutes; shared by all contexts of a server. Bounded.

    Within the skew that is forgiven, a token that somebody recorded would be good again (RFC 4120 section 3.2.3); older
    ones are refused by their time, so nothing has to be kept for longer.
    """

    def __init__(self, *, limit: int = 100_000) -> None:
        self._limit = limit
        self._until: dict[bytes, float] = {}

    def is_new(self, authenticator: bytes, *, now: float, lifetime_s: float) -> bool:
        """Remember an authenticator's octets for ``lifetime_s``; False when they were here already."""
        digest = sha256(authenticator).digest()
        if self._until.get(digest, now) > now:
            return False
        self._until[digest] = now + lifetime_s
        if len(self._until) > self._limit:
            self._forget(now)
        return True

    def _forget(self, now: float) -> None:
        kept = [(digest, until) for digest, until in self._until.items() if until > now]
        self._until = dict(kept[-self._limit // 2 :])


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Who judges: the server's own view of its account, its own clock, and what it remembers."""

    account: Account
    realm: str
    now: float
    randomness: Callable[[int], bytes] = field(repr=False)
    replays: ReplayCache = field(repr=False)
    skew_limit_s: float
    protection: Protection = field(default_factory=Protection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A context, and the framed AP-REP when mutual authentication was asked for."""

    context: Context
    answer: bytes = b""


def judge(ap_req: bytes, service: Service) -> Accepted:
    """Accept an AP-REQ (without its GSS frame) or raise `Refusal`."""
    try:
        # What stands in clear first, then what the key opens, then what the ticket's session key opens. A failure hides
        # those behind it: a receiver with an old key never gets as far as the clocks.
        request = schema.decode_ap_req(ap_req)
        _check_name(request, service)
        ticket = _open_ticket(request, service)
        authenticator = _open_authenticator(request, ticket)
        _check_client(ticket, authenticator)
        _check_times(request, ticket, authenticator, service)
        flags = _gss_flags(request, authenticator, service.protection)
        return _answer(ticket, authenticator, flags, service)
    except SchemaError as error:
        raise Refusal("IllegalMessage", str(error)) from None
    except CryptoError as error:
        raise Refusal("LogonDenied", str(error)) from None


def _check_name(request: ApRequest, service: Service) -> None:
    """The ticket is for one of the account's names. Windows does not mind the case of an SPN."""
    if ApOption.USE_SESSION_KEY in request.options:
        raise Refusal("LogonDenied", "a user-to-user ticket, which no service asks for")
    name = str(request.ticket.server)
    if not service.account.answers_to(name):
        raise Refusal("WrongPrincipal", f"a ticket for {name[:256]}", code=ErrorCode.NOT_US)
    if request.ticket.realm.lower() != service.realm.lower():
        reason = f"a ticket of realm {request.ticket.realm[:256]}"
        raise Refusal("WrongPrincipal", reason, code=ErrorCode.NOT_US)


def _open_ticket(request: ApRequest, service: Service) -> EncTicketPart:
    encrypted = request.ticket.encrypted
    # More than one without a kvno (RFC 4120 section 5.2.9 has it optional), and where old key sets are kept: tickets
    # that were made before the machine password changed are good until they end.
    for key in _keys(encrypted.etype, encrypted.kvno, service.account):
        try:
            return schema.decode_enc_ticket_part(unseal(key, KeyUsage.TICKET, encrypted))
        except CryptoError:
            continue
    # MIT says 31 here, Windows 41 (observed).
    reason = f"the ticket (etype {encrypted.etype}, kvno {encrypted.kvno}) is under a key that is not ours"
    raise Refusal("LogonDenied", reason, code=ErrorCode.MODIFIED)


def _keys(etype: int, kvno: int | None, account: Account) -> list[Key]:
    # As MIT's acceptor does; Windows does not look at the version (WINDOWS_CODES).
    held = [keys for keys in account.key_sets if kvno is None or keys.kvno == kvno]
    if not held:
        versions = ", ".join(str(keys.kvno) for keys in account.key_sets) or "none"
        reason = f"the ticket needs kvno {kvno}, held: {versions}"
        raise Refusal("LogonDenied", reason, code=ErrorCode.BAD_KEY_VERSION)
    keys = [keys.keys[etype] for keys in held if etype in keys.keys]
    if not keys:
        reason = f"no key of encryption type {etype}"
        raise Refusal("KdcUnknownEncryptionType", reason, code=ErrorCode.NO_KEY)
    return keys


def _open_authenticator(request: ApRequest, ticket: EncTicketPart) -> Authenticator:
    try:
        plain = unseal(ticket.key, KeyUsage.AP_REQ_AUTHENTICATOR, request.authenticator)
    except CryptoError:
        reason = "the authenticator is not under the ticket's session key"
        raise Refusal("LogonDenied", reason, code=ErrorCode.MODIFIED) from None
    return schema.decode_authenticator(plain)


def _check_client(ticket: EncTicketPart, authenticator: Authenticator) -> None:
    # A thief of a ticket alone has no session key and cannot make an authenticator; this is the other half of that.
    claimed = (authenticator.client_realm, authenticator.client.components)
    if claimed != (ticket.client_realm, ticket.client.components):
        reason = "ticket and authenticator name different clients"
        raise Refusal("LogonDenied", reason, code=ErrorCode.BAD_MATCH)


def _check_times(
    request: ApRequest, ticket: EncTicketPart, authenticator: Authenticator, service: Service
) -> None:
    """In the order of RFC 4120 section 3.2.3: the authenticator's time, a replay, the ticket's times."""
    now, limit = service.now, service.skew_limit_s
    # The client's word against our clock: which of the two is off cannot be seen from here, and the status is the same.
    ahead = authenticator.ctime + authenticator.cusec / 1e6 - now
    if abs(ahead) > limit:
        raise Refusal(
            "TimeSkew",
            f"the client's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} ours",
            code=ErrorCode.SKEW,
            answer=_skew_error(request, authenticator, service),
        )
    # By the cipher's octets: the same authenticator encrypted anew would be another one, and needs the session key.
    if not service.replays.is_new(request.authenticator.cipher, now=now, lifetime_s=2 * limit):
        raise Refusal("LogonDenied", "the authenticator was here before", code=ErrorCode.REPEAT)
    start = ticket.auth_time if ticket.start_time is None else ticket.start_time
    if start > now + limit or ticket.flags & INVALID:
        reason = f"the ticket starts in {start - now:.0f} s"
        raise Refusal("TimeSkew", reason, code=ErrorCode.TICKET_NOT_YET_VALID)
    if ticket.end_time < now - limit:
        reason = f"the ticket ended {now - ticket.end_time:.0f} s ago"
        raise Refusal("ContextExpired", reason, code=ErrorCode.TICKET_EXPIRED)


def _skew_error(request: ApRequest, authenticator: Authenticator, service: Service) -> bytes:
    """KRB-ERROR 37 with our clock, so that the client may correct its own and try again."""
    error = schema.KrbError(
        error_code=ErrorCode.SKEW,
        stime=int(service.now),
        susec=int(service.now % 1 * 1_000_000),
        ctime=authenticator.ctime,
        cusec=authenticator.cusec,
        realm=service.realm,
        server=request.ticket.server,
        data=SKEW_RECOVERY,
    )
    return frame(KRB_ERROR, schema.encode_krb_error(error))


WINDOWS_CODES = {
    ErrorCode.SKEW: ErrorCode.SKEW,
    ErrorCode.MODIFIED: ErrorCode.MODIFIED,
    # Windows tries the present and the last password and does not look at the version.
    ErrorCode.BAD_KEY_VERSION: ErrorCode.MODIFIED,
}
"""The refusals that Windows' SMB server was seen to give a KRB-ERROR for."""


def windows_error(refusal: Refusal, account: str, *, realm: str, now: float) -> bytes:
    """The framed KRB-ERROR that a Windows server has for a refusal; empty for none.

    It names the server's own account, as the client's Kerberos event 4 repeats it: "received a KRB_AP_ERR_MODIFIED
    error from the server ex1$. The target name used was cifs/ex1.contoso.lab".
    """
    code = WINDOWS_CODES.get(refusal.code) if refusal.code is not None else None
    if code is None:
        return b""
    error = schema.KrbError(
        error_code=code,
        stime=int(now),
        susec=int(now % 1 * 1_000_000),
        realm=realm,
        server=schema.PrincipalName(name_type=schema.NameType.PRINCIPAL, components=(account.lower(),)),
        data=SKEW_RECOVERY if code is ErrorCode.SKEW else None,
    )
    return frame(KRB_ERROR, schema.encode_krb_error(error))


def _gss_flags(request: ApRequest, authenticator: Authenticator, protection: Protection) -> int:
    """The flags in the checksum that is none, whose channel bindings are good (RFC 4121 section 4.1.1).

    impacket's SMB client sends no checksum, and Windows takes its tokens.
    """
    checksum = authenticator.checksum
    if checksum is None:
        objection = protection.objection(bytes(16))
        if objection:
            raise Refusal("BadBindings", objection)
        return MUTUAL if ApOption.MUTUAL_REQUIRED in request.options else 0
    if checksum.checksum_type != GSS_CHECKSUM_TYPE or len(checksum.value) < 24:
        reason = "the authenticator has no GSS checksum (type 0x8003, 24 octets)"
        raise Refusal("InvalidToken", reason, code=ErrorCode.INAPPROPRIATE_CHECKSUM)
    if int.from_bytes(checksum.value[:4], "little") != 16:
        raise Refusal("InvalidToken", "the GSS checksum's bindings are not 16 octets long")
    objection = protection.objection(checksum.value[4:20])
    if objection:
        raise Refusal("BadBindings", objection)
    return int.from_bytes(checksum.value[20:24], "little")


def _answer(ticket: EncTicketPart, authenticator: Authenticator, flags: int, service: Service) -> Accepted:
    # What SSPI calls SECPKG_ATTR_SESSION_KEY, which EXCHANGEAUTH hashes: the initiator's subkey where there is one.
    key = authenticator.subkey or ticket.key
    initiator_sequence = (authenticator.sequence_number or 0) & 0xFFFFFFFF
    context = Context(
        client=f"{ticket.client}@{ticket.client_realm}",
        flags=flags,
        session_key=key,
        # Without an AP-REP both directions begin with the initiator's number (RFC 1964 section 1.2.1).
        send_sequence=initiator_sequence,
        receive_sequence=initiator_sequence,
        randomness=service.randomness,
    )
    if not flags & MUTUAL:
        return Accepted(context=context)
    if key.etype != EncryptionType.RC4_HMAC:
        # The older tokens do not say which key they use, so MIT gives no subkey with them either.
        context.acceptor_subkey = random_key(key.etype, service.randomness)
    # Thirty bits: older peers take the number for a signed one.
    context.send_sequence = int.from_bytes(service.randomness(4), "big") & 0x3FFFFFFF
    # The client's own time back, under the session key: only who opened the ticket could know it (section 3.2.4).
    part = schema.EncApReplyPart(
        ctime=authenticator.ctime,
        cusec=authenticator.cusec,
        subkey=context.acceptor_subkey,
        sequence_number=context.send_sequence,
    )
    sealed = seal(ticket.key, KeyUsage.AP_REP_PART, schema.encode_enc_ap_rep_part(part), service.randomness)
    return Accepted(context=context, answer=frame(AP_REP, schema.encode_ap_rep(sealed)))
