"""Foreign programs read what the probe and the lab write: MIT's GSSAPI, tshark and pyspnego's decoder.

The tickets and keys are MIT's: kinit and kvno fetch them from krb5kdc.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from probe.tickets.files import ccache, keytab
from probe.wire.gssapi import spnego
from probe.wire.gssapi.initiator import Initiator, PeerError
from probe.wire.gssapi.spnego import BareToken, NegTokenResp
from probe.wire.kerberos import Credential
from simulator.acceptors.acceptor import Acceptor, ReplayCache
from simulator.directory.store import Account, KeySet
from tests.support.mit import ENCTYPES, MitRealm, mit_realm
from tests.support.system_gssapi import Refused, system_acceptor, system_initiator
from tests.support.tshark import Fields, dissect

KDC = pytest.mark.interop("krb5kdc", "kadmin.local", "kdb5_util", "kinit", "kvno")
GSSAPI = pytest.mark.interop("python3-gssapi")
TSHARK = pytest.mark.interop("tshark")
pytestmark = KDC

every_etype = pytest.mark.parametrize("etype", sorted(ENCTYPES))
both_wrappings = pytest.mark.parametrize("wrapping", ["krb5", "spnego"])

KERBEROS_OID = "1.2.840.113554.1.2.2"
MICROSOFT_OID = "1.2.840.48018.1.2.2"
SPNEGO_OID = "1.3.6.1.5.5.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """A realm of MIT's with one service an encryption type, and alice's tickets for them."""

    realm: MitRealm
    keytab: Path
    ccache: Path

    def service(self, etype: int) -> str:
        return f"svc{etype}/mail.mit.test"

    def credential(self, etype: int) -> Credential:
        held = ccache.read(self.ccache.read_bytes()).credentials
        found = next(ticket for ticket in held if str(ticket.server) == self.service(etype))
        assert (found.ticket.enc_part.etype, found.session_key.etype) == (etype, etype)
        return found

    def initiator(self, etype: int, *, skew_s: float = 0.0) -> Initiator:
        return Initiator(
            credential=self.credential(etype), now=time.time() + skew_s, randomness=os.urandom, mutual=True
        )

    def lab_acceptor(self, etype: int, *, skew_s: float = 0.0) -> Acceptor:
        account = Account(
            name="EX1$",
            realm=self.realm.realm,
            spns=(self.service(etype),),
            key_sets=self._key_sets(etype),
        )
        return Acceptor(
            server="EX1",
            account=lambda: account,
            realm=self.realm.realm,
            clock=lambda: time.time() + skew_s,
            randomness=os.urandom,
            replays=ReplayCache(),
        )

    def _key_sets(self, etype: int) -> tuple[KeySet, ...]:
        entries = keytab.read(self.keytab.read_bytes()).entries
        mine = [entry for entry in entries if str(entry.principal) == self.service(etype)]
        return tuple(KeySet(kvno=entry.kvno, keys={entry.key.etype: entry.key}) for entry in mine)


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peers]:
    with mit_realm(tmp_path_factory.mktemp("decoders") / "realm") as realm:
        realm.add_principal("alice", "alice-password")
        services = [f"svc{etype}/mail.mit.test" for etype in ENCTYPES]
        for etype, service in zip(ENCTYPES, services, strict=True):
            realm.add_principal(service, enctypes=(etype,))
            # Without this the session key is of the KDC's favourite type, whatever the service's key is.
            realm.admin(f"setstr {service} session_enctypes {ENCTYPES[etype]}")
        cache = realm.kinit("alice", "alice-password")
        realm.run("kvno", "-c", f"FILE:{cache}", *services)
        yield Peers(realm=realm, keytab=realm.keytab(*services), ccache=cache)


def first_token(initiator: Initiator, wrapping: str) -> bytes:
    token = initiator.token()
    return spnego.neg_token_init(spnego.KERBEROS_MECHANISMS, token) if wrapping == "spnego" else token


def mechanism_token(answer: bytes) -> bytes:
    """The Kerberos token in an acceptor's answer, bare or in a NegTokenResp."""
    decoded = spnego.decode(answer)
    if isinstance(decoded, NegTokenResp):
        assert decoded.response_token is not None
        return decoded.response_token
    assert isinstance(decoded, BareToken)
    return decoded.token


# -- MIT's GSSAPI ---------------------------------------------------------------------------------------------


@GSSAPI
@every_etype
@both_wrappings
def test_mit_accepts_the_probes_token(peers: Peers, etype: int, wrapping: str) -> None:
    initiator = peers.initiator(etype)
    with system_acceptor(peers.realm.env, peers.keytab) as acceptor:
        answer = acceptor.step(first_token(initiator, wrapping))
        initiator.accept(mechanism_token(answer))
        assert initiator.session_key.contents == acceptor.session_key()
        assert initiator.unwrap(acceptor.wrap(b"\x01\x00\x00\x00")) == b"\x01\x00\x00\x00"
        assert acceptor.unwrap(initiator.wrap(b"\x01\x00\x00\x00")) == b"\x01\x00\x00\x00"
        assert acceptor.unwrap(initiator.wrap(b"sealed", confidential=True)) == b"sealed"


@GSSAPI
def test_mit_refuses_the_probes_token_from_a_skewed_clock(peers: Peers) -> None:
    initiator = peers.initiator(18, skew_s=-600)
    with (
        system_acceptor(peers.realm.env, peers.keytab) as acceptor,
        pytest.raises(Refused, match="Clock skew too great") as refused,
    ):
        acceptor.step(initiator.token())
    with pytest.raises(PeerError) as caught:
        initiator.accept(refused.value.token)
    assert caught.value.krb_error.error_code == 37  # KRB_AP_ERR_SKEW
    assert abs(caught.value.krb_error.stime - time.time()) < 60


@GSSAPI
@every_etype
@both_wrappings
def test_mit_accepts_the_labs_answer(peers: Peers, etype: int, wrapping: str) -> None:
    service = f"{peers.service(etype)}@{peers.realm.realm}"
    acceptor = peers.lab_acceptor(etype)
    with system_initiator(peers.realm.env, peers.ccache, service, mechanism=wrapping) as initiator:
        accepted = acceptor.accept(initiator.step())
        assert (accepted.status, accepted.continue_needed) == ("OK", False), accepted.reason
        assert initiator.step(accepted.token) == b""
        context = acceptor.context
        assert context is not None
        assert context.client == f"alice@{peers.realm.realm}"
        assert context.unwrap(initiator.wrap(b"from MIT")) == b"from MIT"
        assert initiator.unwrap(context.wrap(b"from the lab")) == b"from the lab"


# -- tshark ---------------------------------------------------------------------------------------------------


@TSHARK
@every_etype
def test_tshark_reads_and_decrypts_a_bare_handshake(peers: Peers, etype: int, tmp_path: Path) -> None:
    initiator = peers.initiator(etype)
    accepted = peers.lab_acceptor(etype).accept(initiator.token())
    ap_req, ap_rep = dissect([initiator.token(), accepted.token], tmp_path, keytab=peers.keytab)
    assert_ap_req(ap_req, peers, etype)
    assert_ap_rep(ap_rep, etype)
    assert ap_req["gss-api.OID"] == ap_rep["gss-api.OID"] == [KERBEROS_OID]
    assert_same_authenticator(ap_req, ap_rep)
    assert initiator.accept(accepted.token).sequence_number == int(ap_rep["kerberos.seq_number"][0])


@TSHARK
def test_tshark_reads_and_decrypts_a_negotiated_handshake(peers: Peers, tmp_path: Path) -> None:
    first = first_token(peers.initiator(18), "spnego")
    accepted = peers.lab_acceptor(18).accept(first)
    init, response = dissect([first, accepted.token], tmp_path, keytab=peers.keytab)
    assert init["gss-api.OID"] == [SPNEGO_OID]
    assert init["spnego.MechType"] == [MICROSOFT_OID, KERBEROS_OID]
    assert_ap_req(init, peers, 18)
    assert response["spnego.negResult"] == ["0"]
    assert response["spnego.supportedMech"] == [MICROSOFT_OID]
    assert_ap_rep(response, 18)
    assert_same_authenticator(init, response)


@TSHARK
def test_tshark_reads_the_labs_skew_error(peers: Peers, tmp_path: Path) -> None:
    first = first_token(peers.initiator(18), "spnego")
    refused = peers.lab_acceptor(18, skew_s=600).accept(first)
    _, response = dissect([first, refused.token], tmp_path)
    assert response["spnego.negResult"] == ["1"]
    assert response["kerberos.msg_type"] == ["30"]
    assert response["kerberos.error_code"] == ["37"]
    assert 590 < moment(response["kerberos.stime"][0]) - time.time() < 610


def assert_ap_req(fields: Fields, peers: Peers, etype: int) -> None:
    """The clear part, and with the keytab the ticket's and the authenticator's contents."""
    service, _, host = peers.service(etype).partition("/")
    assert fields["kerberos.msg_type"] == ["14"]
    assert fields["kerberos.realm"][0] == peers.realm.realm
    assert fields["kerberos.SNameString"] == [service, host]
    assert fields["kerberos.APOptions.mutual.required"] == ["1"]
    assert fields["kerberos.etype"] == [str(etype), str(etype)]
    # Once in the ticket, once in the authenticator.
    assert fields["kerberos.CNameString"] == ["alice", "alice"]
    assert fields["kerberos.cksumtype"] == [str(0x8003)]
    assert fields["kerberos.gssapi.len"] == ["16"]
    assert fields["kerberos.gssapi.checksum.flags.mutual"] == ["1"]
    assert fields["kerberos.gssapi.checksum.flags.deleg"] == ["0"]
    assert abs(moment(fields["kerberos.ctime"][0]) - time.time()) < 60


def assert_ap_rep(fields: Fields, etype: int) -> None:
    assert fields["kerberos.msg_type"] == ["15"]
    assert fields["kerberos.etype"] == [str(etype)]


def assert_same_authenticator(ap_req: Fields, ap_rep: Fields) -> None:
    """tshark decrypted the AP-REP with the key that it learnt from the ticket; it answers this authenticator."""
    for field in ("kerberos.ctime", "kerberos.cusec"):
        assert ap_req[field] == ap_rep[field]


def moment(text: str) -> float:
    """Seconds since the epoch of tshark's `Nov 23, 2026 21:56:25.000000000 UTC`."""
    return datetime.strptime(text.partition(".")[0], "%b %d, %Y %H:%M:%S").replace(tzinfo=UTC).timestamp()


# -- pyspnego's decoder ---------------------------------------------------------------------------------------


def parsed(token: bytes) -> Any:
    command = [sys.executable, "-m", "spnego", "--token", token.hex()]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)


def test_pyspnego_reads_the_probes_ap_req(peers: Peers) -> None:
    read = parsed(first_token(peers.initiator(18), "spnego"))
    assert read["MessageType"] == "SPNEGO InitialContextToken"
    assert read["Data"]["thisMech"].endswith(f"({SPNEGO_OID})")
    init = read["Data"]["innerContextToken"]
    assert init["MessageType"] == "SPNEGO NegTokenInit"
    assert [words.rpartition("(")[2] for words in init["Data"]["mechTypes"]] == [
        f"{MICROSOFT_OID})",
        f"{KERBEROS_OID})",
    ]
    ap_req = init["Data"]["mechToken"]["Data"]["innerContextToken"]
    assert ap_req["MessageType"] == "AP-REQ (14)"
    ticket = ap_req["Data"]["ticket"]
    assert ticket["sname"]["name-string"] == ["svc18", "mail.mit.test"]
    assert ticket["realm"] == peers.realm.realm
    assert ap_req["Data"]["authenticator"]["etype"].endswith("(18)")


@both_wrappings
def test_pyspnego_reads_the_labs_ap_rep(peers: Peers, wrapping: str) -> None:
    read = parsed(peers.lab_acceptor(17).accept(first_token(peers.initiator(17), wrapping)).token)
    if wrapping == "spnego":
        assert read["MessageType"] == "SPNEGO NegTokenResp"
        assert read["Data"]["negState"] == "accept-complete (0)"
        assert read["Data"]["supportedMech"].endswith(f"({MICROSOFT_OID})")
        assert read["Data"]["mechListMIC"] is None
        read = read["Data"]["responseToken"]
    assert read["Data"]["thisMech"].endswith(f"({KERBEROS_OID})")
    ap_rep = read["Data"]["innerContextToken"]
    assert ap_rep["MessageType"] == "AP-REP (15)"
    assert ap_rep["Data"]["enc-part"]["etype"].endswith("(17)")


def test_pyspnego_reads_the_labs_skew_error(peers: Peers) -> None:
    read = parsed(peers.lab_acceptor(18, skew_s=600).accept(first_token(peers.initiator(18), "spnego")).token)
    assert read["Data"]["negState"] == "accept-incomplete (1)"
    error = read["Data"]["responseToken"]["Data"]["innerContextToken"]
    assert error["MessageType"] == "KRB-ERROR (30)"
    assert error["Data"]["error-code"].endswith("(37)")
