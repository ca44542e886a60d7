"""What is settled once for all targets, and what belongs to each; test_probe.py goes through every option."""

import io
import sys
from pathlib import Path

import pytest

from probe.cli.errors import BadInput
from probe.cli.options import build_options
from probe.cli.settings import ProbeSettings
from probe.tickets.client.transport import KdcEndpoint

TARGETS = ("m1.contoso.com", "m2.fabrikam.com:2525")


@pytest.fixture
def krb5_conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "krb5.conf"
    path.write_text("[libdefaults]\ndefault_realm = HQ.LAB\n[domain_realm]\n.contoso.com = CORP.LAB\n")
    monkeypatch.setenv("KRB5_CONFIG", str(path))


def realms(settings: ProbeSettings) -> list[str]:
    return [options.realm for options in build_options(TARGETS, settings)]


@pytest.mark.usefixtures("krb5_conf")
def test_without_credentials_a_realm_is_the_named_one_else_the_targets_own() -> None:
    assert realms(ProbeSettings(realm="named.lab")) == ["NAMED.LAB", "NAMED.LAB"]
    assert realms(ProbeSettings()) == ["CORP.LAB", "FABRIKAM.COM"]


@pytest.mark.usefixtures("krb5_conf")
def test_a_user_without_a_realm_is_of_the_default_realm(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("secret")
    alice = ProbeSettings(user="alice", password_file=str(password))
    assert realms(alice) == ["HQ.LAB", "HQ.LAB"]


def test_a_secret_is_read_once_and_everybody_says_the_same_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"secret\n")))
    first, second = build_options(TARGETS, ProbeSettings(user="EX2$@CONTOSO.COM", password_file="-"))
    assert (first.name, first.port, second.name, second.port) == (*TARGETS[:1], 25, "m2.fabrikam.com", 2525)
    assert first.credentials is second.credentials
    assert first.ehlo_name == second.ehlo_name == "ex2.contoso.com"
    assert first.ehlo_source == second.ehlo_source == "account"


def test_a_kdc_is_ours_by_the_realm_of_the_run() -> None:
    settings = ProbeSettings(kdcs=("FABRIKAM.COM=dc7", "CONTOSO.COM=dc1"))
    first, second = build_options(TARGETS, settings)
    assert (first.kdcs, dict(first.other_kdcs)) == (
        (KdcEndpoint("dc1"),),
        {"FABRIKAM.COM": (KdcEndpoint("dc7"),)},
    )
    assert (second.kdcs, dict(second.other_kdcs)) == (
        (KdcEndpoint("dc7"),),
        {"CONTOSO.COM": (KdcEndpoint("dc1"),)},
    )


def test_a_target_that_is_none_is_named_before_a_secret_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"secret\n"))
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(BadInput, match="TARGET"):
        build_options(("m1", "a b"), ProbeSettings(user="alice@A.LAB", password_file="-"))
    assert stdin.buffer.read() == b"secret\n"


def sources(settings: ProbeSettings) -> list[tuple[str, str]]:
    return [(options.realm, options.realm_source) for options in build_options(TARGETS, settings)]


@pytest.mark.usefixtures("krb5_conf")
def test_where_a_realm_comes_from(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("secret")
    assert sources(ProbeSettings()) == [("CORP.LAB", "krb5.conf"), ("FABRIKAM.COM", "target")]
    assert sources(ProbeSettings(realm="named.lab"))[0] == ("NAMED.LAB", "given")
    alice = ProbeSettings(user="alice", password_file=str(password))
    assert sources(alice)[0] == ("HQ.LAB", "krb5.conf")
    typed = ProbeSettings(user="alice@OTHER.LAB", password_file=str(password))
    assert sources(typed)[0] == ("OTHER.LAB", "given")


def test_a_distributions_stub_never_wins_over_the_targets_domain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, password = tmp_path / "krb5.conf", tmp_path / "password"
    path.write_text("[libdefaults]\ndefault_realm = ATHENA.MIT.EDU\n")
    password.write_text("secret")
    monkeypatch.setenv("KRB5_CONFIG", str(path))
    alice = ProbeSettings(user="alice", password_file=str(password))
    assert sources(alice) == [("CONTOSO.COM", "target"), ("FABRIKAM.COM", "target")]
    meant = ProbeSettings(user="alice@ATHENA.MIT.EDU", password_file=str(password))
    assert sources(meant)[0] == ("ATHENA.MIT.EDU", "given")
