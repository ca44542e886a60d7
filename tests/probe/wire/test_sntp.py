"""Packets of chronyd 4.3 (Debian 12) on loopback, and the calendar of RFC 5905.

Each was captured with a plain socket; the request is what the capture sent. ``AHEAD`` is from a chronyd under
``faketime -f +10m``, ``ALONE`` from one that has neither a source nor ``local``.
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.wire.sntp import SntpError, encode_request, parse_reply, to_unix

ORIGINATE = bytes.fromhex("e5f3a1b2c3d4e5f6")
REQUEST = bytes.fromhex("23" + "00" * 39 + "e5f3a1b2c3d4e5f6")
GOOD = bytes.fromhex(
    "240300e700000000000000007f7f0101eeb19994ca3eb768e5f3a1b2c3d4e5f6eeb19996be56ffe7eeb19996bfa854aa"
)
GOOD_SENT, GOOD_RECEIVED = 1795627798.743479, 1795627798.7487319
AHEAD = bytes.fromhex(
    "240300e800000000000000007f7f0101eeb19c7beda6853ee5f3a1b2c3d4e5f6eeb19c7d9cd0dae7eeb19c7d9cd5e160"
)
AHEAD_SENT, AHEAD_RECEIVED = 1795627941.6062207, 1795627941.6166096
ALONE = bytes.fromhex(
    "e40000e70001000000010000000000000000000000000000e5f3a1b2c3d4e5f6eeb19a100da82895eeb19a100dad7c64"
)


def with_field(data: bytes, start: int, value: bytes) -> bytes:
    return data[:start] + value + data[start + len(value) :]


def test_the_request_is_the_one_that_chronyd_answered() -> None:
    assert encode_request(ORIGINATE) == REQUEST
    with pytest.raises(ValueError, match="8 octets"):
        encode_request(b"short")


def test_a_good_answer() -> None:
    reply = parse_reply(GOOD, ORIGINATE)
    assert (reply.stratum, reply.leap, reply.synchronized) == (3, 0, True)
    assert (reply.reference, reply.kiss) == ("127.127.1.1", "")  # chronyd's own word for "local"
    assert reply.precision_s == 2**-25
    assert (reply.root_delay_s, reply.root_dispersion_s) == (0.0, 0.0)
    assert reply.received - GOOD_SENT == pytest.approx(0.000036, abs=1e-6)
    assert reply.transmitted - GOOD_SENT == pytest.approx(0.005183, abs=1e-6)


def test_a_server_that_is_ten_minutes_ahead() -> None:
    reply = parse_reply(AHEAD, ORIGINATE)
    assert AHEAD_SENT < reply.received - 600.0 < reply.transmitted - 600.0 < AHEAD_RECEIVED


def test_a_server_that_does_not_trust_its_clock() -> None:
    reply = parse_reply(ALONE, ORIGINATE)
    assert (reply.leap, reply.stratum, reply.synchronized) == (3, 0, False)
    assert (reply.reference, reply.kiss) == ("", "")
    assert reply.root_dispersion_s == 1.0


@pytest.mark.parametrize(("stratum", "good"), [(1, True), (15, True), (16, False), (255, False)])
def test_a_stratum_beyond_15_is_unsynchronized(stratum: int, good: bool) -> None:
    reply = parse_reply(with_field(GOOD, 1, bytes([stratum])), ORIGINATE)
    assert reply.synchronized is good


def test_a_clock_names_itself_in_letters() -> None:
    """RFC 4330 section 4: codes of reference sources such as LOCL and GPS."""
    named = with_field(with_field(GOOD, 1, b"\x01"), 12, b"GPS\0")
    assert parse_reply(named, ORIGINATE).reference == "GPS"
    assert parse_reply(with_field(named, 12, b"\x1b[2J"), ORIGINATE).reference == ""


@pytest.mark.parametrize("code", ["RATE", "DENY", "RSTR"])
def test_the_kiss_of_death(code: str) -> None:
    """RFC 4330 section 8: stratum 0 and four letters."""
    refused = with_field(ALONE, 12, code.encode())
    reply = parse_reply(refused, ORIGINATE)
    assert (reply.kiss, reply.synchronized) == (code, False)
    assert parse_reply(with_field(refused, 40, bytes(8)), ORIGINATE).kiss == code


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (GOOD[:47], "too-short"),
        (b"", "too-short"),
        (with_field(GOOD, 24, bytes(8)), "not-ours"),
        (with_field(GOOD, 31, b"\xf7"), "not-ours"),
        (REQUEST, "no-server"),  # a reflected question
        (with_field(GOOD, 0, b"\x25"), "no-server"),  # broadcast
        (with_field(GOOD, 0, b"\x04"), "no-server"),  # version 0
        (with_field(GOOD, 40, bytes(8)), "no-time"),
    ],
)
def test_what_is_no_answer(data: bytes, problem: str) -> None:
    with pytest.raises(SntpError, match=f"^{problem}$"):
        parse_reply(data, ORIGINATE)


def test_what_follows_the_header_is_passed_over() -> None:
    assert parse_reply(GOOD + bytes(20), ORIGINATE) == parse_reply(GOOD, ORIGINATE)


def test_a_server_that_leaves_out_when_it_received() -> None:
    reply = parse_reply(with_field(GOOD, 32, bytes(8)), ORIGINATE)
    assert reply == replace(parse_reply(GOOD, ORIGINATE), received=reply.transmitted)


@pytest.mark.parametrize(
    ("era", "seconds", "unix"),
    [
        # RFC 5905 figure 4, "Interesting historic NTP dates"; the right column by `date -u -d DATE +%s`.
        (0, 2_208_988_800, 0),  # 1 January 1970, first day of UNIX
        (0, 2_272_060_800, 63_072_000),  # 1 January 1972, first day of UTC
        (0, 3_155_587_200, 946_598_400),  # 31 December 1999
        (1, 63_104, 2_086_041_600),  # 8 February 2036, first day of NTP era 1
    ],
)
def test_the_calendar_of_the_rfc(era: int, seconds: int, unix: int) -> None:
    assert to_unix(seconds << 32) == unix
    assert to_unix(seconds << 32 | 1 << 31) == unix + 0.5
    assert (seconds >> 31 == 0) == (era == 1)


def test_the_second_of_the_rollover() -> None:
    """7 February 2036 06:28:16 UTC: the last second of era 0 and the first of era 1 follow each other."""
    assert to_unix(0xFFFFFFFF << 32) == 2_085_978_495
    assert to_unix(0) == 2_085_978_496


@given(st.binary(max_size=100))
def test_any_octets_are_read_or_refused(data: bytes) -> None:
    try:
        reply = parse_reply(data[:24] + ORIGINATE + data[24:], ORIGINATE)
    except SntpError:
        return
    assert 0.0 < reply.precision_s <= 1.0
