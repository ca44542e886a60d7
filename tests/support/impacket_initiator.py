"""A Kerberos initiator of impacket's and pyasn1's making: tickets, AP-REQs and MICs that owe the lab nothing."""

import calendar
import os
import struct
import time
from dataclasses import dataclass, field
from typing import Any

from impacket.krb5 import asn1
from impacket.krb5 import crypto as impacket_crypto
from pyasn1.codec.der import decoder, encoder  # type: ignore[import-untyped]

from probe.wire.crypto import Key, random_key
from simulator.directory.store import Account, KeySet

REALM = "CONTOSO.LAB"
SPN = "SMTPSVC/ex1.contoso.lab"
NOW = 1_785_542_400.0  # 2026-08-01T00:00:00Z
MUTUAL = 2
FLAGS = 0x3C
"""GSS_C_REPLAY, SEQUENCE, CONF and INTEG (RFC 4121 section 4.1.1.1), as Windows asks for them."""
KERBEROS, MICROSOFT_KERBEROS = "1.2.840.113554.1.2.2", "1.2.840.48018.1.2.2"
NTLM = "1.3.6.1.4.1.311.2.2.10"


def service_account(*, kvno: int = 3) -> Account:
    """EX1$ with random keys of the types that impacket has."""
    keys = {etype: random_key(etype, os.urandom) for etype in (17, 18, 23)}
    return Account(
        name="EX1$",
        realm=REALM,
        spns=(SPN, "SMTPSVC/ex1", "SMTP/ex1.contoso.lab"),
        key_sets=(KeySet(kvno=kvno, keys=keys),),
    )


def generalized(seconds: float) -> str:
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(int(seconds)))


def seconds(value: Any) -> int:
    return calendar.timegm(time.strptime(str(value), "%Y%m%d%H%M%SZ"))


def read(data: bytes, kind: Any) -> Any:
    value, rest = decoder.decode(data, asn1Spec=kind)
    assert not rest
    return value


def encrypted(key: Key, usage: int, value: Any) -> bytes:
    """Sealed by impacket."""
    foreign = impacket_crypto.Key(key.etype, key.contents)
    confounder = os.urandom(8 if key.etype == 23 else 16)
    return bytes(impacket_crypto.encrypt(foreign, usage, bytes(encoder.encode(value)), confounder))


def opened(key: Key, usage: int, cipher: bytes) -> bytes:
    """Opened by impacket; raises for the wrong key."""
    return bytes(impacket_crypto.decrypt(impacket_crypto.Key(key.etype, key.contents), usage, cipher))


def frame(body: bytes, token_id: bytes = b"\x01\x00") -> bytes:
    """RFC 2743 section 3.1 by pyasn1: [APPLICATION 0] with OID and contents."""
    from spnego._spnego import InitialContextToken

    return InitialContextToken(KERBEROS, token_id + body).pack()


@dataclass(kw_only=True)
class Initiator:
    """What EX2$ sends; every field may be wrong on purpose."""

    account: Account
    etype: int = 18
    kvno: int | None = 3
    service: str = SPN
    realm: str = REALM
    client: str = "EX2$"
    claimed_client: str = "EX2$"
    now: float = NOW
    start: float = -10.0
    end: float = 36_000.0
    flags: int = FLAGS
    ap_options: int = 0
    checksum_type: int = 0x8003
    checksum: bytes | None = None
    with_subkey: bool = True
    ticket_key: Key | None = None
    sequence_number: int = 0x01234567
    session_key: Key = field(init=False)
    subkey: Key = field(init=False)

    def __post_init__(self) -> None:
        self.session_key = random_key(self.etype, os.urandom)
        self.subkey = random_key(self.etype, os.urandom)

    @property
    def key(self) -> Key:
        """What protects messages as long as the acceptor has no subkey."""
        return self.subkey if self.with_subkey else self.session_key

    def token(self) -> bytes:
        """A framed AP-REQ."""
        return frame(self.ap_req())

    def ap_req(self) -> bytes:
        request = asn1.AP_REQ()
        request["pvno"], request["msg-type"] = 5, 14
        request["ap-options"] = [self.ap_options >> 31 - bit & 1 for bit in range(32)]
        ticket = request["ticket"]
        ticket["tkt-vno"], ticket["realm"] = 5, self.realm
        self._name(ticket["sname"], self.service, 2)
        ticket["enc-part"]["etype"] = self.etype
        if self.kvno is not None:
            ticket["enc-part"]["kvno"] = self.kvno
        key = self.ticket_key or self.account.newest().keys[self.etype]
        ticket["enc-part"]["cipher"] = encrypted(key, 2, self._ticket_part())
        request["authenticator"]["etype"] = self.etype
        request["authenticator"]["cipher"] = encrypted(self.session_key, 11, self._authenticator())
        return bytes(encoder.encode(request))

    def _ticket_part(self) -> Any:
        part = asn1.EncTicketPart()
        part["flags"] = [0] * 32
        self._set_key(part["key"], self.session_key)
        part["crealm"] = REALM
        self._name(part["cname"], self.client, 1)
        part["transited"]["tr-type"], part["transited"]["contents"] = 1, b""
        part["authtime"] = part["starttime"] = generalized(NOW + self.start)
        part["endtime"] = generalized(NOW + self.end)
        return part

    def _authenticator(self) -> Any:
        value = asn1.Authenticator()
        value["authenticator-vno"], value["crealm"] = 5, REALM
        self._name(value["cname"], self.claimed_client, 1)
        contents = struct.pack("<L16xL", 16, self.flags) if self.checksum is None else self.checksum
        value["cksum"]["cksumtype"], value["cksum"]["checksum"] = self.checksum_type, contents
        value["cusec"], value["ctime"] = 654_321, generalized(self.now)
        if self.with_subkey:
            self._set_key(value["subkey"], self.subkey)
        value["seq-number"] = self.sequence_number
        return value

    @staticmethod
    def _set_key(target: Any, key: Key) -> None:
        target["keytype"], target["keyvalue"] = key.etype, key.contents

    @staticmethod
    def _name(target: Any, name: str, name_type: int) -> None:
        target["name-type"] = name_type
        for index, component in enumerate(name.split("/")):
            target["name-string"][index] = component

    def ap_rep_part(self, token: bytes) -> Any:
        """What is inside the acceptor's framed AP-REP."""
        from spnego._asn1 import unpack_asn1
        from spnego._spnego import InitialContextToken

        value, rest = unpack_asn1(token)
        assert not rest
        framed = InitialContextToken.unpack(value.b_data)
        assert framed.this_mech == KERBEROS
        assert framed.inner_context_token[:2] == b"\x02\x00"
        reply = read(framed.inner_context_token[2:], asn1.AP_REP())
        plain = opened(self.session_key, 12, bytes(reply["enc-part"]["cipher"]))
        return read(plain, asn1.EncAPRepPart())


def subkey_of(part: Any) -> Key:
    """The acceptor's subkey in an EncAPRepPart."""
    return Key(int(part["subkey"]["keytype"]), bytes(part["subkey"]["keyvalue"]))


def mic(key: Key, data: bytes, *, usage: int, flags: int, sequence: int) -> bytes:
    """A MIC token of RFC 4121 section 4.2.6.1 with impacket's checksum; usage 25 initiator, 23 acceptor."""
    header = struct.pack(">HB5sQ", 0x0404, flags, b"\xff" * 5, sequence)
    checksum_type = {17: 15, 18: 16}[key.etype]
    foreign = impacket_crypto.Key(key.etype, key.contents)
    return header + bytes(impacket_crypto.make_checksum(checksum_type, foreign, usage, data + header))
