"""The receive connector as a client sees it: raw lines, aiosmtplib, and clients that mean no good."""

import asyncio
import socket
from base64 import b64encode

import aiosmtplib
import pytest

from simulator.faults import Fault, Place, Seconds
from simulator.faults.clock_skew import ClockSkew
from simulator.faults.fqdn_mismatch import FqdnMismatch
from simulator.faults.illegal_message import IllegalMessage
from simulator.faults.masked_banner import MaskedBanner
from simulator.faults.no_exchange_auth import NoExchangeAuth
from simulator.faults.reset_at import ResetAt
from simulator.faults.slow import Slow
from simulator.faults.smtp_down import SmtpDown
from simulator.server import ReceiveServer
from tests.support.impacket_initiator import FLAGS, MUTUAL, REALM
from tests.support.raw_smtp import raw_client, token_of
from tests.support.receive_server import receive_server

TEMPORARY = b"454 4.7.0 Temporary authentication failure\r\n"
UNSUCCESSFUL = b"535 5.7.3 Authentication unsuccessful\r\n"
SUCCESS = b"235 2.7.0 Authentication successful\r\n"
TOO_MANY = b"421 4.7.0 Too many errors on this connection, closing transmission channel\r\n"
BANNER = b"220 ex1.contoso.lab Microsoft ESMTP MAIL Service ready at Sat, 1 Aug 2026 00:00:00 +0000\r\n"


async def test_banner_ehlo_and_quit() -> None:
    async with receive_server() as lab, raw_client(lab.port, greeting=False) as client:
        assert await client.reply() == BANNER
        reply = await client.ehlo()
        assert reply.startswith(b"250-ex1.contoso.lab Hello [127.0.0.1]\r\n250-SIZE 37748736\r\n")
        assert reply.endswith(b"250 XRDST\r\n")
        assert await client.ask(b"QUIT") == b"221 2.0.0 Service closing transmission channel\r\n"
        assert await client.rest() == b""


async def test_aiosmtplib_gets_along() -> None:
    async with receive_server() as lab:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=lab.port, use_tls=False, start_tls=False)
        await client.connect()
        await client.ehlo(hostname="ex2.contoso.lab")
        assert client.esmtp_extensions["size"] == "37748736"
        with pytest.raises(aiosmtplib.SMTPSenderRefused, match="Client was not authenticated"):
            await client.sendmail("a@contoso.lab", ["b@contoso.lab"], b"Subject: x\r\n\r\nx\r\n")
        await client.quit()


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"NOOP", b"250 2.0.0 OK"),
        (b"noop", b"250 2.0.0 OK"),
        (b"RSET", b"250 2.0.0 Resetting"),
        (b"HELO a", b"250 ex1.contoso.lab Hello [127.0.0.1]"),
        (b"EHLO", b"501 5.0.0 EHLO requires domain address"),
        (b"HELO", b"501 5.0.0 HELO requires domain address"),
        (b"EHLO a b", b"501 5.5.4 Invalid domain name"),
        (b"EHLO \xff", b"501 5.5.4 Invalid domain name"),
        (b"VRFY a", b"502 5.3.3 Command not implemented"),
        (b"EXPN a", b"502 5.3.3 Command not implemented"),
        (b"MAIL FROM:<a@b>", b"503 5.5.2 Send hello first"),
        (b"RCPT TO:<a@b>", b"503 5.5.2 Need mail command"),
        (b"DATA", b"503 5.5.2 Need mail command"),
        (b"X-EXPS GSSAPI", b"503 5.5.2 Send hello first"),
        (b"AUTH GSSAPI", b"503 5.5.2 Send hello first"),
        (b"STARTTLS", b"503 5.5.2 Send hello first"),
        (b"X-ANONYMOUSTLS", b"503 5.5.2 Send hello first"),
        (b"", b"500 5.3.3 Unrecognized command"),
        (b"GET / HTTP/1.1", b"500 5.3.3 Unrecognized command"),
        (b"\xc3\xa9\x00\xff", b"500 5.3.3 Unrecognized command"),
    ],
)
async def test_replies_before_ehlo(line: bytes, reply: bytes) -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        assert await client.ask(line) == reply + b"\r\n"


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"MAIL FROM:<a@b>", b"530 5.7.1 Client was not authenticated"),
        (b"RCPT TO:<a@b>", b"503 5.5.2 Need mail command"),
        (b"X-EXPS", b"504 5.7.4 Unrecognized authentication type"),
        (b"X-EXPS EXCHANGEAUTH SHA256 abc", b"504 5.7.4 Unrecognized authentication type"),
        (b"X-EXPS LOGIN", b"504 5.7.4 Unrecognized authentication type"),
        (b"AUTH PLAIN AGEAYg==", b"504 5.7.4 Unrecognized authentication type"),
        (b"STARTTLS now", b"501 5.5.4 Invalid arguments"),
    ],
)
async def test_replies_after_ehlo(line: bytes, reply: bytes) -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        assert await client.ask(line) == reply + b"\r\n"


async def test_help() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        assert await client.ask(b"HELP") == (
            b"214-This server supports the following commands:\r\n"
            b"214 HELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP AUTH BDAT\r\n"
        )


async def test_x_exps_with_mutual_authentication_ends_with_an_empty_line() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        assert await client.ask(b"x-exps gssapi") == b"334 GSSAPI supported\r\n"
        initiator = lab.initiator(flags=FLAGS | MUTUAL)
        initiator.ap_rep_part(token_of(await client.ask_token(initiator.token())))
        assert await client.ask(b"") == SUCCESS
        assert await client.ask(b"X-EXPS GSSAPI") == b"503 5.5.2 Auth command already specified\r\n"
        assert await client.ask(b"MAIL FROM:<a@b>") == b"250 2.1.0 Sender OK\r\n"
        assert await client.ask(b"RCPT TO:<a@b>") == b"550 5.7.1 Unable to relay\r\n"
        assert await client.ask(b"DATA") == b"503 5.5.2 Need rcpt command\r\n"
        assert lab.errors() == []


async def test_x_exps_with_an_initial_response_and_nothing_to_answer() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        assert await client.ask_token(lab.initiator().token(), b"X-EXPS GSSAPI") == SUCCESS


async def test_an_empty_initial_response_gets_the_hint() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        assert b"not_defined_in_RFC4178@please_ignore" in token_of(await client.ask(b"X-EXPS GSSAPI ="))


async def test_anything_but_an_empty_line_after_the_last_token_is_illegal() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        token = lab.initiator(flags=FLAGS | MUTUAL).token()
        token_of(await client.ask_token(token, b"X-EXPS GSSAPI"))
        assert await client.ask(b"AAAA") == TEMPORARY
        assert await client.rest() == b""
        assert lab.errors() == ["IllegalMessage"]


@pytest.mark.parametrize("line", [b"not base64!", b"AAA", b"\xff\xfe", b"QUIT", b"AAAA AAAA", b""])
async def test_an_undecodable_token_is_illegal_and_ends_x_exps(line: bytes) -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        await client.ask(b"X-EXPS GSSAPI")
        if line == b"":  # an empty first token is no error, an empty second one is
            token_of(await client.ask(line))
        assert await client.ask(line) == TEMPORARY
        assert await client.rest() == b""
        assert lab.errors() == ["IllegalMessage"]


async def test_a_client_that_goes_on_for_ever_is_illegal() -> None:
    skew = ClockSkew(on="EX1", offset=Seconds(600.0))
    async with receive_server(skew) as lab, raw_client(lab.port) as client:
        await client.ehlo()
        await client.ask(b"X-EXPS GSSAPI")
        for _ in range(7):
            token_of(await client.ask_token(lab.initiator().token()))
        last = await client.ask_token(lab.initiator().token())
        assert (last.startswith(b"334"), await client.ask_token(b"x")) == (True, TEMPORARY)
        assert lab.errors() == ["IllegalMessage"]


async def test_a_failed_x_exps_disconnects_and_a_failed_auth_does_not() -> None:
    async with receive_server() as lab:
        async with raw_client(lab.port) as client:
            await client.ehlo()
            assert await client.ask_token(lab.initiator(kvno=9).token(), b"X-EXPS GSSAPI") == TEMPORARY
            assert await client.rest() == b""
        async with raw_client(lab.port) as client:
            await client.ehlo()
            for _ in range(3):
                assert await client.ask_token(lab.initiator(kvno=9).token(), b"AUTH GSSAPI") == UNSUCCESSFUL
            assert await client.ask_token(lab.initiator(kvno=9).token(), b"AUTH GSSAPI") == TOO_MANY
            assert await client.rest() == b""
        assert lab.errors() == ["LogonDenied"] * 5
        event = lab.ledger.of("event")[0].detail
        assert event["message"] == (
            "Inbound authentication failed with error LogonDenied for Receive connector Default EX1. The "
            "authentication mechanism is Gssapi. The source IP address of the client who tried to authenticate "
            "to Microsoft Exchange is [127.0.0.1]."
        )


async def test_auth_can_succeed_after_a_failure() -> None:
    async with receive_server(max_logon_failures=1) as lab, raw_client(lab.port) as client:
        await client.ehlo()
        assert await client.ask(b"AUTH GSSAPI !") == UNSUCCESSFUL
        await client.ask_token(lab.initiator().token(), b"AUTH GSSAPI")
        assert await client.ask(b"!") == TOO_MANY


async def test_newer_builds_may_say_535_to_x_exps() -> None:
    async with receive_server(exps_failure="535") as lab, raw_client(lab.port) as client:
        await client.ehlo()
        assert await client.ask(b"X-EXPS GSSAPI !") == UNSUCCESSFUL
        assert await client.rest() == b""


async def test_a_cancelled_exchange_is_no_failure() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        await client.ask(b"X-EXPS GSSAPI")
        assert await client.ask(b"*") == b"501 5.5.4 Authentication cancelled\r\n"
        assert await client.ask_token(lab.initiator().token(), b"X-EXPS GSSAPI") == SUCCESS
        assert lab.errors() == []


@pytest.mark.parametrize("farewell", ["*", "close"])
async def test_a_skewed_clock_is_known_before_the_client_gives_up(farewell: str) -> None:
    async with receive_server(ClockSkew(on="EX1", offset=Seconds(600.0))) as lab:
        async with raw_client(lab.port, greeting=False) as client:
            assert b"00:10:00 +0000" in await client.reply()
            await client.ehlo()
            assert token_of(await client.ask_token(lab.initiator().token(), b"X-EXPS GSSAPI"))
            if farewell == "*":
                await client.ask(b"*")
        await lab.server.stop()
        assert lab.errors() == ["TimeSkew"]
        await lab.server.start()


@pytest.mark.parametrize(
    ("verb", "dialogue", "reply"),
    [
        (b"X-EXPS NTLM", [(b"X-EXPS NTLM", b"334 NTLM supported\r\n")], TEMPORARY),
        (b"AUTH NTLM", [(b"AUTH NTLM", b"334 NTLM supported\r\n")], UNSUCCESSFUL),
        (
            b"AUTH LOGIN",
            [(b"AUTH LOGIN", b"334 VXNlcm5hbWU6\r\n"), (b"YQ==", b"334 UGFzc3dvcmQ6\r\n")],
            UNSUCCESSFUL,
        ),
    ],
)
async def test_ntlm_and_login_are_denied(
    verb: bytes, dialogue: list[tuple[bytes, bytes]], reply: bytes
) -> None:
    auth = frozenset({"ExchangeServer", "Integrated", "BasicAuth"})
    async with receive_server(auth=auth) as lab, raw_client(lab.port) as client:
        await client.ehlo()
        for line, challenge in dialogue:
            assert await client.ask(line) == challenge
        assert await client.ask(b"TlRMTVNTUAABAAAA") == reply
        assert lab.errors() == ["LogonDenied"]
        assert "TlRMTVNTUA" not in str(lab.ledger.entries)


async def test_a_long_token_is_taken_whole() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        initiator = lab.initiator()
        # a ticket of 65000 octets, as a very large PAC makes it: another key, so that it only is too long to open
        initiator.service = "SMTPSVC/" + "x" * 65_000
        assert await client.ask(b"AUTH GSSAPI") == b"334 GSSAPI supported\r\n"
        assert await client.ask_token(initiator.token()) == UNSUCCESSFUL
        assert lab.errors() == ["WrongPrincipal"]
        assert await client.ask_token(initiator.token(), b"AUTH GSSAPI") == UNSUCCESSFUL


async def test_no_token_is_in_the_ledger() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        token = lab.initiator(flags=FLAGS | MUTUAL).token()
        await client.ask(b"X-EXPS GSSAPI")
        await client.ask_token(token)
        await client.ask(b"")
        lines = [str(entry.detail.get("line")) for entry in lab.ledger.entries]
        assert f"<{len(b64encode(token))} octets>" in lines
        assert b64encode(token)[:40].decode() not in str(lab.ledger.entries)
        assert any(line.startswith("334 <") for line in lines)
        assert "334 GSSAPI supported" in lines
        auth = lab.ledger.of("auth")[-1].detail
        assert (auth["status"], auth["client"], auth["mechanism"]) == ("OK", f"EX2$@{REALM}", "X-EXPS GSSAPI")
    assert lab.ledger.of("smtp-close")


# ---- clients that mean no good


async def test_too_many_unknown_commands_end_the_connection() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        for _ in range(4):
            assert await client.ask(b"XYZZY") == b"500 5.3.3 Unrecognized command\r\n"
        assert await client.ask(b"XYZZY") == TOO_MANY
        assert await client.rest() == b""


async def test_a_line_that_is_too_long_is_refused_and_the_next_one_read() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        assert await client.ask(b"EHLO " + b"x" * 200_000) == b"500 5.5.2 Command too long\r\n"
        assert await client.ask(b"NOOP") == b"250 2.0.0 OK\r\n"


async def test_a_line_without_an_end_ends_the_connection() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        for _ in range(40):
            client.writer.write(b"x" * 65_536)
        rest = await client.rest_or_reset()
        assert rest in (TOO_MANY, b"")


async def test_binary_is_no_reason_to_fall_over() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        client.writer.write(bytes(range(256)) + b"\r\nQUIT\r\n")
        refused = b"500 5.3.3 Unrecognized command\r\n" * 2  # there is one LF among them
        assert await client.rest() == refused + b"221 2.0.0 Service closing transmission channel\r\n"


async def test_pipelined_commands_are_answered_before_the_end() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        client.writer.write(b"NOOP\nNOOP\r\nRSET\r\n")
        client.writer.write_eof()
        assert await client.rest() == b"250 2.0.0 OK\r\n" * 2 + b"250 2.0.0 Resetting\r\n"


async def test_a_silent_client_is_told_the_time() -> None:
    async with receive_server(inactivity_timeout_s=0.05) as lab, raw_client(lab.port) as client:
        assert await client.rest() == b"421 4.4.1 Connection timed out\r\n"
    async with receive_server(inactivity_timeout_s=0.05) as lab, raw_client(lab.port) as client:
        await client.ehlo()
        await client.ask(b"X-EXPS GSSAPI")
        assert await client.rest() == b"421 4.4.1 Connection timed out\r\n"


async def test_no_connection_lives_for_ever() -> None:
    async with receive_server(connection_timeout_s=0.05) as lab, raw_client(lab.port) as client:
        assert await client.rest_or_reset() in (b"421 4.4.1 Connection timed out\r\n", b"")


async def test_one_connection_too_many() -> None:
    async with (
        receive_server(max_connections=1) as lab,
        raw_client(lab.port),
        raw_client(lab.port, greeting=False) as second,
    ):
        assert (await second.rest()).startswith(b"421 4.3.2 The maximum number of concurrent server ")


async def test_a_chunk_is_never_read_as_commands() -> None:
    async with receive_server() as lab, raw_client(lab.port) as client:
        await client.ehlo()
        client.writer.write(b"BDAT 6 LAST\r\nNOOP\r\n")
        assert await client.rest() == b"503 5.5.2 Need mail command\r\n"


async def test_stop_ends_clients_in_every_state() -> None:
    async with receive_server() as lab:
        async with raw_client(lab.port), raw_client(lab.port) as busy, raw_client(lab.port) as third:
            await busy.ehlo()
            await busy.ask(b"X-EXPS GSSAPI")
            await third.ehlo()
            await third.ask(b"X-ANONYMOUSTLS")  # and no handshake
            assert lab.server.connections == 3
            await lab.server.stop()
            assert lab.server.connections == 0
        await lab.server.start()


# ---- faults


@pytest.mark.parametrize(
    "place", [Place.GREETING, Place.EHLO, Place.TLS, Place.AUTH, Place.TOKEN, Place.RESULT]
)
@pytest.mark.parametrize("silent", [True, False])
async def test_every_place_can_be_reset_or_go_dead(place: Place, silent: bool) -> None:
    steps = {
        Place.EHLO: [b"EHLO a"],
        Place.TLS: [b"EHLO a", b"X-ANONYMOUSTLS"],
        Place.AUTH: [b"EHLO a", b"X-EXPS GSSAPI"],
        Place.TOKEN: [b"EHLO a", b"X-EXPS GSSAPI", b""],
        Place.RESULT: [b"EHLO a", b"X-EXPS GSSAPI !"],
    }.get(place, [])
    fault = ResetAt(on="EX1", at=place, silent=silent)
    async with receive_server(fault) as lab, raw_client(lab.port, greeting=False) as client:
        if place is not Place.GREETING:
            await client.reply()
        for line in steps[:-1]:
            await client.ask(line)
        if steps:
            client.writer.write(steps[-1] + b"\r\n")
        if silent:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await client.reader.read(1)
        else:
            with pytest.raises(ConnectionResetError):
                await client.rest()
        assert [entry.detail["hook"] for entry in lab.ledger.of("fault")] == [f"leaving {place}"]


async def test_a_slow_reply_comes() -> None:
    fault = Slow(on="EX1", at=Place.EHLO, delay=Seconds(0.02))
    async with receive_server(fault) as lab, raw_client(lab.port) as client:
        assert (await client.ehlo()).startswith(b"250-")
        assert lab.ledger.of("fault")[0].detail["hook"] == "leaving ehlo"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (IllegalMessage(on="EX1"), "IllegalMessage"),
        (IllegalMessage(on="EX1", mode="cut", octets=512), "IllegalMessage"),
        (IllegalMessage(on="EX1", mode="damage", octets=512), "IllegalMessage"),
    ],
)
async def test_a_path_that_damages_tokens(fault: Fault, error: str) -> None:
    async with receive_server(fault) as lab, raw_client(lab.port) as client:
        await client.ehlo()
        assert await client.ask_token(lab.initiator().token(), b"X-EXPS GSSAPI") == TEMPORARY
        assert lab.errors() == [error]


async def test_a_connector_without_exchange_authentication() -> None:
    async with receive_server(NoExchangeAuth(on="EX1")) as lab, raw_client(lab.port) as client:
        assert b"X-" not in await client.ehlo()
        assert await client.ask(b"X-EXPS GSSAPI") == b"504 5.7.4 Unrecognized authentication type\r\n"
        assert await client.ask(b"X-ANONYMOUSTLS") == b"500 5.3.3 Unrecognized command\r\n"


async def test_other_names_and_masks() -> None:
    fault = FqdnMismatch(on="EX1", fqdn="mail.contoso.lab")
    async with receive_server(fault) as lab, raw_client(lab.port, greeting=False) as client:
        assert (await client.reply()).startswith(b"220 mail.contoso.lab ")
        assert (await client.ehlo()).startswith(b"250-mail.contoso.lab Hello")
    async with receive_server(MaskedBanner(on="EX1")) as lab, raw_client(lab.port) as client:
        assert b"250-XXXXXXXXXXXXXXXXXA\r\n" in await client.ehlo()  # X-EXPS GSSAPI NTLM


async def test_a_service_that_is_down() -> None:
    async with receive_server(SmtpDown(on="EX1", mode="refuse")) as lab:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", lab.port)
    fault = SmtpDown(on="EX1", mode="drop")
    async with receive_server(fault) as lab, raw_client(lab.port, greeting=False) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await client.reader.read(1)


# ---- where it listens


async def test_ports_and_addresses() -> None:
    with pytest.raises(ValueError, match=r"192\.0\.2\.1 is not a loopback address"):
        async with receive_server(host="192.0.2.1"):
            pass
    async with receive_server() as lab:
        taken = ReceiveServer(lab.server.settings, lab.server._lab, port=lab.port)
        with pytest.raises(OSError, match="in use"):
            await taken.start()
        with pytest.raises(RuntimeError, match="not started"):
            _ = taken.port


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 on this host")
async def test_ipv6() -> None:
    async with receive_server(host="::1") as lab:
        reader, writer = await asyncio.open_connection("::1", lab.port)
        writer.write(b"HELO a\r\nQUIT\r\n")
        assert b"250 ex1.contoso.lab Hello [::1]\r\n" in await reader.read()
        writer.close()
        await writer.wait_closed()
