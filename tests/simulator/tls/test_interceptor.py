"""A box that ends TLS, between the standard library's TLS and the lab's connector."""

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import AsyncIterator

import pytest
from cryptography import x509

from simulator.faults.tls_interception import TlsInterception
from simulator.faults.values import TlsSettings
from tests.support.impacket_initiator import FLAGS, MUTUAL
from tests.support.raw_smtp import RawClient, raw_client, token_of
from tests.support.receive_server import SUCCESS, Running, receive_server

BOX = TlsInterception(on="EX1", certificate="box.contoso.lab")
READY = b"220 2.0.0 SMTP server ready\r\n"


@contextlib.asynccontextmanager
async def behind_the_box(
    lab: Running, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
) -> AsyncIterator[tuple[RawClient, ssl.SSLObject]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    async with raw_client(lab.port) as client:
        await client.ehlo()
        assert await client.ask(b"X-ANONYMOUSTLS") == READY
        await client.writer.start_tls(context, ssl_handshake_timeout=5.0)
        yield client, client.writer.get_extra_info("ssl_object")


async def test_the_client_sees_the_boxs_certificate_and_the_server_shows_its_own() -> None:
    async with receive_server(BOX) as lab, behind_the_box(lab) as (client, tls):
        seen = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True) or b"")
        assert seen.subject.rfc4514_string() == "CN=box.contoso.lab"
        assert b"250-X-EXPS EXCHANGEAUTH GSSAPI NTLM" in await client.ehlo()
        (noted,) = lab.ledger.of("tls")
        assert (noted.detail["outcome"], noted.detail["certificate_subject"]) == ("ok", "CN=ex1.contoso.lab")
        thumbprint = hashlib.sha1(tls.getpeercert(binary_form=True) or b"", usedforsecurity=False)
        assert noted.detail["certificate_thumbprint"] != thumbprint.hexdigest().upper()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_everything_passes_in_both_directions(version: ssl.TLSVersion) -> None:
    newest = TlsSettings(maximum=version.name.replace("_", "."))
    async with receive_server(BOX, tls=newest) as lab, behind_the_box(lab, version) as (client, _):
        await client.ehlo()
        initiator = lab.initiator(flags=FLAGS | MUTUAL)
        initiator.ap_rep_part(token_of(await client.ask_token(initiator.token(), b"X-EXPS GSSAPI")))
        assert await client.ask(b"") == SUCCESS
        assert await client.ask(b"HELP " + b"x" * 60_000) == await client.ask(b"HELP")
        assert await client.ask(b"QUIT") == b"221 2.0.0 Service closing transmission channel\r\n"
        assert await client.rest() == b""


async def test_a_client_that_breaks_the_handshake_off_leaves_nothing_behind() -> None:
    async with receive_server(BOX) as lab:
        async with raw_client(lab.port) as client:
            await client.ehlo()
            assert await client.ask(b"X-ANONYMOUSTLS") == READY
            client.writer.write(b"this is no ClientHello\r\n" * 20)
            await client.rest_or_reset()
        for _ in range(200):
            if lab.ledger.of("smtp-close"):
                break
            await asyncio.sleep(0.01)
        assert lab.ledger.of("tls")[0].detail["outcome"] == "failed"


async def test_a_client_that_goes_away_is_gone_at_the_server_too() -> None:
    async with receive_server(BOX) as lab:
        async with behind_the_box(lab) as (client, _):
            await client.ehlo()
            client.writer.transport.abort()
        for _ in range(200):
            if lab.ledger.of("smtp-close"):
                break
            await asyncio.sleep(0.01)
        assert lab.ledger.of("smtp-close")[0].detail["by"] == "remote"
