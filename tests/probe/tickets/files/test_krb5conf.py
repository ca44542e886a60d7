"""krb5.conf, as administrators and distributions write it. The grammar is that of MIT's krb5.conf(5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.tickets.client.transport import KdcEndpoint, Transport
from probe.tickets.files.krb5conf import Krb5Config, Krb5Reader, parse

# The layout of MIT's own sample file (src/config-files/krb5.conf), with its oddities put in.
SAMPLE = """\
# comment
; another
includedir /etc/krb5.conf.d/
[logging]
    default = FILE:/var/log/krb5libs.log
[libdefaults]
    default_realm = CONTOSO.LAB   # ours
    dns_lookup_kdc = false
    dns_lookup_realm = Yes
    clockskew = 5m
    default_realm = SECOND.LAB
[realms]
    CONTOSO.LAB = {
        kdc = dc1.contoso.lab
        kdc = dc2.contoso.lab:8888
        kdc = [fd00::1]:88
        kdc = tcp/dc3.contoso.lab
        kdc = https://proxy.contoso.lab/KdcProxy
        admin_server = dc1.contoso.lab
        auth_to_local_names = {
            kdc = not-a-kdc
        }
    }
    EMPTY.LAB = {
    }
    QUOTED.LAB = {
        kdc = "dc.quoted.lab"
    }*
[domain_realm]
    .contoso.lab = CONTOSO.LAB
    contoso.lab = CONTOSO.LAB
    EX9.contoso.lab = OTHER.LAB
"""


def test_sample() -> None:
    config = parse(SAMPLE)
    assert config.default_realm == "CONTOSO.LAB"
    assert (config.dns_lookup_kdc, config.dns_lookup_realm, config.clock_skew_s) == (False, True, 300)
    assert config.realms == {
        "CONTOSO.LAB": (
            KdcEndpoint("dc1.contoso.lab"),
            KdcEndpoint("dc2.contoso.lab", 8888),
            KdcEndpoint("fd00::1", 88),
            KdcEndpoint("dc3.contoso.lab", 88, Transport.TCP),
        ),
        "EMPTY.LAB": (),
        "QUOTED.LAB": (KdcEndpoint("dc.quoted.lab"),),
    }
    assert config.notes == (
        "line 3: 'includedir /etc/krb5.conf.d/' is not followed",
        "line 18: kdc 'https://proxy.contoso.lab/KdcProxy' is no HOST:PORT and is passed over",
    )


@pytest.mark.parametrize(
    ("host", "realm"),
    [
        ("ex1.contoso.lab", "CONTOSO.LAB"),
        ("ex1.sub.contoso.lab.", "CONTOSO.LAB"),
        ("CONTOSO.lab", "CONTOSO.LAB"),
        ("ex9.contoso.lab", "OTHER.LAB"),
        ("ex1.fabrikam.lab", None),
        ("", None),
    ],
)
def test_realm_of_a_host(host: str, realm: str | None) -> None:
    assert parse(SAMPLE).realm_of(host) == realm


def test_heimdal_writes_a_realm_on_one_line() -> None:
    config = parse("[realms]\nA = { kdc = a.example }\nB = {kdc=b.example\n}\nC = {\nkdc = c.example\n}")
    assert config.realms == {
        "A": (KdcEndpoint("a.example"),),
        "B": (KdcEndpoint("b.example"),),
        "C": (KdcEndpoint("c.example"),),
    }


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("kdc = x", "line 1: a setting before the first [section] is passed over"),
        ("[realms]\nwhat is this", "line 2: neither a section, a setting nor a brace"),
        ("[realms]\n}", "line 2: a } closes nothing"),
        ("[realms]\nA = {\nkdc = a", "line 3: a { is never closed"),
        ("[realms]\nA =\nkdc = a", "line 3: a name without a value wants a { on the next line"),
        ("[realms]\nA = {\n[libdefaults]\n", "line 3: a [section] within braces"),
        ("[realms]\nA = {\nkdc = a:99999\n}", "line 3: kdc 'a:99999' is no HOST:PORT and is passed over"),
    ],
)
def test_what_is_not_understood_is_noted(text: str, note: str) -> None:
    assert parse(text).notes == (note,)


def test_what_mits_library_refuses_is_told_from_the_rest() -> None:
    """tests/interop/test_doctor.py asks MIT's library itself."""
    config = parse("x = 1\ninclude /x\n[realms]\nwhat is this\nA = {\nkdc = a:99999\n}\n}\n include /x")
    assert config.damage == (
        "line 4: neither a section, a setting nor a brace",
        "line 8: a } closes nothing",
        "line 9: 'include /x' does not begin its line",
    )
    assert len(config.notes) == 6


def test_a_brace_on_a_line_of_its_own() -> None:
    """MIT's library (1.20.1) takes it, and nothing else, behind a name without a value."""
    config = parse("[realms]\nA =\n  {\nkdc = a.example\n}\nB = {\nkdc = b.example\n}\n")
    assert config.realms == {"A": (KdcEndpoint("a.example"),), "B": (KdcEndpoint("b.example"),)}
    assert config.notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "[realms]*\nA = {\nkdc = 1.example\n}\n[realms]\nA = {\nkdc = 2.example\n}\nB = {\n}\n",
        "[realms]\nA* = {\nkdc = 1.example\n}\nA = {\nkdc = 2.example\nx = {\n}\n}\n",
        "[realms]\nA = {\nkdc = 1.example\n}*\nA = {\nkdc = 2.example\n}\n",
        "[realms]\nA = {\nkdc* = 1.example\nkdc = 2.example\n}\n",
        "[realms]\nA* = { kdc = 1.example }\nA = { kdc = 2.example }\n",
    ],
)
def test_what_is_final_takes_nothing_more(text: str) -> None:
    """krb5.conf(5) of 1.22: behind a section's bracket, a name or a closing brace. Before, later files only."""
    config = parse(text + "[domain_realm]\n.a.example = A\n")
    assert config.realms == {"A": (KdcEndpoint("1.example"),)}
    assert config.realm_of("x.a.example") == "A", "and what is behind it is read"
    assert config.notes == ()


def test_what_is_not_final_goes_on() -> None:
    text = "[realms]\nA* = {\nkdc = 1.example\n}\nA = {\nkdc = no.example\n}\nB = {\nkdc = 2.example\n}\n"
    assert set(parse(text).realms) == {"A", "B"}


def test_includes_are_handed_over_in_their_place() -> None:
    asked: list[tuple[str, str]] = []
    reader = Krb5Reader()

    def include(word: str, path: str) -> None:
        asked.append((word, path))
        reader.read("[libdefaults]\ndefault_realm = INCLUDED\n")

    remarks = reader.read(
        "include /x y\nincludedir\t/etc/krb5.conf.d\n include /z\ninclude\n[libdefaults]\ndefault_realm = LATER\n",
        include,
    )
    assert asked == [("include", "/x y"), ("includedir", "/etc/krb5.conf.d")]
    assert reader.config().default_realm == "INCLUDED"
    assert remarks.damage == ("line 3: 'include /z' does not begin its line",)
    assert remarks.notes == (*remarks.damage, "line 4: 'include' is not followed")


def test_settings_as_they_are_written() -> None:
    config = parse("[libdefaults]\nrdns = no\nallow_rc4 = maybe\npermitted_enctypes = aes rc4\n")
    assert config.libdefaults["permitted_enctypes"] == "aes rc4"
    assert (config.switch("rdns"), config.switch("allow_rc4"), config.switch("other")) == (False, None, None)


def test_empty() -> None:
    assert parse("") == Krb5Config()


@given(st.text(alphabet="[]{}=*#; \n\tkdcrealmsinclude\"'./:0aA\ufeff", max_size=200))
def test_nothing_raises(text: str) -> None:
    parse("[realms]\n" + text)
    assert len(parse(text * 20).notes) <= 50


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("300", 300), ("300s", 300), ("5m", 300), ("1h", 3600), ("5M", 300), ('"5m"', 300), ("0", 0)),
        *(
            ("", None),
            ("m", None),
            ("-5m", None),
            ("1.5h", None),
            ("250ms", None),
            ("5 m", None),
            ("soon", None),
        ),
        *(("1d", None), ("5m30s", None), ("0:05", None), ("9" * 8, None)),  # MIT takes all but the last
    ],
)
def test_clock_skew(text: str, seconds: int | None) -> None:
    assert parse(f"[libdefaults]\nclockskew = {text}\n").clock_skew_s == seconds
