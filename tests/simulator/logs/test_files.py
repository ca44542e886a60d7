"""The files of a running lab: what a reader finds in them at any moment."""

import csv
import json
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

from simulator.ledger import Ledger
from simulator.logs.files import LabLogs, Servers
from simulator.smtp.profiles import PROFILES

NOW = 1_795_420_800.0
"""8:00 on 23 November 2026 in UTC."""
EVENT = "{http://schemas.microsoft.com/win/2004/08/events/event}Event"


def servers(profile: str = "2016") -> Servers:
    return Servers(
        profiles={"Default EX1": PROFILES[profile]},
        clock_offset=lambda party: -600.0 if party == "EX1" else 0.0,
        fqdn=lambda party: f"{party.lower()}.contoso.lab",
    )


def opened(folder: Path, profile: str = "2016") -> tuple[LabLogs, Ledger]:
    logs = LabLogs(folder, servers(profile), now=NOW)
    logs.open()
    ledger = Ledger(clock=lambda: NOW + 1.5)
    ledger.subscribe(logs.write)
    return logs, ledger


def xml(logs: LabLogs) -> Element:
    return fromstring(logs.windows_events_xml.read_bytes())  # noqa: S314 - our own


def refuse(ledger: Ledger, error: str) -> None:
    ledger.event_1035(
        server="EX1", connector="Default EX1", error=error, mechanism="Gssapi", address="127.0.0.1"
    )


def test_the_receive_log_is_there_from_the_start_and_the_send_log_is_not(tmp_path: Path) -> None:
    logs, _ = opened(tmp_path, "2010")
    assert logs.receive.path == tmp_path / "SmtpReceive" / "RECV20261123-1.LOG"
    lines = logs.receive.path.read_bytes().split(b"\r\n")
    assert lines[:2] == [b"#Software: Microsoft Exchange Server", b"#Version: 14.0.0.0"]
    assert (len(lines), lines[-1]) == (6, b"")
    assert not (tmp_path / "SmtpSend").exists()
    logs.close()


def test_entries_are_in_the_file_as_they_happen(tmp_path: Path) -> None:
    logs, ledger = opened(tmp_path)
    place = {"connector": "Default EX1", "session": "08D3BD3C3D175A80"}
    ledger.add("smtp-connect", "EX1", **place, local="127.0.0.1:25", remote="127.0.0.2:5000")
    last = logs.receive.path.read_text(encoding="utf-8").splitlines()[-1]
    assert last.startswith("2026-11-23T07:50:01.500Z,EX1\\Default EX1,08D3BD3C3D175A80,1,")  # its own clock
    (line,) = logs.entries.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["at"] == NOW + 1.5  # true time
    logs.close()
    ledger.add("smtp-in", "EX1", **place, line="NOOP")  # behind the end: not written, and no error
    assert len(logs.entries.read_text(encoding="utf-8").splitlines()) == 1


def test_what_a_server_sends_creates_the_send_log(tmp_path: Path) -> None:
    logs, ledger = opened(tmp_path)
    ledger.add("send-attempt", "EX2", connector="To EX1", session="1", remote="127.0.0.1:25")
    rows = list(csv.reader(logs.send.path.read_text(encoding="utf-8").splitlines()))
    assert rows[2] == ["#Log-type: SMTP Send Protocol Log"]
    assert rows[-1][1:] == ["To EX1", "1", "0", "", "127.0.0.1:25", "*", "", "attempting to connect"]
    logs.close()


def test_windows_events_are_json_lines_and_one_whole_document_at_any_time(tmp_path: Path) -> None:
    logs, ledger = opened(tmp_path)
    assert [list(xml(logs)), logs.windows_events.read_text(encoding="utf-8")] == [[], ""]
    for number, error in enumerate(("LogonDenied", "<Odd> & é"), 1):
        refuse(ledger, error)
        root = xml(logs)
        assert [event.tag for event in root] == [EVENT] * number
        assert root[-1][1][0].text == error
    found = [json.loads(line) for line in logs.windows_events.read_text(encoding="utf-8").splitlines()]
    assert [(event["Id"], event["RecordId"], event["Properties"][0]) for event in found] == [
        (1035, 1, "LogonDenied"),
        (1035, 2, "<Odd> & é"),
    ]
    assert found[0]["TimeCreated"] == "2026-11-23T07:50:01.5000000Z"
    assert found[0]["MachineName"] == "ex1.contoso.lab"
    logs.close()
