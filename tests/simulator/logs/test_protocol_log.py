"""Records of the protocol logs, field by field as published logs have them."""

import csv
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.ledger import Entry
from simulator.logs.protocol_log import Direction, ProtocolLog, quoted, timestamp
from simulator.smtp.profiles import PROFILES

AT = 1_470_414_281.123456
"""16:24:41 on 5 August 2016 in UTC."""
SESSION = "08D3BD3C3D175A80"
PLACE: dict[str, str | float | bool] = {"connector": "Default EX1", "session": SESSION}
EHLO_REPLY = "250-EX1.contoso.lab Hello [10.0.0.31]\r\n250-SIZE\r\n250-PIPELINING\r\n250 XRDST"
Records = Callable[..., list[list[str]]]


def log(
    profile: str = "2016", direction: Direction = Direction.RECEIVE, *, offset: float = 0.0
) -> ProtocolLog:
    return ProtocolLog(direction, profile_of=lambda _: PROFILES[profile], clock_offset=lambda _: offset)


def entry(kind: str, **detail: str | float | bool) -> Entry:
    return Entry(at=AT, kind=kind, party="EX1", detail=PLACE | detail)


def connect(kind: str = "smtp-connect", session: str = SESSION) -> Entry:
    return entry(kind, session=session, local="10.0.0.1:25", remote="10.0.0.31:50123")


def fields_of(lines: tuple[str, ...]) -> list[list[str]]:
    """Event, data and context of each record, read by Python's csv."""
    return [row[-3:] for row in csv.reader(lines)]


def records(*entries: Entry, profile: str = "2016") -> list[list[str]]:
    """What entries of a session add behind its first two records."""
    found = log(profile)
    found.lines(connect())
    return [record for each in entries for record in fields_of(found.lines(each))]


def test_the_header_is_the_published_one() -> None:
    # PROTOCOL notes of the project, section 7 [log]
    assert Direction.RECEIVE.header(1_795_420_800.0, "15.0.0.0") == (
        "#Software: Microsoft Exchange Server",
        "#Version: 15.0.0.0",
        "#Log-type: SMTP Receive Protocol Log",
        "#Date: 2026-11-23T08:00:00.000Z",
        "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context",
    )
    assert Direction.RECEIVE.path(1_795_420_800.0) == ("SmtpReceive", "RECV20261123-1.LOG")
    assert Direction.SEND.path(1_795_420_800.0) == ("SmtpSend", "SEND20261123-1.LOG")
    assert Direction.SEND.header(0.0, "14.0.0.0")[2] == "#Log-type: SMTP Send Protocol Log"


def test_a_session_has_its_endpoints_and_counts_from_0() -> None:
    found = log()
    first = found.lines(connect())
    begins = f"2016-08-05T16:24:41.123Z,EX1\\Default EX1,{SESSION}"
    assert first == (
        f"{begins},0,10.0.0.1:25,10.0.0.31:50123,+,,",
        f"{begins},1,10.0.0.1:25,10.0.0.31:50123,*,None,Set Session Permissions",
    )
    last = found.lines(entry("smtp-close", by="remote"))
    assert last == (f"{begins},2,10.0.0.1:25,10.0.0.31:50123,-,,Remote",)
    assert found.lines(entry("smtp-in", line="NOOP")) == ()  # the session is over


def test_sessions_do_not_mix() -> None:
    found = log()
    for session in ("A", "B"):
        found.lines(connect(session=session))
    numbers = [
        found.lines(entry("smtp-in", session=session, line="NOOP"))[0].split(",")[2:4] for session in "ABAB"
    ]
    assert numbers == [["A", "2"], ["B", "2"], ["A", "3"], ["B", "3"]]


def test_the_stamp_is_the_servers_own_clock() -> None:
    found = log(offset=-600.0)
    assert found.lines(connect())[0].startswith("2016-08-05T16:14:41.123Z,")


@pytest.mark.parametrize("profile", ["2016", "2019", "se"])
def test_newer_builds_have_an_ehlo_reply_in_one_record(profile: str) -> None:
    assert records(entry("smtp-out", line=EHLO_REPLY), profile=profile) == [
        [">", "250  EX1.contoso.lab Hello [10.0.0.31] SIZE PIPELINING XRDST", ""]
    ]


@pytest.mark.parametrize("profile", ["2007", "2010", "2013"])
def test_older_builds_have_a_record_a_line(profile: str) -> None:
    assert records(entry("smtp-out", line=EHLO_REPLY), profile=profile) == [
        [">", line, ""] for line in EHLO_REPLY.split("\r\n")
    ]


def test_the_banner_is_quoted_because_of_its_comma() -> None:
    found = log()
    found.lines(connect())
    line = "220 EX1 Microsoft ESMTP MAIL Service ready at Fri, 5 Aug 2016 16:24:41 -0700"
    assert found.lines(entry("smtp-out", line=line))[0].endswith(f',>,"{line}",')


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("EHLO ex2.contoso.lab", ["EHLO ex2.contoso.lab"]),
        ("X-EXPS GSSAPI", ["X-EXPS GSSAPI"]),
        # PROTOCOL notes of the project, section 5: protocol logs show it with the blank [log]
        ("X-EXPS EXCHANGEAUTH SHA256 <4096 octets>", ["X-EXPS EXCHANGEAUTH SHA256 "]),
        ("X-EXPS EXCHANGEAUTH <7 octets>", ["X-EXPS EXCHANGEAUTH "]),
        ("AUTH NTLM <56 octets>", ["AUTH NTLM "]),
    ],
)
def test_what_a_client_says(line: str, shown: list[str]) -> None:
    assert records(entry("smtp-in", line=line, token=False)) == [["<", text, ""] for text in shown]


def test_what_a_client_answers_to_a_challenge_is_withheld() -> None:
    assert records(entry("smtp-in", line="<2048 octets>", token=True)) == []
    assert records(entry("smtp-in", line="", token=True)) == []
    assert records(entry("smtp-in", line="*", token=True)) == [["<", "*", ""]]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("334 <2048 octets>", "334 <authentication response>"),
        ("334 GSSAPI supported", "334 <authentication response>"),
        ("235 2.7.0 Authentication successful", "235 <authentication response>"),
        ("235 <4096 octets>", "235 <authentication response>"),
        ("454 4.7.0 Temporary authentication failure", "454 4.7.0 Temporary authentication failure"),
        ("535 5.7.3 Authentication unsuccessful", "535 5.7.3 Authentication unsuccessful"),
    ],
)
def test_what_a_server_answers(line: str, shown: str) -> None:
    assert records(entry("smtp-out", line=line)) == [[">", shown, ""]]


def test_a_refused_log_on() -> None:
    # PROTOCOL notes of the project, section 1 [impl]
    context = "Inbound ExchangeAuth negotiation failed because of LogonDenied"
    failed = entry("auth", status="LogonDenied", client="", cancelled=False, context=context)
    assert records(failed) == [["*", "", context], ["*", "", "User Name: NULL"]]


def test_a_server_and_a_user_who_log_on() -> None:
    def permissions(client: str) -> list[list[str]]:
        return records(entry("auth", status="OK", client=client, cancelled=False, context=""))

    server, user = permissions("EX2$@CONTOSO.LAB"), permissions("alice@CONTOSO.LAB")
    assert [server[0][2], server[1]] == ["Set Session Permissions", ["*", "CONTOSO\\EX2$", "authenticated"]]
    assert "SMTPAcceptEXCH50" in server[0][1]
    assert "SMTPAcceptEXCH50" not in user[0][1]
    assert user[1] == ["*", "CONTOSO\\alice", "authenticated"]
    assert records(entry("auth", status="OK", client="x", cancelled=True, context="")) == []


def test_a_tarpit() -> None:
    # as published logs have it: Tarpit for '0.00:00:05' due to '535 5.7.3 Authentication unsuccessful'
    reply = "535 5.7.3 Authentication unsuccessful"
    assert records(entry("tarpit", seconds=5.0, reply=reply)) == [
        ["*", f"Tarpit for '0.00:00:05' due to '{reply}'", ""]
    ]
    assert "'0.00:01:30.2500000'" in records(entry("tarpit", seconds=90.25, reply=reply))[0][1]


def test_other_entries_are_none_of_its_business() -> None:
    assert records(entry("fault", fault="slow"), entry("event", id=1035), entry("kdc-request")) == []
    assert records(entry("send-in", line="x"), entry("send-connect")) == []


# ---- the sending server's


def test_a_sending_server_attempts_first_and_its_directions_are_its_own() -> None:
    found = log(direction=Direction.SEND)
    place = {"connector": "Intra-Organization SMTP Send Connector"}
    lines = [
        *found.lines(entry("send-attempt", **place, remote="10.0.0.1:25")),
        *found.lines(entry("send-connect", **place, local="10.0.0.2:50123", remote="10.0.0.1:25")),
        *found.lines(entry("send-in", **place, line="220 EX1 ready")),
        *found.lines(entry("send-out", **place, line="X-EXPS EXCHANGEAUTH SHA256 <9 octets>")),
        *found.lines(entry("send-in", **place, line="334 <9 octets>")),
        *found.lines(entry("send-out", **place, line="<9 octets>", token=True)),
        *found.lines(
            entry(
                "send-auth",
                **place,
                status="TargetUnknown",
                client="",
                cancelled=False,
                context="Outbound Authentication failed with TargetUnknown",
            )
        ),
        *found.lines(entry("send-close", **place, by="local")),
    ]
    rows = [line.split(",") for line in lines]
    assert [row[1] for row in rows] == ["Intra-Organization SMTP Send Connector"] * len(rows)
    assert [row[3] for row in rows] == [str(n) for n in range(len(rows))]
    assert [row[4:] for row in rows] == [
        ["", "10.0.0.1:25", "*", "", "attempting to connect"],
        ["10.0.0.2:50123", "10.0.0.1:25", "+", "", ""],
        ["10.0.0.2:50123", "10.0.0.1:25", "<", "220 EX1 ready", ""],
        ["10.0.0.2:50123", "10.0.0.1:25", ">", "X-EXPS EXCHANGEAUTH SHA256 ", ""],
        ["10.0.0.2:50123", "10.0.0.1:25", "<", "334 <authentication response>", ""],
        ["10.0.0.2:50123", "10.0.0.1:25", "*", "", "Outbound Authentication failed with TargetUnknown"],
        ["10.0.0.2:50123", "10.0.0.1:25", "*", "", "User Name: NULL"],
        ["10.0.0.2:50123", "10.0.0.1:25", "-", "", "Local"],
    ]
    assert found.lines(connect()) == ()  # a receiving server's


# ---- fields


@given(st.text(max_size=80))
def test_every_field_comes_back_out_of_the_csv_and_is_one_line(text: str) -> None:
    line = quoted(text)
    assert "\n" not in line
    assert "\r" not in line
    (row,) = csv.reader([f"a,{line},b"])
    assert row[0] == "a"
    assert row[-1] == "b"
    assert len(row) == 3
    assert len(row[1]) == len(text)


def test_quotes_are_doubled() -> None:
    assert quoted('say "a, b"') == '"say ""a, b"""'
    assert quoted("plain text") == "plain text"
    assert quoted("a\r\nb\x00") == "a??b?"


def test_stamps_are_cut_to_milliseconds() -> None:
    assert timestamp(0.9999) == "1970-01-01T00:00:00.999Z"
