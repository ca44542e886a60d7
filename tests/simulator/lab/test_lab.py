import asyncio
import json
import os
import socket
import stat
from email.utils import parsedate_to_datetime
from pathlib import Path
from random import Random
from typing import Any

import dns.asyncquery
import dns.message
import dns.rcode
import pytest
from impacket.krb5.ccache import CCache

from simulator.lab import Lab, LabError
from simulator.net.addresses import ListenAddress, parse_address
from simulator.scenario import parse
from simulator.scenario.values import Scenario
from tests.support.mit import free_port

TRUE_TIME = 1_600_000_000.0
END = '[expect]\ncause = "healthy"\n[lesson]\nexplain = "e"\n'


def scenario(tables: str = "") -> Scenario:
    return parse(f'title = "t"\nstory = "s"\n{tables}{END}', name="small", file="small.toml")


def lab(folder: Path, tables: str = "", **settings: Any) -> Lab:
    return Lab(
        scenario(tables),
        folder / "state",
        clock=lambda: TRUE_TIME,
        randomness=Random(7).randbytes,  # noqa: S311 - the same keys in every run
        **settings,
    )


def is_taken(port: int) -> bool:
    """Somebody listens there, found out without connecting."""
    with socket.socket() as own:
        try:
            own.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


async def banner(running: Lab, name: str = "Default EX1") -> str:
    connector = running.connectors[name]
    reader, writer = await asyncio.open_connection(connector.host, connector.port)
    line = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    await writer.wait_closed()
    return line.decode()


async def ask_dns(running: Lab, name: str, kind: str) -> dns.message.Message:
    assert running.dns is not None
    query = dns.message.make_query(name, kind)
    return await dns.asyncquery.udp(query, running.dns.host, port=running.dns.port, timeout=5)


async def test_ready_says_where_everything_is(tmp_path: Path) -> None:
    async with lab(tmp_path, '[[kdc]]\nname = "DC1"\n[[kdc]]\nname = "DC2"\n') as running:
        ready = json.loads(json.dumps(running.ready()))
        state = tmp_path / "state"
        keys = "scenario state realm connectors kdcs dns principals krb5_conf events protocol_log"
        keys += " windows_events windows_events_xml"
        assert set(ready) == set(keys.split())
        assert (ready["scenario"], ready["state"], ready["realm"]) == ("small", str(state), "CONTOSO.LAB")
        (connector,) = ready["connectors"]
        assert (connector["name"], connector["fqdn"], connector["host"]) == (
            "Default EX1",
            "ex1.contoso.lab",
            "127.0.0.1",
        )
        assert [kdc["name"] for kdc in ready["kdcs"]] == ["DC1", "DC2"]
        assert ready["principals"] == [
            {"name": "EX1$", "keytab": str(state / "EX1.keytab")},
            {"name": "EX2$", "keytab": str(state / "EX2.keytab")},
            {
                "name": "alice",
                "keytab": str(state / "alice.keytab"),
                "password_file": str(state / "alice.password"),
            },
        ]
        ports = [connector["port"], *(kdc["port"] for kdc in ready["kdcs"]), ready["dns"]["port"]]
        assert all(is_taken(port) for port in ports)
        logs = ("krb5.conf", "events.jsonl", "SmtpReceive/RECV20200913-1.LOG")
        assert [ready["krb5_conf"], ready["events"], ready["protocol_log"]] == [
            str(state.joinpath(*name.split("/"))) for name in logs
        ]
        files = ("krb5_conf", "events", "protocol_log", "windows_events", "windows_events_xml")
        assert all(os.path.isfile(ready[name]) for name in files)  # noqa: PTH113, ASYNC240 - a moment
    assert not any(is_taken(port) for port in ports)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
async def test_secrets_are_their_owners_alone(tmp_path: Path) -> None:
    async with lab(tmp_path) as running:
        running.write_ccache("alice")
        for name in ("EX1.keytab", "alice.keytab", "alice.password", "alice.ccache"):
            assert stat.S_IMODE((tmp_path / "state" / name).stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


async def test_events_are_in_the_file_as_they_happen(tmp_path: Path) -> None:
    async with lab(tmp_path) as running:
        assert await banner(running)
        lines = running.logs.entries.read_text(encoding="utf-8").splitlines()
        first = json.loads(lines[0])
        assert (first["kind"], first["party"], first["at"]) == ("smtp-connect", "EX1", TRUE_TIME)
        log = running.logs.receive.path.read_text(encoding="utf-8").splitlines()
        assert log[5].startswith(f"2020-09-13T12:26:40.000Z,EX1\\Default EX1,{first['detail']['session']},0,")
        assert "ex1.contoso.lab Microsoft ESMTP MAIL Service ready" in log[7]
    running.ledger.add("smtp-close", "EX1")  # behind the end: not written, and no error


@pytest.mark.parametrize(("offset", "due"), [("-10m", -600), ("0s", 0), ("10m", 600)])
async def test_a_servers_clock_is_true_time_and_its_offset(tmp_path: Path, offset: str, due: int) -> None:
    fault = f'[[fault]]\nkind = "clock-skew"\non = "EX1"\noffset = "{offset}"\n'
    async with lab(tmp_path, fault) as running:
        text = await banner(running)
    shown = parsedate_to_datetime(text.partition(" ready at ")[2].strip())
    assert shown.timestamp() == TRUE_TIME + due


async def test_dns_knows_the_servers_and_the_domain_controllers(tmp_path: Path) -> None:
    async with lab(tmp_path) as running:
        address = await ask_dns(running, "ex1.contoso.lab", "A")
        assert [str(record) for rrset in address.answer for record in rrset] == ["127.0.0.1"]
        service = await ask_dns(running, "_kerberos._udp.contoso.lab", "SRV")
        port = running.kdcs["DC1"].port
        assert [str(record) for rrset in service.answer for record in rrset] == [
            f"0 100 {port} dc1.contoso.lab."
        ]


async def test_a_missing_name_is_missing_in_the_dns_alone(tmp_path: Path) -> None:
    fault = '[[fault]]\nkind = "missing-name"\nname = "ex1.contoso.lab"\n'
    async with lab(tmp_path, fault) as running:
        assert (await ask_dns(running, "ex1.contoso.lab", "A")).rcode() == dns.rcode.NXDOMAIN
        assert (await ask_dns(running, "dc1.contoso.lab", "A")).rcode() == dns.rcode.NOERROR
        assert "ex1.contoso.lab" in await banner(running)
        assert [entry.detail["fault"] for entry in running.ledger.of("fault")] == ["missing-name"]


async def test_several_connectors_take_one_port_after_the_other(tmp_path: Path) -> None:
    tables = '[[connector]]\nname = "A"\nserver = "EX1"\n[[connector]]\nname = "B"\nserver = "EX2"\n'
    port = free_port()
    async with lab(tmp_path, tables, smtp=ListenAddress(host="127.0.0.1", port=port)) as running:
        assert [connector.port for connector in running.connectors.values()] == [port, port + 1]
        assert "ex2.contoso.lab" in await banner(running, "B")


async def test_connectors_of_one_server_share_a_port_and_ready_lists_both(tmp_path: Path) -> None:
    tables = '[[connector]]\nname = "A"\n[[connector]]\nname = "B"\nremote_ip_ranges = ["127.0.0.2"]\n'
    async with lab(tmp_path, tables) as running:
        listed = json.loads(json.dumps(running.ready()))["connectors"]
        assert [(found["name"], found["remote_ip_ranges"][0]) for found in listed] == [
            ("A", "0.0.0.0-255.255.255.255"),
            ("B", "127.0.0.2"),
        ]
        assert listed[0]["port"] == listed[1]["port"]
        assert running.connectors["A"] is running.connectors["B"]


async def test_a_clock_that_drifts_and_a_servers_own_zone(tmp_path: Path) -> None:
    tables = (
        '[[connector]]\nutc_offset_minutes = -420\n[[fault]]\nkind = "clock-drift"\non = "EX1"\nrate = 0.5\n'
    )
    now = TRUE_TIME
    running = Lab(scenario(tables), tmp_path / "state", clock=lambda: now)
    now += 100.0
    async with running:
        text = await banner(running)
        moment = parsedate_to_datetime(text.partition("ready at ")[2].strip())
    assert moment.timestamp() == TRUE_TIME + 150
    assert text.strip().endswith("-0700")


async def test_logs_have_the_servers_own_clock(tmp_path: Path) -> None:
    fault = '[[fault]]\nkind = "clock-skew"\non = "EX1"\noffset = "-10m"\n'
    async with lab(tmp_path, fault) as running:
        running.ledger.event_1035(
            server="EX1", connector="Default EX1", error="x", mechanism="Gssapi", address="127.0.0.1"
        )
        assert '"2020-09-13T12:16:40.0000000Z"' in running.logs.windows_events.read_text(encoding="utf-8")


async def test_a_port_in_use_is_one_line_and_nothing_stays_open(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        failing = lab(tmp_path, smtp=ListenAddress(host="127.0.0.1", port=port))
        with pytest.raises(LabError) as raised:
            await failing.start()
    assert (
        str(raised.value) == f"connector Default EX1: cannot listen on 127.0.0.1:{port}: the port is in use"
    )
    assert not is_taken(failing.kdcs["DC1"].port)


@pytest.mark.parametrize("settings", [{"smtp": parse_address("0.0.0.0:0")}, {"kdc": parse_address("[::]:0")}])
def test_an_address_that_others_can_reach_needs_permission(tmp_path: Path, settings: dict[str, Any]) -> None:
    with pytest.raises(LabError, match=r":0 is not loopback.*--allow-remote"):
        lab(tmp_path, **settings)
    assert lab(tmp_path, allow_remote=True, **settings).scenario.name == "small"


async def test_a_state_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(LabError, match="state: "):
        await lab(tmp_path).start()


async def test_an_account_that_is_not_there_is_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        lab(tmp_path).account("bob")


async def test_a_cached_ticket_is_of_a_time_when_its_name_was_there(tmp_path: Path) -> None:
    faults = (
        '[[fault]]\nkind = "ticket-before-key"\naccount = "EX1$"\n'
        '[[fault]]\nkind = "missing-spn"\nspn = "SMTPSVC/ex1.contoso.lab"\n'
    )
    async with lab(tmp_path, faults) as running:
        cache = CCache(running.write_ccache("alice").read_bytes())
    names = [credential["server"].prettyPrint() for credential in cache.credentials]
    assert names == [b"krbtgt/CONTOSO.LAB@CONTOSO.LAB", b"SMTPSVC/ex1.contoso.lab@CONTOSO.LAB"]


async def test_a_cache_that_no_kdc_would_have_filled_is_one_line(tmp_path: Path) -> None:
    fault = '[[fault]]\nkind = "etype"\naccount = "krbtgt"\netypes = [3]\n'
    async with lab(tmp_path, fault) as running:
        with pytest.raises(LabError, match=r"no ticket cache for alice: DC1 refuses \(.*ETYPE_NOSUPP"):
            running.write_ccache("alice")
