"""Event XML, read back by Python's own parser (expat)."""

from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

from hypothesis import given
from hypothesis import strategies as st

from simulator.logs.event_xml import event_xml
from simulator.logs.windows_events import WindowsEvent

NAMES = {"e": "http://schemas.microsoft.com/win/2004/08/events/event"}
EVENT = WindowsEvent(
    id=1035,
    record=7,
    at="2016-08-05T16:24:41.5000000Z",
    computer="ex1.contoso.lab",
    provider="MSExchangeTransport",
    task="SmtpReceive",
    insertions=("LogonDenied", "Default EX1", "ExchangeAuth", "10.0.0.2"),
    message="Inbound authentication failed with error LogonDenied ...",
)


def parsed(event: WindowsEvent) -> Element:
    return fromstring(event_xml(event).encode("utf-8"))  # noqa: S314 - our own


def test_it_is_the_schemas_event() -> None:
    root = parsed(EVENT)
    assert root.tag == "{http://schemas.microsoft.com/win/2004/08/events/event}Event"
    assert [child.tag.partition("}")[2] for child in root] == ["System", "EventData", "RenderingInfo"]
    # The order of System's children is the schema's (Event Schema, SystemPropertiesType).
    system = root[0]
    assert [child.tag.partition("}")[2] for child in system] == [
        *("Provider", "EventID", "Level", "Task", "Keywords", "TimeCreated", "EventRecordID"),
        *("Channel", "Computer", "Security"),
    ]
    assert system[0].attrib == {"Name": "MSExchangeTransport"}
    assert root.findtext("e:System/e:EventID", namespaces=NAMES) == "1035"
    assert system[5].attrib == {"SystemTime": "2016-08-05T16:24:41.5000000Z"}
    assert [data.text for data in root.findall("e:EventData/e:Data", NAMES)] == list(EVENT.insertions)
    assert root.findtext("e:RenderingInfo/e:Message", namespaces=NAMES) == EVENT.message


def test_markup_in_a_name_stays_text() -> None:
    name = """<Relay> & "Co" 'x' ]]>"""
    root = parsed(replace(EVENT, insertions=(name,), message=name))
    assert root.findtext("e:EventData/e:Data", namespaces=NAMES) == name
    assert len(root) == 3


@given(st.text(alphabet=st.characters(), max_size=60))
def test_whatever_a_name_holds_the_xml_is_well_formed(name: str) -> None:
    root = parsed(replace(EVENT, insertions=(name,), message=name))
    text = root.findtext("e:EventData/e:Data", namespaces=NAMES)
    assert text is not None
    assert len(text) in (len(name), len(name.replace("\r\n", "\n")))
