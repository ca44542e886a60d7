"""Which realms' KDCs are asked, for what, and how often; over a network without sockets."""

import os
from collections.abc import Mapping

import pytest

from probe.kdcs.referred_realms import MAXIMUM_REALMS, OtherRealms
from probe.net.tasks import run_together
from probe.tickets.client.kerberos_client import ClientSettings, KerberosClient, Password, TicketError
from probe.tickets.client.transport import KdcEndpoint
from probe.tickets.files.krb5conf import Krb5Config, parse
from probe.trace import Recorder
from probe.trace.facts import KdcExchange
from probe.wire.kerberos import Credential
from tests.support.scripted_kdc import NOW, ScriptedKdc, ScriptedNetwork

HOME, OTHER, THIRD = "CONTOSO.LAB", "FABRIKAM.LAB", "THIRD.LAB"
DC, FDC, TDC = KdcEndpoint("dc1"), KdcEndpoint("fdc1"), KdcEndpoint("tdc1")
SPN = "SMTPSVC/ex1.fabrikam.lab"
HOST = "HOST/ex1.fabrikam.lab"
OWN = f"krbtgt/{OTHER}"


class Run:
    """A client of HOME with its ticket-granting ticket, and a survey over realms."""

    def __init__(
        self, kdcs: Mapping[KdcEndpoint, ScriptedKdc], *, config: Krb5Config | None = None, known: str = OTHER
    ) -> None:
        self.network = ScriptedNetwork(dict(kdcs))
        self.recorder = Recorder(lambda: 0.0)
        self.client = KerberosClient(
            together=run_together,
            locator={HOME: (DC,), known: (FDC,), THIRD: (TDC,)} | {f"R{n}.LAB": (FDC,) for n in range(10)},
            transport=self.network,
            recorder=self.recorder,
            clock=lambda: NOW,
            randomness=os.urandom,
            settings=ClientSettings(etypes=(23,)),
        )
        self.realms = OtherRealms(self.client, self.network, config or Krb5Config())

    async def tgt(self) -> Credential:
        return await self.client.get_tgt("alice", HOME, Password("secret"))

    async def survey(self, *names: str) -> frozenset[str]:
        return await self.realms.survey(await self.tgt(), names or (SPN, HOST))

    def steps(self, purpose: str, realm: str) -> list[tuple[str, str]]:
        """What was asked of a realm, and what came: a kvno, a realm, or an error."""
        return [
            (facts.server, _answer(facts))
            for step in self.recorder.steps()
            if isinstance(facts := step.facts, KdcExchange)
            and (facts.purpose, facts.realm) == (purpose, realm)
        ]


def _answer(facts: KdcExchange) -> str:
    if facts.error is not None:
        return f"error {facts.error.code}"
    return facts.referral_realm or (
        f"kvno {facts.ticket_kvno}" if facts.ticket_kvno else facts.transport_error
    )


def referring(*names: str, to: str = OTHER, realm: str = HOME) -> ScriptedKdc:
    return ScriptedKdc(realm=realm, services={}, referrals=dict.fromkeys(names, to))


def owner(*names: str) -> ScriptedKdc:
    return ScriptedKdc(realm=OTHER, services=dict.fromkeys((*names, OWN), 9))


async def test_one_realm_alone() -> None:
    run = Run({DC: ScriptedKdc(services={SPN: 3})})
    assert await run.survey(SPN) == {SPN.lower()}
    assert run.steps("spn", HOME) == [(SPN, "kvno 3")]
    assert {
        realm for realm in (OTHER, THIRD) if run.steps("spn", realm) or run.steps("clock", realm)
    } == set()


async def test_a_realm_that_we_are_referred_to_is_asked_what_ours_is() -> None:
    run = Run({DC: referring(SPN, HOST), FDC: owner(SPN)})
    assert await run.survey() == {SPN.lower(), OWN.lower()}
    assert run.steps("spn", HOME) == [(SPN, OTHER), (HOST, OTHER)]
    assert run.steps("spn", OTHER) == [(OWN, "kvno 9"), (SPN, "kvno 9"), (HOST, "error 7")]
    # its clock over UDP and TCP
    assert len(run.steps("clock", OTHER)) == 2


async def test_a_referral_is_no_knowledge_of_the_name() -> None:
    run = Run({DC: referring(SPN), FDC: owner()})
    assert SPN.lower() not in await run.survey(SPN)


async def test_a_second_survey_does_not_measure_the_clocks_again() -> None:
    run = Run({DC: referring(SPN, HOST), FDC: owner(SPN, HOST)})
    await run.survey(SPN)
    await run.survey(HOST)
    assert [name for name, _ in run.steps("spn", OTHER)] == [OWN, SPN, HOST]
    assert len(run.steps("clock", OTHER)) == 2


async def test_what_was_dead_on_the_way_is_not_asked_for_its_clock() -> None:
    run = Run({DC: referring(SPN)})
    with pytest.raises(TicketError):
        await run.client.get_service_ticket(await run.tgt(), SPN)
    assert [answer for _, answer in run.steps("tgs", OTHER)] == ["refused", "refused"]
    await run.survey(SPN)
    assert run.steps("clock", OTHER) == run.steps("spn", OTHER) == []


async def test_referrals_are_followed_from_realm_to_realm_and_not_back() -> None:
    there = ScriptedKdc(realm=THIRD, services={SPN: 5}, referrals={HOST: HOME})
    run = Run({DC: referring(SPN, HOST), FDC: referring(SPN, HOST, to=THIRD, realm=OTHER), TDC: there})
    assert SPN.lower() in await run.survey()
    assert run.steps("spn", THIRD) == [(f"krbtgt/{THIRD}", "error 7"), (SPN, "kvno 5"), (HOST, HOME)]
    assert [name for name, _ in run.steps("spn", HOME)] == [SPN, HOST]


async def test_the_number_of_realms_is_bounded() -> None:
    names = [f"SMTPSVC/ex1.r{number}.lab" for number in range(10)]
    kdc = ScriptedKdc(referrals={name: f"R{number}.LAB" for number, name in enumerate(names)})
    run = Run({DC: kdc, FDC: owner()})
    await run.survey(*names)
    assert len(run.client.referrals) == 10
    assert len([realm for realm in run.client.referrals if run.steps("clock", realm)]) == MAXIMUM_REALMS


async def test_for_an_unknown_name_of_another_realm_the_way_there_is_asked() -> None:
    """No referral for the name, but a ticket for krbtgt/FABRIKAM.LAB: the trust is there, and the realm is asked."""
    run = Run({DC: ScriptedKdc(services={}, referrals={OWN: OTHER}), FDC: owner(HOST)})
    assert HOST.lower() in await run.survey()
    assert run.steps("spn", HOME) == [(SPN, "error 7"), (HOST, "error 7"), (OWN, OTHER)]
    assert run.steps("spn", OTHER) == [(OWN, "kvno 9"), (SPN, "error 7"), (HOST, "kvno 9")]


async def test_without_a_way_it_is_asked_once() -> None:
    run = Run({DC: ScriptedKdc(services={})})
    for _ in range(2):
        await run.survey(SPN)
    assert run.steps("spn", HOME) == [(SPN, "error 7"), (OWN, "error 7"), (SPN, "error 7")]
    assert run.steps("spn", OTHER) == []


async def test_what_is_no_realm_is_not_asked_for() -> None:
    """A domain of the DNS without KDCs, a short name, an address, our own domain."""
    run = Run({DC: ScriptedKdc(services={})}, known="UNKNOWN.LAB")
    names = (SPN, "SMTPSVC/ex1", "SMTPSVC/ex1.contoso.lab", "alice")
    await run.survey(*names)
    assert [name for name, _ in run.steps("spn", HOME)] == list(names)


async def test_krb5_conf_says_which_realm_a_host_is_of() -> None:
    config = parse("[domain_realm]\n.mail.contoso.com = FABRIKAM.LAB\n")
    run = Run({DC: ScriptedKdc(services={})}, config=config)
    await run.survey("SMTPSVC/ex1.mail.contoso.com")
    assert (OWN, "error 7") in run.steps("spn", HOME)
