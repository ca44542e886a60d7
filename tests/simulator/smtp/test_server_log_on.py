"""Logging on to the receive connector line by line: the dialogue, the reply, the event."""

from base64 import b64encode

import pytest

from simulator.faults.clock_skew import ClockSkew
from simulator.faults.values import Seconds
from tests.support.impacket_initiator import FLAGS, MUTUAL, REALM
from tests.support.raw_smtp import raw_client, token_of
from tests.support.receive_server import SUCCESS, TEMPORARY, TOO_MANY, UNSUCCESSFUL, receive_server


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
