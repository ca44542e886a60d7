import re
from pathlib import Path

import pytest

import probe.causes
from probe.causes import (
    SIDES,
    CauseFileError,
    Remedy,
    UnknownCauseError,
    all_causes,
    codes,
    fill,
    load,
    parse,
)
from probe.diagnosis.placeholders import placeholders, with_hosts
from tests.support import traces

FILES = sorted(path.stem for path in Path(probe.causes.__file__).parent.glob("*.toml"))

GOOD = """
title = "T"
side = "sender"
rank = 5
explanation = "E"
next_measurements = ["m"]
references = ["r"]
[[remedy]]
do = "d {spn}"
command = "setspn -S {spn} {account}"
"""


def test_each_file_is_a_cause() -> None:
    """A cause that is lost is missed by the checks and scenarios that name it, and by the reference."""
    assert list(codes()) == FILES
    assert FILES
    assert sorted(cause.code for cause in all_causes()) == FILES


@pytest.mark.parametrize("code", FILES)
def test_each_cause_says_what_to_do(code: str) -> None:
    cause = load(code)
    assert cause.code == code
    assert cause.side in SIDES
    assert cause.references
    assert bool(cause.remedies) is (code not in ("healthy", "undetermined"))
    assert bool(cause.next_measurements) is (code != "healthy")


@pytest.mark.parametrize("code", FILES)
def test_each_placeholder_is_one_that_somebody_fills(code: str) -> None:
    known = {*with_hosts(placeholders(traces.healthy())), "connector", "advertised", "offset"}
    known |= {"trusted_domain", "trusting_domain", "wrong_account"}
    cause = load(code)
    texts = [cause.explanation, *cause.next_measurements]
    texts += [text for r in cause.remedies for text in (r.do, r.command, r.where, r.risk)]
    used = {name for text in texts for name in re.findall(r"\{([a-z_]+)\}", text)}
    assert used <= known


def test_the_chain_of_events_is_in_order() -> None:
    order = [cause.code for cause in all_causes()]
    chain = [
        "name-not-resolved",
        "target-unreachable",
        "smtp-inspection",
        "tls-failed",
        "exchange-auth-not-offered",
        "kdc-unreachable",
        "credentials-rejected",
        "clock-skew-sender",
        "replication-diverged",
        "spn-missing",
        "etype-unsupported",
        "clock-skew-receiver",
        "machine-key-stale",
        "illegal-message",
        "undetermined",
    ]
    assert [code for code in order if code in chain] == chain


def test_an_unknown_code() -> None:
    with pytest.raises(UnknownCauseError, match="no cause has the code 'nonsense'"):
        load("nonsense")
    with pytest.raises(UnknownCauseError):
        load("../checks/healthy")


def test_a_good_file() -> None:
    cause = parse("x", GOOD)
    assert (cause.title, cause.side, cause.rank, cause.explanation) == ("T", "sender", 5, "E")
    assert cause.remedies == (Remedy(do="d {spn}", command="setspn -S {spn} {account}"),)
    assert (cause.next_measurements, cause.references) == (("m",), ("r",))


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('title = "T"', "", "title"),
        ('title = "T"', 'title = " "', "title"),
        ('title = "T"', "title = 5", "title"),
        ('"sender"', '"nobody"', "side"),
        ("rank = 5", "rank = true", "rank"),
        ("rank = 5", "", "rank"),
        ('explanation = "E"', 'explanation = "E"\ncolour = "red"', "colour"),
        ('["m"]', '"m"', "next_measurements"),
        ('["r"]', "[5]", "references"),
        ('do = "d {spn}"', "", "remedy[0].do"),
        ('do = "d {spn}"', 'do = "d"\nhow = "x"', "remedy[0].how"),
        ("[[remedy]]", "[remedy]", "remedy"),
    ],
)
def test_a_bad_file_names_file_and_key(old: str, new: str, key: str) -> None:
    assert old in GOOD
    with pytest.raises(CauseFileError) as caught:
        parse("x", GOOD.replace(old, new, 1))
    assert str(caught.value).startswith(f"x.toml: {key}: ")


def test_a_remedy_may_say_what_makes_it_needless() -> None:
    cause = parse("x", GOOD + 'unless = "has_it"\n')
    assert cause.remedies[0].unless == "has_it"
    assert cause.remedies[0].filled({"spn": "HOST/x"}) == Remedy(
        do="d HOST/x", command="setspn -S HOST/x <ACCOUNT>"
    )


def test_a_file_that_is_no_toml() -> None:
    with pytest.raises(CauseFileError, match=r"^x\.toml: "):
        parse("x", "title = ")


def test_unfilled_placeholders_stand_out() -> None:
    assert fill("setspn -S {spn} {account}", {"spn": "SMTPSVC/ex1"}) == "setspn -S SMTPSVC/ex1 <ACCOUNT>"


@pytest.mark.parametrize(
    "value",
    [
        "SMTPSVC/ex1.contoso.lab",
        "EX1$",
        "EX2$@CONTOSO.LAB",
        "dc1.contoso.lab:88",
        "[2001:db8::1]:88",
        "10 min 3 s",
        "+6m",
        "0.5 s",
    ],
)
def test_names_are_filled_in(value: str) -> None:
    assert fill("x {name}", {"name": value}) == f"x {value}"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "ex1 & del C:\\*",
        "ex1;reboot",
        "ex1|calc",
        "`calc`",
        "$(calc)",
        "x$env:TEMP",
        "a'b",
        'a"b',
        "%COMSPEC%",
        "-X",
        "/delete",
        "a\nb",
        "ex1 -X",
        "a" * 300,
        "\u202eabc",
    ],
)
def test_a_peers_name_never_becomes_part_of_a_command(value: str) -> None:
    assert fill("setspn -Q {name}", {"name": value}) == "setspn -Q <NAME>"


def test_powershells_own_braces_are_left_alone() -> None:
    text = "Get-WinEvent -FilterHashtable @{LogName='Application'; Id=1035}"
    assert fill(text, {}) == text


def test_commands_of_the_article() -> None:
    """KB 979174 and the commands that Microsoft's documentation gives for it."""
    commands = "\n".join(r.command for cause in all_causes() for r in cause.remedies)
    for command in (
        "setspn -S ",
        "w32tm /resync",
        "repadmin /syncall /AdeP",
        "nltest /sc_verify:",
        "Reset-ComputerMachinePassword",
        "-AuthMechanism ",
        "setspn -F -X",
    ):
        assert command in commands or any(
            command in text for c in all_causes() for text in c.next_measurements
        )


@pytest.mark.parametrize("code", FILES)
def test_every_command_has_a_word_on_its_risk(code: str) -> None:
    assert not [remedy.do for remedy in load(code).remedies if remedy.command and not remedy.risk]


@pytest.mark.parametrize("code", FILES)
def test_every_next_measurement_says_who_makes_it_where(code: str) -> None:
    assert not [text for text in load(code).next_measurements if not re.match(r"on [a-zA-Z{][^:]*: \S", text)]
