"""From the command line's words to a run, and from a run to a report."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from probe import run
from probe.cli.probe import INJECTIONS
from probe.net.endpoint import Endpoint
from probe.settings.injection import Fault, parse_injection
from probe.settings.options import ProbeOptions
from probe.tickets.client.transport import KdcEndpoint, Transport
from probe.trace import Trace, trace_from_json
from tests.support.exps import Exps
from tests.support.traces import failing, healthy

SECRET = "correct horse battery staple"


class Recorded:
    """Stands for a run: what it was asked to do, and the trace that it gives."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.asked: list[ProbeOptions] = []

    async def __call__(self, options: ProbeOptions) -> Trace:
        self.asked.append(options)
        return self.trace


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    fake = Recorded(healthy())
    monkeypatch.setattr(run, "run_probe", fake)
    return fake


def test_every_option(exps: Exps, recorded: Recorded, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(SECRET)
    result = exps(
        *("probe", "mail1.contoso.com:2525", "--connect", "127.0.0.1:1025", "--realm", "contoso.com"),
        *("--kdc", "dc1", "--kdc", "tcp/[::1]:1088", "--dns", "127.0.0.1:1053"),
        *("--kdc", "fabrikam.com=dc7", "--kdc", "Contoso.com=dc3"),
        *("--user", "alice", "--password-file", str(password), "--ehlo", "ex2.contoso.com"),
        *("--spn", "smtp/mail1", "--mechanism", "auth-gssapi", "--tls", "starttls", "--wrapping", "spnego"),
        *("--initial-response", "--inject", "skew=-6m", "--timeout", "2.5", "--deadline", "30"),
    )
    assert (result.status, result.err) == (0, "")
    (asked,) = recorded.asked
    assert (asked.name, asked.port, asked.connect) == ("mail1.contoso.com", 2525, Endpoint("127.0.0.1", 1025))
    assert asked.realm == "CONTOSO.COM"
    assert asked.kdcs == (KdcEndpoint("dc1"), KdcEndpoint("::1", 1088, Transport.TCP), KdcEndpoint("dc3"))
    assert dict(asked.other_kdcs) == {"FABRIKAM.COM": (KdcEndpoint("dc7"),)}
    assert asked.nameserver == Endpoint("127.0.0.1", 1053)
    assert (str(asked.credentials.principal), asked.credentials.source) == ("alice", "password")
    assert (asked.ehlo_name, asked.spn) == ("ex2.contoso.com", "smtp/mail1")
    assert (asked.mechanism, asked.tls, asked.wrapping) == ("auth-gssapi", "starttls", "spnego")
    assert (asked.initial_response, asked.timeout_s, asked.deadline_s) == (True, 2.5, 30.0)
    assert asked.injection is not None
    assert (asked.injection.fault, asked.injection.skew_s) == (Fault.SKEW, -360.0)
    assert SECRET not in repr(asked) + result.out


def test_the_defaults(exps: Exps, recorded: Recorded) -> None:
    exps("probe", "mail1.contoso.com")
    (asked,) = recorded.asked
    assert (asked.port, asked.connect, asked.kdcs, asked.nameserver) == (25, None, (), None)
    assert (asked.realm, asked.spn, asked.credentials.source) == ("CONTOSO.COM", "", "none")
    assert (asked.mechanism, asked.tls, asked.wrapping, asked.injection) == ("auto", "auto", "auto", None)
    assert (asked.timeout_s, asked.deadline_s, asked.initial_response) == (10.0, 60.0, False)
    assert asked.ask_ntlm


def test_krb5_conf(exps: Exps, recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "krb5.conf"
    config.write_text("[realms]\nHQ.LAB = {\n kdc = dc9.hq.lab\n}\n[domain_realm]\n.contoso.com = HQ.LAB\n")
    monkeypatch.setenv("KRB5_CONFIG", str(config))
    exps("probe", "mail1.contoso.com")
    (asked,) = recorded.asked
    assert asked.realm == "HQ.LAB"
    assert "dc9.hq.lab" in repr(asked.krb5_config)


def test_a_krb5_conf_that_is_not_there_is_named(exps: Exps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRB5_CONFIG", "/no/such/krb5.conf")
    assert exps("probe", "mail1").complaint == "exps: /no/such/krb5.conf: No such file or directory"


def test_krb5_confs_includes_are_followed(
    exps: Exps, recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Fedora's file has it: ``includedir`` first, the realm's KDCs in a snippet."""
    config, snippets = tmp_path / "krb5.conf", tmp_path / "krb5.conf.d"
    snippets.mkdir()
    config.write_text(f"includedir {snippets}\n[domain_realm]\n.contoso.com = HQ.LAB\n")
    (snippets / "hq").write_text("[realms]\nHQ.LAB = {\n kdc = dc9.hq.lab\n}\n")
    monkeypatch.setenv("KRB5_CONFIG", f"/no/such/krb5.conf{os.pathsep}{config}")
    exps("probe", "mail1.contoso.com")
    (asked,) = recorded.asked
    assert asked.realm == "HQ.LAB"
    assert asked.krb5_config.realms == {"HQ.LAB": (KdcEndpoint("dc9.hq.lab"),)}


def test_an_included_file_that_is_not_there_is_named(
    exps: Exps, recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "krb5.conf"
    config.write_text("include /no/such/file\n")
    monkeypatch.setenv("KRB5_CONFIG", str(config))
    complaint = exps("probe", "mail1").complaint
    assert complaint == f"exps: /no/such/file: No such file or directory (included by {config})"
    monkeypatch.setenv("KRB5_CONFIG", os.devnull)
    assert exps("probe", "mail1").status == 0, "and that is the way round it"
    assert len(recorded.asked) == 1


def test_all_that_help_names_can_be_injected() -> None:
    assert {parse_injection(text).fault for text in INJECTIONS} == set(Fault)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a b"], "TARGET: 'a b' is no HOST, HOST:PORT or [IPV6]:PORT"),
        (["mail:99999"], "TARGET: 'mail:99999'"),
        ([], "Missing argument 'TARGET[:PORT]'"),
        (["mail1", "mail2"], "unexpected extra argument"),
        (["mail", "--connect", "x:y"], "--connect: 'x:y'"),
        (["mail", "--kdc", "dc1:"], "--kdc: 'dc1:'"),
        (["mail", "--dns", "[1"], "--dns: '[1'"),
        (["mail", "--sntp", "[1"], "--sntp: '[1'"),
        (["mail", "--site", "a.b"], "--site: 'a.b' is no name of a site"),
        (["mail", "--site", ""], "--site: '' is no name of a site"),
        (
            ["mail", "--tls", "ssl3"],
            "'--tls': 'ssl3' is not one of 'auto', 'x-anonymoustls', 'starttls', 'none'",
        ),
        (
            ["mail", "--mechanism", "plain"],
            "'--mechanism': 'plain' is not one of 'auto', 'exchangeauth', 'exps-gssapi'",
        ),
        (["mail", "--wrapping", "x"], "'--wrapping': 'x' is not one of"),
        (["mail", "--inject", "chaos"], "--inject: 'chaos' is no fault to inject; there are skew, wrong-spn"),
        (["mail", "--inject", "skew=soon"], "--inject: 'soon' is no duration: write 250ms, 90s"),
        (["mail", "--timeout", "soon"], "'--timeout': 'soon' is not a valid float"),
        (["mail", "--timeout", "0"], "--timeout: 0 is not between 0 and 3600 seconds"),
        (["mail", "--deadline", "-1"], "--deadline: -1 is not between 0 and 3600 seconds"),
        (["mail", "--deadline", "nan"], "--deadline: nan is not between 0 and 3600 seconds"),
        (["mail", "--deadline", "inf"], "--deadline: inf is not"),
        (["mail", "--ehlo", "a\r\nMAIL FROM:<>"], "--ehlo: 'a\\r\\nMAIL FROM:<>' is no host name"),
        (["mail", "--spn", ""], "--spn: '' is no name such as SMTPSVC/mail1.contoso.com"),
        (["mail", "--bogus"], "No such option '--bogus'"),
        (["mail", "--realm"], "Option '--realm' requires an argument"),
        (["mail", "--trace", "/no/such/folder/t.json"], "/no/such/folder/t.json: No such file or directory"),
        (["mail", "--trace", "/"], "/: Is a directory"),
    ],
)
def test_bad_input(exps: Exps, recorded: Recorded, arguments: list[str], says: str) -> None:
    assert says in exps("probe", *arguments).complaint
    assert not recorded.asked


def test_the_report_as_json(exps: Exps, recorded: Recorded) -> None:
    result = exps("probe", "ex1.contoso.lab", "--json")
    document: dict[str, Any] = json.loads(result.out)
    assert (document["schema"], document["status"], result.status) == ("exps.report/1", "ok", 0)
    assert result.out.isascii()
    assert len(recorded.asked) == 1


def test_a_failure_is_status_2(exps: Exps, recorded: Recorded) -> None:
    recorded.trace = failing()
    result = exps("probe", "ex1.contoso.lab")
    assert result.status == 2
    assert "454 4.7.0" in result.out


def test_a_trace_is_saved_and_can_be_judged_again(exps: Exps, recorded: Recorded, tmp_path: Path) -> None:
    recorded.trace = failing()
    path = tmp_path / "trace.json"
    path.write_text("an older and longer file" * 10_000)
    live = exps("probe", "ex1.contoso.lab", "--json", "--trace", str(path))
    assert trace_from_json(json.loads(path.read_text(encoding="utf-8"))) == recorded.trace
    again = exps("diagnose", str(path), "--json")
    assert (again.status, again.out) == (live.status, live.out)


def test_help_fits_eighty_columns(exps: Exps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for arguments in (["--help"], ["probe", "--help"], ["diagnose", "--help"]):
        result = exps(*arguments)
        assert (result.status, result.err) == (0, "")
        assert max(len(line) for line in result.out.splitlines()) <= 80


def test_ntlm_on_request(exps: Exps, recorded: Recorded, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(SECRET)
    words = ("probe", "mail1", "--realm", "CONTOSO.COM", "--user", "alice", "--password-file", str(password))
    exps(*words, "--mechanism", "ntlm", "--no-ntlm")
    (asked,) = recorded.asked
    assert (asked.mechanism, asked.ask_ntlm) == ("ntlm", False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--mechanism ntlm needs --user with --password-file, or --keytab"),
        (
            ("--user", "alice@R", "--password-file", "password", "--inject", "replay"),
            "--inject damages Kerberos",
        ),
    ],
)
def test_ntlm_needs_a_password_and_knows_no_faults(
    exps: Exps,
    recorded: Recorded,
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("password").write_text(SECRET)
    result = exps("probe", "mail1.contoso.com", "--mechanism", "ntlm", *words)
    assert (result.status, recorded.asked) == (3, [])
    assert said in result.err


def test_the_directory(exps: Exps, recorded: Recorded) -> None:
    exps("probe", "mail1.contoso.com")
    exps("probe", "mail1.contoso.com", "--directory", "dc1.contoso.com", "--directory", "[::1]:1389")
    exps("probe", "mail1.contoso.com", "--no-directory")
    given = (Endpoint("dc1.contoso.com", 389), Endpoint("::1", 1389))
    assert [asked.directory for asked in recorded.asked] == [(), given, ()]
    assert [asked.ask_directory for asked in recorded.asked] == [True, True, False]


def test_the_smb_service(exps: Exps, recorded: Recorded) -> None:
    exps("probe", "mail1.contoso.com")
    exps("probe", "mail1.contoso.com", "--smb", "127.0.0.1:1445")
    exps("probe", "mail1.contoso.com", "--no-smb")
    assert [asked.smb for asked in recorded.asked] == [None, Endpoint("127.0.0.1", 1445), None]
    assert [asked.ask_smb for asked in recorded.asked] == [True, True, False]


def test_time_servers(exps: Exps, recorded: Recorded) -> None:
    exps("probe", "mail1.contoso.com")
    exps("probe", "mail1.contoso.com", "--sntp", "ntp.contoso.com", "--sntp", "[::1]:1123")
    assert [asked.sntp for asked in recorded.asked] == [
        (),
        (Endpoint("ntp.contoso.com", 123), Endpoint("::1", 1123)),
    ]


def test_the_site(exps: Exps, recorded: Recorded) -> None:
    exps("probe", "mail1.contoso.com")
    exps("probe", "mail1.contoso.com", "--site", "Default-First-Site-Name")
    assert [asked.site for asked in recorded.asked] == ["", "Default-First-Site-Name"]
