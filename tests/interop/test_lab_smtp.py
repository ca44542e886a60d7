"""The lab's receive connector judged by foreign clients: curl, and MIT's GSSAPI speaking SPNEGO."""

import asyncio
import contextlib
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from simulator.faults import Fault
from simulator.faults.clock_skew import ClockSkew
from simulator.faults.etype import Etype
from simulator.faults.stale_key import StaleKey
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
from tests.support.raw_smtp import RawClient, raw_client, token_of
from tests.support.system_gssapi import Refused, SystemContext, system_initiator

pytestmark = pytest.mark.interop("kinit", "curl", "python3-gssapi")

REALM = "CONTOSO.LAB"
SPN = f"SMTPSVC/ex1.contoso.lab@{REALM}"


@contextlib.asynccontextmanager
async def lab(folder: Path, *faults: Fault) -> AsyncIterator[Lab]:
    """A domain controller and a 2016 Default connector with EnableAuthGSSAPI."""
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
        connectors=(ConnectorSetup(enable_auth_gssapi=True),),
        faults=faults,
    )
    async with Lab(scenario, folder / "state") as running:
        yield running


def environment(running: Lab, folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "KRB5_CONFIG": str(running.state.krb5_conf),
        "KRB5CCNAME": f"FILE:{folder}/ccache",
    }


async def run(running: Lab, folder: Path, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program beside the lab, which lives on this loop."""
    return await asyncio.to_thread(
        subprocess.run,
        command,
        env=environment(running, folder),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


async def log_on_ex2(running: Lab, folder: Path) -> None:
    """kinit as the sending server's computer account."""
    keytab = str(running.state.keytab("EX2$"))
    done = await run(running, folder, "kinit", "-kt", keytab, f"EX2$@{REALM}")
    assert done.returncode == 0, done.stderr


@contextlib.asynccontextmanager
async def mit_and_connector(
    running: Lab, folder: Path, *, mechanism: str = "spnego"
) -> AsyncIterator[tuple[SystemContext, RawClient]]:
    """MIT's initiator with EX2$'s ticket, and a connection that has said EHLO."""
    await log_on_ex2(running, folder)
    port = running.connectors["Default EX1"].port
    with system_initiator(
        environment(running, folder), folder / "ccache", SPN, mechanism=mechanism
    ) as context:
        async with raw_client(port) as client:
            assert b"X-EXPS GSSAPI NTLM" in await client.ehlo()
            yield context, client


def events(running: Lab) -> list[object]:
    return [entry.detail["error"] for entry in running.ledger.of("event")]


async def test_mit_verifies_the_mutual_authentication_of_x_exps_gssapi(tmp_path: Path) -> None:
    async with lab(tmp_path) as running, mit_and_connector(running, tmp_path) as (mit, client):
        assert await client.ask(b"X-EXPS GSSAPI") == b"334 GSSAPI supported\r\n"
        reply = await client.ask_token(await asyncio.to_thread(mit.step))
        assert mit.step(token_of(reply)) == b""  # MIT: complete, the AP-REP verified
        assert mit.session_key()
        assert await client.ask(b"") == b"235 2.7.0 Authentication successful\r\n"
        assert running.ledger.of("auth")[-1].detail["client"] == f"EX2$@{REALM}"
        assert events(running) == []


async def test_mit_as_initial_response(tmp_path: Path) -> None:
    async with lab(tmp_path) as running, mit_and_connector(running, tmp_path) as (mit, client):
        reply = await client.ask_token(await asyncio.to_thread(mit.step), b"X-EXPS GSSAPI")
        assert mit.step(token_of(reply)) == b""
        assert await client.ask(b"") == b"235 2.7.0 Authentication successful\r\n"


@pytest.mark.parametrize("mechanism", ["krb5", "spnego"])
@pytest.mark.parametrize("etypes", [(17,), (18,), (19,), (20,), (23,)])
async def test_mit_takes_part_in_the_layer_round_of_auth_gssapi(
    tmp_path: Path, mechanism: str, etypes: tuple[int, ...]
) -> None:
    faults = (Etype(account="EX1$", etypes=etypes),)
    async with (
        lab(tmp_path, *faults) as running,
        mit_and_connector(running, tmp_path, mechanism=mechanism) as (mit, client),
    ):
        reply = await client.ask_token(await asyncio.to_thread(mit.step), b"AUTH GSSAPI")
        assert mit.step(token_of(reply)) == b""
        offer = mit.unwrap(token_of(await client.ask(b"")))
        assert offer == b"\x01\0\0\0"
        reply = await client.ask_token(mit.wrap(b"\x01\0\0\0"))
        assert reply == b"235 2.7.0 Authentication successful\r\n"


@pytest.mark.parametrize("offset", [600.0, -600.0])
async def test_a_skewed_server_hands_mit_its_clock_in_a_krb_error(tmp_path: Path, offset: float) -> None:
    skew = ClockSkew(on="EX1", offset=Seconds(offset))
    async with lab(tmp_path, skew) as running, mit_and_connector(running, tmp_path) as (mit, client):
        reply = await client.ask_token(await asyncio.to_thread(mit.step), b"X-EXPS GSSAPI")
        with pytest.raises(Refused, match="Clock skew too great"):
            mit.step(token_of(reply))
        assert await client.ask(b"*") == b"501 5.5.4 Authentication cancelled\r\n"
        assert events(running) == ["TimeSkew"]


@pytest.mark.parametrize("kvno", [-1, 0])
async def test_a_stale_key_ends_without_a_word_of_why(tmp_path: Path, kvno: int) -> None:
    stale = StaleKey(on="EX1", kvno=kvno)
    async with lab(tmp_path, stale) as running, mit_and_connector(running, tmp_path) as (mit, client):
        reply = await client.ask_token(await asyncio.to_thread(mit.step), b"X-EXPS GSSAPI")
        assert reply == b"454 4.7.0 Temporary authentication failure\r\n"
        assert await client.rest() == b""
        assert events(running) == ["LogonDenied"]


async def test_curl_authenticates(tmp_path: Path, program: Callable[[str], Path]) -> None:
    async with lab(tmp_path) as running:
        password = running.state.password("alice").read_text()
        done = await run(running, tmp_path, "kinit", f"alice@{REALM}", stdin=password)
        assert done.returncode == 0, done.stderr
        done = await curl(running, tmp_path, program("curl"))
        assert "235 2.7.0 Authentication successful" in done.stderr, done.stderr
        assert running.ledger.of("auth")[-1].detail["client"] == f"alice@{REALM}"


async def test_curl_is_refused_by_a_stale_key_and_the_session_goes_on(
    tmp_path: Path, program: Callable[[str], Path]
) -> None:
    async with lab(tmp_path, StaleKey(on="EX1")) as running:
        password = running.state.password("alice").read_text()
        assert (await run(running, tmp_path, "kinit", f"alice@{REALM}", stdin=password)).returncode == 0
        done = await curl(running, tmp_path, program("curl"))
        assert "535 5.7.3 Authentication unsuccessful" in done.stderr
        assert done.returncode == 67  # CURLE_LOGIN_DENIED
        assert events(running) == ["LogonDenied"]


async def curl(running: Lab, folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    port = running.connectors["Default EX1"].port
    return await run(
        running,
        folder,
        str(path),
        "-v",
        "--url",
        f"smtp://ex1.contoso.lab:{port}",
        "--resolve",
        f"ex1.contoso.lab:{port}:127.0.0.1",
        "--login-options",
        "AUTH=GSSAPI",
        "-u",
        f"alice@{REALM}:",
    )
