"""The client's side of X-EXPS EXCHANGEAUTH: one command, one reply, mutual and bound to the TLS channel. PURE."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from probe.wire.crypto import Key
from probe.wire.sasl import return_leg
from probe.wire.sasl.exchangeauth_blob import (
    Blob,
    BlobError,
    client_hash,
    decode_blob,
    encode_blob,
    server_hash,
)
from probe.wire.sasl.mechanism import Answer, Cancel, Round
from probe.wire.sasl.return_leg import ReturnLegError, ReturnTicket

HASH_NAME = "SHA256"


class ReturnLeg(StrEnum):
    """What became of the receiver's half."""

    NONE = ""
    """No blob came."""
    VERIFIED = "verified"
    """Its AP-REQ was accepted with our machine key, and its hash holds."""
    UNPROVEN = "unproven"
    """A well-formed blob came; without our machine key nobody can say more."""
    REFUSED = "refused"
    """Its AP-REQ is not for us, not of now, or does not decrypt."""
    MISMATCH = "mismatch"
    """Its AP-REQ is good and its hash is not: the channel is not the same at both ends."""
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What both ends of one TLS channel have in common; an observer does not have ``eap_key_block``."""

    public_key: bytes = field(repr=False)
    """The contents of the certificate's subjectPublicKey."""
    eap_key_block: bytes = field(repr=False)
    """128 octets of the exporter with the label ``client EAP encryption``."""


class ExchangeAuthMechanism:
    """One exchange. ``token`` is a GSS framed AP-REQ made without mutual authentication, ``client_key`` its key.

    ``keys`` are our machine account's ``(kvno, key)``, empty on a jump host. ``damage_hash`` turns one bit.
    """

    verb = "X-EXPS"
    name = "EXCHANGEAUTH"
    wrapping = "kerberos"

    def __init__(
        self,
        *,
        token: bytes,
        client_key: Key,
        channel: Channel,
        keys: Sequence[tuple[int, Key]],
        damage_hash: bool = False,
    ) -> None:
        self._token = token
        self._client_key = client_key.contents
        self._channel = channel
        self._keys = keys
        self._damage_hash = damage_hash
        self.rounds: list[Round] = []
        self.return_leg = ReturnLeg.NONE
        self.return_ticket: ReturnTicket | None = None
        self.return_client = ""
        self.problem = ""

    def argument(self, *, initial_response: bool) -> str:
        """What stands behind the mechanism's name: always hash name and blob."""
        del initial_response
        digest = client_hash(
            public_key=self._channel.public_key,
            client_key=self._client_key,
            eap_key_block=self._channel.eap_key_block,
        )
        if self._damage_hash:
            digest = bytes([digest[0] ^ 0x01]) + digest[1:]
        self.rounds.append(Round(direction="sent", kind="krb5-ap-req", octets=len(self._token)))
        return f"{HASH_NAME} {encode_blob(Blob(token=self._token, digest=digest))}"

    def respond(self, text: str) -> Answer:
        """There is no second round: a 334 is not understood."""
        self.rounds.append(Round(direction="received", kind="unexpected", octets=len(text)))
        self.problem = "challenge-not-due"
        return Cancel(reason=self.problem)

    def finish(self, text: str, *, now: float) -> None:
        """Read what stands behind the 235 and verify as much of it as our keys allow."""
        try:
            blob = decode_blob(text.strip())
            self.rounds.append(Round(direction="received", kind="krb5-ap-req", octets=len(blob.token)))
            self.return_ticket, request = return_leg.read(blob.token)
        except (BlobError, ReturnLegError) as error:
            self.return_leg, self.problem = ReturnLeg.MALFORMED, str(error)
            return
        if not self._keys:
            self.return_leg = ReturnLeg.UNPROVEN
            return
        try:
            context = return_leg.accept(request, self._keys, now=now)
        except ReturnLegError as error:
            self.return_leg, self.problem = ReturnLeg.REFUSED, str(error)
            return
        self.return_client = context.client
        expected = server_hash(
            public_key=self._channel.public_key,
            client_key=self._client_key,
            eap_key_block=self._channel.eap_key_block,
            server_key=context.session_key.contents,
        )
        same = hmac.compare_digest(expected, blob.digest)
        self.return_leg = ReturnLeg.VERIFIED if same else ReturnLeg.MISMATCH
