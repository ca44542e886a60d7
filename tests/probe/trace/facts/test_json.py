"""Facts survive the trip through JSON, and what does not fit names its place."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.trace import Request, Target, Trace, trace_from_json, trace_to_json
from probe.trace.facts import (
    KINDS,
    Bug,
    Certificate,
    ClockReading,
    DirectoryAccount,
    DirectoryAnswer,
    DirectoryTrust,
    Facts,
    KdcDiscovery,
    Look,
    Outcome,
    Quit,
    SmbSessionCheck,
    TimeServer,
    TokenRound,
)
from probe.trace.jsonable import JsonMismatch, to_json
from tests.support import traces

EVERY_KIND: tuple[Facts, ...] = (
    *traces.opening(),
    traces.handshake(peer_error=traces.error(37, stime=1.5, nt_status=5), security_layers=1),
    traces.tls(
        certificate=Certificate(
            subject="CN=ex1",
            names=("ex1", "ex1.contoso.lab"),
            issuer="CN=ex1",
            self_signed=True,
            key_type="rsa",
            key_bits=2048,
            not_before=1.0,
            not_after=2.0,
            sha256="00",
            public_key_sha256="11",
        )
    ),
    KdcDiscovery(realm="R", source="dns-srv", kdcs=("dc1:88",)),
    traces.negotiation(40, answered=True),
    TimeServer(
        server="dc1:123",
        stratum=2,
        reference="LOCL",
        synchronized=True,
        clock=ClockReading(who="dc1", source="sntp", offset_s=0.25, uncertainty_s=0.5),
    ),
    Look(address="192.0.2.7", port=25, banner_name="ex1", advertised_name="ex1", tls="starttls"),
    DirectoryAnswer(
        dc="dc1:389",
        host="dc1.contoso.lab",
        question="account",
        subject="EX1$",
        accounts=(
            DirectoryAccount(name="EX1$", spns=("SMTPSVC/ex1",), kvno=3, password_set=1.5, disabled=False),
        ),
        trusts=(DirectoryTrust(partner="fabrikam.lab", direction=3),),
    ),
    SmbSessionCheck(
        stage="session",
        address="192.0.2.7",
        port=445,
        server="cifs/ex1.contoso.lab",
        status=0xC000006D,
        peer_error=traces.error(41),
    ),
    Quit(reply=traces.reply(221)),
    Bug(where="run", error="KeyError", traceback=("line",)),
)


def document() -> dict[str, Any]:
    written: dict[str, Any] = json.loads(json.dumps(trace_to_json(traces.trace(*EVERY_KIND))))
    return written


def test_every_kind_is_here() -> None:
    assert {facts.KIND for facts in EVERY_KIND} == set(KINDS)


@pytest.mark.parametrize("facts", EVERY_KIND, ids=lambda facts: facts.KIND)
def test_each_kind_comes_back_as_it_was(facts: Facts) -> None:
    before = traces.trace(facts)
    assert trace_from_json(json.loads(json.dumps(trace_to_json(before)))) == before


@pytest.mark.parametrize("outcome", list(Outcome))
def test_each_outcome_comes_back(outcome: Outcome) -> None:
    before = traces.trace(traces.step(traces.connect(), outcome))
    assert trace_from_json(json.loads(json.dumps(trace_to_json(before)))) == before


def test_unknown_keys_of_a_newer_version_are_passed_over() -> None:
    written = document()
    written["more"] = 1
    written["steps"][0]["detail"]["more"] = {"x": 1}
    assert trace_from_json(written) == traces.trace(*EVERY_KIND)


def test_a_whole_number_may_stand_for_a_time() -> None:
    written = document()
    written["started"] = 1_700_000_000
    assert trace_from_json(written).started == 1_700_000_000.0


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("schema",), "exps.trace/9", "$.schema: 'exps.trace/1' is due"),
        (("steps",), {}, "$.steps: a list is due, dict came"),
        (("steps", 0), 5, "$.steps[0]: an object is due, int came"),
        (("steps", 0, "kind"), "nonsense", "$.steps[0].kind: one of "),
        (("steps", 1, "kind"), ["kdc"], "$.steps[1].kind: one of "),
        (("steps", 0, "outcome"), "great", "$.steps[0].outcome: ok or refused"),
        (("steps", 0, "detail"), None, "$.steps[0].detail: an object is due, NoneType came"),
        (("steps", 0, "detail", "addresses"), "192.0.2.10", "$.steps[0].detail.addresses: a list is due"),
        (("steps", 0, "detail", "addresses"), [7], "$.steps[0].detail.addresses[0]: str is due, int came"),
        (("steps", 1, "detail", "error", "code"), "7", "$.steps[1].detail.error.code: int is due, str came"),
        (
            ("steps", 1, "detail", "error", "code"),
            True,
            "$.steps[1].detail.error.code: int is due, bool came",
        ),
        (("steps", 1, "detail", "clock"), 3, "$.steps[1].detail.clock: an object is due, int came"),
        (("target", "port"), 25.0, "$.target.port: int is due, float came"),
        (("started",), "now", "$.started: float is due, str came"),
        (("started",), True, "$.started: float is due, bool came"),
    ],
)
def test_what_does_not_fit_names_its_place(place: tuple[str | int, ...], value: object, said: str) -> None:
    written: Any = document()
    inner = written
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    with pytest.raises(JsonMismatch) as caught:
        trace_from_json(written)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("place", [("target",), ("target", "name"), ("duration_ms",), ("steps",)])
def test_what_is_missing_names_its_place(place: tuple[str, ...]) -> None:
    written: Any = document()
    inner = written
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    with pytest.raises(JsonMismatch, match=r"\$\." + r"\.".join(place)):
        trace_from_json(written)


@pytest.mark.parametrize("value", [None, [], "text", 5])
def test_no_object_at_all(value: Any) -> None:
    with pytest.raises(JsonMismatch):
        trace_from_json(value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(json_values, st.sampled_from(sorted(KINDS)))
def test_garbage_is_a_mismatch_and_nothing_else(garbage: Any, kind: str) -> None:
    written = document()
    written["steps"] = [{**written["steps"][0], "kind": kind, "detail": garbage}]
    with contextlib.suppress(JsonMismatch):
        assert trace_from_json(written).steps[0].kind == kind


def test_what_json_does_not_know_is_our_bug() -> None:
    with pytest.raises(TypeError):
        to_json(object())


def test_the_smallest_trace_needs_no_more_than_its_envelope() -> None:
    least = Trace(
        target=Target(name="x", host="x", port=25),
        request=Request(),
        started=0.0,
        duration_ms=0.0,
        steps=(),
    )
    assert trace_from_json(json.loads(json.dumps(trace_to_json(least)))) == least


def test_rounds_keep_their_order() -> None:
    rounds = tuple(TokenRound(direction="sent", kind=str(n), octets=n) for n in range(5))
    before = traces.trace(traces.handshake(rounds=rounds))
    assert trace_from_json(json.loads(json.dumps(trace_to_json(before)))) == before
