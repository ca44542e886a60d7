"""The probe's Kerberos client against MIT's KDC, and its files against MIT's tools."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probe.kdcs.transport import AsyncioKdcTransport
from probe.net.tasks import run_together
from probe.tickets.client.kerberos_client import (
    ClientSettings,
    KerberosClient,
    Password,
    Problem,
    TicketError,
)
from probe.tickets.client.transport import KdcEndpoint
from probe.tickets.files import ccache, keytab, sources
from probe.trace import Recorder
from probe.trace.facts import KdcExchange, Outcome
from tests.support.mit import ENCTYPES, MitRealm, mit_realm
from tests.support.silent import silent_port

pytestmark = pytest.mark.interop("krb5kdc", "kdb5_util", "kadmin.local", "kinit", "klist", "kvno")

SPN = "SMTPSVC/ex1.mit.test"
PASSWORD = "pass word ä€"  # beyond ASCII and Latin-1


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MitRealm]:
    with mit_realm(tmp_path_factory.mktemp("mit")) as made:
        made.add_principal("alice", PASSWORD)
        made.add_principal("bob", PASSWORD)
        made.add_principal("nopreauth", PASSWORD, options="-requires_preauth")
        made.add_principal("EX2$")
        made.add_principal(SPN)
        for etype in ENCTYPES:
            made.add_principal(f"only/{etype}", enctypes=(etype,))
        yield made


class Run:
    """A client with its recorder."""

    def __init__(
        self, realm: MitRealm, *, kdcs: tuple[KdcEndpoint, ...] = (), skew_s: float = 0.0, **settings: Any
    ) -> None:
        def clock() -> float:
            return time.time() + skew_s

        self.recorder = Recorder(time.monotonic)
        self.client = KerberosClient(
            together=run_together,
            locator={realm.realm: kdcs or (realm.kdc,)},
            transport=AsyncioKdcTransport(clock=clock),
            recorder=self.recorder,
            clock=clock,
            randomness=os.urandom,
            settings=ClientSettings(**settings),
        )

    def brief(self) -> list[tuple[str, str, Outcome]]:
        return [
            (step.facts.purpose, step.facts.transport, step.outcome)
            for step in self.recorder.steps()
            if isinstance(step.facts, KdcExchange)
        ]


@pytest.mark.parametrize("etype", list(ENCTYPES))
async def test_password_and_service_ticket(realm: MitRealm, etype: int) -> None:
    run = Run(realm, etypes=(etype,))
    tgt = await run.client.get_tgt("alice", realm.realm, Password(PASSWORD))
    ticket = await run.client.get_service_ticket(tgt, f"only/{etype}")
    assert tgt.session_key.etype == ticket.session_key.etype == ticket.ticket.enc_part.etype == etype
    assert ticket.ticket.enc_part.kvno == 1
    assert [purpose for purpose, _, _ in run.brief()] == ["as", "as-preauth", "tgs"]


@pytest.mark.parametrize("etype", list(ENCTYPES))
async def test_keytab(realm: MitRealm, etype: int) -> None:
    secret = sources.from_keytab(realm.keytab("EX2$").read_bytes())
    run = Run(realm, etypes=(etype,))
    tgt = await run.client.get_tgt(secret.client, secret.realm, secret.secret)
    assert (str(tgt.client), tgt.session_key.etype) == ("EX2$", etype)


async def test_stale_keytab(realm: MitRealm) -> None:
    realm.add_principal("EX3$")
    old = sources.from_keytab(realm.keytab("EX3$").read_bytes())
    realm.change_keys("EX3$")
    with pytest.raises(TicketError) as caught:
        await Run(realm).client.get_tgt(old.client, old.realm, old.secret)
    assert caught.value.problem is Problem.CREDENTIALS_REJECTED


async def test_cache_of_kinit(realm: MitRealm) -> None:
    found = sources.from_ccache(realm.kinit("alice", PASSWORD).read_bytes(), now=time.time())
    assert found.tgt is not None
    ticket = await Run(realm).client.get_service_ticket(found.tgt, SPN)
    assert str(ticket.server) == SPN


async def test_mit_uses_the_cache_that_we_write(realm: MitRealm, tmp_path: Path) -> None:
    run = Run(realm)
    tgt = await run.client.get_tgt("alice", realm.realm, Password(PASSWORD))
    ticket = await run.client.get_service_ticket(tgt, SPN)
    path = tmp_path / "ccache"
    cache = ccache.CredentialCache(
        default_principal=tgt.client, default_realm=tgt.client_realm, credentials=(tgt, ticket)
    )
    path.write_bytes(ccache.write(cache))
    listed = realm.run("klist", "-c", f"FILE:{path}").stdout
    assert "Default principal: alice@MIT.TEST" in listed
    assert f"{SPN}@MIT.TEST" in listed
    asked = realm.run("kvno", "-c", f"FILE:{path}", "only/18", SPN).stdout
    assert re.findall(r"kvno = (\d+)", asked) == ["1", "1"]


async def test_mit_uses_the_keytab_that_we_write(realm: MitRealm, tmp_path: Path) -> None:
    path = tmp_path / "keytab"
    path.write_bytes(keytab.write(keytab.read(realm.keytab("EX2$").read_bytes())))
    realm.run("kinit", "-c", f"FILE:{tmp_path}/ccache", "-k", "-t", str(path), "EX2$")


async def test_account_without_preauthentication(realm: MitRealm) -> None:
    run = Run(realm)
    await run.client.get_tgt("nopreauth", realm.realm, Password(PASSWORD))
    assert [purpose for purpose, _, _ in run.brief()] == ["as"]
    with pytest.raises(TicketError) as caught:
        await Run(realm).client.get_tgt("nopreauth", realm.realm, Password("wrong"))
    assert caught.value.problem is Problem.CREDENTIALS_REJECTED


async def test_wrong_password_reaches_the_kdc_once(realm: MitRealm) -> None:
    """Also with a second KDC to turn to, a clock that may be adjusted, and an impatient caller."""
    run = Run(realm, kdcs=(realm.kdc, KdcEndpoint("localhost", realm.port)), adjust_clock=True)
    before = len(realm.log())
    for problem in (Problem.CREDENTIALS_REJECTED, Problem.ALREADY_TRIED):
        with pytest.raises(TicketError) as caught:
            await run.client.get_tgt("bob", realm.realm, Password("wrong"))
        assert caught.value.problem is problem
    attempts = [line for line in realm.log()[before:].splitlines() if "bob@MIT.TEST" in line]
    assert len([line for line in attempts if "PREAUTH_FAILED" in line]) == 1
    assert len([line for line in attempts if "AS_REQ" in line]) == 2  # the first has no preauthentication


async def test_unknown_names(realm: MitRealm) -> None:
    run = Run(realm)
    with pytest.raises(TicketError) as caught:
        await run.client.get_tgt("nobody", realm.realm, Password("x"))
    assert caught.value.problem is Problem.UNKNOWN_CLIENT
    tgt = await run.client.get_tgt("alice", realm.realm, Password(PASSWORD))
    with pytest.raises(TicketError) as caught:
        await run.client.get_service_ticket(tgt, "SMTPSVC/nowhere")
    assert caught.value.problem is Problem.UNKNOWN_SERVER
    assert caught.value.krb_error is not None
    assert caught.value.krb_error.error_code == 7


async def test_survey_of_names(realm: MitRealm) -> None:
    run = Run(realm)
    tgt = await run.client.get_tgt("alice", realm.realm, Password(PASSWORD))
    known, unknown = await run.client.survey_names(tgt, [SPN, "smtp/ex1.mit.test"])
    assert (known.facts.ticket_kvno, known.facts.ticket_etype, known.outcome) == (1, 18, Outcome.OK)
    assert unknown.facts.error is not None
    assert (unknown.facts.error.code, unknown.outcome) == (7, Outcome.REFUSED)


async def test_clock_without_a_secret(realm: MitRealm) -> None:
    udp, tcp = await Run(realm).client.survey(realm.realm)
    for step in (udp, tcp):
        clock = step.facts.clock
        assert clock is not None
        assert abs(clock.offset_s) <= clock.uncertainty_s + 0.05
        assert clock.uncertainty_s < 1
    assert (udp.facts.transport, tcp.facts.transport) == ("udp", "tcp")


@pytest.mark.parametrize("skew_s", [-600.0, 600.0])
async def test_our_clock_is_wrong(realm: MitRealm, skew_s: float) -> None:
    run = Run(realm, skew_s=skew_s)
    with pytest.raises(TicketError) as caught:
        await run.client.get_tgt("alice", realm.realm, Password(PASSWORD))
    assert caught.value.problem is Problem.CLOCK_SKEW
    assert caught.value.krb_error is not None
    assert caught.value.krb_error.stime == pytest.approx(time.time(), abs=5)
    run = Run(realm, skew_s=skew_s, adjust_clock=True)
    tgt = await run.client.get_tgt("alice", realm.realm, Password(PASSWORD))
    await run.client.get_service_ticket(tgt, SPN)
    assert run.client.clock_offset_s(realm.realm) == pytest.approx(-skew_s, abs=5)
    assert [(purpose, outcome) for purpose, _, outcome in run.brief()] == [
        ("as", Outcome.OK),
        ("as-preauth", Outcome.REFUSED),
        ("as-preauth", Outcome.OK),
        ("tgs", Outcome.OK),
    ]


@pytest.mark.interop("faketime")
@pytest.mark.parametrize(("clock", "offset_s"), [("+10m", 600.0), ("-10m", -600.0)])
async def test_the_kdcs_clock_is_wrong(tmp_path: Path, clock: str, offset_s: float) -> None:
    with mit_realm(tmp_path / "realm", clock=clock) as realm:
        for step in await Run(realm).client.survey(realm.realm):
            assert step.facts.clock is not None
            assert step.facts.clock.offset_s == pytest.approx(offset_s, abs=2)


async def test_kdc_stopped(tmp_path: Path) -> None:
    with mit_realm(tmp_path / "realm") as realm:
        realm.stop()
        run = Run(realm)
        with pytest.raises(TicketError) as caught:
            await run.client.get_tgt("alice", realm.realm, Password(PASSWORD))
    assert caught.value.problem is Problem.NO_KDC
    assert run.brief() == [("as", "udp", Outcome.REFUSED), ("as", "tcp", Outcome.REFUSED)]


async def test_silent_kdc_is_passed_over(realm: MitRealm) -> None:
    with silent_port() as port:
        run = Run(realm, kdcs=(KdcEndpoint("127.0.0.1", port), realm.kdc), timeout_s=1.0)
        await run.client.survey(realm.realm)
        tgt = await run.client.get_tgt("alice", realm.realm, Password(PASSWORD))
        await run.client.get_service_ticket(tgt, SPN)
    assert [outcome for _, _, outcome in run.brief()].count(Outcome.TIMEOUT) == 2
    assert run.brief()[4:] == [
        ("as", "udp", Outcome.OK),
        ("as-preauth", "tcp", Outcome.OK),
        ("tgs", "udp", Outcome.OK),
    ]


async def test_answer_too_big_for_udp(tmp_path: Path) -> None:
    with mit_realm(tmp_path / "realm", datagram_octets=500) as realm:
        realm.add_principal("alice", PASSWORD)
        realm.add_principal(SPN)
        run = Run(realm)
        tgt = await run.client.get_tgt("alice", realm.realm, Password(PASSWORD))
        await run.client.get_service_ticket(tgt, SPN)
    steps = [step.facts for step in run.recorder.steps() if isinstance(step.facts, KdcExchange)]
    assert [(step.purpose, step.transport, step.error.code if step.error else 0) for step in steps] == [
        ("as", "udp", 25),
        ("as-preauth", "udp", 52),
        ("as-preauth", "tcp", 0),
        ("tgs", "udp", 52),
        ("tgs", "tcp", 0),
    ]


async def test_large_requests_go_over_tcp_at_once(realm: MitRealm) -> None:
    run = Run(realm, udp_limit=100)
    tgt = await run.client.get_tgt("alice", realm.realm, Password(PASSWORD))
    await run.client.get_service_ticket(tgt, SPN)
    assert {transport for _, transport, _ in run.brief()} == {"tcp"}
