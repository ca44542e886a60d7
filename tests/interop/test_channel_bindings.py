"""Channel bindings judged by MIT's GSSAPI: ours at its acceptor, its own at the lab's connector, inside real TLS."""

import asyncio
import contextlib
import hashlib
import os
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from probe.tickets.files import ccache
from probe.wire.gssapi import channel_bindings
from probe.wire.gssapi import frame as gss
from probe.wire.gssapi.initiator import Initiator
from probe.wire.kerberos import Credential
from simulator.lab import Lab
from simulator.scenario import parse
from tests.support.mit import MitRealm, mit_realm
from tests.support.raw_smtp import RawClient, raw_client, token_of
from tests.support.system_gssapi import Refused, system_acceptor, system_initiator

pytestmark = pytest.mark.interop("krb5kdc", "kinit", "python3-gssapi")

SERVICE = "smtp/mail.mit.test"
NAME = b"tls-server-end-point:" + hashlib.sha256(b"a certificate").digest()
OTHER = b"tls-server-end-point:" + hashlib.sha256(b"another certificate").digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    realm: MitRealm
    keytab: Path
    credential: Credential

    def initiator(self, bindings: bytes) -> Initiator:
        return Initiator(
            credential=self.credential,
            now=time.time(),
            randomness=os.urandom,
            mutual=True,
            channel_bindings=bindings,
        )


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peers]:
    with mit_realm(tmp_path_factory.mktemp("bindings") / "realm") as realm:
        realm.add_principal("alice", "alice-password")
        realm.add_principal(SERVICE)
        cache = realm.kinit("alice", "alice-password")
        realm.run("kvno", "-c", f"FILE:{cache}", SERVICE)
        found = ccache.read(cache.read_bytes()).credentials
        credential = next(each for each in found if str(each.server) == SERVICE)
        yield Peers(realm=realm, keytab=realm.keytab(SERVICE), credential=credential)


def test_mit_takes_a_token_that_is_bound_to_its_channel(peers: Peers) -> None:
    with system_acceptor(peers.realm.env, peers.keytab, bindings=NAME) as mit:
        initiator = peers.initiator(channel_bindings.bnd(NAME))
        initiator.accept(mit.step(initiator.token()))


@pytest.mark.parametrize("bindings", [channel_bindings.bnd(OTHER), bytes(range(16))])
def test_mit_refuses_a_token_that_is_bound_to_another(peers: Peers, bindings: bytes) -> None:
    with (
        system_acceptor(peers.realm.env, peers.keytab, bindings=NAME) as mit,
        pytest.raises(Refused, match=r"(?i)channel bindings"),
    ):
        mit.step(peers.initiator(bindings).token())


def test_mit_takes_a_token_without_bindings_as_a_policy_that_allows_does(peers: Peers) -> None:
    with system_acceptor(peers.realm.env, peers.keytab, bindings=NAME) as mit:
        initiator = peers.initiator(gss.NO_BINDINGS)
        initiator.accept(mit.step(initiator.token()))


SCENARIO = """
title = "Bindings"
story = "x"
[[connector]]
name = "Default EX1"
server = "EX1"
extended_protection = "{policy}"
[expect]
cause = "healthy"
[lesson]
explain = "x"
check = ["klist"]
"""
REALM = "CONTOSO.LAB"
SPN = f"SMTPSVC/ex1.contoso.lab@{REALM}"
SUCCESS = b"235 2.7.0 Authentication successful\r\n"
FAILURE = b"454 4.7.0 Temporary authentication failure\r\n"


@contextlib.asynccontextmanager
async def lab(policy: str, folder: Path) -> AsyncIterator[tuple[Lab, dict[str, str]]]:
    """A connector with this policy, and the environment of MIT's programs with EX2$'s tickets."""
    scenario = parse(SCENARIO.format(policy=policy), name="bindings", file="bindings.toml")
    async with Lab(scenario, folder / "state") as running:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "KRB5_CONFIG": str(running.state.krb5_conf),
            "KRB5CCNAME": f"FILE:{folder}/ccache",
        }
        keytab = str(running.state.keytab("EX2$"))
        done = await asyncio.create_subprocess_exec("kinit", "-kt", keytab, f"EX2$@{REALM}", env=environment)
        assert await done.wait() == 0
        yield running, environment


@contextlib.asynccontextmanager
async def inside_tls(running: Lab) -> AsyncIterator[tuple[RawClient, ssl.SSLObject]]:
    """The standard library's TLS, whose names of the channel are not ours."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with raw_client(running.connectors["Default EX1"].port) as client:
        await client.ehlo()
        assert (await client.ask(b"X-ANONYMOUSTLS")).startswith(b"220 ")
        await client.writer.start_tls(context)
        found = client.writer.get_extra_info("ssl_object")
        await client.ehlo()
        yield client, found


def end_point(tls: ssl.SSLObject) -> bytes:
    """RFC 5929 section 4: the lab's certificates are signed with SHA-256."""
    return b"tls-server-end-point:" + hashlib.sha256(tls.getpeercert(binary_form=True) or b"").digest()


def unique(tls: ssl.SSLObject) -> bytes:
    """RFC 5929 section 3, as the standard library gives it."""
    return b"tls-unique:" + (tls.get_channel_binding("tls-unique") or b"")


def none(tls: ssl.SSLObject) -> bytes:
    del tls
    return b""


def wrong(tls: ssl.SSLObject) -> bytes:
    return end_point(tls)[:-1] + b"\0"


@pytest.mark.parametrize(
    ("policy", "name", "status"),
    [
        ("require", end_point, ""),
        ("require", unique, ""),
        ("require", none, "BadBindings"),
        ("require", wrong, "BadBindings"),
        ("allow", end_point, ""),
        ("allow", none, ""),
        ("allow", wrong, "BadBindings"),
        ("none", wrong, ""),
    ],
)
async def test_the_connector_reads_mits_bindings(
    policy: str, name: object, status: str, tmp_path: Path
) -> None:
    assert callable(name)
    async with lab(policy, tmp_path) as (running, environment), inside_tls(running) as (client, tls):
        with system_initiator(
            environment, tmp_path / "ccache", SPN, mechanism="spnego", bindings=name(tls)
        ) as mit:
            assert await client.ask(b"X-EXPS GSSAPI") == b"334 GSSAPI supported\r\n"
            reply = await client.ask_token(await asyncio.to_thread(mit.step))
            if status:
                assert reply == FAILURE
            else:
                assert mit.step(token_of(reply)) == b""
                assert await client.ask(b"") == SUCCESS
        events = [entry.detail["error"] for entry in running.ledger.of("event")]
        assert events == ([status] if status else [])
