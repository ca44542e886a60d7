"""LDAP as a part of the lab: what READY and the DNS say, and the faults of a view in it."""

import asyncio
from pathlib import Path
from random import Random
from typing import Any

import dns.asyncquery
import dns.message
import pytest

from simulator.lab import Lab
from simulator.lab.ldap_servers import DirectoryServers
from simulator.ldap.controller import Controller
from simulator.ldap.transport import LdapServer
from simulator.scenario import parse
from tests.support.ldap_sessions import SESSIONS, kinds

END = '[expect]\ncause = "healthy"\n[lesson]\nexplain = "e"\n'
TWO_KDCS = '[[kdc]]\nname = "DC1"\n[[kdc]]\nname = "DC2"\n'
ROOT = b"".join(bytes.fromhex(part) for part in SESSIONS["anonymous rootDSE"]["client"])


def lab(folder: Path, tables: str = "") -> Lab:
    scenario = parse(f'title = "t"\nstory = "s"\n{tables}{END}', name="small", file="small.toml")
    return Lab(
        scenario,
        folder / "state",
        clock=lambda: 1_600_000_000.0,
        randomness=Random(7).randbytes,  # noqa: S311 - the same keys in every run
    )


async def ask(running: Lab, name: str) -> list[str]:
    assert running.dns is not None
    query = dns.message.make_query(name, "SRV")
    answer = await dns.asyncquery.udp(query, running.dns.host, port=running.dns.port, timeout=5)
    return [record.to_text() for group in answer.answer for record in group]


async def root(port: int) -> list[str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(ROOT)
    data = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return kinds(data)


async def test_ready_and_the_dns_say_where_the_directory_is(tmp_path: Path) -> None:
    async with lab(tmp_path, TWO_KDCS) as running:
        kdcs: Any = running.ready()["kdcs"]
        for kdc in kdcs:
            for port in (kdc["ldap"], kdc["global_catalog"]):
                assert (await root(port))[-1] == "searchResDone"
        ldap = {f"0 100 {kdc['ldap']} {kdc['name'].lower()}.contoso.lab." for kdc in kdcs}
        catalogs = {f"0 100 {kdc['global_catalog']} {kdc['name'].lower()}.contoso.lab." for kdc in kdcs}
        for name in ("_ldap._tcp.contoso.lab", "_ldap._tcp.dc._msdcs.contoso.lab"):
            assert set(await ask(running, name)) == ldap
        for name in ("_gc._tcp.contoso.lab", "_ldap._tcp.gc._msdcs.contoso.lab"):
            assert set(await ask(running, name)) == catalogs
        assert running.ldap_of("CONTOSO.LAB") == [("127.0.0.1", kdc["ldap"]) for kdc in kdcs]


def controller(servers: DirectoryServers, *, catalog: bool = False) -> Controller:
    server = servers.catalog if catalog else servers.ldap
    return server.controller


def values(found: Controller, account: str, attribute: str) -> list[str]:
    for entry in found.entries():
        if entry.values("sAMAccountName") == (account.encode(),):
            return [value.decode() for value in entry.attributes.get(attribute, ())]
    return []


async def test_each_controller_shows_its_own_view_and_kerberos_has_the_same(tmp_path: Path) -> None:
    fault = '[[fault]]\nkind = "password-changed-on-one-dc"\naccount = "EX1$"\non = "DC2"\nlater = "1s"\n'
    async with lab(tmp_path, TWO_KDCS + fault) as running:
        set_at = [
            values(controller(running.directories[name]), "EX1$", "pwdLastSet") for name in ("DC1", "DC2")
        ]
        versions = [
            values(controller(running.directories[name]), "EX1$", "msDS-KeyVersionNumber")
            for name in ("DC1", "DC2")
        ]
    assert int(set_at[1][0]) - int(set_at[0][0]) == 10_000_000
    assert versions == [["3"], ["3"]]
    assert running.ledger.of("fault", "DC2")
    assert not running.ledger.of("fault", "DC1")


async def test_the_population_is_that_of_an_exchange_organization(tmp_path: Path) -> None:
    async with lab(tmp_path) as running:
        found = controller(running.directories["DC1"])
        groups = [name.partition(",")[0] for name in values(found, "EX1$", "memberOf")]
        assert groups == ["CN=Exchange Servers", "CN=Exchange Trusted Subsystem"]
        assert values(found, "alice", "memberOf") == []
        assert "ldap/dc1.contoso.lab/contoso.lab" in values(found, "DC1$", "servicePrincipalName")
        # no file for an account that nobody logs on with
        assert not (tmp_path / "state" / "DC1.keytab").exists()


SECOND = '[[trust]]\nrealm = "FABRIKAM.LAB"\n{0}[[kdc]]\nname = "DC1"\n[[kdc]]\nname = "DC9"\nrealm = "FABRIKAM.LAB"\n'


async def test_the_catalog_of_another_forest_has_none_of_it(tmp_path: Path) -> None:
    async with lab(tmp_path, SECOND.format("")) as running:
        servers = running.directories["DC1"]
        assert values(controller(servers, catalog=True), "DC1$", "sAMAccountName") == ["DC1$"]
        assert values(controller(servers, catalog=True), "DC9$", "sAMAccountName") == []


async def test_the_catalog_has_the_other_realm_too(tmp_path: Path) -> None:
    second = SECOND.format("same_forest = true\n")
    second += '[[account]]\nname = "EX9$"\nrealm = "FABRIKAM.LAB"\n'
    async with lab(tmp_path, second) as running:
        servers = running.directories["DC1"]
        assert values(controller(servers), "EX9$", "sAMAccountName") == []
        assert values(controller(servers, catalog=True), "EX9$", "sAMAccountName") == ["EX9$"]
        assert values(controller(servers, catalog=True), "DC9$", "dNSHostName") == ["dc9.fabrikam.lab"]
        trusts = [entry.dn for entry in controller(servers).entries() if "CN=System," in entry.dn]
        assert "CN=fabrikam.lab,CN=System,DC=contoso,DC=lab" in trusts
        assert running.ldap_of("FABRIKAM.LAB") == [("127.0.0.1", running.directories["DC9"].ldap.port)]


async def test_a_catalogs_port_that_is_taken_leaves_nothing_open(tmp_path: Path) -> None:
    async with lab(tmp_path) as running:
        servers = running.directories["DC1"]
        taken = LdapServer(controller(servers), port=servers.catalog.port)
        again = DirectoryServers(ldap=LdapServer(controller(servers)), catalog=taken)
        with pytest.raises(OSError, match="in use"):
            await again.start()
        with pytest.raises(RuntimeError, match="not started"):
            again.ldap.port  # noqa: B018 - it has none
