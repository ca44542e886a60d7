"""A saved trace may come from a stranger: whatever its facts say, judging and reporting it does not fail."""

import dataclasses
import json
from typing import Any, get_args, get_origin

from hypothesis import given, settings
from hypothesis import strategies as st

from probe.diagnosis.verdict import judge
from probe.report.json import report
from probe.report.text import render
from probe.trace import Step, Trace, trace_from_json, trace_to_json
from probe.trace.facts import KINDS, Facts, Outcome
from probe.trace.jsonable import type_hints
from tests.support import traces

WORDS = st.sampled_from(
    [
        *(
            "udp",
            "tcp",
            "clock",
            "as",
            "as-preauth",
            "tgs",
            "spn",
            "sent",
            "received",
            "smtp-banner",
            "kdc-stime",
        ),
        *(
            "krb-error-in-token",
            "X-EXPS",
            "AUTH",
            "GSSAPI",
            "ntlm-timestamp",
            "NTLM",
            "exchange",
            "EHLO",
            "HELO",
            "system",
            "dns",
        ),
        *("cut-token", "refused", traces.SPN, traces.FQDN, traces.DC1, traces.DC2, "", "\x1b[2J", "{spn}"),
    ]
)
CODES = st.sampled_from(
    [0, 1, 6, 7, 8, 14, 18, 24, 31, 33, 37, 41, 220, 235, 250, 421, 454, 501, 504, 535, -1]
)
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: WORDS,
    int: CODES | st.integers(),
    float: st.floats(),
    bool: st.booleans(),
    type(None): st.none(),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """A strategy for a field of facts: every field is filled, defaults included."""
    if hint in SCALARS:
        return SCALARS[hint]
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = type_hints(hint)
        return st.builds(
            hint, **{field.name: values(hints[field.name]) for field in dataclasses.fields(hint)}
        )
    if get_origin(hint) is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    return st.one_of([values(inner) for inner in get_args(hint)])


@st.composite
def runs(draw: st.DrawFn) -> Trace:
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=8))
    steps: list[Facts | Step[Facts]] = [
        traces.step(draw(values(KINDS[kind])), draw(st.sampled_from(Outcome))) for kind in kinds
    ]
    base = draw(st.sampled_from([(), traces.opening()]))
    request = traces.asked(inject=draw(st.sampled_from(["", "skew=+6 min", "cut-token", "replay"])))
    return traces.trace(*base, *steps, request=request)


@settings(max_examples=300, deadline=None)
@given(runs())
def test_any_trace_is_judged_and_reported(run: Trace) -> None:
    judgement = judge(run)
    assert all(line.isprintable() for line in render(run, judgement).splitlines())
    json.dumps(report(run, judgement), allow_nan=False)
    if not any(step.kind == "bug" or step.outcome is Outcome.PROBE_BUG for step in run.steps):
        assert (
            judge(trace_from_json(json.loads(json.dumps(trace_to_json(run))))).verdict.cause
            == judgement.verdict.cause
        )
