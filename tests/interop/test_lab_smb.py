"""The lab's SMB service logged on to by Samba's smbclient and by impacket."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running_lab import LabClient, running_lab

pytestmark = pytest.mark.interop("kinit", "kvno", "smbclient")

FQDN, REALM = "ex1.contoso.lab", "CONTOSO.LAB"
IMPACKET = """
import sys
from impacket.smb3structs import SMB2_DIALECT_21, SMB2_DIALECT_30
from impacket.smbconnection import SessionError, SMBConnection
for dialect in (SMB2_DIALECT_21, SMB2_DIALECT_30):
    smb = SMBConnection("ex1.contoso.lab", "127.0.0.1", sess_port=int(sys.argv[1]), preferredDialect=dialect)
    smb.kerberosLogin("", "", "CONTOSO.LAB", useCache=True)
    print(hex(smb.getDialect()))
    try:
        smb.connectTree("IPC$")
    except SessionError as error:
        print(hex(error.getErrorCode()))
    smb.logoff()
"""


class Lab(LabClient):
    @property
    def smb(self) -> int:
        return int(self.ready["connectors"][0]["smb"])

    def smbclient(self) -> str:
        """Its complaint: there always is one, as no share can be opened."""
        command = ("smbclient", "-d", "3", "--use-kerberos=required", "-N", f"//{FQDN}/IPC$")
        done = self.run(*command, "-I", "127.0.0.1", "-p", str(self.smb))
        assert done.returncode != 0
        return done.stdout + done.stderr

    def noted(self) -> list[tuple[str, str]]:
        entries = [entry for entry in self.ledger() if entry["kind"].startswith("smb-")]
        return [(entry["kind"], entry["detail"].get("status", "")) for entry in entries]


@pytest.fixture(params=["healthy"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    with running_lab(request.param, tmp_path / "S") as ready:
        made = Lab(ready=ready, folder=tmp_path)
        made.log_on("alice")
        assert made.succeed("kvno", f"cifs/{FQDN}") == f"cifs/{FQDN}@{REALM}: kvno = 3\n"
        yield made


def test_smbclient_logs_on_and_finds_no_share(lab: Lab) -> None:
    # Samba verifies the signatures of the set-up and of the refusal.
    assert "tree connect failed: NT_STATUS_ACCESS_DENIED" in lab.smbclient()
    assert lab.noted() == [("smb-negotiate", ""), ("smb-session", "OK"), ("smb-tree-connect", "")]


@pytest.mark.parametrize("lab", ["machine-key-stale"], indirect=True)
def test_smbclient_reads_that_the_ticket_is_under_another_key(lab: Lab) -> None:
    # Heimdal's text for KRB_AP_ERR_MODIFIED.
    assert "Message stream modified" in lab.smbclient()
    assert lab.noted() == [("smb-negotiate", ""), ("smb-session", "LogonDenied")]


@pytest.mark.parametrize("lab", ["clock-skew-receiver-ahead"], indirect=True)
def test_smbclient_reads_the_servers_clock_and_tries_again_with_it(lab: Lab) -> None:
    # Samba then wants a mechListMIC in our last answer (NT_STATUS_INVALID_NETWORK_RESPONSE), which is not our matter.
    lab.smbclient()
    sessions = [status for kind, status in lab.noted() if kind == "smb-session"]
    assert sessions == ["TimeSkew", "OK"]


def test_impacket_logs_on_under_both_kinds_of_signature(lab: Lab) -> None:
    done = lab.run(sys.executable, "-c", IMPACKET, str(lab.smb))
    assert done.returncode == 0, done.stderr
    # STATUS_ACCESS_DENIED
    assert done.stdout.split() == ["0x210", "0xc0000022", "0x300", "0xc0000022"]
    assert lab.noted().count(("smb-session", "OK")) == 2
    assert lab.noted().count(("smb-logoff", "")) == 2
