"""What people paste, and what it must not be taken for."""

import pytest

from probe.explain.lookup import explain


def first(text: str) -> str:
    found = explain(text)
    return f"{found[0].kind} {found[0].code}" if found else ""


def causes(text: str) -> set[str]:
    return {cause for item in explain(text) for cause in item.causes}


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("KDC event 14", "event 14"),
        ("NETLOGON 5722", "event 5722"),
        ("Event ID 40961 LsaSrv", "event 40961"),
        ("MSExchangeTransport 12014", "event 12014"),
        ("-1073740965", "NTSTATUS 0xC000035B"),
        ("STATUS_BAD_BINDINGS", "NTSTATUS 0xC000035B"),
        ("1396", "Win32 error 1396"),
        ("0x80090322", "SSPI status WrongPrincipal"),
        ("error 41", "Kerberos error 41"),
        ("454 4.7.0 Error de autenticación temporal", "SMTP status 4.7.0"),
        ("454 4.7.0 ERROR DE AUTENTICACION TEMPORAL", "SMTP status 4.7.0"),
        ("454 4.7.0 Temporärer Authentifizierungsfehler", "SMTP status 4.7.0"),
    ],
)
def test_every_way_to_write_it(text: str, due: str) -> None:
    assert first(text) == due


def test_a_phrase_does_not_hit_inside_a_sentence() -> None:
    assert "reset" not in first("Resetting the password of the account helped").casefold()


def test_redaction_is_no_masked_banner() -> None:
    for hidden in ("****", "xxxx"):
        text = (
            f'451 4.4.0 Primary target responded with: "454 4.7.0 Temporary authentication failure." {hidden}'
        )
        assert "smtp-inspection" not in causes(text)
    assert "smtp-inspection" in causes("220 ****************************************")


def test_whose_reply_it_is_decides() -> None:
    ours = explain("454 4.7.0 Temporary authentication failure")
    assert ours[0].code == "4.7.0"
    for foreign in (
        "454 4.7.0 TLS not available due to local problem",
        "454 4.7.0 Too many login attempts, please try again later. - gsmtp",
        "454 4.7.0 Temporary authentication failure: generic failure",
    ):
        assert explain(foreign)[0].meaning != ours[0].meaning, foreign


def test_the_mechanism_of_event_1035_counts() -> None:
    text = "Inbound authentication failed with error LogonDenied for EX1. The authentication mechanism is {}."
    assert "tls-terminated-in-path" not in causes(text.format("Login"))
    assert "tls-terminated-in-path" in causes(text.format("ExchangeAuth"))


def test_what_is_not_known_says_nothing() -> None:
    assert explain("the printer is on fire") == ()
