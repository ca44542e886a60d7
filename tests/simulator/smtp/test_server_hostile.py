"""The receive connector and clients that mean no good: floods, garbage, silence."""

from tests.support.raw_smtp import raw_client
from tests.support.receive_server import TOO_MANY, receive_server


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
    async with receive_server(inactivity_timeout_s=0.5) as lab, raw_client(lab.port) as client:
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
