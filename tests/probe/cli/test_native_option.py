"""`--native` on the command line."""

from pathlib import Path

import pytest

from probe.cli.credentials import check_native
from probe.cli.errors import BadInput
from probe.settings.injection import parse_injection
from probe.settings.options import Credentials, ProbeOptions
from tests.support.command_line import run_exps


def test_without_gssapi_one_line_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "gssapi.py").write_text("raise ImportError('there is none')\n")
    ended = run_exps("probe", "ex1.contoso.lab", "--native", env={"PYTHONPATH": str(tmp_path)})
    assert (ended.status, ended.output) == (3, "")
    assert ended.errors.count("\n") == 1
    assert "--native" in ended.errors
    assert "pip install exps[native]" in ended.errors


def test_it_excludes_the_other_sources() -> None:
    ended = run_exps("probe", "ex1.contoso.lab", "--native", "--ccache", "cache")
    assert ended.status == 3
    assert "--ccache and --native exclude each other" in ended.errors


def options(*, spn: str = "", inject: str = "") -> ProbeOptions:
    return ProbeOptions(
        name="ex1.contoso.lab",
        credentials=Credentials(source="native"),
        spn=spn,
        injection=parse_injection(inject) if inject else None,
    )


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"spn": "EX1$"}, "SERVICE/HOST"),
        ({"inject": "skew=+6m"}, "its own time"),
        ({"inject": "wrong-spn"}, "needs a name"),
    ],
)
def test_what_the_system_does_not_do_is_said_beforehand(settings: dict[str, str], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        check_native(options(**settings))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"spn": "smtp/ex1"},
        {"inject": "wrong-spn=HTTP/web"},
        {"inject": "cut-token"},
        {"inject": "replay"},
    ],
)
def test_what_it_does_is_let_through(settings: dict[str, str]) -> None:
    check_native(options(**settings))
