"""A connector's texts against published protocol logs."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.faults.values import TlsSettings
from simulator.smtp import replies
from simulator.smtp.connector import (
    AuthMechanism,
    ConnectorSettings,
    banner,
    ehlo_keywords,
    ehlo_lines,
    failure_reply,
    is_domain,
    is_offered,
    unexpected_blob,
)

FABRIKAM = ConnectorSettings(name="Default MAIL1", server="EX1", fqdn="mail1.fabrikam.com")

# [log] a Default connector of Exchange 2013 or later, before TLS
LOG_BEFORE_TLS = """\
250-mail1.fabrikam.com Hello [172.16.0.5]
250-SIZE 37748736
250-PIPELINING
250-DSN
250-ENHANCEDSTATUSCODES
250-STARTTLS
250-X-ANONYMOUSTLS
250-AUTH NTLM
250-X-EXPS GSSAPI NTLM
250-8BITMIME
250-BINARYMIME
250-CHUNKING
250 XRDST"""

# [log] a 2010 server behind X-ANONYMOUSTLS
LOG_AFTER_TLS = """\
250-M10-SD-MLCH04.sd.cnc.intra Hello [10.0.0.31]
250-SIZE
250-PIPELINING
250-DSN
250-ENHANCEDSTATUSCODES
250-AUTH NTLM LOGIN
250-X-EXPS EXCHANGEAUTH GSSAPI NTLM
250-X-EXCHANGEAUTH SHA256
250-8BITMIME
250-BINARYMIME
250-CHUNKING
250-XEXCH50
250-XRDST
250 XSHADOW"""


def on_the_wire(log: str) -> bytes:
    return log.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("profile", ["2013", "2016"])
def test_ehlo_before_tls_is_the_logged_one(profile: str) -> None:
    lines = ehlo_lines(replace(FABRIKAM, profile=profile), tls="none", client_address="172.16.0.5")
    assert replies.multiline(250, lines) == on_the_wire(LOG_BEFORE_TLS)


def test_ehlo_after_tls_is_the_logged_one() -> None:
    settings = ConnectorSettings(
        name="Default",
        server="EX1",
        fqdn="M10-SD-MLCH04.sd.cnc.intra",
        auth=frozenset(AuthMechanism),
        profile="2010",
        size=None,
    )
    lines = ehlo_lines(settings, tls="x-anonymoustls", client_address="10.0.0.31")
    assert replies.multiline(250, lines) == on_the_wire(LOG_AFTER_TLS)


def test_the_banner_is_the_logged_one() -> None:
    # 16:24:41 at -0700
    now = datetime(2016, 8, 5, 23, 24, 41, 999_999, tzinfo=UTC).timestamp()
    text = banner(replace(FABRIKAM, fqdn="mail", utc_offset_minutes=-7 * 60), now)
    assert text == "mail Microsoft ESMTP MAIL Service ready at Fri, 5 Aug 2016 16:24:41 -0700"


def test_a_half_hour_time_zone() -> None:
    text = banner(replace(FABRIKAM, utc_offset_minutes=330), 0.0)
    assert text.endswith("Thu, 1 Jan 1970 05:30:00 +0530")


def flags(*names: str) -> frozenset[AuthMechanism]:
    return frozenset(AuthMechanism(name) for name in names)


# What each flag makes a connector advertise: (flags, EnableAuthGSSAPI, TLS) -> present, absent
@pytest.mark.parametrize(
    ("auth", "gssapi", "tls", "present", "absent"),
    [
        (flags(), False, "none", (), ("STARTTLS", "X-ANONYMOUSTLS", "AUTH", "X-EXPS")),
        (flags("Tls"), False, "none", ("STARTTLS",), ("X-ANONYMOUSTLS", "AUTH", "X-EXPS")),
        (
            flags("ExchangeServer"),
            False,
            "none",
            ("X-ANONYMOUSTLS", "X-EXPS GSSAPI NTLM"),
            ("STARTTLS", "AUTH"),
        ),
        (flags("Integrated"), False, "none", ("AUTH NTLM",), ("X-EXPS",)),
        (flags("Integrated"), True, "none", ("AUTH GSSAPI NTLM",), ("X-EXPS",)),
        (flags("ExchangeServer"), True, "none", ("X-EXPS GSSAPI NTLM",), ("AUTH",)),
        (flags("BasicAuth"), False, "none", ("AUTH LOGIN",), ()),
        (flags("BasicAuth", "BasicAuthRequireTLS"), False, "none", (), ("AUTH",)),
        (flags("BasicAuth", "BasicAuthRequireTLS"), False, "starttls", ("AUTH LOGIN",), ()),
        (
            flags("Tls", "ExchangeServer"),
            False,
            "starttls",
            ("X-EXPS GSSAPI NTLM",),
            ("STARTTLS", "X-ANONYMOUSTLS", "X-EXCHANGEAUTH"),
        ),
        (
            flags("Tls", "ExchangeServer"),
            False,
            "x-anonymoustls",
            ("X-EXPS EXCHANGEAUTH GSSAPI NTLM", "X-EXCHANGEAUTH SHA256"),
            ("STARTTLS", "X-ANONYMOUSTLS"),
        ),
        (
            flags("Tls", "Integrated"),
            True,
            "x-anonymoustls",
            ("AUTH GSSAPI NTLM",),
            ("X-EXPS", "X-EXCHANGEAUTH"),
        ),
    ],
)
def test_what_the_flags_advertise(
    auth: frozenset[AuthMechanism], gssapi: bool, tls: str, present: tuple[str, ...], absent: tuple[str, ...]
) -> None:
    settings = replace(FABRIKAM, auth=auth, enable_auth_gssapi=gssapi)
    assert tls in ("none", "starttls", "x-anonymoustls")
    lines = ehlo_keywords(settings, tls=tls)  # type: ignore[arg-type]
    assert set(present) <= set(lines)
    assert not {line.split(" ")[0] for line in lines} & set(absent)


def test_without_a_certificate_no_tls_is_offered() -> None:
    lines = ehlo_keywords(replace(FABRIKAM, tls=TlsSettings(offered=False)), tls="none")
    assert not {"STARTTLS", "X-ANONYMOUSTLS"} & set(lines)


def test_what_is_offered_is_found_in_any_case() -> None:
    lines = ("SIZE", "X-EXPS GSSAPI NTLM", "AUTH NTLM")
    assert is_offered(lines, "x-exps", "gssapi")
    assert is_offered(lines, "SIZE")
    assert not is_offered(lines, "AUTH", "GSSAPI")
    assert not is_offered(lines, "X-EXPS", "EXCHANGEAUTH")
    assert not is_offered(("XXXXXXXA",), "X-EXPS")


def test_failures() -> None:
    settings = replace(FABRIKAM, max_logon_failures=3)
    exps = (b"454 4.7.0 Temporary authentication failure", True)
    auth = (b"535 5.7.3 Authentication unsuccessful", False)
    too_many = (b"421 4.7.0 Too many errors on this connection, closing transmission channel", True)
    assert failure_reply(settings, "X-EXPS", 1) == exps
    assert [failure_reply(settings, "AUTH", number) for number in (1, 2, 3)] == [auth] * 3
    assert failure_reply(settings, "AUTH", 4) == failure_reply(settings, "X-EXPS", 4) == too_many
    newer = replace(settings, exps_failure="535")
    assert failure_reply(newer, "X-EXPS", 1) == (b"535 5.7.3 Authentication unsuccessful", True)


# The longer name is published with event 1035 of later builds, the shorter one of earlier ones.
@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ("2010", "UnexpectedExchangeAuthBlob"),
        ("2013", "UnexpectedExchangeAuthBlob"),
        ("2016", "UnexpectedExchangeAuthBlobCheckForClockSkew"),
        ("se", "UnexpectedExchangeAuthBlobCheckForClockSkew"),
    ],
)
def test_newer_builds_name_the_clock(profile: str, name: str) -> None:
    assert unexpected_blob(replace(FABRIKAM, profile=profile)) == name


def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(ValueError, match="'2021' is none of 2003, 2007"):
        replace(FABRIKAM, profile="2021")


@pytest.mark.parametrize(
    "name", ["ex1", "ex1.contoso.lab", "EX1.contoso.lab.", "[127.0.0.1]", "[IPv6:::1]", "a_b.c", "x" * 63]
)
def test_domains(name: str) -> None:
    assert is_domain(name)


@pytest.mark.parametrize(
    "name",
    ["", "a b", "-a", "a..b", ".a", "x" * 64, ".".join(["a" * 50] * 6), "[", "[]", "é", "a\x00", "a\n"],
)
def test_no_domains(name: str) -> None:
    assert not is_domain(name)


@given(st.text(max_size=300))
def test_no_text_upsets_the_domain_check(text: str) -> None:
    is_domain(text)
