"""A small KDC for unit tests, built on impacket's ASN.1 classes and impacket's cryptography: nothing of it is ours.

It checks what the client sends as a KDC does (timestamp, authenticator, checksum over the body) and can be told to
misbehave. `ScriptedNetwork` is the `KdcTransport` that reaches such KDCs without a socket.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from impacket.krb5 import asn1, crypto

from probe.tickets.client.transport import Answer, FailureReason, KdcEndpoint, Transport, TransportFailure
from tests.support.foreign_kerberos import bits, method_data, octets, read, set_encrypted, set_name

NOW = 1785542400.25  # 2026-08-01T00:00:00.25Z
S2KPARAMS = b"\x00\x00\x00\x02"  # two iterations: impacket's PBKDF2 is slow
TICKET_KEY = crypto.Key(18, bytes(range(32)))


def counting(count: int) -> bytes:
    """Randomness that is none, so that a message is the same every time."""
    return bytes(range(1, count + 1))


def seal(key: Any, usage: int, plain: bytes) -> bytes:
    """Encrypt with impacket; rc4-hmac wants eight octets of confounder, AES sixteen."""
    return bytes(crypto.encrypt(key, usage, plain, b"confounder-of-16"[: 8 if key.enctype == 23 else 16]))


def stamp(moment: float) -> str:
    """GeneralizedTime."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y%m%d%H%M%SZ")


def moment_of(text: Any) -> float:
    """Seconds since the epoch of a GeneralizedTime."""
    return datetime.strptime(str(text), "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()


@dataclass(slots=True)
class ScriptedKdc:
    """One realm's KDC. Passwords and services are what it knows; the rest is how it behaves."""

    realm: str = "CONTOSO.LAB"
    passwords: dict[str, str] = field(default_factory=lambda: {"alice": "secret"})
    services: dict[str, int] = field(default_factory=lambda: {"SMTPSVC/ex1.contoso.lab": 3})
    """Name -> kvno."""
    clock: float = NOW
    etypes: tuple[int, ...] = (18, 17, 23)
    """In the KDC's order of preference."""
    preauth: bool = True
    offered: tuple[int, ...] = (2, 19, 133)
    salt: str | None = "a salt of its own"
    referrals: dict[str, str] = field(default_factory=dict)
    """Service name -> realm to which a referral ticket is given."""
    client_realms: dict[str, str] = field(default_factory=dict)
    """Client name -> realm named in KDC_ERR_WRONG_REALM."""
    uses_subkey: bool = True
    nonce_shift: int = 0
    granted_server: tuple[str, ...] = ()
    session_etype: int = 18
    padding: int = 0
    seen: list[str] = field(default_factory=list)
    """What was asked for: ``as alice``, ``preauth alice``, ``tgs SMTPSVC/...``."""

    def __call__(self, request: bytes) -> bytes:
        """The reply to a request."""
        return self._as(request) if request[0] == 0x6A else self._tgs(request)

    # --- AS -----------------------------------------------------------------------------------------------------------

    def _as(self, request: bytes) -> bytes:
        message = read(request, asn1.AS_REQ())
        body = message["req-body"]
        client = "/".join(str(part) for part in body["cname"]["name-string"])
        given = {int(item["padata-type"]): bytes(item["padata-value"]) for item in message["padata"]}
        self.seen.append(("preauth " if 2 in given else "as ") + client)
        assert body["kdc-options"].asInteger() & 0x00010000, "canonicalize was not asked for"
        if client in self.client_realms:
            return self.error(68, crealm=self.client_realms[client])
        if client not in self.passwords:
            return self.error(6)
        offered = [etype for etype in self.etypes if etype in [int(number) for number in body["etype"]]]
        if not offered:
            return self.error(14)
        if self.preauth and 2 not in given:
            return self.error(25, e_data=self._method_data(offered))
        key = self._client_key(client, offered[0])
        if 2 in given and (code := self._check_timestamp(given, client)):
            return self.error(code)
        return self._as_rep(body, client, key, offered[0])

    def _client_key(self, client: str, etype: int) -> Any:
        salt = self.realm + client if self.salt is None else self.salt
        params = None if etype == 23 else S2KPARAMS
        return crypto.string_to_key(etype, self.passwords[client], salt, params)

    def _method_data(self, etypes: Sequence[int]) -> bytes:
        info = asn1.ETYPE_INFO2()
        for index, etype in enumerate(etypes):
            info[index]["etype"] = etype
            if etype != 23:
                if self.salt is not None:
                    info[index]["salt"] = self.salt
                info[index]["s2kparams"] = S2KPARAMS
        values = {19: octets(info), 133: b"a cookie"}
        return method_data([(number, values.get(number, b"")) for number in self.offered])

    def _check_timestamp(self, given: dict[int, bytes], client: str) -> int:
        assert given.get(133, b"a cookie") == b"a cookie", "the cookie was changed"
        assert (133 in given) == (133 in self.offered), "the cookie was not sent back"
        value = read(given[2], asn1.EncryptedData())
        try:
            key = self._client_key(client, int(value["etype"]))
            plain = crypto.decrypt(key, 1, bytes(value["cipher"]))
        except crypto.InvalidChecksum:
            return 24
        sent = read(plain, asn1.PA_ENC_TS_ENC())
        moment = moment_of(sent["patimestamp"]) + int(sent["pausec"]) / 1e6
        return 37 if abs(moment - self.clock) > 300 else 0

    def _as_rep(self, body: Any, client: str, key: Any, etype: int) -> bytes:
        reply = asn1.AS_REP()
        reply["msg-type"] = 11
        if not self.preauth:
            info = read(self._method_data([etype]), asn1.METHOD_DATA())
            reply["padata"][0]["padata-type"] = 19
            reply["padata"][0]["padata-value"] = next(
                bytes(item["padata-value"]) for item in info if int(item["padata-type"]) == 19
            )
        part = self._part(
            asn1.EncASRepPart(), int(body["nonce"]), list(self.granted_server) or ["krbtgt", self.realm]
        )
        return self._reply(reply, [client], ["krbtgt", self.realm], seal(key, 3, part), etype, 1)

    # --- TGS ----------------------------------------------------------------------------------------------------------

    def _tgs(self, request: bytes) -> bytes:
        message = read(request, asn1.TGS_REQ())
        body = message["req-body"]
        server = "/".join(str(part) for part in body["sname"]["name-string"])
        self.seen.append(f"tgs {server}")
        ap_req = read(bytes(message["padata"][0]["padata-value"]), asn1.AP_REQ())
        session_key = self.session_key()
        plain = crypto.decrypt(session_key, 7, bytes(ap_req["authenticator"]["cipher"]))
        authenticator = read(plain, asn1.Authenticator())
        checksum_type = int(authenticator["cksum"]["cksumtype"])
        crypto.verify_checksum(
            checksum_type, session_key, 6, octets_of_body(request), bytes(authenticator["cksum"]["checksum"])
        )
        moment = moment_of(authenticator["ctime"]) + int(authenticator["cusec"]) / 1e6
        if abs(moment - self.clock) > 300:
            return self.error(37)
        granted, kvno = self._service(server)
        if not granted:
            return self.error(7)
        part = self._part(asn1.EncTGSRepPart(), int(body["nonce"]), granted)
        key, usage = session_key, 8
        if self.uses_subkey:
            subkey = authenticator["subkey"]
            key, usage = crypto.Key(int(subkey["keytype"]), bytes(subkey["keyvalue"])), 9
        client = [str(name) for name in authenticator["cname"]["name-string"]]
        reply = asn1.TGS_REP()
        reply["msg-type"] = 13
        return self._reply(reply, client, granted, seal(key, usage, part), key.enctype, kvno)

    def _service(self, server: str) -> tuple[list[str], int]:
        if server in self.referrals:
            return ["krbtgt", self.referrals[server]], 1
        if server not in self.services:
            return [], 0
        return list(self.granted_server) or server.split("/"), self.services[server]

    # --- both ---------------------------------------------------------------------------------------------------------

    def session_key(self) -> Any:
        """The session key of every ticket: a constant."""
        return crypto.Key(self.session_etype, bytes(range(100, 132 if self.session_etype == 18 else 116)))

    def _part(self, part: Any, nonce: int, server: list[str]) -> bytes:
        session_key = self.session_key()
        part["key"]["keytype"] = session_key.enctype
        part["key"]["keyvalue"] = session_key.contents
        part["last-req"][0]["lr-type"] = 0
        part["last-req"][0]["lr-value"] = stamp(self.clock)
        part["nonce"] = nonce + self.nonce_shift
        part["flags"] = bits(0x00610000)
        part["authtime"] = stamp(self.clock)
        part["endtime"] = stamp(self.clock + 36000)
        part["srealm"] = self.realm
        set_name(part, "sname", server, 2)
        return octets(part)

    def _reply(
        self, reply: Any, client: list[str], server: list[str], cipher: bytes, etype: int, kvno: int
    ) -> bytes:
        reply["pvno"] = 5
        reply["crealm"] = self.realm
        set_name(reply, "cname", client)
        reply["ticket"]["tkt-vno"] = 5
        reply["ticket"]["realm"] = self.realm
        set_name(reply["ticket"], "sname", server, 2)
        set_encrypted(reply["ticket"], "enc-part", etype=18, kvno=kvno, cipher=bytes(200 + self.padding))
        set_encrypted(reply, "enc-part", etype=etype, kvno=1, cipher=cipher)
        return octets(reply)

    def error(self, code: int, *, e_data: bytes = b"", crealm: str = "") -> bytes:
        """A KRB-ERROR."""
        value = asn1.KRB_ERROR()
        value["pvno"] = 5
        value["msg-type"] = 30
        value["stime"] = stamp(self.clock)
        value["susec"] = round(self.clock % 1 * 1e6)
        value["error-code"] = code
        value["realm"] = self.realm
        set_name(value, "sname", ["krbtgt", self.realm], 2)
        if crealm:
            value["crealm"] = crealm
        if e_data:
            value["e-data"] = e_data
        return octets(value)


def octets_of_body(request: bytes) -> bytes:
    """The KDC-REQ-BODY as it was sent, without encoding it anew: field [4] is the last of the message."""
    start = request.index(b"\x30", request.rindex(b"\xa4", 0, request.index(b"\xa0\x07\x03\x05")))
    return request[start:]


class ScriptedNetwork:
    """Reaches KDCs by call. A handler gives octets, or a TransportFailure; an endpoint without one refuses."""

    def __init__(
        self, handlers: dict[KdcEndpoint, Callable[[bytes], bytes | TransportFailure]], *, clock: float = NOW
    ) -> None:
        self.handlers = handlers
        self.clock = clock
        self.udp_limit = 1 << 16
        self.down: dict[tuple[KdcEndpoint, Transport], TransportFailure] = {}
        self.asked: list[tuple[str, str]] = []
        """(KDC, transport) of every request, in order."""

    async def exchange(
        self, endpoint: KdcEndpoint, transport: Transport, request: bytes, *, timeout_s: float
    ) -> Answer | TransportFailure:
        """The reply, 20 ms after the request by a clock that stands still otherwise."""
        assert timeout_s > 0
        self.asked.append((str(endpoint), transport.value))
        failure = self.down.get((endpoint, transport))
        if failure is None and endpoint not in self.handlers:
            failure = TransportFailure(reason=FailureReason.REFUSED)
        if failure is not None:
            return failure
        reply = self.handlers[endpoint](request)
        if isinstance(reply, TransportFailure):
            return reply
        if transport is Transport.UDP and len(reply) > self.udp_limit:
            reply = ScriptedKdc(clock=self.clock).error(52)
        return Answer(data=reply, sent_at=self.clock, received_at=self.clock + 0.02)
