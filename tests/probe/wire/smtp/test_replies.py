"""Reply texts: Exchange's published protocol logs ([log] in the project's notes), and replies that postfix, Dovecot
and exim were seen to give."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.wire.smtp.replies import LocalProtocolError, Problem, Reply, ReplyReader, Unreadable, command

EHLO = (  # [log], the reply after X-ANONYMOUSTLS
    b"250-M10-SD-MLCH04.sd.cnc.intra Hello [10.0.0.31]\r\n250-SIZE\r\n"
    b"250-X-EXPS EXCHANGEAUTH GSSAPI NTLM\r\n250 XSHADOW\r\n"
)
FAILURES = (
    b"454 4.7.0 Temporary authentication failure\r\n",  # Exchange
    b"454 4.7.0 Temporary authentication failure: generic failure\r\n",  # postfix with Cyrus, no keytab
    b"535 5.7.8 Error: authentication failed: authentication failure\r\n",  # postfix with Cyrus
    b"535 5.7.8 Authentication failed.\r\n",  # Dovecot
    b"535 Incorrect authentication data\r\n",  # exim
)


def one(data: bytes) -> Reply:
    (reply,) = ReplyReader().receive(data)
    assert isinstance(reply, Reply)
    return reply


def refused(data: bytes, *, line_limit: int = 64, reply_limit: int = 128) -> Unreadable:
    reader = ReplyReader(line_limit=line_limit, reply_limit=reply_limit)
    last = reader.receive(data)[-1]
    assert isinstance(last, Unreadable)
    assert reader.receive(b"250 ok\r\n") == []
    return last


def test_a_reply_of_many_lines() -> None:
    reply = one(EHLO)
    assert reply.code == 250
    assert reply.lines == (
        "M10-SD-MLCH04.sd.cnc.intra Hello [10.0.0.31]",
        "SIZE",
        "X-EXPS EXCHANGEAUTH GSSAPI NTLM",
        "XSHADOW",
    )
    assert reply.text == reply.lines[0]
    assert (reply.problems, reply.octets) == ((), len(EHLO))


@pytest.mark.parametrize(
    ("line", "code", "enhanced"),
    list(zip(FAILURES, (454, 454, 535, 535, 535), ("4.7.0", "4.7.0", "5.7.8", "5.7.8", ""), strict=True)),
)
def test_enhanced_status_code(line: bytes, code: int, enhanced: str) -> None:
    reply = one(line)
    assert (reply.code, reply.enhanced, reply.problems) == (code, enhanced, ())


@pytest.mark.parametrize("text", [b"4.7.0.1 no", b"3.7.0 no", b"4.7 no", b"14.7.0 no", b"4.7.0x"])
def test_what_is_no_enhanced_status_code(text: bytes) -> None:
    assert one(b"454 " + text + b"\r\n").enhanced == ""


def test_byte_by_byte_as_whole() -> None:
    stream = EHLO + b"".join(FAILURES)
    whole = ReplyReader().receive(stream)
    reader = ReplyReader()
    pieces = [item for octet in stream for item in reader.receive(bytes((octet,)))]
    assert pieces == whole
    assert len(whole) == 1 + len(FAILURES)
    assert reader.pending == 0


def test_trailing_octets_wait() -> None:
    reader = ReplyReader()
    assert len(reader.receive(FAILURES[0] + b"250-mail\r\n25")) == 1
    assert reader.pending == len(b"250-mail\r\n25")
    (reply,) = reader.receive(b"0 SIZE\r\n")
    assert isinstance(reply, Reply)
    assert reply.lines == ("mail", "SIZE")


def test_one_reply_at_a_time_leaves_the_rest_unread() -> None:
    reader = ReplyReader()
    reader.feed(b"220 go\r\nno reply\r\n")
    assert isinstance(reader.next_reply(), Reply)
    assert reader.pending == reader.drain() == len(b"no reply\r\n")
    assert reader.next_reply() is None
    assert [reply.code for reply in reader.receive(b"250 ok\r\n") if isinstance(reply, Reply)] == [250]


@pytest.mark.parametrize(
    ("data", "problem", "lines"),
    [
        (b"250 ok\n", Problem.BARE_LF, ("ok",)),
        (b"250\r\n", Problem.MISSING_TEXT, ("",)),
        (b"250-a\r\n251 b\r\n", Problem.CODE_DIFFERS, ("a", "b")),
        (b"250=ok\r\n", Problem.ODD_SEPARATOR, ("ok",)),
        (b"250 a\0b\r\n", Problem.NUL, ("a\0b",)),
        (b"250 M\xfcnchen\r\n", Problem.EIGHT_BIT, ("M\xfcnchen",)),
        (b"025 ok\r\n", Problem.CODE_OUT_OF_RANGE, ("ok",)),
        (b"999 ok\r\n", Problem.CODE_OUT_OF_RANGE, ("ok",)),
    ],
)
def test_what_is_wrong_is_kept_and_reported(data: bytes, problem: Problem, lines: tuple[str, ...]) -> None:
    reply = one(data)
    assert (reply.problems, reply.lines) == ((problem,), lines)
    assert reply.code == int(data[:3])
    assert json.loads(json.dumps(reply.lines)) == list(lines)


def test_problems_end_with_their_reply() -> None:
    first, second = ReplyReader().receive(b"250 a\n250 b\r\n")
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert (first.problems, second.problems) == ((Problem.BARE_LF,), ())


@pytest.mark.parametrize("octets", [64, 65])
@pytest.mark.parametrize("ended", [True, False])
def test_line_limit(octets: int, ended: bool) -> None:
    line = b"250 ".ljust(octets - 2, b"x") + (b"\r\n" if ended else b"xx")
    found = ReplyReader(line_limit=64).receive(line)
    if octets == 64:
        assert [type(item) for item in found] == ([Reply] if ended else [])
    else:
        assert found == [Unreadable(reason="line-too-long", came=65, limit=64, head=line[:80])]


def test_reply_limit() -> None:
    found = refused(b"250-0123456789\r\n" * 9)
    assert (found.reason, found.came, found.limit) == ("reply-too-long", 9 * 16, 128)


@pytest.mark.parametrize(
    "line", [b"HTTP/1.1 400", b"25x ok", b"", b" 250 ok", b"25", b"\xd9\xa2\xd9\xa5\xd9\xa0 ok"]
)
def test_what_is_no_reply(line: bytes) -> None:
    found = refused(b"250 ok\r\n" + line + b"\r\n")
    assert (found.reason, found.head) == ("not-a-reply", line + b"\r\n")


def test_an_endless_line_is_not_kept() -> None:
    reader = ReplyReader(line_limit=1000)
    found = [item for _ in range(100) for item in reader.receive(b"2" * 500)]
    assert [type(item) for item in found] == [Unreadable]
    assert reader.pending == 0


def test_a_token_of_64_kib_passes_the_default_limit() -> None:
    # MaxTokenSize 65535 (Microsoft's upper bound), in base64.
    reply = one(b"334 " + b"A" * 87_380 + b"\r\n")
    assert len(reply.text) == 87_380


@given(st.lists(st.binary(max_size=40)))
def test_garbage_is_replies_or_unreadable(pieces: list[bytes]) -> None:
    reader, whole = ReplyReader(line_limit=48, reply_limit=96), ReplyReader(line_limit=48, reply_limit=96)
    found = [item for piece in pieces for item in reader.receive(piece)]
    codes = [item.code for item in found if isinstance(item, Reply)]
    together = whole.receive(b"".join(pieces))
    assert codes == [item.code for item in together if isinstance(item, Reply)]
    assert sum(isinstance(item, Unreadable) for item in found) <= 1
    assert reader.pending <= 96 + 48


@given(
    st.lists(st.sampled_from([b"250-", b"250 ", b"25", b"0", b"\r\n", b"\n", b"\r", b"\0", b"\xff", b"text"]))
)
def test_nearly_replies_are_split_alike(pieces: list[bytes]) -> None:
    reader = ReplyReader()
    found = [item for piece in pieces for item in reader.receive(piece)]
    # The size of what came with a line that is refused depends on how it was cut; everything else does not.
    assert [item for item in found if isinstance(item, Reply)] == [
        item for item in ReplyReader().receive(b"".join(pieces)) if isinstance(item, Reply)
    ]


def test_commands() -> None:
    assert command("EHLO", "host.contoso.lab") == b"EHLO host.contoso.lab\r\n"
    assert command("X-EXPS", "GSSAPI") == b"X-EXPS GSSAPI\r\n"
    assert command("QUIT") == b"QUIT\r\n"
    assert command("") == b"\r\n"


@pytest.mark.parametrize("argument", ["a\r\nMAIL FROM:<>", "a\n", "a\r", "a\0", "m\xfcnchen"])
def test_an_argument_cannot_be_another_command(argument: str) -> None:
    with pytest.raises(LocalProtocolError) as caught:
        command("EHLO", argument)
    assert argument not in str(caught.value)


def test_the_peers_octets_are_in_no_repr() -> None:
    assert "secret" not in repr(refused(b"secret\r\n"))
