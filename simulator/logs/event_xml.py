"""Windows events as XML, in the form that ``wevtutil qe /f:RenderedXml`` prints (PURE)."""

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from simulator.logs.windows_events import WARNING, WindowsEvent

NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
QUALIFIERS = 0x8004
"""Severity Warning (2 << 14) and the facility of an interface (4), as the message's 32-bit id has them."""
CLASSIC = "0x80000000000000"
"""Keyword of every event that was written through the classic API."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for, escaped or not (section 2.2)."""


def event_xml(event: WindowsEvent) -> str:
    """One well-formed ``Event`` element without a declaration."""
    root = Element("Event", {"xmlns": NAMESPACE})
    system = SubElement(root, "System")
    SubElement(system, "Provider", {"Name": _text(event.provider)})
    _add(system, "EventID", str(event.id), Qualifiers=str(QUALIFIERS))
    _add(system, "Level", str(WARNING))
    _add(system, "Task", str(event.task_number))
    _add(system, "Keywords", CLASSIC)
    SubElement(system, "TimeCreated", {"SystemTime": event.at})
    _add(system, "EventRecordID", str(event.record))
    _add(system, "Channel", "Application")
    _add(system, "Computer", event.computer)
    SubElement(system, "Security")
    data = SubElement(root, "EventData")
    for insertion in event.insertions:
        _add(data, "Data", insertion)
    rendering = SubElement(root, "RenderingInfo", {"Culture": "en-US"})
    _add(rendering, "Message", event.message)
    _add(rendering, "Level", "Warning")
    _add(rendering, "Task", event.task)
    _add(rendering, "Channel", "Application")
    _add(rendering, "Provider", event.provider)
    return tostring(root, encoding="unicode")


def _add(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = _text(text)


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
