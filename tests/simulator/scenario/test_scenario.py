from pathlib import Path

import pytest

from simulator import scenario
from simulator.faults.clock_skew import ClockSkew
from simulator.faults.reset_at import ResetAt
from simulator.scenario import ScenarioError, parse
from simulator.scenario.values import AccountSetup, ConnectorSetup, KdcSetup

SMALLEST = """
title = "A title"
story = "What is seen."
[expect]
cause = "healthy"
[lesson]
explain = "Why."
"""


def refused(text: str, *, causes: tuple[str, ...] = ()) -> str:
    with pytest.raises(ScenarioError) as raised:
        parse(text, name="x", file="x.toml", causes=causes)
    message = str(raised.value)
    assert message.startswith("x.toml: ")
    assert "\n" not in message
    return message.removeprefix("x.toml: ")


def fault(text: str) -> str:
    return SMALLEST + "[[fault]]\n" + text


def test_the_smallest_scenario_has_a_whole_lab() -> None:
    found = parse(SMALLEST, name="small", file="small.toml")
    assert (found.name, found.realm, found.domain) == ("small", "CONTOSO.LAB", "contoso.lab")
    assert [account.name for account in found.accounts] == ["EX1$", "EX2$", "alice"]
    assert found.kdcs == (KdcSetup(name="DC1"),)
    assert found.connectors == (ConnectorSetup(),)
    assert found.connectors[0].auth == ("ExchangeServer", "Integrated", "Tls")
    assert (found.probe.credentials, found.probe.principal) == ("keytab", "EX2$")
    assert found.faults == ()


def test_a_computer_account_has_the_names_of_exchange_and_of_every_computer() -> None:
    accounts = parse(SMALLEST, name="x", file="x.toml").accounts
    assert accounts[1].spns == (
        "SMTPSVC/ex2.contoso.lab",
        "SMTPSVC/ex2",
        "SMTP/ex2.contoso.lab",
        "SMTP/ex2",
        "HOST/ex2.contoso.lab",
        "HOST/ex2",
    )
    assert accounts[2].spns == ()


def test_an_account_of_a_default_ones_name_takes_its_place_and_others_are_added() -> None:
    text = SMALLEST + '[[account]]\nname = "EX1$"\nspns = ["HTTP/ex1"]\n[[account]]\nname = "EX3$"\n'
    accounts = {account.name: account for account in parse(text, name="x", file="x.toml").accounts}
    assert set(accounts) == {"EX2$", "alice", "EX1$", "EX3$"}
    assert accounts["EX1$"].spns == ("HTTP/ex1",)
    assert "SMTPSVC/ex3.contoso.lab" in accounts["EX3$"].spns


def test_more_names_stand_beside_the_usual_ones_and_beside_given_ones() -> None:
    text = SMALLEST + '[[account]]\nname = "EX1$"\nmore_spns = ["HTTP/mail"]\n'
    text += '[[account]]\nname = "EX_3$"\nspns = ["HTTP/ex3"]\nmore_spns = ["HTTP/mail"]\n'
    accounts = {account.name: account for account in parse(text, name="x", file="x.toml").accounts}
    assert accounts["EX1$"].spns[0] == "SMTPSVC/ex1.contoso.lab"
    assert accounts["EX1$"].spns[6:] == ("HTTP/mail",)
    assert accounts["EX_3$"].spns == ("HTTP/ex3", "HTTP/mail")


def test_faults_are_read_by_their_dataclass_in_order() -> None:
    text = fault('kind = "clock-skew"\non = "EX1"\noffset = "-4m50s"\n')
    text += '[[fault]]\nkind = "reset-at"\non = "EX1"\nat = "ehlo-after-tls"\n'
    skew, reset = parse(text, name="x", file="x.toml").faults
    assert isinstance(skew, ClockSkew)
    assert (skew.on, skew.offset) == ("EX1", -290.0)
    assert isinstance(reset, ResetAt)
    assert (reset.at.value, reset.silent) == ("ehlo-after-tls", False)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("title = 'x'\nstory = 'y'\n", "expect: is missing"),
        (
            SMALLEST.replace("story", "storry"),
            'storry: unknown key; did you mean "story"?',
        ),
        (SMALLEST.replace('"healthy"', "7"), "expect.cause: a string is due, 7 came"),
        (SMALLEST + "[probe]\nconnect = 1\n", "probe.connect: true or false is due, 1 came"),
        (
            SMALLEST + "[probe]\ncredentials = 'keytabs'\n",
            'probe.credentials: unknown word "keytabs"; did you mean "keytab"?',
        ),
        (SMALLEST + "[[kdc]]\nname = 1\n", "kdc[0].name: a string is due, 1 came"),
        (SMALLEST + "kdc = 1\n", "lesson.kdc: unknown key; allowed: check, explain"),
        ("kdc = 1\n" + SMALLEST, "kdc: an array is due, 1 came"),
        ("realm = 'CONTOSO.LAB'\n" + SMALLEST, "realm: a table is due, 'CONTOSO.LAB' came"),
        (
            SMALLEST + "[[connector]]\nauth = ['Tls', 'Integrate']\n",
            'connector[0].auth[1]: unknown word "Integrate"; did you mean "Integrated"?',
        ),
        (
            SMALLEST.replace("[lesson]", "event = {id = 1035, eror = 'X'}\n[lesson]"),
            'expect.event.eror: unknown key; did you mean "error"?',
        ),
        (
            SMALLEST + "[probe]\ntimeout = 'soon'\n",
            'probe.timeout: a duration such as "-10m" or "250ms" is due, \'soon\' came',
        ),
        (
            SMALLEST + "[probe]\ntimeout = true\n",
            'probe.timeout: a duration such as "-10m" or "250ms" is due, true',
        ),
        (SMALLEST.replace("[lesson]", "[[lesson]]"), "lesson: a table is due, an array came"),
    ],
)
def test_what_does_not_fit_is_named(text: str, due: str) -> None:
    assert due in refused(text)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("on = 'EX1'\n", "fault[0].kind: is missing"),
        ("kind = 3\n", "fault[0].kind: a string is due"),
        ("kind = 'clock-skw'\n", 'fault[0].kind: unknown fault "clock-skw"; did you mean "clock-skew"?'),
        ("kind = 'clock-skew'\non = 'EX1'\n", "fault[0].offset: is missing"),
        ("kind = 'clock-skew'\non = 'EX1'\noffest = 1\noffset = 1\n", "fault[0].offest: unknown key"),
        ("kind = 'clock-skew'\non = 'EX1'\noffset = '10 minutes'\n", "fault[0].offset: a duration"),
        (
            "kind = 'clock-skew'\non = 'EX7'\noffset = 1\n",
            'fault[0].on: unknown party "EX7"; did you mean "EX1"?',
        ),
        ("kind = 'kdc-down'\non = 'EX1'\n", 'fault[0].on: unknown party "EX1"; allowed: DC1'),
        (
            "kind = 'slow'\non = 'DC1'\nat = 'ehlo'\ndelay = 1\n",
            'fault[0].on: unknown party "DC1"; allowed: EX1',
        ),
        ("kind = 'kdc-down'\non = 'DNS'\n", 'fault[0].on: unknown party "DNS"'),
        ("kind = 'cut-path'\non = 'PROBE'\nservice = 'dns'\n", 'fault[0].on: unknown party "PROBE"'),
        ("kind = 'kdc-down'\non = '*'\n", 'fault[0].on: unknown party "*"'),
        (
            "kind = 'slow'\non = 'EX1'\nat = 'tokn'\ndelay = 1\n",
            'fault[0].at: unknown word "tokn"; did you mean "token"?',
        ),
        (
            "kind = 'kdc-down'\non = 'DC1'\nmode = 'dorp'\n",
            'fault[0].mode: unknown word "dorp"; did you mean "drop"?',
        ),
        (
            "kind = 'missing-spn'\nspn = 'SMTPSVC/ex9.contoso.lab'\n",
            "fault[0].spn: unknown service principal name",
        ),
        ("kind = 'account-disabled'\naccount = 'bob'\n", 'fault[0].account: unknown account "bob"'),
        (
            "kind = 'spn-added'\nadded = 'x/y'\naccounts = ['EX1$', 'EX4$']\n",
            'fault[0].accounts: unknown account "EX4$"; did you mean "EX2$"?',
        ),
        (
            "kind = 'receiver-dc-unreachable'\non = 'EX1'\nkdc = 'DC2'\n",
            'fault[0].kdc: unknown domain controller "DC2"; did you mean "DC1"?',
        ),
        (
            "kind = 'missing-name'\nname = 'ex2.contoso.lab'\n",
            'fault[0].name: unknown DNS name "ex2.contoso.lab"',
        ),
        (
            "kind = 'etype'\naccount = 'EX1$'\netypes = [18, 'x']\n",
            "fault[0].etypes[1]: a whole number is due, 'x' came",
        ),
        (
            "kind = 'etype'\naccount = 'EX1$'\netypes = [true]\n",
            "fault[0].etypes[0]: a whole number is due, true came",
        ),
    ],
)
def test_faults_that_make_no_sense_are_refused(text: str, due: str) -> None:
    assert due in refused(fault(text))


def test_all_that_may_be_on_everybody_says_so_itself() -> None:
    for text in (
        "kind = 'kdc-transport'\nonly = 'udp'\non = '*'\n",
        "kind = 'clock-skew'\non = 'PROBE'\noffset = 1\n",
        "kind = 'cut-path'\non = 'DNS'\nservice = 'dns'\n",
        "kind = 'cut-path'\non = 'DC1'\nservice = 'ldap'\n",
        "kind = 'cut-path'\non = 'EX1'\nservice = 'smb'\n",
    ):
        assert len(parse(fault(text), name="x", file="x.toml").faults) == 1


@pytest.mark.parametrize(
    ("text", "due"),
    [
        (SMALLEST + "[probe]\nuser = 'bob'\n", 'probe.user: unknown account "bob"'),
        (
            SMALLEST + "[[connector]]\nserver = 'EX9'\n",
            'connector[0].server: unknown computer account "EX9$"',
        ),
        (SMALLEST + "[[kdc]]\nname = 'DC1'\n[[kdc]]\nname = 'dc1'\n", 'kdc[1].name: "dc1" is there twice'),
        (SMALLEST + "[[account]]\nname = 'ex1$'\n", 'account[3].name: "ex1$" is there twice'),
        ("kdc = []\n" + SMALLEST, "kdc: at least one is needed"),
        (SMALLEST + "[[connector]]\n[[connector]]\n", 'connector[1].name: "Default EX1" is there twice'),
    ],
)
def test_references_lead_somewhere(text: str, due: str) -> None:
    assert due in refused(text)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("[realm]\nname = 'CONTOSO LAB'\n", 'realm.name: "CONTOSO LAB" is no name: letters, digits, hyphens'),
        ("[[account]]\nname = '../alice'\n", 'account[3].name: "../alice" is no name'),
        ("[[kdc]]\nname = 'DC1.'\n", 'kdc[0].name: "DC1." is no name'),
        ("[[account]]\nname = 'bob'\nkvno = 0\n", "account[3].kvno: a number from 1 to 2147483647 is due"),
        (
            "[[account]]\nname = 'bob'\nticket_padding = 65536\n",
            "account[3].ticket_padding: 0 to 65535 octets",
        ),
        ("[probe]\ntimeout = 0\n", "probe.timeout: more than 0 seconds are due"),
        ("[probe]\ncredentials = 'password'\nuser = 'EX4$'\n", 'probe.user: unknown account "EX4$"'),
        ("[probe]\neffort = 'hard'\n", 'probe.effort: unknown word "hard"'),
        ("[[account]]\nname = 'EX 1$'\n", "letters, digits, hyphens, underscores"),
        ("[realm]\nname = 'CONTOSO_LAB'\n", 'realm.name: "CONTOSO_LAB" is no name'),
    ],
)
def test_names_and_numbers_are_possible_ones(text: str, due: str) -> None:
    assert due in refused(SMALLEST + text)


def test_an_unknown_cause_is_refused_where_causes_are_known() -> None:
    causes = ("healthy", "spn-missing")
    parse(SMALLEST, name="x", file="x.toml", causes=causes)
    wrong = SMALLEST.replace('"healthy"', '"spn-mising"')
    assert (
        refused(wrong, causes=causes)
        == 'expect.cause: unknown cause "spn-mising"; did you mean "spn-missing"?'
    )
    other = SMALLEST.replace("[lesson]", 'alternatives = ["helthy"]\n[lesson]')
    assert refused(other, causes=causes).startswith('expect.alternatives[0]: unknown cause "helthy"')


def test_what_is_no_toml_is_refused_with_its_line() -> None:
    assert refused("title = 'x'\nstory = \n") == "not TOML: Invalid value (at line 2, column 9)"
    assert refused("a = " + "[" * 5000).startswith("not TOML: ")


def octets_of(folder: Path, data: bytes) -> Path:
    path = folder / "given.toml"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "due"), [(b"\xff", "not UTF-8 at octet 0"), (b"#" * 1_048_577, "larger than 1048576 octets")]
)
def test_files_that_are_none_are_refused(tmp_path: Path, data: bytes, due: str) -> None:
    with pytest.raises(ScenarioError, match=due):
        scenario.load(octets_of(tmp_path, data))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"nothing\.toml: No such file"):
        scenario.load(tmp_path / "nothing.toml")


def test_scenarios_are_found_by_name_and_by_path() -> None:
    by_name = scenario.find("healthy")
    assert by_name == scenario.folder() / "healthy.toml"
    assert scenario.load(scenario.find(str(by_name))).name == "healthy"
    with pytest.raises(ScenarioError) as raised:
        scenario.find("helthy")
    assert str(raised.value) == 'unknown scenario "helthy"; did you mean "healthy"?'


def test_a_dollar_makes_a_computer() -> None:
    account = AccountSetup(name="EX1$")
    assert account.is_computer
    assert account.host == "ex1"
    assert not AccountSetup(name="alice").is_computer
