"""The initiator's side of a Kerberos GSS context. PURE.

RFC 4121 (and RFC 4757 for rc4-hmac): the token with the AP-REQ, the acceptor's answer, per-message tokens.
It does what SSPI's `InitializeSecurityContext` and MIT's `gss_init_sec_context` do, one context an object,
without delegation and without DCE style.

Why not theirs: a diagnosis has to see the KRB-ERROR in an answer (the system's would act on it, and show nothing), to
show a clock that is off on purpose, and to send one token twice. The tokens are like theirs: MIT's acceptor takes them
(tests/interop).
"""

from collections.abc import Callable
from functools import cached_property

from probe.wire import crypto, kerberos
from probe.wire.crypto import EncryptionType, Key
from probe.wire.der import DerError
from probe.wire.gssapi import frame as gss
from probe.wire.gssapi.frame import ContextFlag
from probe.wire.gssapi.messages import (
    ContextError,
    Malformed,
    MessageAltered,
    MessageKeys,
    OutOfSequence,
    unwrap,
    wrap,
)
from probe.wire.kerberos import ApOption, Credential, EncApRepPart, EncryptedData, KeyUsage, KrbError
from probe.wire.kerberos import encode as kerberos_encode

__all__ = [
    "DEFAULT_FLAGS",
    "ContextError",
    "Initiator",
    "Malformed",
    "MessageAltered",
    "NotMutual",
    "OutOfSequence",
    "PeerError",
]

DEFAULT_FLAGS = (
    ContextFlag.REPLAY | ContextFlag.SEQUENCE | ContextFlag.CONFIDENTIALITY | ContextFlag.INTEGRITY
)

_FRAME, _BARE_AP_REP, _BARE_KRB_ERROR = 0x60, 0x6F, 0x7E
"""First octets: a GSS frame, and application tags 15 and 30 (RFC 4120 section 5.10)."""


class PeerError(ContextError):
    """The acceptor answered with a KRB-ERROR, which says why and what its clock shows."""

    def __init__(self, krb_error: KrbError) -> None:
        super().__init__(f"the acceptor answered with KRB-ERROR {krb_error.error_code}")
        self.krb_error = krb_error


class NotMutual(ContextError):
    """The acceptor's AP-REP does not prove that it could read our ticket."""


class Initiator:
    """One context, from the AP-REQ to the per-message tokens.

    `now` is the clock in seconds since the Unix epoch, UTC, that the authenticator will show; `randomness`
    gives as many random octets as it is asked for. `channel_bindings` is the MD5 of RFC 4121 section 4.1.1.2,
    16 octets. Without `with_subkey` the ticket's session key is used as it is (Windows and MIT always make a
    subkey).

    Raises ValueError for channel bindings of another length and, here or in `token`, `crypto.CryptoError` for
    a session key that cannot be used.
    """

    def __init__(
        self,
        *,
        credential: Credential,
        now: float,
        randomness: Callable[[int], bytes],
        mutual: bool,
        flags: int = DEFAULT_FLAGS,
        channel_bindings: bytes = gss.NO_BINDINGS,
        with_subkey: bool = True,
    ) -> None:
        if len(channel_bindings) != len(gss.NO_BINDINGS):
            raise ValueError(f"channel bindings have 16 octets, not {len(channel_bindings)}")
        self._credential = credential
        # The AP-REP has to repeat both (RFC 4120 section 5.5.2): they are the challenge that the acceptor answers.
        self._ctime, self._cusec = kerberos_encode.split_microseconds(now)
        self._randomness = randomness
        self._channel_bindings = channel_bindings
        self.flags = ContextFlag(flags) | ContextFlag.MUTUAL if mutual else ContextFlag(flags)
        # A key for this context alone: a ticket lasts for hours, and its session key is in every context made of it.
        self._subkey = crypto.random_key(credential.session_key.etype, randomness) if with_subkey else None
        # Thirty bits, as MIT does: older peers take the number for a signed one.
        self.sequence_number = int.from_bytes(randomness(4), "big") & 0x3FFFFFFF
        self._keys = MessageKeys(initiator=self._subkey or credential.session_key, acceptor=None)
        # Without an AP-REP nothing is proved of the acceptor; EXCHANGEAUTH proves it by its hash instead.
        self._established = not mutual
        self._next_sent = self.sequence_number
        # Without an AP-REP both directions begin with the initiator's number (RFC 1964 section 1.2.1).
        self._next_received = self.sequence_number

    @property
    def session_key(self) -> Key:
        """The key that SSPI gives for SECPKG_ATTR_SESSION_KEY.

        It is our subkey, else the ticket's session key; after `accept` the acceptor's subkey, if there is one
        (so MIT answers to GSS_C_INQ_SSPI_SESSION_KEY).
        """
        return self._keys.current

    @property
    def established(self) -> bool:
        """Whether the context is complete: at once, or with mutual authentication after `accept`."""
        return self._established

    def token(self) -> bytes:
        """Give the first token: a frame with the AP-REQ. Every call gives the same octets.

        Raises `crypto.CryptoError` for a session key that cannot be used.
        """
        return self._token

    @cached_property  # the same octets again are what a replay is made of
    def _token(self) -> bytes:
        credential = self._credential
        session_key = credential.session_key
        authenticator = kerberos_encode.authenticator(
            client_realm=credential.client_realm,
            client=credential.client,
            # No checksum of anything: the field carries flags and channel bindings (RFC 4121 section 4.1.1).
            checksum_type=gss.CHECKSUM_TYPE,
            checksum=gss.checksum_contents(self.flags, self._channel_bindings),
            cusec=self._cusec,
            ctime=self._ctime,
            subkey=self._subkey,
            sequence_number=self.sequence_number,
        )
        # With the session key, which is inside the ticket too: who opens the ticket opens this, and nobody else.
        confounder = self._randomness(crypto.confounder_length(session_key.etype))
        cipher = crypto.encrypt(session_key, KeyUsage.AP_REQ_AUTHENTICATOR, authenticator, confounder)
        ap_req = kerberos_encode.ap_req(
            ticket=credential.ticket,
            options=ApOption.MUTUAL_REQUIRED if ContextFlag.MUTUAL in self.flags else 0,
            authenticator=EncryptedData(etype=session_key.etype, kvno=None, cipher=cipher),
        )
        return gss.frame(gss.AP_REQ, ap_req)

    def accept(self, token: bytes) -> EncApRepPart:
        """Take the acceptor's answer, framed or bare, and verify that it could read our ticket.

        Raises `PeerError` for a KRB-ERROR, `NotMutual` if an AP-REP proves nothing, otherwise `Malformed`.
        """
        try:
            kind, body = _kind_and_body(token)
            # In clear and signed by nobody: what it says is evidence, and never makes us try another clock or key.
            if kind == gss.KRB_ERROR:
                raise PeerError(kerberos.decode_krb_error(body))
            part = kerberos.decode_enc_ap_rep_part(self._decrypt(kerberos.decode_ap_rep(body).enc_part))
        except DerError as error:
            raise Malformed(str(error)) from error
        # Decrypted, it was made by a holder of the session key; another time in it would be the answer to somebody
        # else's authenticator, or an old one played back (RFC 4120 section 3.2.5).
        if (part.ctime, part.cusec) != (self._ctime, self._cusec):
            raise NotMutual("the AP-REP is the answer to another authenticator")
        self._keep(part)
        return part

    def _decrypt(self, enc_part: EncryptedData) -> bytes:
        try:
            return crypto.decrypt(self._credential.session_key, KeyUsage.AP_REP, enc_part.cipher)
        except crypto.CryptoError as error:
            raise NotMutual(f"the AP-REP does not decrypt with the ticket's session key: {error}") from error

    def _keep(self, part: EncApRepPart) -> None:
        """Go on with what the acceptor chose."""
        ours = self._keys.initiator
        acceptor = part.subkey
        # In the older form the initiator's key protects messages, unless the acceptor's is of another type.
        # MIT's init_sec_context.c does so; RFC 4757 knows no acceptor's subkey outside DCE style.
        if acceptor is not None and acceptor.etype == ours.etype == EncryptionType.RC4_HMAC:
            acceptor = None
        self._keys = MessageKeys(initiator=ours, acceptor=acceptor)
        self._next_received = part.sequence_number or 0
        self._established = True

    def wrap(self, data: bytes, *, confidential: bool = False) -> bytes:
        """Protect a message: its integrity, and with `confidential` its contents too.

        Raises `ContextError` for an acceptor's subkey that cannot be used, RuntimeError before `established`.
        """
        self._require_established()
        number = self._next_sent
        self._next_sent += 1
        return wrap(
            data,
            keys=self._keys,
            sequence_number=number,
            confidential=confidential,
            randomness=self._randomness,
        )

    def unwrap(self, token: bytes) -> bytes:
        """Verify the acceptor's next message and give what it holds.

        Raises `Malformed`, `MessageAltered`, `OutOfSequence` (if the context has that flag), otherwise
        `ContextError`; RuntimeError before `established`.
        """
        self._require_established()
        unwrapped = unwrap(token, keys=self._keys)
        came, expected = unwrapped.sequence_number, self._next_received
        if self._keys.current.etype == EncryptionType.RC4_HMAC:
            expected &= 0xFFFFFFFF  # the older form has 32 bits of the number
        if ContextFlag.SEQUENCE in self.flags and came != expected:
            raise OutOfSequence(expected=expected, came=came)
        self._next_received = came + 1
        return unwrapped.data

    def _require_established(self) -> None:
        if not self._established:
            raise RuntimeError("the context has no keys before the acceptor's answer")


def _kind_and_body(token: bytes) -> tuple[bytes, bytes]:
    """Give the token id and the message of an acceptor's answer. Raises DerError and `Malformed`."""
    # Within SPNEGO a receiver may leave the GSS frame out, and the message's own tag still tells what it is.
    first = token[0] if token else None
    if first == _BARE_AP_REP:
        return gss.AP_REP, token
    if first == _BARE_KRB_ERROR:
        return gss.KRB_ERROR, token
    if first != _FRAME:
        raise Malformed("an AP-REP or KRB-ERROR is due, framed or bare; this token begins with neither")
    framed = gss.unframe(token)
    if framed.token_id not in {gss.AP_REP, gss.KRB_ERROR}:
        raise Malformed(f"a token id 0200 or 0300 is due, {framed.token_id.hex() or 'none'} came")
    return framed.token_id, framed.body
