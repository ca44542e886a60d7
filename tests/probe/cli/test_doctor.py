"""`exps doctor`: options, output and exit status. DNS and KDCs are ports of loopback that refuse."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import run_exps
from tests.support.exps import Exps

NOWHERE = "127.0.0.1:1"  # tcpmux: nobody listens


@pytest.fixture
def krb5_conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "krb5.conf"
    path.write_text("[libdefaults]\ndefault_realm = CONTOSO.LAB\ndns_lookup_kdc = false\n")
    monkeypatch.setenv("KRB5_CONFIG", str(path))
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{tmp_path}/ccache")
    monkeypatch.setenv("KRB5_KTNAME", f"FILE:{tmp_path}/keytab")
    return path


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--kdc", "a b"), "exps: --kdc: 'a b' is no HOST, HOST:PORT or [IPV6]:PORT"),
        (("--kdc", "dc1:99999"), "exps: --kdc: 'dc1:99999' is no HOST, HOST:PORT or [IPV6]:PORT"),
        (("--dns", "x:y"), "exps: --dns: 'x:y' is no HOST, HOST:PORT or [IPV6]:PORT"),
        (("--realm", "a b"), "exps: --realm: 'a b' is no realm such as CONTOSO.COM"),
        (("--realm", ""), "exps: --realm: '' is no realm such as CONTOSO.COM"),
        (("--timeout", "0"), "exps: --timeout: 0 is not between 0 and 3600 seconds"),
        (("--timeout", "nan"), "exps: --timeout: nan is not between 0 and 3600 seconds"),
        (("extra",), "exps: Got unexpected extra argument (extra) (see exps doctor --help)"),
    ],
)
def test_bad_input_is_one_line(exps: Exps, arguments: tuple[str, ...], complaint: str) -> None:
    assert exps("doctor", *arguments).complaint == complaint


def _document(exps: Exps, *arguments: str) -> tuple[int, dict[str, Any]]:
    result = exps("doctor", "--json", "--dns", NOWHERE, "--timeout", "0.2", *arguments)
    assert result.err == ""
    return result.status, json.loads(result.out)


def test_a_dead_kdc_is_a_failure(exps: Exps, krb5_conf: Path) -> None:
    status, document = _document(exps, "--kdc", NOWHERE)
    assert (status, document["status"], document["schema"]) == (2, "failure", "exps.doctor/1")
    codes = {item["code"]: item["level"] for item in document["observations"]}
    assert (codes["config-read"], codes["kdcs-unreachable"]) == ("ok", "problem")
    assert document["facts"]["configuration"]["files"][0]["path"] == str(krb5_conf)
    assert [way["error"] for way in document["facts"]["kdcs"]["ways"]] == ["refused", "refused"]


def test_a_damaged_file_is_named_and_the_rest_is_examined(exps: Exps, krb5_conf: Path) -> None:
    krb5_conf.write_text("[libdefaults]\nwhat is this\ndefault_realm = CONTOSO.LAB\n")
    status, document = _document(exps, "--kdc", NOWHERE)
    (damaged,) = (item for item in document["observations"] if item["code"] == "config-damaged")
    assert (status, damaged["level"]) == (2, "problem")
    assert f"{krb5_conf}, line 2" in damaged["says"]
    assert document["realm"] == "CONTOSO.LAB"


def test_text_of_the_whole_program(krb5_conf: Path) -> None:
    result = run_exps("doctor", "--dns", NOWHERE, "--kdc", NOWHERE, "--timeout", "0.2")
    assert (result.status, result.errors) == (2, "")
    assert result.output.startswith("FAILURE  ")
    assert "udp refused; tcp refused" in result.output
    assert "exps explain kdc-unreachable" in result.output


def test_a_console_without_unicode(krb5_conf: Path) -> None:
    environment = {"PYTHONIOENCODING": "cp437", "PYTHONUTF8": "0"}
    result = run_exps("doctor", "--dns", NOWHERE, "--kdc", NOWHERE, "--timeout", "0.2", env=environment)
    assert result.status == 2
    assert result.output.isascii()


def test_the_command_costs_nothing_until_it_is_used() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from probe.cli import exps;"
        "CliRunner().invoke(exps, ['--help']); CliRunner().invoke(exps, ['doctor', '--help']);"
        "print([name for name in sys.modules if name.startswith(('probe.doctor', 'probe.net', 'dns', 'spnego'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
