"""Numbers in every spelling, many lines as one answer, and sentences in which a code's digits or words mean nothing."""

import pytest

from probe.explain.lookup import explain, nearest


def codes(text: str) -> list[str]:
    return [item.code for item in explain(text)]


@pytest.mark.parametrize(
    ("code", "spellings"),
    [
        (
            "0xC000035B",
            ("0xC000035B", "c000035b", "0XC000035B", "-1073740965", "3221226331", "STATUS_BAD_BINDINGS",
             "NT_STATUS_BAD_BINDINGS", "log-on failed, status 0xC000035B", "rc=-1073740965", "status c000035bh"),
        ),
        (
            "1396",
            ("1396", "0x574", "ERROR_WRONG_TARGET_NAME", "WERR_WRONG_TARGET_NAME", "0x80070574", "error 1396",
             "result 1396 (0x574): x", "System error 1396 has occurred.", "Status = 1396 0x574", "(1396)",
             "the call ended with 0x00000574"),
        ),
        (
            "WrongPrincipal",
            ("0x80090322", "80090322", "-2146893022", "2148074274", "SEC_E_WRONG_PRINCIPAL", "hr=0x80090322",
             "The target principal name is incorrect."),
        ),
        (
            "41",
            ("41", "0x29", "error 41", "KRB_AP_ERR_MODIFIED", "krb5krb_ap_err_modified", "Failure Code: 0x29",
             "KRB_ERROR error code 41", "-1765328343", "the KDC gave error 0x29", "GSS error: 41"),
        ),
        ("7", ("KDC_ERR_S_PRINCIPAL_UNKNOWN", "Result Code: 0x7", "Kerberos error 7", "kvno: error 7")),
    ],
)  # fmt: skip
def test_every_spelling_of_a_number(code: str, spellings: tuple[str, ...]) -> None:
    for text in spellings:
        assert codes(text)[:1] == [code], text


@pytest.mark.parametrize(
    "text",
    [
        "Resetting the password of the computer account did not help",
        "we were resetting the router",
        "I was unable to connect the dots yesterday",
        "ntlm supported by all our clients",
        "the connection timed out of mind",
        "The generic failure rate is high",
        "our proxy sessions are slow",
        "we met at 10.4.7.0 on version 4.7.0.1",
        "in 1326 the authentication was fine",
        "the program failed with error 5 in module 14",
        "preauthentication failedness",
        "LDAP: error code 49",
        "Resultat 1396a",
    ],
)
def test_a_sentence_is_no_code(text: str) -> None:
    assert explain(text) == ()


@pytest.mark.parametrize("mechanism", ["Login", "Ntlm", "Plain", "BasicAuth"])
def test_a_refused_password_is_no_fault_of_kerberos(mechanism: str) -> None:
    for text in (
        f"event 1035: inbound authentication failed with error LogonDenied, mechanism {mechanism}",
        f"Inbound authentication failed with error LogonDenied for X. The authentication mechanism is {mechanism}.",
        f"Eingehende Authentifizierung: Fehler LogonDenied. Der Authentifizierungsmechanismus ist {mechanism}.",
        f"Error LogonDenied. El mecanismo de autenticación es {mechanism}.",
    ):
        found = explain(text)
        assert "password" in found[0].meaning
        assert not any(item.causes for item in found)


def test_a_protocol_logs_command_names_the_mechanism() -> None:
    log = "<,{},\n*,,Inbound authentication failed because of LogonDenied\n>,535 5.7.3 Authentication unsuccessful,"
    assert "password" in explain(log.format("AUTH LOGIN"))[0].meaning
    assert "machine-key-stale" in explain(log.format("X-EXPS GSSAPI"))[0].causes
    assert "tls-terminated-in-path" not in explain(log.format("X-EXPS GSSAPI"))[0].causes
    assert "tls-terminated-in-path" in explain(log.format("X-EXPS EXCHANGEAUTH SHA256"))[0].causes


def test_the_senders_own_refusal_is_not_judged_by_a_mechanism() -> None:
    text = "Outbound authentication failed with error LogonDenied for X. The authentication mechanism is {}."
    assert explain(text.format("Gssapi"))[0].causes == explain("LogonDenied")[0].causes


def test_many_lines_give_the_most_specific_first() -> None:
    text = (
        "220 EX1.contoso.lab Microsoft ESMTP MAIL Service ready at Mon, 23 Nov 2026 08:00:00 +0000\n"
        "250-EX1.contoso.lab Hello [10.0.0.1]\n334 GSSAPI supported\n"
        "Inbound Negotiate failed because of TimeSkew\n454 4.7.0 Temporary authentication failure\n"
    )
    assert codes(text) == ["TimeSkew", "4.7.0"]
    assert codes("> " + text.replace("\n", "\n> ")) == ["TimeSkew", "4.7.0"]


def test_a_sub_status_says_more_than_its_status() -> None:
    assert codes("An account failed to log on.\nStatus: 0xC000006D\nSub Status: 0xC000006A") == [
        "0xC000006A",
        "4625",
    ]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("STATUS_BAD_BINDING", "STATUS_BAD_BINDINGS"),
        ("SEC_E_WRONG_PRINCIPLE", "SEC_E_WRONG_PRINCIPAL"),
        ("0xC000035A", "0xC000035B"),
        ("KRB_AP_ERR_MODIFYED", "KRB_AP_ERR_MODIFIED"),
        (
            "The trust relation between workstation and domain was lost",
            "the trust relationship between this workstation and the primary domain failed",
        ),
    ],
)
def test_what_is_not_known_names_the_nearest(text: str, near: str) -> None:
    assert explain(text) == ()
    assert nearest(text)[0] == near
