"""A server of the lab as a Kerberos client: tickets with its own machine account, and AP-REQs (PURE).

Each exchange is a generator: it yields a request, is sent the KDC's answer, and returns a `Credential`. Who moves
the octets is no matter of this module. Errors are `TicketError` with the SSPI status that Windows would name.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace

from probe.wire.crypto import CryptoError, Key, checksum, checksum_type, random_key
from simulator.acceptors.messages import AP_REP, AP_REQ, TokenError, frame, unframe
from simulator.acceptors.messages import KRB_ERROR as KRB_ERROR_TOKEN
from simulator.directory.store import Account
from simulator.kerberos import (
    ApOption,
    ApRequest,
    Authenticator,
    Checksum,
    EncKdcReplyPart,
    EncryptedData,
    KdcOption,
    KdcRequestBody,
    KrbError,
    MessageType,
    NameType,
    PaData,
    PaDataType,
    PrincipalName,
    SchemaError,
    Ticket,
    decode_krb_error,
)
from simulator.kerberos.refusal import ErrorCode
from simulator.kerberos.requests import (
    decode_ap_rep,
    decode_enc_ap_rep_part,
    decode_enc_kdc_reply_part,
    decode_kdc_reply,
    decode_offered_etypes,
    encode_ap_req,
    encode_authenticator,
    encode_encrypted_data,
    encode_kdc_request,
    encode_request_body,
    encode_timestamp,
    microseconds,
)
from simulator.kerberos.seal import KeyUsage, seal, unseal

Randomness = Callable[[int], bytes]

KRB_ERROR_TAG = 0x7E
"""[APPLICATION 30]."""
GSS_CHECKSUM = 0x8003
"""RFC 4121 section 4.1.1."""
ONE_WAY = 0x3C
"""GSS_C_REPLAY, SEQUENCE, CONF and INTEG (RFC 4121 section 4.1.1.1): all that is usual but GSS_C_MUTUAL."""
MUTUAL = 0x02
"""GSS_C_MUTUAL."""

_STATUS = {
    ErrorCode.S_PRINCIPAL_UNKNOWN: "TargetUnknown",
    ErrorCode.ETYPE_NOSUPP: "KdcUnknownEncryptionType",
    ErrorCode.SKEW: "TimeSkew",
}
"""What SSPI makes of a KDC's error; everything else is LogonDenied here."""


class TicketError(Exception):
    """No ticket. ``status`` is SSPI's name for why."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A ticket and its session key, as whoever asked for it keeps them."""

    client: PrincipalName
    realm: str
    ticket: Ticket
    key: Key = field(repr=False)
    end_time: int

    @property
    def leads_to(self) -> str:
        """The realm that a krbtgt/REALM ticket is good for; empty for any other ticket."""
        names = self.ticket.server.components
        return names[1] if len(names) == 2 and names[0].lower() == "krbtgt" else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiated:
    """A context's first and only token."""

    token: bytes = field(repr=False)
    """A framed AP-REQ."""
    session_key: bytes = field(repr=False)
    """What SSPI gives for SECPKG_ATTR_SESSION_KEY: the subkey that the initiator chose."""
    awaited: "Awaited | None" = None
    """What the peer's answer has to prove, where mutual authentication is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """An AP-REP that is due: our own time comes back, under the ticket's session key (RFC 4120 section 3.2.5)."""

    key: Key = field(repr=False)
    ctime: int
    cusec: int


Exchange = Generator[bytes, bytes, Credential]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Who asks: its account as it knows it itself, its clock (UTC seconds), and randomness."""

    account: Account
    now: float
    randomness: Randomness = field(repr=False)


def granting_ticket(machine: Machine) -> Exchange:
    """The AS exchange, with the proof of the machine's key when the KDC asks for it."""
    body = _body(machine, PrincipalName(name_type=NameType.SRV_INST, components=("krbtgt", _realm(machine))))
    answer = yield encode_kdc_request(MessageType.AS_REQ, body)
    error = _error(answer)
    if error is not None and error.error_code == ErrorCode.PREAUTH_REQUIRED:
        proof = _timestamp(machine, error)
        answer = yield encode_kdc_request(MessageType.AS_REQ, body, (proof,))
        error = _error(answer)
    if error is not None:
        raise _refused(error, f"a ticket-granting ticket for {machine.account.name}")
    return _received(answer, MessageType.AS_REP, body, lambda etype: _own_key(machine, etype))


def service_ticket(machine: Machine, granting: Credential, spn: str) -> Exchange:
    """The TGS exchange with a KDC of the realm that ``granting`` leads to; what comes may be a referral."""
    server = PrincipalName(name_type=NameType.SRV_INST, components=tuple(spn.split("/")))
    realm = granting.leads_to or _realm(machine)
    body = replace(_body(machine, server), client=None, realm=realm)
    value = checksum(granting.key, KeyUsage.TGS_REQ_CHECKSUM, encode_request_body(body))
    authenticator = _authenticator(
        machine, granting, Checksum(checksum_type=checksum_type(granting.key.etype), value=value)
    )
    request = _ap_req(machine, granting, authenticator, KeyUsage.TGS_REQ_AUTHENTICATOR)
    padata = PaData(padata_type=PaDataType.TGS_REQ, value=request)
    answer = yield encode_kdc_request(MessageType.TGS_REQ, body, (padata,))
    error = _error(answer)
    if error is not None:
        raise _refused(error, f"a ticket for {spn[:256]}")
    return _received(answer, MessageType.TGS_REP, body, lambda _: granting.key)


def initiate(machine: Machine, credential: Credential, *, mutual: bool = False) -> Initiated:
    """An AP-REQ as the SSPI package Kerberos makes it, with a subkey; ``mutual`` asks for an AP-REP."""
    subkey = random_key(credential.key.etype, machine.randomness)
    bindings = (16).to_bytes(4, "little") + bytes(16)
    flags = ONE_WAY | (MUTUAL if mutual else 0)
    gss = Checksum(checksum_type=GSS_CHECKSUM, value=bindings + flags.to_bytes(4, "little"))
    authenticator = replace(
        _authenticator(machine, credential, gss),
        subkey=subkey,
        # Thirty bits: older peers take the number for a signed one.
        sequence_number=int.from_bytes(machine.randomness(4), "big") & 0x3FFFFFFF,
    )
    request = _ap_req(
        machine,
        credential,
        authenticator,
        KeyUsage.AP_REQ_AUTHENTICATOR,
        options=ApOption.MUTUAL_REQUIRED if mutual else ApOption(0),
    )
    awaited = Awaited(key=credential.key, ctime=authenticator.ctime, cusec=authenticator.cusec)
    return Initiated(
        token=frame(AP_REQ, request), session_key=subkey.contents, awaited=awaited if mutual else None
    )


def verify_answer(awaited: Awaited, token: bytes) -> None:
    """Whether a framed token is the AP-REP that is due. Raises TicketError, also for a KRB-ERROR in its place."""
    try:
        token_id, body = unframe(token)
        if token_id == KRB_ERROR_TOKEN:
            raise _refused(decode_krb_error(body), "our token", by="the service")
        if token_id != AP_REP:
            raise TicketError("IllegalMessage", "not an AP-REP")
        moment = decode_enc_ap_rep_part(unseal(awaited.key, KeyUsage.AP_REP_PART, decode_ap_rep(body)))
    except TokenError as error:
        raise TicketError(error.status, str(error)) from None
    except (SchemaError, CryptoError) as error:
        raise TicketError("MutualAuthFailed", f"the AP-REP: {error}") from None
    if moment != (awaited.ctime, awaited.cusec):
        raise TicketError("MutualAuthFailed", "the AP-REP is to another AP-REQ")


def _realm(machine: Machine) -> str:
    return machine.account.realm


def _body(machine: Machine, server: PrincipalName) -> KdcRequestBody:
    return KdcRequestBody(
        options=KdcOption.FORWARDABLE | KdcOption.CANONICALIZE,
        client=PrincipalName(name_type=NameType.PRINCIPAL, components=(machine.account.name,)),
        realm=_realm(machine),
        server=server,
        till=0,  # as long as the KDC likes
        nonce=int.from_bytes(machine.randomness(4), "big") & 0x7FFFFFFF,
        etypes=tuple(machine.account.etypes),
    )


def _own_key(machine: Machine, *etypes: int) -> Key:
    """The machine's key of the first of these types that it has one of."""
    held = machine.account.newest().keys
    key = next((held[etype] for etype in etypes if etype in held), None)
    if key is None:
        raise TicketError("KdcUnknownEncryptionType", f"{machine.account.name} has no key of the KDC's types")
    return key


def _timestamp(machine: Machine, error: KrbError) -> PaData:
    """PA-ENC-TIMESTAMP (RFC 4120 section 5.2.7.2): a machine's key needs no salt, it is known as it is."""
    try:
        key = _own_key(machine, *decode_offered_etypes(error.data or b""))
    except SchemaError as problem:
        raise TicketError("InvalidToken", f"the KDC's offer: {problem}") from None
    sealed = seal(key, KeyUsage.AS_REQ_TIMESTAMP, encode_timestamp(machine.now), machine.randomness)
    return PaData(padata_type=PaDataType.ENC_TIMESTAMP, value=encode_encrypted_data(sealed))


def _authenticator(machine: Machine, credential: Credential, value: Checksum) -> Authenticator:
    return Authenticator(
        client_realm=credential.realm,
        client=credential.client,
        checksum=value,
        ctime=int(machine.now),
        cusec=microseconds(machine.now),
    )


def _ap_req(
    machine: Machine,
    credential: Credential,
    value: Authenticator,
    usage: KeyUsage,
    *,
    options: ApOption = ApOption(0),  # noqa: B008 - immutable
) -> bytes:
    sealed = seal(credential.key, usage, encode_authenticator(value), machine.randomness)
    return encode_ap_req(ApRequest(options=options, ticket=credential.ticket, authenticator=sealed))


def _error(answer: bytes) -> KrbError | None:
    """The KRB-ERROR that an answer is; None for one that is something else."""
    if answer[:1] != bytes([KRB_ERROR_TAG]):
        return None
    try:
        return decode_krb_error(answer)
    except SchemaError as error:
        raise TicketError("InvalidToken", f"the KDC's answer: {error}") from None


def _refused(error: KrbError, what: str, *, by: str = "the domain controller") -> TicketError:
    code = error.error_code
    known = code in set(ErrorCode)
    name = ErrorCode(code).name if known else "KRB error"
    return TicketError(
        _STATUS.get(ErrorCode(code), "LogonDenied") if known else "LogonDenied",
        f"{by} refused {what}: {name} ({code})",
    )


def _received(
    answer: bytes, message_type: MessageType, body: KdcRequestBody, key_of: Callable[[int], Key]
) -> Credential:
    """Verify a reply: it is under our key, and it answers our request (RFC 4120 sections 3.1.5 and 3.3.4)."""
    try:
        reply = decode_kdc_reply(answer, message_type)
        part = _opened(reply.encrypted, key_of(reply.encrypted.etype), message_type)
    except (SchemaError, CryptoError) as error:
        raise TicketError("InvalidToken", f"the KDC's answer: {error}") from None
    if part.nonce != body.nonce:
        raise TicketError("InvalidToken", "the KDC's answer is to another request")
    return Credential(
        client=reply.client,
        realm=reply.client_realm,
        ticket=reply.ticket,
        key=part.key,
        end_time=part.end_time,
    )


def _opened(encrypted: EncryptedData, key: Key, message_type: MessageType) -> EncKdcReplyPart:
    as_reply = message_type is MessageType.AS_REP
    usage = KeyUsage.AS_REP_PART if as_reply else KeyUsage.TGS_REP_PART_SESSION_KEY
    return decode_enc_kdc_reply_part(unseal(key, usage, encrypted))
