import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from probe.diagnosis.verdict import judge
from probe.report.lines import to_ascii
from probe.report.text import render, report, show
from probe.trace import Trace
from probe.trace.facts import Outcome
from tests.support import traces
from tests.support.traces import (
    DC1,
    DC2,
    asks,
    clock,
    dead,
    ehlo,
    greeting,
    refused,
    reply,
    step,
    trace,
)


def text(run: Trace, width: int = 80) -> str:
    return render(run, judge(run), width)


def test_the_verdict_comes_first() -> None:
    lines = text(traces.failing()).splitlines()
    assert lines[0] == "FAILURE  ex1.contoso.lab port 25 (192.0.2.10)"
    assert lines[1] == "The receiver's machine key is not the directory's [machine-key-stale, likely]"


def test_the_sections_and_their_order() -> None:
    shown = text(traces.failing())
    titles = [
        "Why",
        "What to do",
        "It might also be",
        "What would decide",
        "Who it is",
        "Clocks, against this host",
        "What each KDC answered",
        "What happened (ms; C this host, S receiver, K KDC)",
    ]
    assert [line for line in shown.splitlines() if line in titles] == titles
    assert "✗ it broke here" in shown


def test_a_healthy_run_asks_for_nothing() -> None:
    shown = text(traces.healthy())
    assert shown.startswith("OK  ex1.contoso.lab")
    assert "What to do" not in shown
    assert "What would decide" not in shown
    assert "✗" not in shown


@pytest.mark.parametrize("width", [60, 80, 100])
def test_only_commands_may_be_wider_than_the_terminal(width: int) -> None:
    for run in (traces.healthy(), traces.failing(), trace()):
        judgement = judge(run)
        for line in report(run, judgement, width):
            assert len(line.text) <= width or line.style == "bold cyan"


def test_commands_are_whole() -> None:
    missing = trace(greeting(), ehlo(), asks(code=7), asks("HOST/ex1.contoso.lab"))
    assert "\n       setspn -S SMTPSVC/ex1.contoso.lab EX1$\n" in text(missing)


HOSTILE = "\x1b[2J\x1b]0;x\x07[bold red]a[/] \u202eb\x00\r\nOK  everything is fine\x9bK"


@given(st.text(max_size=200) | st.just(HOSTILE))
def test_nothing_from_the_network_steers_the_terminal(evil: str) -> None:
    run = trace(
        clock(f"{evil}:88"),
        asks(f"SMTPSVC/{evil}", code=7),
        greeting(reply=reply(220, evil), name=evil),
        ehlo(advertised_name=evil, keywords=(evil,), exps=(evil,), masked=(evil,)),
        step(refused(reply(454, evil)), Outcome.REFUSED),
        target=replace(traces.healthy().target, name=evil),
    )
    for line in text(run).splitlines():
        assert line.isprintable()


def test_one_hostile_banner_stays_on_its_line() -> None:
    shown = text(trace(greeting(reply=reply(220, HOSTILE))), width=200)
    assert "\nOK  everything" not in shown
    assert "[bold red]a[/]" in shown


def shown_on(run: Trace, *, terminal: bool, encoding: str = "utf-8", width: int = 80) -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(
        file=file, force_terminal=terminal, color_system="standard" if terminal else None, width=width
    )
    show(console, run, judge(run))
    file.flush()
    buffer = file.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(encoding)


def test_no_colour_where_there_is_no_terminal() -> None:
    assert shown_on(traces.failing(), terminal=False) == text(traces.failing())


def test_colour_on_a_terminal() -> None:
    assert shown_on(traces.failing(), terminal=True).startswith("\x1b[1;31mFAILURE")
    assert shown_on(traces.healthy(), terminal=True).startswith("\x1b[1;32mOK")


def test_markup_in_a_banner_is_no_markup() -> None:
    run = trace(greeting(reply=reply(220, "[bold red]a[/] [nonsense")))
    assert "[bold red]a[/] [nonsense" in shown_on(run, terminal=False)


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_an_old_console_gets_ascii(encoding: str) -> None:
    run = trace(greeting(reply=reply(220, "Gr\u00fc\u00dfe \u4f60")), step(refused(), Outcome.REFUSED))
    shown = shown_on(run, terminal=False, encoding=encoding)
    assert "C ----> S  X-EXPS GSSAPI" in shown
    assert "Gr\\xfc\\xdfe \\u4f60" in shown


def test_to_ascii_keeps_the_columns() -> None:
    assert to_ascii("C ────▶ S ± ✗ …") == "C ----> S ~ X ~"


def test_an_unfinished_run_says_so() -> None:
    assert "the deadline came before the end" in text(replace(trace(), unfinished=True))


def test_a_warning_names_what_else_was_seen() -> None:
    run = trace(clock(DC1), clock(DC2, 600.0), dead(DC1, "tcp"), asks(), traces.ticket(), traces.handshake())
    shown = text(run)
    assert shown.startswith("WARNING")
    assert "Also wrong" in shown


def test_a_realm_that_nobody_named_is_told_with_its_source() -> None:
    run = traces.failing()
    for source, said in (
        ("target", " (the target's domain)"),
        ("krb5.conf", " (of krb5.conf)"),
        ("given", ","),
    ):
        shown = text(replace(run, request=replace(run.request, realm="CONTOSO.LAB", realm_source=source)))
        assert f"realm CONTOSO.LAB{said}" in shown
