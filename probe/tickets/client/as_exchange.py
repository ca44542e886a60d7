"""The AS exchange (RFC 4120 section 3.1): from a secret to a ticket-granting ticket. PURE, bytes in and out.

The first request carries no preauthentication: its answer names salt and key types and tells the KDC's clock.
The second carries one encrypted timestamp (RFC 4120 section 5.2.7.2). A secret that the KDC rejects is never
tried again.
"""

from collections.abc import Sequence

from probe.tickets.client.kdc_reply import (
    ETYPES,
    MAXIMUM_REFERRALS,
    TILL,
    Clock,
    KdcError,
    Randomness,
    credential_of,
    granted_realm,
    malformed,
    new_nonce,
    read_error,
    refused,
    ticket_granting_service,
)
from probe.tickets.client.results import Established, Failed, NeedRequest, Problem, Purpose, Result
from probe.tickets.secret import NoKeyError, Secret, default_salt, wanted_keys
from probe.wire.crypto import CryptoError, IntegrityError, Key, confounder_length, decrypt, encrypt
from probe.wire.der import DerError
from probe.wire.kerberos import (
    EncKdcRepPart,
    EncryptedData,
    KdcOption,
    KdcRep,
    KeyUsage,
    KrbError,
    MessageType,
    PaData,
    PaDataType,
    PrincipalName,
    decode_enc_kdc_rep_part,
    decode_kdc_rep,
)
from probe.wire.kerberos.encode import encrypted_data, kdc_req, pa_enc_timestamp


class AsExchange:
    """One principal's way to a ticket-granting ticket.

    ``now`` gives seconds since the Unix epoch, ``randomness`` as many octets as it is asked for. With
    ``adjust_clock`` a KRB_AP_ERR_SKEW is answered once with the KDC's own time, so that later checks can go
    on: the KDC has opened the timestamp by then, so that the secret is right and this is no second guess.
    """

    def __init__(
        self,
        *,
        client: PrincipalName,
        realm: str,
        secret: Secret,
        now: Clock,
        randomness: Randomness,
        etypes: Sequence[int] = ETYPES,
        adjust_clock: bool = False,
    ) -> None:
        self._client, self._realm, self._secret = client, realm, secret
        self._now, self._randomness = now, randomness
        self._etypes = tuple(etypes)
        self._adjust_clock = adjust_clock
        self._realms = {realm.upper()}
        self._nonce = 0
        self._method_data: tuple[PaData, ...] = ()
        self._key: Key | None = None
        self.clock_offset_s = 0.0
        """The KDC's clock minus ours, once it had to be adjusted."""

    def start(self) -> NeedRequest:
        """The request without preauthentication."""
        return NeedRequest(request=self._request(()), realm=self._realm, purpose=Purpose.AS)

    def receive(self, reply: bytes) -> Result:
        """What comes of a KDC's reply to the request last given."""
        try:
            error = read_error(reply)
            return self._granted(decode_kdc_rep(reply)) if error is None else self._refused(error)
        except DerError as problem:
            return malformed(problem)

    def _request(self, padata: tuple[PaData, ...]) -> bytes:
        self._nonce = new_nonce(self._randomness)
        return as_request(
            client=self._client,
            realm=self._realm,
            nonce=self._nonce,
            etypes=self._etypes,
            padata=padata,
        )

    def _refused(self, error: KrbError) -> Result:
        preauthenticated = self._key is not None
        if error.error_code == KdcError.PREAUTH_REQUIRED and not preauthenticated:
            return self._preauthenticate(error)
        if error.error_code == KdcError.WRONG_REALM and not preauthenticated:
            return self._redirected(error)
        if error.error_code == KdcError.SKEW and self._key is not None and self._adjust_clock:
            self._adjust_clock = False
            self.clock_offset_s = error.stime - self._now()
            return self._timestamped(self._key, error, clock_adjusted=True)
        return refused(error)

    def _redirected(self, error: KrbError) -> Result:
        """KDC_ERR_WRONG_REALM names the client's realm in crealm, RFC 6806 section 7."""
        realm = error.crealm or ""
        if not realm or realm.upper() in self._realms:
            return refused(error)
        if len(self._realms) > MAXIMUM_REFERRALS:
            return Failed(problem=Problem.TOO_MANY_REFERRALS, error=error)
        self._realms.add(realm.upper())
        self._realm = realm
        return NeedRequest(request=self._request(()), realm=realm, purpose=Purpose.AS, error=error)

    def _preauthenticate(self, error: KrbError) -> Result:
        self._method_data = error.padata()
        offered = {item.type for item in self._method_data}
        if offered and PaDataType.ENC_TIMESTAMP not in offered:
            numbers = ", ".join(str(number) for number in sorted(offered))
            detail = f"the KDC takes PA-DATA types {numbers}"
            return Failed(problem=Problem.PREAUTHENTICATION_UNSUPPORTED, detail=detail, error=error)
        key = self._secret_key(self._method_data, None, error)
        return key if isinstance(key, Failed) else self._timestamped(key, error, clock_adjusted=False)

    def _secret_key(
        self, padata: Sequence[PaData], part: EncryptedData | None, error: KrbError | None
    ) -> Key | Failed:
        """The client's key for what the KDC's hints, or the reply's encrypted part, ask for."""
        etypes = self._etypes if part is None else (part.etype,)
        kvno = None if part is None else part.kvno
        try:
            wanted = wanted_keys(padata, etypes)
            return self._secret.key(wanted, default_salt(self._client, self._realm), kvno)
        except (NoKeyError, CryptoError) as problem:
            return Failed(problem=Problem.NO_KEY_FOR_ETYPE, detail=str(problem), error=error)

    def _timestamped(self, key: Key, error: KrbError, *, clock_adjusted: bool) -> NeedRequest:
        self._key = key
        plain = pa_enc_timestamp(self._now() + self.clock_offset_s)
        confounder = self._randomness(confounder_length(key.etype))
        cipher = encrypt(key, KeyUsage.PA_ENC_TIMESTAMP, plain, confounder)
        timestamp = encrypted_data(EncryptedData(etype=key.etype, kvno=None, cipher=cipher))
        # RFC 6113 section 5.2: the KDC's cookie goes back with the next request.
        cookies = tuple(item for item in self._method_data if item.type == PaDataType.FX_COOKIE)
        padata = (*cookies, PaData(type=PaDataType.ENC_TIMESTAMP, value=timestamp))
        return NeedRequest(
            request=self._request(padata),
            realm=self._realm,
            purpose=Purpose.AS_PREAUTH,
            clock_adjusted=clock_adjusted,
            error=error,
        )

    def _granted(self, reply: KdcRep) -> Result:
        if reply.message_type != MessageType.AS_REP:
            return Failed(problem=Problem.MALFORMED, detail="a TGS-REP came, an AS-REP was due")
        key = self._reply_key(reply)
        if isinstance(key, Failed):
            return key
        try:
            plain = decrypt(key, KeyUsage.AS_REP, reply.enc_part.cipher)
        except IntegrityError:
            # Without preauthentication nobody has checked the secret before: it is wrong, or old.
            preauthenticated = self._key is not None
            problem = Problem.DOES_NOT_DECRYPT if preauthenticated else Problem.CREDENTIALS_REJECTED
            return Failed(problem=problem, detail="our key does not open the AS-REP")
        except CryptoError as problem:
            return Failed(problem=Problem.DOES_NOT_DECRYPT, detail=str(problem))
        return self._checked(reply, decode_enc_kdc_rep_part(plain))

    def _reply_key(self, reply: KdcRep) -> Key | Failed:
        if reply.enc_part.etype not in self._etypes:
            detail = f"the AS-REP is encrypted with type {reply.enc_part.etype}, which was not offered"
            return Failed(problem=Problem.NO_KEY_FOR_ETYPE, detail=detail)
        if self._key is not None and self._key.etype == reply.enc_part.etype:
            return self._key
        return self._secret_key((*reply.padata, *self._method_data), reply.enc_part, None)

    def _checked(self, reply: KdcRep, part: EncKdcRepPart) -> Result:
        if part.nonce != self._nonce:
            return Failed(problem=Problem.WRONG_NONCE, detail="the AS-REP answers another request")
        if granted_realm(part.sname) is None:
            return Failed(problem=Problem.WRONG_SERVER, detail=f"the AS-REP is for {part.sname}")
        return Established(credential=credential_of(reply, part))


def as_request(
    *,
    client: PrincipalName,
    realm: str,
    nonce: int,
    etypes: Sequence[int] = ETYPES,
    padata: Sequence[PaData] = (),
) -> bytes:
    """An AS-REQ for krbtgt/REALM. Without ``padata`` it needs no secret: any KRB-ERROR in answer tells the
    KDC's clock.
    """
    return kdc_req(
        message_type=MessageType.AS_REQ,
        padata=padata,
        options=KdcOption.CANONICALIZE,
        client=client,
        realm=realm,
        server=ticket_granting_service(realm),
        till=TILL,
        nonce=nonce,
        etypes=etypes,
    )
