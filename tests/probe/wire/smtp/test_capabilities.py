"""EHLO replies and banners of Exchange: published protocol logs ([log] in the project's notes). Other banners: the
default smtpd_banner, smtp_banner and login_greeting of postfix, exim and Dovecot. Masked ones: the forms that
administrators report from behind Cisco's ESMTP inspection."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.wire.smtp.capabilities import Banner, Capabilities, parse_banner, parse_ehlo
from probe.wire.smtp.replies import Reply, ReplyReader

BEFORE_TLS = """mail1.fabrikam.com Hello [172.16.0.5]
SIZE 37748736
PIPELINING
DSN
ENHANCEDSTATUSCODES
STARTTLS
X-ANONYMOUSTLS
AUTH NTLM
X-EXPS GSSAPI NTLM
8BITMIME
BINARYMIME
CHUNKING
XRDST"""
INSIDE_TLS = """M10-SD-MLCH04.sd.cnc.intra Hello [10.0.0.31]
SIZE
PIPELINING
DSN
ENHANCEDSTATUSCODES
AUTH NTLM LOGIN
X-EXPS EXCHANGEAUTH GSSAPI NTLM
X-EXCHANGEAUTH SHA256
8BITMIME
BINARYMIME
CHUNKING
XEXCH50
XRDST
XSHADOW"""
BANNER = "mail1.fabrikam.com Microsoft ESMTP MAIL Service ready at Fri, 5 Aug 2016 16:24:41 -0700"
READY_AT = 1470439481.0  # `date -d '2016-08-05 16:24:41 -0700' +%s`, GNU coreutils
CISCO = "*" * 53 + "0*2******0***********************2******200**0*00"


def ehlo(text: str) -> Capabilities:
    lines = text.split("\n")
    wire = "".join(f"250{' ' if n == len(lines) - 1 else '-'}{line}\r\n" for n, line in enumerate(lines))
    (reply,) = ReplyReader().receive(wire.encode("latin-1"))
    assert isinstance(reply, Reply)
    return parse_ehlo(reply)


def banner(text: str) -> Banner:
    return parse_banner(Reply(code=220, lines=(text,)))


def test_exchange_before_tls() -> None:
    offer = ehlo(BEFORE_TLS)
    assert offer == Capabilities(
        advertised_name="mail1.fabrikam.com",
        keywords=tuple(BEFORE_TLS.split("\n")[1:]),
        auth=("NTLM",),
        exps=("GSSAPI", "NTLM"),
        exchangeauth_hash=(),
        starttls=True,
        x_anonymoustls=True,
        is_exchange=True,
        masked=(),
    )
    assert offer.offers("X-EXPS", "gssapi")
    assert not offer.offers("AUTH", "GSSAPI")


def test_exchange_inside_x_anonymoustls() -> None:
    offer = ehlo(INSIDE_TLS)
    assert offer.advertised_name == "M10-SD-MLCH04.sd.cnc.intra"
    assert offer.exps == ("EXCHANGEAUTH", "GSSAPI", "NTLM")
    assert (offer.auth, offer.exchangeauth_hash) == (("NTLM", "LOGIN"), ("SHA256",))
    assert not offer.starttls
    assert not offer.x_anonymoustls


def test_postfix_is_not_exchange() -> None:
    # postfix with smtpd_sasl_auth_enable and broken_sasl_auth_clients says both forms
    offer = ehlo(
        "mx.contoso.lab\nPIPELINING\nSTARTTLS\nAUTH GSSAPI PLAIN\nAUTH=GSSAPI PLAIN\nSMTPUTF8\nCHUNKING"
    )
    assert not offer.is_exchange
    assert (offer.auth, offer.exps) == (("GSSAPI", "PLAIN"), ())


@pytest.mark.parametrize(
    ("line", "auth"),
    [("AUTH=LOGIN", ("LOGIN",)), ("auth ntlm", ("NTLM",)), ("AUTH", ()), ("AUTHX NTLM", ()), ("AUTH=", ())],
)
def test_forms_of_auth(line: str, auth: tuple[str, ...]) -> None:
    assert ehlo(f"mx\n{line}").auth == auth


def test_an_inspecting_firewall_leaves_runs_of_x() -> None:
    offer = ehlo(
        "mail1.fabrikam.com Hello [172.16.0.5]\nSIZE 37748736\nXXXXXXXA\nXXXXXXXXXXXXXB\nXXXX NTLM\nX-EXPS GSSAPI"
    )
    assert offer.masked == ("XXXXXXXA", "XXXXXXXXXXXXXB", "XXXX NTLM")


@pytest.mark.parametrize("text", [BEFORE_TLS, INSIDE_TLS])
def test_exchanges_own_keywords_are_not_masked(text: str) -> None:
    assert ehlo(text).masked == ()


@pytest.mark.parametrize("first", ["", " ", "\t"])
def test_an_ehlo_reply_without_a_name(first: str) -> None:
    assert ehlo(f"{first}\n\n \nSIZE").advertised_name == ""


def test_the_banner_of_exchange() -> None:
    assert banner(BANNER) == Banner(
        name="mail1.fabrikam.com", software="exchange", date=READY_AT, masked=False
    )


@pytest.mark.parametrize(
    ("text", "software"),
    [
        ("mx.contoso.lab ESMTP Postfix (Debian/GNU)", "postfix"),
        ("mx.contoso.lab ESMTP Exim 4.96 Fri, 05 Aug 2016 16:24:41 -0700", "exim"),
        ("mx.contoso.lab Dovecot (Debian) ready.", "dovecot"),
        ("mx.contoso.lab ESMTP", ""),
        ("", ""),
    ],
)
def test_other_banners(text: str, software: str) -> None:
    seen = banner(text)
    assert (seen.name, seen.software, seen.masked) == (text.split(" ", maxsplit=1)[0], software, False)


@pytest.mark.parametrize(
    "text",
    [CISCO, "*" * 80 + "00", "XXXXXXXX", "X" * 20 + " *2"],
)
def test_masked_banners(text: str) -> None:
    assert banner(text) == Banner(name="", software="", date=None, masked=True)


@pytest.mark.parametrize(
    "text", [BANNER, "mail.xxxx.com XXXXXXXX", "***", "200 200", "XXXXmail.contoso.lab ESMTP", ""]
)
def test_what_is_not_masked(text: str) -> None:
    assert not banner(text).masked


def test_a_long_hostile_banner_is_judged_in_linear_time() -> None:
    # With one pattern for all of it this takes minutes; here it is over before anybody sees it.
    assert not banner("*" * 130_000 + "abcdefgh").masked


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Fri, 5 Aug 2016 16:24:41",  # no zone: not a moment
        "Fri, 5 Aug 2016 16:24:41 -0000",  # RFC 5322 section 3.3: no known zone either
        "Fri, 32 Aug 2016 16:24:41 +0000",
        "Fri, 5 Aug 2016 16:24:41 +9999",
        "Fri, 5 Aug 99999 16:24:41 +0000",
        "9" * 5000,
    ],
)
def test_a_date_that_is_none(date: str) -> None:
    seen = banner(f"mx Microsoft ESMTP MAIL Service ready at {date}")
    assert (seen.date, seen.software, seen.name) == (None, "exchange", "mx")


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_any_date_of_the_standard_library(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    seen = banner(f"mx Microsoft ESMTP MAIL Service ready at {format_datetime(whole)}")
    assert seen.date == whole.timestamp()


DATE_PIECES = [
    "Fri, ",
    "5 ",
    "Aug ",
    "2016 ",
    "16:24:41 ",
    "16:24",
    "-0700",
    "+99999999",
    "0",
    ":",
    "-",
    ",",
    "(",
    "\0",
]


@given(st.lists(st.sampled_from(DATE_PIECES)))
def test_no_date_raises(pieces: list[str]) -> None:
    date = banner("mx ready at " + "".join(pieces)).date
    assert date is None or isinstance(date, float)


@given(st.lists(st.text(st.characters(max_codepoint=255), max_size=80), min_size=1))
def test_nothing_that_a_peer_writes_raises(lines: list[str]) -> None:
    reply = Reply(code=250, lines=tuple(lines))
    assert len(parse_ehlo(reply).keywords) == len(lines) - 1
    assert parse_banner(reply).software in {"", "exchange", "postfix", "exim", "dovecot"}
