"""The embedded KDC as a function from octets to octets (PURE): both exchanges, errors, the ledger's entries.

Where Windows and MIT differ it answers as a Windows domain controller does. Whatever comes in, it does not
raise.
"""

from collections.abc import Callable
from typing import Literal

from probe.wire.crypto import CryptoError
from simulator.directory.store import Directory
from simulator.faults.engine import Faults
from simulator.kdc.authentication import authenticate
from simulator.kdc.granting import grant
from simulator.kdc.issue import Answer, Situation
from simulator.kerberos import (
    KdcRequest,
    KrbError,
    MessageType,
    NameType,
    PrincipalName,
    SchemaError,
    decode_kdc_request,
    encode_krb_error,
)
from simulator.kerberos.refusal import ErrorCode, Refusal
from simulator.ledger import Ledger

Transport = Literal["udp", "tcp"]

UDP_LIMIT = 1465
"""Octets of the longest answer over UDP: a Windows KDC's default (registry MaxDatagramReplySize)."""


class KdcService:
    """One KDC. `clock` is its own, skewed or not (UTC seconds); `directory` is its view before faults."""

    def __init__(
        self,
        *,
        name: str,
        realm: str,
        directory: Directory,
        faults: Faults,
        clock: Callable[[], float],
        randomness: Callable[[int], bytes],
        ledger: Ledger,
        udp_limit: int = UDP_LIMIT,
    ) -> None:
        self.name = name
        self.realm = realm
        self._directory = directory
        self._faults = faults
        self._clock = clock
        self._randomness = randomness
        self._ledger = ledger
        self._udp_limit = udp_limit

    def answer(self, request: bytes, *, transport: Transport) -> bytes:
        """The answer without TCP framing; empty for what is no Kerberos request, as with MIT's KDC."""
        now = self._clock()
        try:
            decoded = decode_kdc_request(request)
        except SchemaError as error:
            self._ledger.add(
                "kdc-request", self.name, transport=transport, octets=len(request), malformed=str(error)
            )
            return b""
        self._note_request(decoded, transport, len(request))
        decision = self._decide(decoded, now)
        if isinstance(decision, Answer) and transport == "udp" and len(decision.octets) > self._udp_limit:
            # Rather than a datagram in fragments (RFC 4120 section 7.2.1).
            decision = Refusal(
                ErrorCode.RESPONSE_TOO_BIG, f"{len(decision.octets)} octets: ask again over TCP"
            )
        if isinstance(decision, Answer):
            self._note_reply(decoded.message_type, decision)
            return decision.octets
        return self._refused(decision, decoded, now)

    def too_long(self) -> bytes:
        """The KRB-ERROR for a TCP request of which too much is announced (RFC 4120 section 7.2.2)."""
        return self._refused(Refusal(ErrorCode.FIELD_TOOLONG, "request too long"), None, self._clock())

    def _decide(self, request: KdcRequest, now: float) -> Answer | Refusal:
        situation = Situation(
            directory=self._faults.directory(self.name, self._directory),
            now=now,
            randomness=self._randomness,
        )
        exchange = authenticate if request.message_type is MessageType.AS_REQ else grant
        try:
            return exchange(situation, request)
        except Refusal as refusal:
            return refusal
        except (SchemaError, CryptoError) as error:
            # An encrypted part that decrypts to no DER, a subkey of an impossible length.
            return Refusal(ErrorCode.GENERIC, str(error))
        except Exception as error:  # noqa: BLE001 - a bug of ours must not leave the client without an answer
            return Refusal(ErrorCode.GENERIC, f"bug in the lab's KDC: {type(error).__name__}")

    def _refused(self, refusal: Refusal, request: KdcRequest | None, now: float) -> bytes:
        server = None if request is None else request.body.server
        client = None if request is None else request.body.client
        self._ledger.add(
            "kdc-reply",
            self.name,
            message="KRB-ERROR",
            error=int(refusal.code),
            text=refusal.text,
            client="" if client is None else str(client),
            server="" if server is None else str(server),
        )
        # Rounded as a whole, or 0.9999999 s would become 1000000 microseconds.
        seconds, microseconds = divmod(round(now * 1e6), 1_000_000)
        return encode_krb_error(
            KrbError(
                error_code=refusal.code,
                stime=seconds,
                susec=microseconds,
                realm=self.realm,
                server=server
                or PrincipalName(name_type=NameType.SRV_INST, components=("krbtgt", self.realm)),
                text=refusal.text,
                data=refusal.data,
            )
        )

    def _note_request(self, request: KdcRequest, transport: Transport, octets: int) -> None:
        body = request.body
        self._ledger.add(
            "kdc-request",
            self.name,
            message=request.message_type.name.replace("_", "-"),
            client="" if body.client is None else str(body.client),
            server="" if body.server is None else str(body.server),
            etypes=",".join(map(str, body.etypes[:32])),
            transport=transport,
            octets=octets,
        )

    def _note_reply(self, message_type: MessageType, answer: Answer) -> None:
        self._ledger.add(
            "kdc-reply",
            self.name,
            message="AS-REP" if message_type is MessageType.AS_REQ else "TGS-REP",
            error=0,
            client=answer.client,
            server=answer.server,
            octets=len(answer.octets),
        )
