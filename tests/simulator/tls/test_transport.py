"""The lab's TLS judged by the standard library's ssl and by openssl's own client."""

import asyncio
import contextlib
import os
import shutil
import ssl
from collections.abc import AsyncIterator

import pytest
from cryptography import x509

from simulator.faults.reset_at import ResetAt
from simulator.faults.tls_broken import TlsBroken
from simulator.faults.values import Place, TlsSettings
from simulator.tls.transport import private_key, server_context
from tests.support.impacket_initiator import FLAGS, MUTUAL, NOW
from tests.support.raw_smtp import RawClient, raw_client, token_of
from tests.support.receive_server import Running, receive_server

READY = b"220 2.0.0 SMTP server ready\r\n"


def client_context(version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if version is not None:
        context.minimum_version = context.maximum_version = version
    return context


async def shake_hands(client: RawClient, context: ssl.SSLContext | None = None) -> ssl.SSLObject:
    """The standard library's TLS from here on. The connection is not verified: a sender does not either."""
    await client.writer.start_tls(context or client_context(), ssl_handshake_timeout=5.0)
    found = client.writer.get_extra_info("ssl_object")
    assert isinstance(found, ssl.SSLObject)
    return found


@contextlib.asynccontextmanager
async def secured(lab: Running, verb: bytes = b"X-ANONYMOUSTLS") -> AsyncIterator[RawClient]:
    async with raw_client(lab.port) as client:
        await client.ehlo()
        assert await client.ask(verb) == READY
        await shake_hands(client)
        yield client


@pytest.mark.parametrize("verb", [b"STARTTLS", b"X-ANONYMOUSTLS", b"x-anonymoustls"])
async def test_after_the_handshake_everything_begins_anew(verb: bytes) -> None:
    async with receive_server() as lab, secured(lab, verb) as client:
        assert await client.ask(b"X-EXPS GSSAPI") == b"503 5.5.2 Send hello first\r\n"
        reply = await client.ehlo()
        # EXCHANGEAUTH is for X-ANONYMOUSTLS alone
        offered = b"GSSAPI NTLM" if verb == b"STARTTLS" else b"EXCHANGEAUTH GSSAPI NTLM"
        assert b"250-X-EXPS " + offered + b"\r\n" in reply
        assert b"STARTTLS" not in reply
        assert b"X-ANONYMOUSTLS" not in reply
        for again in (b"STARTTLS", b"X-ANONYMOUSTLS"):
            # aiosmtpd of itself would say 220 and wait for TLS inside TLS
            refusal = b"503 5.5.2 Only one STARTTLS command can be issued per session\r\n"
            assert await client.ask(again) == refusal
        tls = lab.ledger.of("tls")[0].detail
        assert (tls["outcome"], tls["verb"], tls["version"]) == ("ok", verb.decode().lower(), "TLSv1.2")
        assert await client.ask(b"QUIT") == b"221 2.0.0 Service closing transmission channel\r\n"
        assert await client.rest() == b""


async def test_authentication_inside_tls() -> None:
    async with receive_server() as lab, secured(lab) as client:
        await client.ehlo()
        initiator = lab.initiator(flags=FLAGS | MUTUAL)
        initiator.ap_rep_part(token_of(await client.ask_token(initiator.token(), b"X-EXPS GSSAPI")))
        assert await client.ask(b"") == b"235 2.7.0 Authentication successful\r\n"


async def test_a_failed_x_exps_inside_tls_disconnects() -> None:
    async with receive_server() as lab, secured(lab) as client:
        await client.ehlo()
        assert (await client.ask(b"X-EXPS GSSAPI !")).startswith(b"454 4.7.0")
        assert await client.rest() == b""


async def test_long_lines_inside_tls() -> None:
    async with receive_server() as lab, secured(lab) as client:
        await client.ehlo()
        await client.ask(b"AUTH GSSAPI")
        assert await client.ask_token(os.urandom(65_000)) == b"535 5.7.3 Authentication unsuccessful\r\n"
        assert await client.ask(b"x" * 200_000) == b"500 5.5.2 Command too long\r\n"


async def test_an_authentication_in_clear_does_not_outlive_tls() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        assert (await client.ask_token(lab.initiator().token(), b"X-EXPS GSSAPI")).startswith(b"235")
        await client.ask(b"STARTTLS")
        await shake_hands(client)
        await client.ehlo()
        assert await client.ask(b"MAIL FROM:<a@b>") == b"530 5.7.1 Client was not authenticated\r\n"


async def test_the_certificate_names_the_server() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        await client.ask(b"STARTTLS")
        tls = await shake_hands(client)
        octets = tls.getpeercert(binary_form=True)
        assert octets is not None
        certificate = x509.load_der_x509_certificate(octets)
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert extension.get_values_for_type(x509.DNSName) == ["ex1.contoso.lab", "ex1"]
        assert certificate.not_valid_before_utc.timestamp() == NOW - 86_400
        assert certificate.issuer == certificate.subject


@pytest.mark.parametrize("key_type", ["rsa-2048", "ec-p256"])
@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
async def test_keys_and_versions(key_type: str, version: str) -> None:
    settings = TlsSettings(maximum=version, key_type=key_type)
    async with receive_server(tls=settings) as lab, raw_client(lab.port) as client:
        await client.ehlo()
        await client.ask(b"X-ANONYMOUSTLS")
        assert (await shake_hands(client)).version() == version
        assert (await client.ehlo()).startswith(b"250-ex1.contoso.lab Hello")


async def test_a_client_with_another_version_gets_an_alert() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        await client.ask(b"X-ANONYMOUSTLS")
        with pytest.raises(ssl.SSLError, match=r"(?i)protocol.version"):
            await shake_hands(client, client_context(ssl.TLSVersion.TLSv1_3))
        assert lab.ledger.of("tls")[0].detail["outcome"] == "failed"


async def test_octets_in_clear_behind_the_verb_are_never_used() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        # CVE-2011-0411: a command that an attacker adds behind STARTTLS
        client.writer.write(b"STARTTLS\r\nEHLO attacker.example\r\n")
        assert await client.reply() == READY
        await shake_hands(client)
        assert (await client.ask(b"NOOP")) == b"250 2.0.0 OK\r\n"
        assert lab.ledger.of("tls")[0].detail["discarded"] == 23
        assert not [entry for entry in lab.ledger.of("smtp-in") if "attacker" in str(entry.detail["line"])]


@pytest.mark.parametrize("hello", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"\0" * 70_000])
async def test_what_is_no_client_hello_ends_the_connection(hello: bytes) -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        assert await client.ask(b"X-ANONYMOUSTLS") == READY
        client.writer.write(hello)
        client.writer.write_eof()
        await client.rest_or_reset()
        await lab.server.stop()
        assert lab.ledger.of("tls")[0].detail["outcome"] == "failed"
        await lab.server.start()


async def test_garbage_inside_tls_ends_the_connection() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        await client.ask(b"X-ANONYMOUSTLS")
        await shake_hands(client)
        transport = client.writer.transport._ssl_protocol._transport  # type: ignore[attr-defined]
        transport.write(b"no TLS record at all")
        assert await client.rest_or_reset() == b""


# ---- faults


async def test_garbage_in_place_of_tls() -> None:
    async with receive_server(TlsBroken(on="EX1", mode="garbage")) as lab, raw_client(lab.port) as client:
        await client.ehlo()
        assert await client.ask(b"X-ANONYMOUSTLS") == READY
        with pytest.raises(ssl.SSLError):
            await shake_hands(client)


async def test_no_common_cipher() -> None:
    async with receive_server(TlsBroken(on="EX1", mode="no-cipher")) as lab, raw_client(lab.port) as client:
        await client.ehlo()
        await client.ask(b"X-ANONYMOUSTLS")
        with pytest.raises(ssl.SSLError, match=r"(?i)handshake.failure"):
            await shake_hands(client)
        assert "no shared cipher" in str(lab.ledger.of("tls")[0].detail["reason"])


async def test_early_data_leaves_in_one_piece_with_the_220() -> None:
    async with receive_server(TlsBroken(on="EX1", mode="early-data")) as lab, raw_client(lab.port) as client:
        await client.ehlo()
        client.writer.write(b"X-ANONYMOUSTLS\r\n")
        assert await client.reader.read(1000) == READY + b"250 injected\r\n"
        await shake_hands(client)
        assert (await client.ehlo()).startswith(b"250-ex1")


async def test_tls_refused_and_the_session_goes_on() -> None:
    async with receive_server(TlsBroken(on="EX1", mode="refused")) as lab, raw_client(lab.port) as client:
        await client.ehlo()
        refusal = b"554 5.7.3 Unable to initialize security subsystem\r\n"
        assert await client.ask(b"X-ANONYMOUSTLS") == refusal
        assert await client.ask(b"NOOP") == b"250 2.0.0 OK\r\n"


async def test_a_reset_after_tls() -> None:
    fault = ResetAt(on="EX1", at=Place.EHLO_AFTER_TLS)
    async with receive_server(fault) as lab, secured(lab) as client:
        client.writer.write(b"EHLO a\r\n")
        with pytest.raises(ConnectionResetError):
            await client.rest()


# ---- settings


def test_a_key_is_made_once_for_each_owner() -> None:
    assert private_key("ec-p256", "a") is private_key("ec-p256", "a")
    assert private_key("ec-p256", "a") is not private_key("ec-p256", "b")


@pytest.mark.parametrize(
    "settings",
    [
        TlsSettings(minimum="SSLv2"),
        TlsSettings(key_type="dsa"),
        TlsSettings(ciphers="NO-SUCH-CIPHER"),
    ],
)
def test_settings_that_cannot_be(settings: TlsSettings) -> None:
    with pytest.raises(ValueError, match=r"SSLv2|dsa|NO-SUCH-CIPHER"):
        server_context(settings, fqdn="ex1", now=NOW)


# ---- openssl's own client


@pytest.mark.skipif(
    shutil.which("openssl") is None and not os.environ.get("CI"), reason="openssl is not installed"
)
@pytest.mark.parametrize("version", ["-tls1", "-tls1_2"])
async def test_openssl_s_client(version: str) -> None:
    async with receive_server() as lab:
        process = await asyncio.create_subprocess_exec(
            "openssl",
            "s_client",
            "-connect",
            f"127.0.0.1:{lab.port}",
            "-starttls",
            "smtp",
            "-cipher",
            "ALL:@SECLEVEL=0",
            version,
            "-ign_eof",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(20):
            output, _ = await process.communicate(b"EHLO a\r\nQUIT\r\n")
        assert b"250-ex1.contoso.lab Hello [127.0.0.1]" in output, output
        assert b"221 2.0.0" in output
        expected = {"-tls1": "TLSv1", "-tls1_2": "TLSv1.2"}[version]
        assert lab.ledger.of("tls")[0].detail["version"] == expected
