"""Versions of Exchange: what each offers, held to published EHLO replies where there are some."""

from dataclasses import replace

import pytest

from simulator.smtp import replies
from simulator.smtp.connector import AuthMechanism, ConnectorSettings, banner, ehlo_keywords, ehlo_lines
from simulator.smtp.profiles import PROFILES

# EHLO of the SMTP service of Windows Server 2003 with Exchange 2003 and a certificate, as many public transcripts
# show it (order and spelling; the name and the address are made up).
TRANSCRIPT_2003 = """\
250-mail.fabrikam.com Hello [172.16.0.5]
250-TURN
250-SIZE
250-ETRN
250-PIPELINING
250-DSN
250-ENHANCEDSTATUSCODES
250-8bitmime
250-BINARYMIME
250-CHUNKING
250-VRFY
250-TLS
250-STARTTLS
250-X-EXPS GSSAPI NTLM LOGIN
250-X-EXPS=LOGIN
250-AUTH GSSAPI NTLM LOGIN
250-AUTH=LOGIN
250-X-LINK2STATE
250-XEXCH50
250 OK"""

FABRIKAM = ConnectorSettings(name="Default MAIL", server="EX1", fqdn="mail.fabrikam.com")


def keywords(profile: str, *, tls: str = "none", hub: bool = False) -> tuple[str, ...]:
    settings = replace(FABRIKAM, profile=profile, hub=hub)
    assert tls in ("none", "starttls", "x-anonymoustls")
    return ehlo_keywords(settings, tls=tls)  # type: ignore[arg-type]


def test_2003_is_the_transcripts() -> None:
    auth = frozenset(AuthMechanism) - {AuthMechanism.BASIC_AUTH_REQUIRE_TLS}
    lines = ehlo_lines(replace(FABRIKAM, profile="2003", auth=auth), tls="none", client_address="172.16.0.5")
    assert replies.multiline(250, lines) == TRANSCRIPT_2003.replace("\n", "\r\n").encode()


def test_2003_says_its_build_and_two_blanks() -> None:
    text = banner(replace(FABRIKAM, profile="2003"), 0.0)
    assert text.startswith(
        "mail.fabrikam.com Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready at  Thu"
    )


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_who_offers_x_anonymoustls_and_exchangeauth(profile: str) -> None:
    servers = profile not in ("2003", "edge")
    assert ("X-ANONYMOUSTLS" in keywords(profile)) is (profile != "2003")
    inside = keywords(profile, tls="x-anonymoustls")
    assert ("X-EXPS EXCHANGEAUTH GSSAPI NTLM" in inside) is servers
    assert ("X-EXCHANGEAUTH SHA256" in inside) is servers
    assert not [line for line in keywords(profile, tls="starttls") if "EXCHANGEAUTH" in line]


@pytest.mark.parametrize(
    ("profile", "last", "size"),
    [
        ("2007", ("XEXCH50", "XRDST", "XSHADOW"), "SIZE"),
        ("2010", ("XEXCH50", "XRDST", "XSHADOW"), "SIZE"),
        ("2013", ("CHUNKING", "XRDST"), "SIZE 37748736"),
        ("2016", ("CHUNKING", "XRDST"), "SIZE 37748736"),
        ("2019", ("SMTPUTF8", "XRDST"), "SIZE 37748736"),
        ("se", ("SMTPUTF8", "XRDST"), "SIZE 37748736"),
        ("edge", ("SMTPUTF8", "XRDST"), "SIZE 37748736"),
    ],
)
def test_the_last_keywords_and_the_size(profile: str, last: tuple[str, ...], size: str) -> None:
    found = keywords(profile)
    assert found[-len(last) :] == last
    assert found[0] == size


def test_an_edge_server_has_no_kerberos() -> None:
    assert "X-EXPS NTLM" in keywords("edge")
    assert "GSSAPI" not in " ".join(keywords("edge", tls="x-anonymoustls"))


def test_the_transport_service_has_more_only_where_there_is_a_front_end() -> None:
    for profile in ("2013", "2016", "2019", "se"):
        assert keywords(profile, hub=True)[-4:] == ("SMTPUTF8", "XPROXY", "X-OORG", "XRDST")
    for profile in ("2003", "2007", "2010", "edge"):
        assert keywords(profile, hub=True) == keywords(profile)


def test_suppressing_x_anonymoustls_leaves_the_rest() -> None:
    suppressed = ehlo_keywords(replace(FABRIKAM, suppress_x_anonymous_tls=True), tls="none")
    assert suppressed == tuple(line for line in keywords("2016") if line != "X-ANONYMOUSTLS")
