"""Messages in Windows' languages, however case and accents came through."""

import pytest

from probe.explain.lookup import explain


def first(text: str) -> str:
    found = explain(text)
    return found[0].code if found else ""


# The titles and texts of KB 979174 on Microsoft Learn in each language, and how people type them.
@pytest.mark.parametrize(
    "text",
    [
        "Error de autenticación temporal 454 4.7.0",
        'Dirección IP de destino principal respondió con: "Error de autenticación temporal 454 4.7.0".',
        "454 4.7.0 error de autenticacion temporal",
        "454 4.7.0 ERROR DE AUTENTICACIÓN TEMPORAL",
        "454 4.7.0 Error de autenticaci?n temporal",
        "454 4.7.0 Error de autenticaci\ufffdn temporal",
        "454 4.7.0 Error de autenticaci\u00c3\u00b3n temporal",
        "454 4.7.0 temporärer Authentifizierungsfehler",
        "454 4.7.0 Temporaerer Authentifizierungsfehler",
        "454 4.7.0 Vorübergehender Authentifizierungsfehler",
        "454 4.7.0 Échec d\u2019authentification temporaire",
        "454 4.7.0 Echec temporaire de l'authentification",
        "454 4.7.0 Falha de autenticação temporária",
        "454 4.7.0 Erro de autenticação temporário",
        "454 4.7.0 Errore di autenticazione temporaneo",
        "454 4.7.0 一時的な認証エラー",
        "サーバーの応答は「454 4.7.0 一時的な認証の失敗」でした",
        "454 4.7.0 临时身份验证失败",
        "454 4.7.0 暫時性驗證失敗",
        "454 4.7.0 tijdelijke verificatiefout",
        "454 4.7.0 tymczasowy błąd uwierzytelniania",
        "454 4.7.0 geçici kimlik doğrulama hatas\u0131",
    ],
)
def test_the_refusal(text: str) -> None:
    assert first(text) == "4.7.0"
    assert explain(text)[0].known


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Der Zielkontoname ist ungültig.", "1396"),
        ("El nombre de la cuenta de destino no es correcto.", "1396"),
        ("Systemfehler 1396 aufgetreten.", "1396"),
        ("目标帐户名称不正确。", "1396"),
        (
            "La relation d\u2019approbation entre cette station de travail et le domaine principal a échoué.",
            "1789",
        ),
        ("La relación de confianza entre esta estación de trabajo y el dominio principal falló", "1789"),
        ("Der Zielprinzipalname ist falsch.", "WrongPrincipal"),
        ("Le nom principal cible est incorrect", "WrongPrincipal"),
        ("Der RPC-Server ist nicht verfügbar. (1722)", "1722"),
        ("RPC サーバーを利用できません。", "1722"),
    ],
)
def test_windows_messages(text: str, code: str) -> None:
    assert first(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "error de autenticación temporalmente resuelto",
        "los errores de autenticación temporales",
        "temporäre Authentifizierungsfehlerbehandlung",
        "nous avons refusé l'accès au bâtiment",
    ],
)
def test_other_sentences(text: str) -> None:
    assert explain(text) == ()
