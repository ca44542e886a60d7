"""nmap's smtp-commands against the lab: what a connector offers, as an independent program reads it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.interop("nmap")

SCENARIO = """\
title = "t"
story = "s"
[[connector]]
name = "Default EX1"
profile = "{profile}"
[expect]
cause = "healthy"
[lesson]
explain = "e"
"""

# In clear, as published logs and transcripts have them; see test_profiles.py and test_connector.py.
OFFERED_2003 = (
    "TURN, SIZE, ETRN, PIPELINING, DSN, ENHANCEDSTATUSCODES, 8bitmime, BINARYMIME, CHUNKING, VRFY, TLS, "
    "STARTTLS, X-EXPS GSSAPI NTLM LOGIN, X-EXPS=LOGIN, AUTH GSSAPI NTLM, X-LINK2STATE, XEXCH50, OK"
)
OFFERED_2010 = (
    "SIZE, PIPELINING, DSN, ENHANCEDSTATUSCODES, STARTTLS, X-ANONYMOUSTLS, AUTH NTLM, X-EXPS GSSAPI NTLM, "
    "8BITMIME, BINARYMIME, CHUNKING, XEXCH50, XRDST, XSHADOW"
)
OFFERED_2016 = (
    "SIZE 37748736, PIPELINING, DSN, ENHANCEDSTATUSCODES, STARTTLS, X-ANONYMOUSTLS, AUTH NTLM, "
    "X-EXPS GSSAPI NTLM, 8BITMIME, BINARYMIME, CHUNKING, XRDST"
)


@pytest.fixture
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """The port of a lab in a process of its own, whose connector has the profile that the test names."""
    scenario = tmp_path / "profile.toml"
    scenario.write_text(SCENARIO.format(profile=request.param), encoding="utf-8")
    command = (sys.executable, "-m", "probe", "lab", "up", str(scenario), "--state", str(tmp_path / "S"))
    ports = ("--smtp", "127.0.0.1:0", "--kdc", "127.0.0.1:0")
    process = subprocess.Popen([*command, *ports], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline().removeprefix("READY "))
        yield ready["connectors"][0]["port"]
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.mark.parametrize(
    ("port", "offered"),
    [("2003", OFFERED_2003), ("2010", OFFERED_2010), ("2016", OFFERED_2016)],
    indirect=["port"],
)
def test_smtp_commands_prints_the_capabilities(
    port: int, offered: str, program: Callable[[str], Path]
) -> None:
    # "+" runs the script whatever the port's number makes nmap think of the service
    arguments = ("-Pn", "-n", "-p", str(port), "--script", "+smtp-commands", "127.0.0.1")
    done = subprocess.run(
        [str(program("nmap")), *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    printed = [line for line in done.stdout.splitlines() if "smtp-commands:" in line]
    assert printed == [f"| smtp-commands: ex1.contoso.lab Hello [127.0.0.1], {offered}"]
    assert "This server supports the following commands: HELO EHLO STARTTLS" in done.stdout
