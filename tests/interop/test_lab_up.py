"""`exps lab up` as a program of its own, used by MIT's tools and curl as they come from Debian."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.interop("kinit", "klist", "kvno", "curl")

FQDN = "ex1.contoso.lab"
REALM = "CONTOSO.LAB"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningLab:
    ready: dict[str, Any]
    folder: Path
    program: Callable[[str], Path]

    def run(self, name: str, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
        """A program with the lab's krb5.conf and a ticket cache of its own."""
        environment = os.environ | {
            "KRB5_CONFIG": self.ready["krb5_conf"],
            "KRB5CCNAME": f"FILE:{self.folder / 'ccache'}",
            "LC_ALL": "C",
        }
        return subprocess.run(
            [str(self.program(name)), *arguments],
            input=given,
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def succeed(self, name: str, *arguments: str, given: str = "") -> str:
        done = self.run(name, *arguments, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def principal(self, name: str) -> dict[str, str]:
        found: dict[str, str] = next(item for item in self.ready["principals"] if item["name"] == name)
        return found

    def log_on(self, name: str) -> None:
        principal = self.principal(name)
        if "password_file" in principal:
            self.succeed("kinit", name, given=Path(principal["password_file"]).read_text(encoding="utf-8"))
        else:
            self.succeed("kinit", "-kt", principal["keytab"], name)

    def events(self, kind: str) -> list[dict[str, Any]]:
        lines = Path(self.ready["events"]).read_text(encoding="utf-8").splitlines()
        return [entry for entry in map(json.loads, lines) if entry["kind"] == kind]


def start(state: Path, scenario: str) -> "subprocess.Popen[str]":
    command: Sequence[str] = (sys.executable, "-m", "probe", "lab", "up", scenario, "--state", str(state))
    ports = ("--smtp", "127.0.0.1:0", "--kdc", "127.0.0.1:0")
    return subprocess.Popen([*command, *ports], stdout=subprocess.PIPE, text=True)


@pytest.fixture(params=["healthy"])
def lab(
    request: pytest.FixtureRequest, tmp_path: Path, program: Callable[[str], Path]
) -> Iterator[RunningLab]:
    process = start(tmp_path / "S", request.param)
    try:
        assert process.stdout is not None
        word, _, text = process.stdout.readline().partition(" ")
        assert word == "READY"
        yield RunningLab(ready=json.loads(text), folder=tmp_path, program=program)
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=10)
    assert (process.returncode, output) == (0, "")


@pytest.mark.parametrize("name", ["alice", "EX2$", "EX1$"])
def test_kinit_gets_a_ticket(lab: RunningLab, name: str) -> None:
    lab.log_on(name)
    assert f"Default principal: {name}@{REALM}" in lab.succeed("klist")


def test_a_wrong_password_is_refused(lab: RunningLab) -> None:
    done = lab.run("kinit", "alice", given="not the password\n")
    assert done.returncode != 0
    assert "Password incorrect" in done.stderr or "Preauthentication failed" in done.stderr


def test_a_computers_keytab_holds_its_name_and_each_of_its_spns(lab: RunningLab) -> None:
    listed = lab.succeed("klist", "-k", lab.principal("EX1$")["keytab"])
    names = {line.split()[1] for line in listed.splitlines() if line.strip().endswith(f"@{REALM}")}
    spns = {f"{service}/{host}@{REALM}" for service in ("SMTPSVC", "SMTP", "HOST") for host in (FQDN, "ex1")}
    assert names == {f"EX1$@{REALM}", *spns}


def test_kvno_gets_tickets_for_the_receivers_names(lab: RunningLab) -> None:
    lab.log_on("alice")
    output = lab.succeed("kvno", f"SMTPSVC/{FQDN}", f"smtp/{FQDN}")
    assert output.splitlines() == [f"SMTPSVC/{FQDN}@{REALM}: kvno = 3", f"smtp/{FQDN}@{REALM}: kvno = 3"]


def test_a_ticket_opens_with_the_receivers_keytab(lab: RunningLab) -> None:
    lab.log_on("alice")
    output = lab.succeed("kvno", "-k", lab.principal("EX1$")["keytab"], f"SMTPSVC/{FQDN}")
    assert "keytab entry valid" in output


def test_an_unknown_name_is_error_7(lab: RunningLab) -> None:
    lab.log_on("EX2$")
    done = lab.run("kvno", "SMTPSVC/ex9.contoso.lab")
    assert done.returncode != 0
    # MIT's text for KDC_ERR_S_PRINCIPAL_UNKNOWN.
    assert "not found in Kerberos database" in done.stderr
    errors = [
        entry["detail"]["error"] for entry in lab.events("kdc-reply") if "ex9" in entry["detail"]["server"]
    ]
    assert errors
    assert set(errors) == {7}


@pytest.mark.parametrize("name", ["alice", "EX2$"])
def test_curl_logs_on(lab: RunningLab, name: str) -> None:
    lab.log_on(name)
    port = lab.ready["connectors"][0]["port"]
    done = lab.run(
        "curl", "-v", f"smtp://{FQDN}:{port}", "--connect-to", f"::127.0.0.1:{port}",
        "--login-options", "AUTH=GSSAPI", "-u", f"{name}@{REALM}:",
    )  # fmt: skip
    assert "< 235 2.7.0 Authentication successful" in done.stderr
    accepted = [(entry["detail"]["status"], entry["detail"]["client"]) for entry in lab.events("auth")]
    assert accepted == [("OK", f"{name}@{REALM}")]


@pytest.mark.parametrize("lab", ["machine-key-changed"], indirect=True)
def test_mit_finds_that_a_changed_key_does_not_open_the_ticket(lab: RunningLab) -> None:
    """The server of that scenario holds another key; its keytab file is what the directory has."""
    lab.log_on("alice")
    assert "keytab entry valid" in lab.succeed(
        "kvno", "-k", lab.principal("EX1$")["keytab"], f"SMTPSVC/{FQDN}"
    )


@pytest.mark.parametrize("lab", ["spn-missing"], indirect=True)
def test_mit_sees_the_fault_of_the_scenario(lab: RunningLab) -> None:
    lab.log_on("alice")
    assert "not found" in lab.run("kvno", f"SMTPSVC/{FQDN}").stderr
    assert "kvno = 3" in lab.succeed("kvno", f"HOST/{FQDN}")
