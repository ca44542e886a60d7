from simulator.ledger import Entry, Ledger
from simulator.logs.windows_events import WindowsEvent, windows_event

# PROTOCOL notes of the project, section 1: the texts of the two events as published
TEXT_1035 = (
    "Inbound authentication failed with error LogonDenied for Receive connector Default EX1. "
    "The authentication mechanism is ExchangeAuth. The source IP address of the client who tried to authenticate "
    "to Microsoft Exchange is [10.0.0.2]."
)
TEXT_2017 = (
    "Outbound authentication failed with error TargetUnknown for Send connector To EX1. "
    "The authentication mechanism is ExchangeAuth. The target is SMTPSVC/ex1.contoso.lab."
)


def ledger() -> Ledger:
    found = Ledger(clock=lambda: 1_470_414_281.5)
    found.event_1035(
        server="EX1",
        connector="Default EX1",
        error="LogonDenied",
        mechanism="ExchangeAuth",
        address="10.0.0.2",
    )
    found.event_2017(
        server="EX2",
        connector="To EX1",
        error="TargetUnknown",
        mechanism="ExchangeAuth",
        target="SMTPSVC/ex1.contoso.lab",
    )
    return found


def event(entry: Entry, *, clock_offset: float = 0.0) -> WindowsEvent:
    return windows_event(entry, record=7, computer="ex1.contoso.lab", clock_offset=clock_offset)


def test_both_events_have_the_published_text() -> None:
    received, sent = map(event, ledger().of("event"))
    assert (received.id, received.task, received.message) == (1035, "SmtpReceive", TEXT_1035)
    assert (sent.id, sent.task, sent.message) == (2017, "SmtpSend", TEXT_2017)
    assert received.insertions == ("LogonDenied", "Default EX1", "ExchangeAuth", "10.0.0.2")
    assert sent.insertions[-1] == "SMTPSVC/ex1.contoso.lab"


def test_the_time_is_the_servers_own() -> None:
    first = ledger().of("event")[0]
    assert event(first).at == "2016-08-05T16:24:41.5000000Z"
    assert event(first, clock_offset=600).at == "2016-08-05T16:34:41.5000000Z"


def test_json_has_powershells_names() -> None:
    found = event(ledger().of("event")[0]).to_json()
    assert (found["Id"], found["ProviderName"], found["LogName"]) == (
        1035,
        "MSExchangeTransport",
        "Application",
    )
    assert found["Properties"] == ["LogonDenied", "Default EX1", "ExchangeAuth", "10.0.0.2"]
    assert found["MachineName"] == "ex1.contoso.lab"


def test_who_may_not_submit_is_event_1020() -> None:
    found = Ledger(clock=lambda: 0.0)
    found.event_1020(
        server="EX1",
        connector="Default EX1",
        account="EX2$@CONTOSO.LAB",
        mechanism="Gssapi",
        address="10.0.0.2",
    )
    refused = event(found.of("event")[0])
    # The text that Microsoft published for MSExchangeTransport 1020 of Exchange 2010.
    text = (
        "The account 'EX2$@CONTOSO.LAB' provided valid credentials, but is not authorized to use the server; "
        "failing authentication."
    )
    assert (refused.id, refused.provider, refused.message) == (1020, "MSExchangeTransport", text)
    assert refused.insertions == ("EX2$@CONTOSO.LAB",)
