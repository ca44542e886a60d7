"""What has to hold among a scenario's realms, and what they make of its names."""

import pytest

from simulator.lab.accounts import build_accounts
from simulator.scenario import ScenarioError, parse
from simulator.scenario.values import Scenario

END = '[expect]\ncause = "healthy"\n[lesson]\nexplain = "e"\n'
TRUST = '[[trust]]\nrealm = "FABRIKAM.LAB"\n'
KDCS = '[[kdc]]\nname = "DC1"\n[[kdc]]\nname = "FDC1"\nrealm = "FABRIKAM.LAB"\n'
EX1 = '[[account]]\nname = "EX1$"\nrealm = "FABRIKAM.LAB"\n'


def scenario(tables: str) -> Scenario:
    return parse(f'title = "t"\nstory = "s"\n{tables}{END}', name="small", file="small.toml")


def test_without_a_trust_there_is_one_realm() -> None:
    alone = scenario("")
    assert alone.realms == ("CONTOSO.LAB",)
    assert build_accounts(alone, bytes).others == ()


def test_everybody_is_somewhere() -> None:
    found = scenario(TRUST + KDCS + EX1)
    assert found.realms == ("CONTOSO.LAB", "FABRIKAM.LAB")
    places = {
        party: found.realm_of(party) for party in ("EX1", "EX1$", "EX2", "alice", "DC1", "FDC1", "jump")
    }
    assert {party for party, realm in places.items() if realm == "FABRIKAM.LAB"} == {"EX1", "EX1$", "FDC1"}
    assert (found.fqdn("EX1"), found.fqdn("FDC1")) == ("ex1.fabrikam.lab", "fdc1.fabrikam.lab")
    assert (found.fqdn("EX2"), found.fqdn("jump")) == ("ex2.contoso.lab", "jump.contoso.lab")
    (ex1,) = [account for account in found.accounts if account.name == "EX1$"]
    assert ex1.spns[:2] == ("SMTPSVC/ex1.fabrikam.lab", "SMTPSVC/ex1")


def test_both_sides_of_a_trust_have_its_keys() -> None:
    octets = iter(range(256))
    people = build_accounts(scenario(TRUST + KDCS + EX1), lambda count: bytes([next(octets) % 256]) * count)
    home, other = people.of("CONTOSO.LAB"), people.of("FABRIKAM.LAB")
    there, back = home.trust("fabrikam.lab"), other.trust("CONTOSO.LAB")
    assert there is not None
    assert back is not None
    assert there.outgoing == back.incoming
    assert there.incoming == back.outgoing
    assert there.outgoing.key_sets != there.incoming.key_sets
    assert there.outgoing.name == "krbtgt/FABRIKAM.LAB"
    assert (home.account("EX1$"), other.account("EX2$")) == (None, None)
    assert {"EX1$", "EX2$", "alice"} <= {account.name for account in people.accounts}
    assert "krbtgt" not in {account.name for account in people.accounts}
    with pytest.raises(KeyError):
        people.of("THIRD.LAB")


@pytest.mark.parametrize(
    ("tables", "due"),
    [
        (TRUST, "trust[0].realm: FABRIKAM.LAB has no domain controller: a [[kdc]] with realm is due"),
        (TRUST + TRUST + KDCS, 'trust[1].realm: "FABRIKAM.LAB" is there twice'),
        ('[[trust]]\nrealm = "contoso.lab"\n', 'trust[0].realm: "contoso.lab" is there twice'),
        (TRUST + "kvno = 0\n" + KDCS, "trust[0].kvno: a number from 1 to 2147483647 is due"),
        ('[[trust]]\nrealm = "a b"\n', 'trust[0].realm: "a b" is no name'),
        (EX1, 'account[2].realm: unknown realm "FABRIKAM.LAB"'),
        (KDCS, 'kdc[1].realm: unknown realm "FABRIKAM.LAB"'),
        (
            TRUST + '[[kdc]]\nname = "FDC1"\nrealm = "FABRIKAM.LAB"\n',
            "realm.name: CONTOSO.LAB has no domain controller",
        ),
        (
            TRUST + KDCS + '[[fault]]\nkind = "trust-key"\nrealm = "FABRIKAM.LAN"\n',
            'fault[0].realm: unknown realm "FABRIKAM.LAN"; did you mean "FABRIKAM.LAB"?',
        ),
    ],
)
def test_what_does_not_fit(tables: str, due: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario(tables)
    assert due in str(caught.value)


CHAIN = TRUST + '[[trust]]\nrealm = "SALES.LAB"\nto = "FABRIKAM.LAB"\n[[trust]]\nrealm = "EU.LAB"\n'
CHAIN_KDCS = KDCS + "".join(f'[[kdc]]\nname = "{r[0]}DC"\nrealm = "{r}.LAB"\n' for r in ("SALES", "EU"))


def test_trusts_lead_on_to_the_realms_behind() -> None:
    octets = iter(range(10_000))
    people = build_accounts(scenario(CHAIN + CHAIN_KDCS), lambda count: bytes([next(octets) % 256]) * count)
    reached = {
        realm: {trust.realm: set(trust.reaches) for trust in people.of(f"{realm}.LAB").trusts}
        for realm in ("CONTOSO", "FABRIKAM", "SALES", "EU")
    }
    assert reached == {
        "CONTOSO": {"FABRIKAM.LAB": {"SALES.LAB"}, "EU.LAB": set()},
        "FABRIKAM": {"CONTOSO.LAB": {"EU.LAB"}, "SALES.LAB": set()},
        "SALES": {"FABRIKAM.LAB": {"CONTOSO.LAB", "EU.LAB"}},
        "EU": {"CONTOSO.LAB": {"FABRIKAM.LAB", "SALES.LAB"}},
    }
    there, back = people.of("FABRIKAM.LAB").trust("SALES.LAB"), people.of("SALES.LAB").trust("FABRIKAM.LAB")
    assert there is not None
    assert back is not None
    assert (there.outgoing, there.incoming) == (back.incoming, back.outgoing)
    assert people.of("SALES.LAB").trust("CONTOSO.LAB") is None


def test_a_trust_is_with_a_realm_that_is_there_before_it() -> None:
    with pytest.raises(
        ScenarioError, match=r'trust\[0\].to: unknown realm "SALES.LAB"; did you mean "CONTOSO.LAB"'
    ):
        scenario('[[trust]]\nrealm = "FABRIKAM.LAB"\nto = "SALES.LAB"\n[[trust]]\nrealm = "SALES.LAB"\n')
