"""What a scenario expects against what came out: the report on one side, the ledger on the other (PURE).

The report is the JSON object that `exps probe --json` prints: nothing here knows the probe's own classes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.ledger import Entry
from simulator.scenario.values import Expect, Scenario

Report = Mapping[str, Any]

HEALTHY = "healthy"
USUAL_STATUS = {HEALTHY: "ok", "undetermined": "unknown"}
"""What goes with a cause when a scenario does not say; every other one is a failure."""
ACCUSING = ("suspect", "confirmed")
EVENT_1035 = 1035


def differences(scenario: Scenario, report: Report, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Everything that is not as expected, a sentence each; empty when the scenario passed."""
    return (
        *_verdict(scenario.expect, report),
        *_reply(scenario.expect, report),
        *_event(scenario.expect, entries),
        *_fired(scenario, entries),
        *_accused(scenario.expect, report),
    )


def _verdict(expect: Expect, report: Report) -> Iterator[str]:
    verdict = report["verdict"]
    if verdict["cause"] != expect.cause:
        yield f"the verdict is {verdict['cause']}, {expect.cause} was due"
    elif verdict["certainty"] != expect.certainty:
        yield f"the verdict is {verdict['certainty']}, {expect.certainty} was due"
    status = expect.status or USUAL_STATUS.get(expect.cause, "failure")
    if report["status"] != status:
        yield f"the status is {report['status']}, {status} was due"
    named = {alternative["cause"] for alternative in report["alternatives"]}
    for cause in expect.alternatives:
        if cause not in named:
            yield f"{cause} is not among the alternatives"


def _reply(expect: Expect, report: Report) -> Iterator[str]:
    came = last_reply(report)
    if not came.startswith(expect.smtp) or (came and not expect.smtp):
        yield f'the authentication was answered with "{came}", "{expect.smtp}" was due'


def last_reply(report: Report) -> str:
    """The reply that ended the last authentication, contrasts apart, as ``454 4.7.0 text``; empty without one."""
    found = [
        step["detail"]["reply"]
        for step in report["steps"]
        if step["kind"] == "handshake" and step["detail"].get("reply") and not step["detail"].get("contrast")
    ]
    if not found:
        return ""
    reply = found[-1]
    text = " ".join(reply["lines"][:1])
    words = (f"{reply['code']:03d}", "" if text.startswith(reply["enhanced"]) else reply["enhanced"], text)
    return " ".join(word for word in words if word)


def events(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """What the receiver's application log has."""
    return tuple(entry for entry in entries if entry.kind == "event")


def _event(expect: Expect, entries: Sequence[Entry]) -> Iterator[str]:
    logged = [f"{entry.detail['id']} {entry.detail['error']}" for entry in events(entries)]
    if expect.event is None:
        if logged:
            yield f"the receiver logged event {logged[0]}, none was due"
        return
    due = f"{expect.event.id} {expect.event.error}"
    if due not in logged:
        yield f"the receiver logged {', '.join(logged) or 'no event'}, event {due} was due"


def _fired(scenario: Scenario, entries: Sequence[Entry]) -> Iterator[str]:
    fired = fired_faults(entries)
    for number, fault in enumerate(scenario.faults):
        if number not in fired and not fault.may_not_fire:
            several = sum(other.KIND == fault.KIND for other in scenario.faults) > 1
            which = f" (fault[{number}])" if several else ""
            yield f"the fault {fault.KIND}{which} did not fire"


def fired_faults(entries: Sequence[Entry]) -> frozenset[int]:
    """The places, in the scenario, of the faults that changed something.

    What changed only on a connection on which somebody asked by NTLM who the receiver is, and cancelled, does not
    count: no log-on met it.
    """
    beside = _sessions_beside(entries)
    return frozenset(
        int(str(entry.detail["number"]))
        for entry in entries
        if entry.kind == "fault" and entry.detail.get("session") not in beside
    )


def _sessions_beside(entries: Sequence[Entry]) -> frozenset[str]:
    tried: dict[str, list[bool]] = {}
    for entry in entries:
        if entry.kind == "auth":
            asked = str(entry.detail["mechanism"]).endswith("NTLM") and entry.detail["cancelled"] is True
            tried.setdefault(str(entry.detail["session"]), []).append(asked)
    return frozenset(session for session, asked in tried.items() if all(asked))


def _accused(expect: Expect, report: Report) -> Iterator[str]:
    """Nobody is accused where all is well; a warning's own cause is no accusation."""
    if expect.cause != HEALTHY:
        return
    for finding in report["findings"]:
        if finding["status"] in ACCUSING:
            yield f"{finding['check']} accuses a healthy lab: {finding['says']}"
