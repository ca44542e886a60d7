"""Lines whole, octet by octet, over-long and without an end; and what the ledger may show of them."""

import asyncio

import pytest

from simulator.smtp.reader import DISCARD_LIMIT, LINE_LIMIT, LineReader, LineTooLong, masked, masked_reply


def reader(timeout_s: float = 5.0) -> tuple[asyncio.StreamReader, LineReader]:
    stream = asyncio.StreamReader(limit=LINE_LIMIT)
    return stream, LineReader(stream, timeout_s=timeout_s, arrive=bytes.upper)


async def test_lines_arrive_changed_and_with_their_end() -> None:
    stream, lines = reader()
    stream.feed_data(b"noop\r\nbare\n\r\ntail")
    assert [await lines.readuntil() for _ in range(3)] == [b"NOOP\r\n", b"BARE\r\n", b"\r\n"]
    assert lines.discard_pending() == 4
    stream.feed_eof()
    with pytest.raises(asyncio.CancelledError):
        await lines.readuntil()


async def test_octet_by_octet() -> None:
    stream, lines = reader()
    waiting = asyncio.create_task(lines.readuntil())
    for octet in b"noop\r\n":
        await asyncio.sleep(0)
        stream.feed_data(bytes((octet,)))
    assert await waiting == b"NOOP\r\n"


async def test_the_longest_line_and_one_more() -> None:
    stream, lines = reader()
    stream.feed_data(b"x" * (LINE_LIMIT - 2) + b"\r\n")
    assert len(await lines.readuntil()) == LINE_LIMIT
    stream.feed_data(b"x" * (LINE_LIMIT + 1) + b"\r\nnoop\r\n")
    with pytest.raises(LineTooLong, match=f"{LINE_LIMIT} at most") as caught:
        await lines.readuntil()
    assert not caught.value.hopeless
    assert await lines.readuntil() == b"NOOP\r\n"


async def test_a_line_without_an_end_is_given_up() -> None:
    stream, lines = reader()
    stream.feed_data(b"x" * (DISCARD_LIMIT + 2 * LINE_LIMIT))
    with pytest.raises(LineTooLong) as caught:
        await lines.readuntil()
    assert caught.value.hopeless


async def test_a_line_that_never_ends_in_time() -> None:
    stream, lines = reader(timeout_s=0.0)
    stream.feed_data(b"noo")
    with pytest.raises(TimeoutError):
        await lines.readuntil()


@pytest.mark.parametrize(
    ("line", "token", "shown"),
    [
        (b"EHLO ex2.contoso.lab", False, "EHLO ex2.contoso.lab"),
        (b"X-EXPS GSSAPI", False, "X-EXPS GSSAPI"),
        (b"x-exps gssapi YIIB", False, "x-exps gssapi <4 octets>"),
        (b"AUTH LOGIN c2VjcmV0 more", False, "AUTH LOGIN <13 octets>"),
        (b"X-EXPS EXCHANGEAUTH SHA256 00000004YIIB", False, "X-EXPS EXCHANGEAUTH SHA256 <12 octets>"),
        (b"x-exps exchangeauth sha256 x y", False, "x-exps exchangeauth sha256 <3 octets>"),
        (b"X-EXPS EXCHANGEAUTH 00000004YIIB", False, "X-EXPS EXCHANGEAUTH <12 octets>"),
        (b"X-EXPS EXCHANGEAUTH MD5 00000004YIIB", False, "X-EXPS EXCHANGEAUTH <16 octets>"),
        (b"YIIBsecret", True, "<10 octets>"),
        (b"", True, ""),
        (b"*", True, "*"),
        (b"\xff\x00", False, "\\xff\x00"),
    ],
)
def test_no_token_is_shown(line: bytes, token: bool, shown: str) -> None:
    assert masked(line, token=token) == shown


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (b"250-a\r\n250 b\r\n", "250-a\r\n250 b"),
        (b"334 GSSAPI supported\r\n", "334 GSSAPI supported"),
        (b"334 oYIB\r\n", "334 <4 octets>"),
        (b"334 \r\n", "334 <0 octets>"),
        (b"235 00000004YIIB00000004AAAA\r\n", "235 <24 octets>"),
        (b"235 2.7.0 Authentication successful\r\n", "235 2.7.0 Authentication successful"),
    ],
)
def test_no_token_is_shown_of_a_reply(reply: bytes, shown: str) -> None:
    assert masked_reply(reply) == shown


# ---- what DATA sends


async def test_a_message_octet_by_octet_and_what_follows_it() -> None:
    stream, lines = reader()
    waiting = asyncio.create_task(lines.read_message(limit=100))
    for octet in b"a\r\n..b\r\n.c\r\n\r\n.\r\nnoop\r\n":
        await asyncio.sleep(0)
        stream.feed_data(bytes((octet,)))
    assert await waiting == b"a\r\n.b\r\nc\r\n\r\n"
    assert await lines.readuntil() == b"NOOP\r\n"


@pytest.mark.parametrize("end", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r"])
async def test_only_crlf_ends_a_message(end: bytes) -> None:
    """SMTP smuggling: every other spelling is content, however other servers read it."""
    stream, lines = reader()
    stream.feed_data(b"a" + end + b"MAIL FROM:<x@y>\r\n.\r\n")
    whole = b"a" + end.replace(b"\r\n.", b"\r\n") + b"MAIL FROM:<x@y>\r\n"
    assert await lines.read_message(limit=100) == whole


@pytest.mark.parametrize("octets", [0, 1, LINE_LIMIT - 2, LINE_LIMIT - 1, LINE_LIMIT, 3 * LINE_LIMIT])
async def test_a_line_of_a_message_may_be_longer_than_a_command(octets: int) -> None:
    stream, lines = reader()
    line = b"x" * octets + b"\r\n"
    stream.feed_data(line + b".\r\n")
    assert await lines.read_message(limit=len(line)) == line
    stream.feed_data(line + b".\r\n")
    assert await lines.read_message(limit=len(line) - 1) is None


async def test_a_dot_in_the_middle_of_a_long_line_ends_nothing() -> None:
    stream, lines = reader()
    line = b"x" * LINE_LIMIT + b".\r\n"
    stream.feed_data(line + b".\r\n")
    assert await lines.read_message(limit=1 << 20) == line


async def test_a_message_without_an_end() -> None:
    stream, lines = reader()
    stream.feed_data(b"a\r\n")
    stream.feed_eof()
    with pytest.raises(asyncio.CancelledError):
        await lines.read_message(limit=100)
    _, silent = reader(timeout_s=0.0)
    with pytest.raises(TimeoutError):
        await silent.read_message(limit=100)
