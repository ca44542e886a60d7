"""`exps doctor` on what MIT's programs wrote and run: configuration, cache, keytab, KDC."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import run_exps
from tests.support.mit import MitRealm, mit_realm

pytestmark = pytest.mark.interop("krb5kdc", "kdb5_util", "kadmin.local", "kinit", "klist", "kvno")

PASSWORD = "pass word"
SPN = "SMTPSVC/ex1.mit.test"
NOWHERE = "127.0.0.1:1"


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MitRealm]:
    with mit_realm(tmp_path_factory.mktemp("mit")) as made:
        made.add_principal("alice", PASSWORD)
        made.add_principal("EX2$")
        made.add_principal(SPN)
        yield made


def doctor(realm: MitRealm, **environ: str) -> tuple[int, dict[str, Any]]:
    """The exit status and the JSON of a run in the realm's environment."""
    env = {"KRB5_CONFIG": str(realm.krb5_conf), "KRB5CCNAME": "FILE:/nowhere", "KRB5_KTNAME": "FILE:/nowhere"}
    result = run_exps("doctor", "--json", "--dns", NOWHERE, "--timeout", "0.5", env=env | environ)
    return result.status, result.report()


def observations(document: dict[str, Any], topic: str) -> dict[str, str]:
    return {item["code"]: item["level"] for item in document["observations"] if item["topic"] == topic}


def test_kdc_and_clock(realm: MitRealm) -> None:
    _, document = doctor(realm)
    assert (document["realm"], document["facts"]["kdcs"]["source"]) == ("MIT.TEST", "krb5.conf")
    ways = document["facts"]["kdcs"]["ways"]
    assert [(way["kdc"], way["transport"], way["error"], way["code"]) for way in ways] == [
        (str(realm.kdc), "udp", "", 6),
        (str(realm.kdc), "tcp", "", 6),
    ]
    assert all(abs(way["clock"]["offset_s"]) <= way["clock"]["uncertainty_s"] + 0.05 for way in ways)
    assert observations(document, "kdcs") == {"kdc": "ok"}
    assert observations(document, "configuration") == dict.fromkeys(
        ("config-read", "realm", "kdc-lookup", "canonical-names", "clockskew", "enctypes"), "ok"
    )


def test_cache_of_kinit_and_kvno(realm: MitRealm) -> None:
    path = realm.kinit("alice", PASSWORD)
    realm.run("kvno", "-c", str(path), SPN)
    _, document = doctor(realm, KRB5CCNAME=f"FILE:{path}")
    cache = document["facts"]["cache"]
    listed = realm.run("klist", "-c", str(path)).stdout
    assert f"Default principal: {cache['principal']}\n" in listed
    assert [ticket["server"] for ticket in cache["tickets"]] == re.findall(r"(\S+@MIT\.TEST)\n", listed)[1:]
    assert observations(document, "tickets") == {"ccache-read": "ok", "tgt": "ok", "smtp-ticket": "ok"}


@pytest.mark.interop("faketime")
def test_an_expired_ticket_and_a_skewed_kdc(realm: MitRealm) -> None:
    path = realm.kinit("alice", PASSWORD, "-l", "1h")
    realm.stop()
    realm.start(clock="+10m")
    try:
        status, document = doctor(realm, KRB5CCNAME=f"FILE:{path}")
    finally:
        realm.stop()
        realm.start()
    assert (status, document["status"]) == (2, "failure")
    assert observations(document, "clock")["clock-skew"] == "problem"
    short = realm.kinit("alice", PASSWORD, "-l", "2s")
    while "expired" not in realm.run("klist", "-s", "-c", str(short), check=False).stderr + _ended(
        realm, short
    ):
        continue
    _, document = doctor(realm, KRB5CCNAME=f"FILE:{short}")
    assert observations(document, "tickets")["tgt-expired"] == "notice"


def _ended(realm: MitRealm, cache: Path) -> str:
    """`klist -s` says by its status that the tickets are no longer good."""
    return "expired" if realm.run("klist", "-s", "-c", str(cache), check=False).returncode else ""


def test_keytab_of_kadmin(realm: MitRealm) -> None:
    path = realm.keytab("EX2$", SPN)
    _, document = doctor(realm, KRB5_KTNAME=f"FILE:{path}")
    rows = document["facts"]["keytab"]["rows"]
    listed = realm.run("klist", "-k", str(path)).stdout
    expected = re.findall(r"^ *(\d+) (\S+@MIT\.TEST) *$", listed, re.MULTILINE)
    assert [(str(row["kvno"]), row["principal"]) for row in rows] == expected
    assert {row["etype"] for row in rows} == {17, 18, 19, 20, 23}
    assert observations(document, "keytab")["keytab-principal"] == "ok"


def test_no_key_is_shown(realm: MitRealm) -> None:
    """Each key as klist -K prints it, in hex, and the octets of the files in base64."""
    keytab, cache = realm.keytab("EX2$"), realm.kinit("alice", PASSWORD)
    keys = re.findall(r"\(0x([0-9a-f]+)\)", realm.run("klist", "-K", "-k", str(keytab)).stdout)
    assert len(keys) == 5
    _, document = doctor(realm, KRB5_KTNAME=f"FILE:{keytab}", KRB5CCNAME=f"FILE:{cache}")
    text = json.dumps(document).casefold()
    assert not [key for key in keys if key in text]
    assert PASSWORD not in text


# What a file holds, and whether MIT's library takes it. The library itself is asked each time.
TEXTS = (
    "[libdefaults]\ndefault_realm = A\n",
    "[libdefaults]\n include {folder}/good.conf\n",
    "[libdefaults]\ninclude {folder}/good.conf\n",
    "include {folder}/gone.conf\n",
    "includedir {folder}/gone\n",
    "includedir {folder}\n[libdefaults]\ndefault_realm = A\n",
    "[libdefaults]\nwhat\n",
    "[realms]\n}}\n",
    "[realms]\nA = {{\n",
    "kdc = 1\n[libdefaults]\n",
    "[realms]\nA = {{\nkdc = https://proxy/x\n}}\n",
    "[libdefaults]\ndefault_realm = A # ours\n\n; another\n",
)


@pytest.mark.parametrize("text", TEXTS)
def test_what_mits_library_makes_of_a_file(realm: MitRealm, tmp_path: Path, text: str) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "good.conf").write_text("[libdefaults]\nrdns = false\n")
    path = tmp_path / "krb5.conf"
    path.write_text(text.format(folder=tmp_path / "d"))
    klist = realm.run("klist", "-c", "FILE:/nowhere", env={"KRB5_CONFIG": str(path)}, check=False)
    refused = "while initializing krb5" in klist.stderr
    assert refused or "No credentials cache found" in klist.stderr
    result = run_exps(
        *(
            "doctor",
            "--json",
            "--realm",
            "MIT.TEST",
            "--dns",
            NOWHERE,
            "--kdc",
            str(realm.kdc),
            "--timeout",
            "0.5",
        ),
        env={"KRB5_CONFIG": str(path), "KRB5CCNAME": "FILE:/nowhere", "KRB5_KTNAME": "FILE:/nowhere"},
    )
    found = observations(result.report(), "configuration")
    assert ("problem" in {level for code, level in found.items() if code.startswith("config-")}) == refused
