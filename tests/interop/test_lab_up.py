"""`exps lab up` as a program of its own, used by MIT's tools and curl as they come from Debian."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running_lab import LabClient, running_lab

pytestmark = pytest.mark.interop("kinit", "klist", "kvno", "curl")

FQDN = "ex1.contoso.lab"
REALM = "CONTOSO.LAB"


@pytest.fixture(params=["healthy"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LabClient]:
    with running_lab(request.param, tmp_path / "S") as ready:
        yield LabClient(ready=ready, folder=tmp_path)


def events(lab: LabClient, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in lab.ledger() if entry["kind"] == kind]


@pytest.mark.parametrize("name", ["alice", "EX2$", "EX1$"])
def test_kinit_gets_a_ticket(lab: LabClient, name: str) -> None:
    lab.log_on(name)
    assert f"Default principal: {name}@{REALM}" in lab.succeed("klist")


def test_a_wrong_password_is_refused(lab: LabClient) -> None:
    done = lab.run("kinit", "alice", given="not the password\n")
    assert done.returncode != 0
    assert "Password incorrect" in done.stderr or "Preauthentication failed" in done.stderr


def test_a_computers_keytab_holds_its_name_and_each_of_its_spns(lab: LabClient) -> None:
    listed = lab.succeed("klist", "-k", lab.principal("EX1$")["keytab"])
    names = {line.split()[1] for line in listed.splitlines() if line.strip().endswith(f"@{REALM}")}
    spns = {f"{service}/{host}@{REALM}" for service in ("SMTPSVC", "SMTP", "HOST") for host in (FQDN, "ex1")}
    assert names == {f"EX1$@{REALM}", *spns}


def test_kvno_gets_tickets_for_the_receivers_names(lab: LabClient) -> None:
    lab.log_on("alice")
    output = lab.succeed("kvno", f"SMTPSVC/{FQDN}", f"smtp/{FQDN}")
    assert output.splitlines() == [f"SMTPSVC/{FQDN}@{REALM}: kvno = 3", f"smtp/{FQDN}@{REALM}: kvno = 3"]


def test_a_ticket_opens_with_the_receivers_keytab(lab: LabClient) -> None:
    lab.log_on("alice")
    output = lab.succeed("kvno", "-k", lab.principal("EX1$")["keytab"], f"SMTPSVC/{FQDN}")
    assert "keytab entry valid" in output


def test_an_unknown_name_is_error_7(lab: LabClient) -> None:
    lab.log_on("EX2$")
    done = lab.run("kvno", "SMTPSVC/ex9.contoso.lab")
    assert done.returncode != 0
    # MIT's text for KDC_ERR_S_PRINCIPAL_UNKNOWN.
    assert "not found in Kerberos database" in done.stderr
    errors = [
        entry["detail"]["error"] for entry in events(lab, "kdc-reply") if "ex9" in entry["detail"]["server"]
    ]
    assert errors
    assert set(errors) == {7}


@pytest.mark.parametrize("name", ["alice", "EX2$"])
def test_curl_logs_on(lab: LabClient, name: str) -> None:
    lab.log_on(name)
    port = lab.ready["connectors"][0]["port"]
    done = lab.run(
        "curl", "-v", f"smtp://{FQDN}:{port}", "--connect-to", f"::127.0.0.1:{port}",
        "--login-options", "AUTH=GSSAPI", "-u", f"{name}@{REALM}:",
    )  # fmt: skip
    assert "< 235 2.7.0 Authentication successful" in done.stderr
    accepted = [(entry["detail"]["status"], entry["detail"]["client"]) for entry in events(lab, "auth")]
    assert accepted == [("OK", f"{name}@{REALM}")]


@pytest.mark.parametrize("lab", ["machine-key-changed"], indirect=True)
def test_mit_finds_that_a_changed_key_does_not_open_the_ticket(lab: LabClient) -> None:
    """The server of that scenario holds another key; its keytab file is what the directory has."""
    lab.log_on("alice")
    assert "keytab entry valid" in lab.succeed(
        "kvno", "-k", lab.principal("EX1$")["keytab"], f"SMTPSVC/{FQDN}"
    )


@pytest.mark.parametrize("lab", ["spn-missing"], indirect=True)
def test_mit_sees_the_fault_of_the_scenario(lab: LabClient) -> None:
    lab.log_on("alice")
    assert "not found" in lab.run("kvno", f"SMTPSVC/{FQDN}").stderr
    assert "kvno = 3" in lab.succeed("kvno", f"HOST/{FQDN}")
