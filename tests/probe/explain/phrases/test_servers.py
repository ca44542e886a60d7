"""Whose reply it is: Postfix, Google, Exchange's proxy, Exchange Online and Exchange's X-EXPS are different things."""

import pytest

from probe.explain.lookup import explain


def told(text: str) -> str:
    return " ".join(item.meaning for item in explain(text))


X_EXPS = "one answer to every failed X-EXPS"


@pytest.mark.parametrize(
    "text",
    [
        "454 4.7.0 Temporary authentication failure",
        "454 4.7.0",
        "454",
        '451 4.4.0 Primary target IP address responded with: "454 4.7.0 Temporary authentication failure."',
        "[{LED=454 4.7.0 Temporary authentication failure};{FQDN=ex1.contoso.lab}]",
    ],
)
def test_exchanges_own_answer(text: str) -> None:
    assert X_EXPS in told(text)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("454 4.7.0 TLS not available due to local problem", "Postfix"),
        ("454 4.7.0 Temporary authentication failure: generic failure", "Postfix"),
        ("454 4.7.0 Temporary authentication failure: Connection lost to authentication server", "Postfix"),
        ("535 5.7.8 Error: authentication failed: generic failure", "Postfix"),
        ("warning: unknown[203.0.113.5]: SASL PLAIN authentication failed: x", "Postfix"),
        ("454 4.7.0 Too many login attempts, please try again later. a-b - gsmtp", "Google"),
        ("454 4.7.0 Cannot authenticate due to temporary system problem. Try again later. - gsmtp", "Google"),
        ("421 4.7.0 Try again later, closing connection. abc - gsmtp", "Google"),
        (
            "450 4.7.0 Proxy session setup failed on Frontend with '451 4.4.0 Security status InvalidToken'",
            "proxy",
        ),
        ("451 4.7.0 Temporary server error. Please try again later. PRX5", "proxy"),
        ("454 TLS currently unavailable", "Exim"),
        ("454 4.7.0 Temporary internal authentication failure", "Dovecot"),
        ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled", "Exchange Online"),
        ("535 5.7.3 Authentication unsuccessful [A1.b2.prod.outlook.com]", "Exchange Online"),
        ("454 4.7.0 the frobnicator is out of juice", "not known"),
        ("454 Come back tomorrow", "not known"),
    ],
)
def test_somebody_elses(text: str, who: str) -> None:
    assert who in told(text)
    assert X_EXPS not in told(text)
    assert "machine-key-stale" not in explain(text)[0].causes


@pytest.mark.parametrize(
    "text",
    [
        "220 ***************************************",
        "220 ********2******0***",
        "220 XXXXXXXXXXXXXXXX",
        "250-XXXXXXXA",
        "250-PIPELINING\n250-XXXXXXXB\n250 XXXC",
        "220 ****************************************\nEHLO ex2.contoso.lab",
    ],
)
def test_a_masked_banner_or_keyword(text: str) -> None:
    assert "smtp-inspection" in {cause for item in explain(text) for cause in item.causes}


@pytest.mark.parametrize(
    "text",
    [
        "RunspaceId : 0a1b2c3d-****-****-****-************ 454 4.7.0 Temporary authentication failure",
        "user ******** password xxxxxxxx 454 4.7.0 Temporary authentication failure",
        "220 ****.contoso.com Microsoft ESMTP MAIL Service ready",
        "220 ******** Microsoft ESMTP MAIL Service ready",
        "220 xxxxxxxx Microsoft ESMTP MAIL Service ready",
        "220 <redacted> Microsoft ESMTP MAIL Service ready",
        "250-xxxxxxxx.contoso.com Hello [10.0.0.1]",
        "EHLO xxxxxxxx",
    ],
)
def test_redaction_is_none(text: str) -> None:
    assert "smtp-inspection" not in {cause for item in explain(text) for cause in item.causes}
