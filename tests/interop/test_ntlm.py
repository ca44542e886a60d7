"""The lab's NTLM judged by foreign clients: nmap's scripts, curl, and pyspnego over a plain SMTP dialogue."""

import asyncio
import contextlib
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import spnego

from simulator.faults import Fault
from simulator.faults.clock_skew import ClockSkew
from simulator.faults.values import Seconds
from simulator.lab import Lab
from simulator.scenario.values import (
    AccountSetup,
    ConnectorSetup,
    Expect,
    Lesson,
    Scenario,
    default_spns,
)
from tests.support.raw_smtp import raw_client, token_of

SUCCESS = b"235 2.7.0 Authentication successful\r\n"
nmap = pytest.mark.interop("nmap")
curl = pytest.mark.interop("curl")


@contextlib.asynccontextmanager
async def lab(folder: Path, *faults: Fault) -> AsyncIterator[Lab]:
    """A 2016 Default connector of EX1, and alice's password in the state folder."""
    scenario = Scenario(
        name="test",
        title="",
        story="",
        lesson=Lesson(explain=""),
        expect=Expect(cause="healthy"),
        accounts=(
            AccountSetup(name="EX1$", spns=default_spns("ex1", "contoso.lab")),
            AccountSetup(name="EX2$", spns=default_spns("ex2", "contoso.lab")),
            AccountSetup(name="alice"),
        ),
        connectors=(ConnectorSetup(),),
        faults=faults,
    )
    async with Lab(scenario, folder / "state") as running:
        yield running


def port_of(running: Lab) -> int:
    return running.connectors["Default EX1"].port


def password(running: Lab) -> str:
    return running.state.password("alice").read_text().strip()


def events(running: Lab) -> list[object]:
    return [entry.detail["error"] for entry in running.ledger.of("event")]


def clients(running: Lab) -> list[tuple[object, object]]:
    """Who logged on, and how."""
    found = [entry.detail for entry in running.ledger.of("auth") if entry.detail["client"]]
    return [(detail["mechanism"], detail["client"]) for detail in found]


async def run(*command: str) -> str:
    """What a program prints, on both of its outputs, beside the lab, which lives on this loop."""
    done = await asyncio.to_thread(
        subprocess.run,
        command,
        env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TZ": "UTC"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout


async def scan(path: Path, port: int, scripts: str) -> list[str]:
    """The lines of nmap's scripts; "+" runs one whatever the port's number makes nmap think of the service."""
    printed = await run(str(path), "-Pn", "-n", "-p", str(port), "--script", scripts, "127.0.0.1")
    return [line.lstrip("|_ ").rstrip() for line in printed.splitlines() if line.startswith("|")]


@nmap
async def test_nmap_prints_all_six_names_and_the_capabilities(
    tmp_path: Path, program: Callable[[str], Path]
) -> None:
    async with lab(tmp_path) as running:
        printed = await scan(program("nmap"), port_of(running), "+smtp-ntlm-info,+smtp-commands")
        assert events(running) == []  # to ask is no failed log-on
    at = printed.index("smtp-ntlm-info:") + 1  # the scripts come in any order
    assert printed[at : at + 7] == [
        "Target_Name: CONTOSO",
        "NetBIOS_Domain_Name: CONTOSO",
        "NetBIOS_Computer_Name: EX1",
        "DNS_Domain_Name: contoso.lab",
        "DNS_Computer_Name: ex1.contoso.lab",
        "DNS_Tree_Name: contoso.lab",
        "Product_Version: 10.0.14393",
    ]
    assert any(line.startswith("smtp-commands: ex1.contoso.lab Hello") for line in printed)


@nmap
async def test_nmap_reads_the_servers_clock(tmp_path: Path, program: Callable[[str], Path]) -> None:
    async with lab(tmp_path, ClockSkew(on="EX1", offset=Seconds(-3600.0))) as running:
        printed = await scan(program("nmap"), port_of(running), "+smtp-ntlm-info,clock-skew")
    (skew,) = [line for line in printed if line.startswith("clock-skew:")]
    assert skew.split()[1].rstrip(",") in ("-1h00m00s", "-1h00m01s", "-59m59s")


@curl
async def test_curl_logs_on(tmp_path: Path, program: Callable[[str], Path]) -> None:
    async with lab(tmp_path) as running:
        printed = await curl_log_on(running, program("curl"), password(running))
        assert "235 2.7.0 Authentication successful" in printed, printed
        assert clients(running) == [("AUTH NTLM", "alice@CONTOSO.LAB")]
        assert events(running) == []


@curl
async def test_curl_is_refused_with_a_wrong_password(tmp_path: Path, program: Callable[[str], Path]) -> None:
    async with lab(tmp_path) as running:
        printed = await curl_log_on(running, program("curl"), "not the password")
        assert "535 5.7.3 Authentication unsuccessful" in printed, printed
        assert events(running) == ["LogonDenied"]


async def curl_log_on(running: Lab, path: Path, secret: str) -> str:
    where = f"smtp://127.0.0.1:{port_of(running)}"
    user = f"CONTOSO\\alice:{secret}"
    return await run(str(path), "-v", "--url", where, "--login-options", "AUTH=NTLM", "-u", user)


@pytest.mark.parametrize("verb", [b"AUTH NTLM", b"X-EXPS NTLM"])
async def test_pyspnego_logs_on(tmp_path: Path, verb: bytes) -> None:
    async with lab(tmp_path) as running, raw_client(port_of(running)) as client:
        context = spnego.client("CONTOSO\\alice", password(running), protocol="ntlm")
        await client.ehlo()
        assert await client.ask(verb) == b"334 NTLM supported\r\n"
        challenge = token_of(await client.ask_token(context.step() or b""))
        assert await client.ask_token(context.step(challenge) or b"") == SUCCESS
        assert context.complete
        assert clients(running) == [(verb.decode(), "alice@CONTOSO.LAB")]


async def test_an_exchange_server_may_log_on_with_its_machine_account(tmp_path: Path) -> None:
    async with lab(tmp_path) as running, raw_client(port_of(running)) as client:
        machine = running.account("EX2$").newest().keys[23].contents
        context = spnego.client(
            spnego.NTLMHash(username="CONTOSO\\EX2$", nt_hash=machine.hex()), protocol="ntlm"
        )
        await client.ehlo()
        await client.ask(b"X-EXPS NTLM")
        challenge = token_of(await client.ask_token(context.step() or b""))
        assert await client.ask_token(context.step(challenge) or b"") == SUCCESS
        assert clients(running) == [("X-EXPS NTLM", "EX2$@CONTOSO.LAB")]


async def test_no_message_is_in_the_ledger(tmp_path: Path) -> None:
    async with lab(tmp_path) as running:
        async with raw_client(port_of(running)) as client:
            context = spnego.client("CONTOSO\\alice", "wrong", protocol="ntlm")
            await client.ehlo()
            await client.ask(b"X-EXPS NTLM")
            challenge = token_of(await client.ask_token(context.step() or b""))
            refused = await client.ask_token(context.step(challenge) or b"")
            assert refused == b"454 4.7.0 Temporary authentication failure\r\n"
            assert await client.rest() == b""
        assert events(running) == ["LogonDenied"]
        assert "TlRMTVNT" not in str(running.ledger.entries)
