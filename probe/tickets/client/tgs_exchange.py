"""The TGS exchange (RFC 4120 section 3.3): from a ticket-granting ticket to a service ticket. PURE, bytes in
and out.
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
)
from probe.tickets.client.results import Established, Failed, NeedRequest, Problem, Purpose, Result
from probe.wire.crypto import (
    CryptoError,
    Key,
    checksum,
    checksum_type,
    confounder_length,
    decrypt,
    encrypt,
    random_key,
)
from probe.wire.der import DerError
from probe.wire.kerberos import (
    Credential,
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
from probe.wire.kerberos.encode import (
    ap_req,
    authenticator,
    kdc_req_around,
    kdc_req_body,
    split_microseconds,
)


class TgsExchange:
    """One service's ticket, over referrals where the KDC gives them (RFC 6806 section 8).

    ``tgt`` is a krbtgt/REALM ticket; the request goes to a KDC of that realm. ``clock_offset_s`` is added to
    ``now`` for the authenticator. With ``adjust_clock`` a KRB_AP_ERR_SKEW is answered once in each realm with the
    KDC's own time. Raises ValueError when ``tgt`` is a ticket for anything but krbtgt.
    """

    def __init__(
        self,
        *,
        tgt: Credential,
        server: PrincipalName,
        now: Clock,
        randomness: Randomness,
        etypes: Sequence[int] = ETYPES,
        adjust_clock: bool = False,
        clock_offset_s: float = 0.0,
        purpose: Purpose = Purpose.TGS,
    ) -> None:
        realm = granted_realm(tgt.server)
        if realm is None:
            raise ValueError(f"{tgt.server} is no ticket-granting service")
        self._tgt, self._server, self._realm = tgt, server, realm
        self._now, self._randomness = now, randomness
        self._etypes = tuple(etypes)
        self._adjusting = adjust_clock
        self._adjust_clock = adjust_clock
        self._purpose = purpose
        self._realms = {realm.upper()}
        self._nonce = 0
        self._subkey: Key | None = None
        self.clock_offset_s = clock_offset_s

    @property
    def realm(self) -> str:
        """Where the request last given goes."""
        return self._realm

    def start(self) -> NeedRequest:
        """The request to the realm of the ticket-granting ticket. Raises CryptoError for a session key of no
        use.
        """
        return NeedRequest(request=self._request(), realm=self._realm, purpose=self._purpose)

    def receive(self, reply: bytes) -> Result:
        """What comes of a KDC's reply to the request last given."""
        try:
            error = read_error(reply)
            return self._granted(decode_kdc_rep(reply)) if error is None else self._refused(error)
        except DerError as problem:
            return malformed(problem)
        except CryptoError as problem:
            return Failed(problem=Problem.DOES_NOT_DECRYPT, detail=str(problem))

    def _request(self) -> bytes:
        self._nonce = new_nonce(self._randomness)
        body = kdc_req_body(
            options=KdcOption.CANONICALIZE,
            client=None,
            realm=self._realm,
            server=self._server,
            till=TILL,
            nonce=self._nonce,
            etypes=self._etypes,
        )
        padata = (PaData(type=PaDataType.TGS_REQ, value=self._ap_req(body)),)
        return kdc_req_around(message_type=MessageType.TGS_REQ, padata=padata, body=body)

    def _ap_req(self, body: bytes) -> bytes:
        """PA-TGS-REQ, RFC 4120 section 5.2.7.1: an AP-REQ whose authenticator signs the request's body."""
        session_key = self._tgt.session_key
        self._subkey = random_key(session_key.etype, self._randomness)
        ctime, cusec = split_microseconds(self._now() + self.clock_offset_s)
        plain = authenticator(
            client_realm=self._tgt.client_realm,
            client=self._tgt.client,
            checksum_type=checksum_type(session_key.etype),
            checksum=checksum(session_key, KeyUsage.TGS_REQ_CHECKSUM, body),
            cusec=cusec,
            ctime=ctime,
            subkey=self._subkey,
            sequence_number=None,
        )
        confounder = self._randomness(confounder_length(session_key.etype))
        cipher = encrypt(session_key, KeyUsage.TGS_REQ_AUTHENTICATOR, plain, confounder)
        part = EncryptedData(etype=session_key.etype, kvno=None, cipher=cipher)
        return ap_req(ticket=self._tgt.ticket, options=0, authenticator=part)

    def _refused(self, error: KrbError) -> Result:
        if error.error_code == KdcError.SKEW and self._adjust_clock:
            self._adjust_clock = False
            self.clock_offset_s = error.stime - self._now()
            return NeedRequest(
                request=self._request(),
                realm=self._realm,
                purpose=self._purpose,
                clock_adjusted=True,
                error=error,
            )
        return refused(error)

    def _granted(self, reply: KdcRep) -> Result:
        if reply.message_type != MessageType.TGS_REP:
            return Failed(problem=Problem.MALFORMED, detail="an AS-REP came, a TGS-REP was due")
        part = decode_enc_kdc_rep_part(self._decrypt(reply.enc_part))
        if part.nonce != self._nonce:
            return Failed(problem=Problem.WRONG_NONCE, detail="the TGS-REP answers another request")
        credential = credential_of(reply, part)
        referral = granted_realm(part.sname)
        if referral is None or granted_realm(self._server) == referral:
            # Another name than was asked for is canonicalization (RFC 6806 section 6); the KDC's key vouches
            # for it.
            return Established(credential=credential)
        return self._referred(credential, referral)

    def _decrypt(self, part: EncryptedData) -> bytes:
        """RFC 4120 section 3.3.4: the subkey's usage is 9; a KDC that passes over the subkey uses the session
        key, 8.
        """
        if self._subkey is not None and part.etype == self._subkey.etype:
            try:
                return decrypt(self._subkey, KeyUsage.TGS_REP_SUBKEY, part.cipher)
            except CryptoError:
                pass
        return decrypt(self._tgt.session_key, KeyUsage.TGS_REP_SESSION_KEY, part.cipher)

    def _referred(self, credential: Credential, realm: str) -> Result:
        if realm.upper() in self._realms or len(self._realms) > MAXIMUM_REFERRALS:
            detail = f"after {len(self._realms)} realms the way leads to {realm}"
            return Failed(problem=Problem.TOO_MANY_REFERRALS, detail=detail, credential=credential)
        self._realms.add(realm.upper())
        self._tgt, self._realm, self._adjust_clock = credential, realm, self._adjusting
        return NeedRequest(request=self._request(), realm=realm, purpose=self._purpose, credential=credential)
