"""The receive connector with a fault declared: what a client sees of it."""

import asyncio

import pytest

from simulator.faults import Fault
from simulator.faults.fqdn_mismatch import FqdnMismatch
from simulator.faults.illegal_message import IllegalMessage
from simulator.faults.masked_banner import MaskedBanner
from simulator.faults.no_exchange_auth import NoExchangeAuth
from simulator.faults.reset_at import ResetAt
from simulator.faults.slow import Slow
from simulator.faults.smtp_down import SmtpDown
from simulator.faults.values import Place, Seconds
from tests.support.raw_smtp import raw_client
from tests.support.receive_server import TEMPORARY, receive_server


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
        assert [entry.detail["hook"] for entry in lab.ledger.of("fault")] == [f"on_send {place}"]


async def test_a_slow_reply_comes() -> None:
    fault = Slow(on="EX1", at=Place.EHLO, delay=Seconds(0.02))
    async with receive_server(fault) as lab, raw_client(lab.port) as client:
        assert (await client.ehlo()).startswith(b"250-")
        assert lab.ledger.of("fault")[0].detail["hook"] == "on_send ehlo"


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
