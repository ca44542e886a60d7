"""Events by number with their source, by their own texts, in other languages, and what is none of them."""

import pytest

from probe.explain.events import EVENTS, asked, near
from probe.explain.lookup import explain, nearest
from probe.explain.matching import fold


def events(text: str) -> list[str]:
    return [item.title.split(" (")[0] for item in explain(text) if item.kind == "event"]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("KDC event 14", "KDC 14"),
        ("kdc 16", "KDC 16"),
        ("Kdcsvc 201", "KDC 201"),
        ("KDCSVC Event ID: 207", "KDC 207"),
        ("Event ID 27, source Kerberos-Key-Distribution-Center", "KDC 27"),
        ("Microsoft-Windows-Kerberos-Key-Distribution-Center event 26", "KDC 26"),
        ("NETLOGON 5722", "NETLOGON 5722"),
        ("Event ID: 3210 (NETLOGON)", "NETLOGON 3210"),
        ("5719 NETLOGON", "NETLOGON 5719"),
        ("Error\t11/23/2026 8:00:00 AM\tNETLOGON\t5805\tNone", "NETLOGON 5805"),
        ("Event ID 40961 LsaSrv", "LsaSrv 40961"),
        ("LSA (LsaSrv) 40960", "LsaSrv 40960"),
        ("LsaSrv event 6167", "LsaSrv 6167"),
        ("Kerberos 4", "Kerberos 4"),
        ("Security-Kerberos event 3", "Kerberos 3"),
        ("Log Name: System\nSource: Microsoft-Windows-Security-Kerberos\nEvent ID: 4", "Kerberos 4"),
        ("MSExchangeTransport 12016", "MSExchangeTransport 12016"),
        ("MSExchangeFrontEndTransport Event ID 1035", "MSExchangeTransport 1035"),
        ("ProviderName : MSExchangeTransport\nId : 1020", "MSExchangeTransport 1020"),
        ("<Provider Name='NETLOGON'/><EventID Qualifiers='0'>5722</EventID>", "NETLOGON 5722"),
        ("EventCode=4771", "Security 4771"),
        ("Ereignis-ID: 5722 Quelle: NETLOGON", "NETLOGON 5722"),
        ("Id. de evento: 1035 Origen: MSExchangeTransport", "MSExchangeTransport 1035"),
        ("ID de l\u2019événement : 27 Source : Kerberos-Key-Distribution-Center", "KDC 27"),
        ("イベント ID: 12014", "MSExchangeTransport 12014"),
        ("事件 ID: 5719", "NETLOGON 5719"),
    ],
)
def test_by_number_and_source(text: str, due: str) -> None:
    assert events(text) == [due]


_KEY = "did not have a suitable key for generating a Kerberos ticket (the missing key has an ID of 9)."


_AS = f"While processing an AS request for target service krbtgt, the account b {_KEY}"
_TGS = f"While processing a TGS request for the target server SMTPSVC/a, the account b {_KEY}"
_RESET = "Changing or resetting the password of b will generate a proper key."
_LOAD = "could not load the certificate with thumbprint of 01 from the personal store on the local computer."
_SETUP = "The session setup from the computer EX1 failed to authenticate."
_NAMED = "The name(s) of the account(s) referenced in the security database is EX1$."
_DENIED = "The following error occurred:\nAccess is denied."
_RC4 = (
    "because service msds-SupportedEncryptionTypes is not defined and the client only supports insecure encryption "
    "types."
)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        (_TGS, "KDC 27"),
        (_AS, "KDC 26"),
        (f"{_AS} The requested etypes : 18. {_RESET}", "KDC 14"),
        (f"{_TGS} {_RESET}", "KDC 16"),
        (
            f"The Key Distribution Center (KDC) detected RC4 usage that will be unsupported in enforcement {_RC4}",
            "KDC 201",
        ),
        (f"The Key Distribution Center (KDC) blocked cipher usage {_RC4}", "KDC 203"),
        (f"{_SETUP} {_NAMED} {_DENIED}", "NETLOGON 5722"),
        (f"{_SETUP} {_DENIED}", "NETLOGON 5805"),
        ("This computer could not authenticate with \\\\DC1, a Windows domain controller", "NETLOGON 3210"),
        ("There is a partial mismatch in the machine ID.", "LsaSrv 6167"),
        (
            "Microsoft Exchange couldn't register the service principal name SMTPSVC: x",
            "MSExchangeTransport 12011",
        ),
        (_LOAD, "MSExchangeTransport 12013"),
        (
            f"{_LOAD} Meanwhile, an ephemeral, self-signed certificate with thumbprint 02",
            "MSExchangeTransport 12024",
        ),
        (
            "The account 'a' provided valid credentials, but is not authorized to use the server;",
            "MSExchangeTransport 1020",
        ),
        ("Inbound direct trust authentication failed for certificate CN=EX1.", "MSExchangeTransport 1036"),
        ("Die Sitzungseinrichtung des Computers EX1 konnte nicht authentifiziert werden.", "NETLOGON 5722"),
        ("A instalação da sessão do computador EX1 falhou ao autenticar.", "NETLOGON 5722"),
        ("Fehler bei der eingehenden Authentifizierung mit Fehler TimeSkew", "MSExchangeTransport 1035"),
        ("ERROR EN LA AUTENTICACION DE ENTRADA con el error TimeSkew", "MSExchangeTransport 1035"),
    ],
)
def test_by_its_own_text(text: str, due: str) -> None:
    assert events(text) == [due]


@pytest.mark.parametrize(
    "text",
    [
        "Event ID: 11 Source: Disk",
        "Source: Service Control Manager Event ID: 4",
        "Log Name: System Source: NETLOGON Event ID: 27 and some more words of that event, to make it long",
        "event id 7 kdc",
        "We migrated from Kerberos 4 to Kerberos 5 last year",
        "Exchange 2019",
        "Exchange Server 2017",
        "user 1396 called about order 5722",
        "my phone is 555 5722 and Kerberos is great",
        "The event took place at 14 o'clock in 2017",
        "version 14.3.5722 of NETLOGON.DLL",
        "the session setup from the computers failed",
    ],
)
def test_what_is_no_event_of_ours(text: str) -> None:
    assert events(text) == []


def test_an_unknown_event_has_neighbours_of_its_source() -> None:
    assert explain("Event ID 9999 source NETLOGON") == ()
    assert all(name.startswith("NETLOGON") for name in nearest("Event ID 9999 source NETLOGON")[:4])
    assert near(fold("event 12099"))[0] == "MSExchangeTransport 12024"
    assert near("nothing") == ()
    assert asked(fold("Event ID: 17, source NETLOGON"))[:1] == (17,)


def test_every_event_is_there_once_and_says_where_it_was_read() -> None:
    keys = [(event.source, event.number) for event in EVENTS]
    assert len(keys) == len(set(keys))
    assert all(event.citation for event in EVENTS)


def test_the_event_comes_before_an_error_that_says_nothing() -> None:
    found = explain("NETLOGON 5722: the following error occurred: Access is denied.")
    assert [item.code for item in found] == ["5722"]
