"""MIT's kinit, kvno and klist against the lab's embedded KDC: the foreign judge of everything it sends."""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from probe.wire.crypto import EncryptionType
from simulator.directory.store import Account, Directory, password_keys, random_keys
from simulator.faults import Fault
from simulator.faults.clock_skew import ClockSkew
from simulator.faults.engine import Faults
from simulator.faults.kdc_transport import KdcTransport
from simulator.faults.values import Seconds
from simulator.kdc.service import KdcService
from simulator.kdc.transport import KdcServer
from simulator.ledger import Ledger
from simulator.tickets.files import keytab, krb5_conf, write_private

pytestmark = pytest.mark.interop("kinit", "kvno", "klist")

REALM = "CONTOSO.LAB"
PASSWORD = "Passw0rd-é"
SPNS = ("SMTPSVC/ex1.contoso.lab", "SMTPSVC/ex1", "smtp/ex1.contoso.lab", "host/ex1.contoso.lab")

ETYPE_NAMES = {
    EncryptionType.AES128_CTS_HMAC_SHA1_96: "aes128-cts-hmac-sha1-96",
    EncryptionType.AES256_CTS_HMAC_SHA1_96: "aes256-cts-hmac-sha1-96",
    EncryptionType.AES128_CTS_HMAC_SHA256_128: "aes128-cts-hmac-sha256-128",
    EncryptionType.AES256_CTS_HMAC_SHA384_192: "aes256-cts-hmac-sha384-192",
    EncryptionType.RC4_HMAC: "arcfour-hmac",
}


def contoso(*, padding: int = 0) -> Directory:
    computers = tuple(
        Account(
            name=f"{name}$",
            realm=REALM,
            spns=tuple(spn.replace("ex1", name.lower()) for spn in SPNS),
            key_sets=(random_keys(os.urandom, kvno=3),),
            salt=f"{REALM}host{name.lower()}.contoso.lab",
        )
        for name in ("EX1", "EX2")
    )
    salt = f"{REALM}alice"
    alice = Account(
        name="alice",
        realm=REALM,
        salt=salt,
        key_sets=(password_keys(PASSWORD, salt=salt, kvno=1),),
        ticket_padding=padding,
    )
    krbtgt = Account(name="krbtgt", realm=REALM, key_sets=(random_keys(os.urandom, kvno=2),))
    return Directory(realm=REALM, accounts=(*computers, alice, krbtgt))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    status: int
    output: str


@dataclass(kw_only=True)
class Realm:
    """A running KDC, and MIT's tools pointed at it."""

    directory: Directory
    ledger: Ledger
    server: KdcServer
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def configure(self, extra: str = "") -> None:
        text = krb5_conf(REALM, [("127.0.0.1", self.server.port)])
        text = text.replace("[libdefaults]\n", f"[libdefaults]\n{extra}\n")
        (self.folder / "krb5.conf").write_text(text)
        self.environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C",
            "KRB5_CONFIG": str(self.folder / "krb5.conf"),
            "KRB5CCNAME": f"FILE:{self.ccache}",
        }

    async def run(self, *command: str, stdin: str = "") -> Result:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=self.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(stdin.encode()), 60)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise
        return Result(status=process.returncode or 0, output=output.decode())

    async def kinit_alice(self, *options: str, password: str = PASSWORD) -> Result:
        return await self.run("kinit", *options, "alice", stdin=f"{password}\n")

    @property
    def ccache(self) -> str:
        return str(self.folder / "ccache")

    def keytab(self, name: str) -> str:
        account = self.directory.account(name)
        assert account is not None
        path = self.folder / f"{name}.keytab"
        write_private(path, keytab(account))
        return str(path)

    def errors(self) -> list[object]:
        return [entry.detail["error"] for entry in self.ledger.of("kdc-reply")]

    def transports(self) -> list[object]:
        return [entry.detail["transport"] for entry in self.ledger.of("kdc-request")]


Start = Callable[..., Awaitable[Realm]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    running: list[KdcServer] = []

    async def make(directory: Directory | None = None, *faults: Fault) -> Realm:
        directory = directory or contoso()
        ledger = Ledger(clock=time.time)
        declared = Faults(faults, ledger)
        service = KdcService(
            name="DC1",
            realm=REALM,
            directory=directory,
            faults=declared,
            clock=lambda: time.time() + declared.clock_offset("DC1"),
            randomness=os.urandom,
            ledger=ledger,
        )
        server = KdcServer(service, faults=declared)
        await server.start()
        running.append(server)
        realm = Realm(directory=directory, ledger=ledger, server=server, folder=tmp_path)
        realm.configure()
        return realm

    yield make
    for server in running:
        await server.stop()


async def test_a_password_gives_a_ticket_and_that_one_gives_service_tickets(start: Start) -> None:
    realm = await start()
    logged_on = await realm.kinit_alice()
    assert logged_on.status == 0, logged_on.output
    tickets = await realm.run("kvno", "-k", realm.keytab("EX1$"), *SPNS)
    # With -k, kvno decrypts each ticket with the keytab: MIT reads the ticket's inside too.
    assert tickets.output.splitlines() == [f"{spn}@{REALM}: kvno = 3, keytab entry valid" for spn in SPNS]
    assert "Default principal: alice@CONTOSO.LAB" in (await realm.run("klist")).output
    assert realm.errors() == [25, 0, 0, 0, 0, 0]


async def test_a_keytab_logs_a_computer_on(start: Start) -> None:
    realm = await start()
    listed = await realm.run("klist", "-ket", realm.keytab("EX2$"))
    for name in ("EX2$", *(spn.replace("ex1", "ex2") for spn in SPNS)):
        for etype in ETYPE_NAMES.values():
            pattern = rf"^ +3 .* {re.escape(name)}@{REALM} \(.*{etype}"
            assert re.search(pattern, listed.output, re.MULTILINE), (name, etype)
    logged_on = await realm.run("kinit", "-kt", realm.keytab("EX2$"), "EX2$")
    assert logged_on.status == 0, logged_on.output
    assert (await realm.run("kvno", SPNS[0])).output == f"{SPNS[0]}@{REALM}: kvno = 3\n"


async def test_an_spn_that_no_account_has(start: Start) -> None:
    realm = await start()
    await realm.kinit_alice()
    refused = await realm.run("kvno", "SMTPSVC/ex9.contoso.lab")
    assert refused.status == 1
    assert f"Server SMTPSVC/ex9.contoso.lab@{REALM} not found in Kerberos database" in refused.output
    assert realm.errors()[-1] == 7


async def test_an_spn_that_two_accounts_have_is_as_good_as_none(start: Start) -> None:
    directory = contoso()
    thief = directory.account("EX2$")
    assert thief is not None
    realm = await start(directory.with_account(replace(thief, spns=(*thief.spns, SPNS[0]))))
    await realm.kinit_alice()
    assert "not found in Kerberos database" in (await realm.run("kvno", SPNS[0])).output
    assert realm.errors()[-1] == 7
    assert (await realm.run("kvno", SPNS[1])).status == 0


async def test_the_case_of_an_spn_does_not_matter_and_is_kept(start: Start) -> None:
    realm = await start()
    await realm.kinit_alice()
    result = await realm.run("kvno", "smtpsvc/EX1.contoso.lab")
    assert result.output == f"smtpsvc/EX1.contoso.lab@{REALM}: kvno = 3\n"


async def test_a_wrong_password(start: Start) -> None:
    realm = await start()
    refused = await realm.kinit_alice(password="wrong")
    assert refused.status == 1
    assert "Password incorrect" in refused.output
    assert realm.errors() == [25, 24]


async def test_an_unknown_client(start: Start) -> None:
    realm = await start()
    refused = await realm.run("kinit", "bob", stdin="x\n")
    assert "not found in Kerberos database" in refused.output
    assert realm.errors()[-1] == 6


async def test_a_disabled_client(start: Start) -> None:
    directory = contoso()
    alice = directory.account("alice")
    assert alice is not None
    realm = await start(directory.with_account(replace(alice, disabled=True)))
    assert "credentials have been revoked" in (await realm.kinit_alice()).output
    assert realm.errors() == [18]


@pytest.mark.parametrize("etype", list(ETYPE_NAMES))
async def test_every_encryption_type_for_keys_tickets_and_sessions(
    start: Start, etype: EncryptionType
) -> None:
    directory = contoso()
    for account in directory.accounts:
        directory = directory.with_account(replace(account, etypes=(etype,)))
    realm = await start(directory)
    name = ETYPE_NAMES[etype]
    realm.configure(
        f"default_tkt_enctypes = {name}\n default_tgs_enctypes = {name}\n permitted_enctypes = {name}"
    )
    logged_on = await realm.kinit_alice()
    assert logged_on.status == 0, logged_on.output
    ticket = await realm.run("kvno", "-k", realm.keytab("EX1$"), SPNS[0])
    assert ticket.output == f"{SPNS[0]}@{REALM}: kvno = 3, keytab entry valid\n"
    listed = (await realm.run("klist", "-e")).output
    shown = re.findall(r"Etype \(skey, tkt\): (.*?) *$", listed, re.MULTILINE)
    assert [re.sub("DEPRECATED:", "", line) for line in shown] == [f"{name}, {name}"] * 2


async def test_no_encryption_type_in_common(start: Start) -> None:
    directory = contoso()
    alice = directory.account("alice")
    assert alice is not None
    realm = await start(directory.with_account(replace(alice, etypes=(EncryptionType.RC4_HMAC,))))
    realm.configure("permitted_enctypes = aes256-cts-hmac-sha1-96")
    assert "no support for encryption type" in (await realm.kinit_alice()).output
    assert realm.errors() == [14]


@pytest.mark.parametrize("kibibytes", [4, 16, 48])
async def test_a_ticket_as_large_as_with_a_large_pac_comes_over_tcp(start: Start, kibibytes: int) -> None:
    realm = await start(contoso(padding=kibibytes * 1024))
    logged_on = await realm.kinit_alice()
    assert logged_on.status == 0, logged_on.output
    assert realm.errors() == [25, 52, 0]
    assert realm.transports() == ["udp", "udp", "tcp"]
    ticket = await realm.run("kvno", "-k", realm.keytab("EX1$"), SPNS[0])
    assert ticket.output == f"{SPNS[0]}@{REALM}: kvno = 3, keytab entry valid\n"
    assert (realm.folder / "ccache").stat().st_size > 2 * kibibytes * 1024


async def test_a_large_ticket_where_only_udp_gets_through(start: Start) -> None:
    realm = await start(contoso(padding=4096), KdcTransport(only="udp", mode="refuse"))
    refused = await realm.kinit_alice()
    assert refused.status == 1
    assert 52 in realm.errors()
    assert "tcp" not in realm.transports()


async def test_a_kdc_that_only_tcp_reaches(start: Start) -> None:
    realm = await start(None, KdcTransport(only="tcp", mode="refuse"))
    logged_on = await realm.kinit_alice()
    assert logged_on.status == 0, logged_on.output
    assert set(realm.transports()) == {"tcp"}


@pytest.mark.parametrize("offset", [600.0, -600.0])
async def test_a_kdc_whose_clock_is_wrong(start: Start, offset: float) -> None:
    realm = await start(None, ClockSkew(on="DC1", offset=Seconds(offset)))
    # MIT takes the KDC's clock over (PEERS.md: kinit and kvno succeed) unless it is told not to.
    assert (await realm.kinit_alice()).status == 0
    assert (await realm.run("kvno", SPNS[0])).status == 0
    realm.configure("kdc_timesync = 0")
    refused = await realm.kinit_alice()
    assert "Clock skew too great" in refused.output
    assert realm.errors()[-1] == 37


async def test_canonical_and_enterprise_names(start: Start) -> None:
    realm = await start()
    for command in (["-C", "ALICE"], ["-E", "alice@contoso.lab"]):
        logged_on = await realm.run("kinit", *command, stdin=f"{PASSWORD}\n")
        assert logged_on.status == 0, logged_on.output
        assert "Default principal: alice@CONTOSO.LAB" in (await realm.run("klist")).output
        assert (await realm.run("kvno", SPNS[0])).status == 0


async def test_flags_and_lifetimes_that_are_asked_for(start: Start) -> None:
    realm = await start()
    logged_on = await realm.kinit_alice("-f", "-p", "-r", "2d", "-l", "1h")
    assert logged_on.status == 0, logged_on.output
    listed = (await realm.run("klist", "-f")).output
    # Forwardable, proxiable, renewable, initial, pre-authenticated.
    assert "Flags: FPRIA" in listed
    assert "renew until" in listed
    for refused in (
        await realm.run("kinit", "-R"),
        await realm.run("kvno", "--u2u", "FILE:" + realm.ccache, "x"),
    ):
        assert "KDC can't fulfill requested option" in refused.output
    assert realm.errors()[-1] == 13
