"""The one place where click's untyped arguments become a value with types."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from probe.cli.probe import command
from probe.cli.settings import ProbeSettings

ABOUT_THE_REPORT = {"target", "as_json", "html", "trace"}
"""What the command takes for itself: which connector, and what becomes of the result."""


def typed(*arguments: str) -> dict[str, Any]:
    """What click makes of a command line, without running it."""
    given = command.make_context("probe", ["mail1.contoso.com", *arguments]).params
    return {name: value for name, value in given.items() if name not in ABOUT_THE_REPORT}


def test_an_option_is_a_field_and_a_field_an_option() -> None:
    options = {option.name for option in command.params} - ABOUT_THE_REPORT
    assert {field.name for field in fields(ProbeSettings)} == options


def test_nothing_typed_is_clicks_own_defaults() -> None:
    assert ProbeSettings.of(typed()) == ProbeSettings()


def test_what_is_typed_arrives_in_its_type() -> None:
    given = typed(
        *("--realm", "contoso.com", "--kdc", "dc1", "--kdc", "FABRIKAM.COM=dc2", "--keytab", "ex2.keytab"),
        *("--tls", "none", "--no-smb", "--timeout", "2", "--directory", "dc1"),
    )
    assert ProbeSettings.of(given) == ProbeSettings(
        realm="contoso.com",
        kdcs=("dc1", "FABRIKAM.COM=dc2"),
        keytab=Path("ex2.keytab"),
        tls="none",
        no_smb=True,
        timeout=2.0,
        directories=("dc1",),
    )


def test_what_a_command_does_not_take_stays_away() -> None:
    given = typed("--smb", "127.0.0.1:1445")
    del given["smb"]
    assert ProbeSettings.of(given).smb is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("realm", 5),
        ("keytab", "ex2.keytab"),
        ("native", None),
        ("kdcs", ["dc1"]),
        ("kdcs", ("dc1", 5)),
        ("timeout", "10"),
        ("bogus", "x"),
    ],
)
def test_an_option_of_another_kind_is_a_bug_and_is_named(name: str, value: object) -> None:
    with pytest.raises(TypeError, match=name):
        ProbeSettings.of(typed() | {name: value})


@pytest.mark.parametrize(
    ("realm", "named"), [(None, ""), ("", ""), ("contoso.com", "CONTOSO.COM"), ("CONTOSO.COM", "CONTOSO.COM")]
)
def test_a_realm_has_capitals(realm: str | None, named: str) -> None:
    assert replace(ProbeSettings(), realm=realm).named_realm == named
