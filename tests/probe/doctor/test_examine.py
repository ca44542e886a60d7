"""One difference to a healthy host each, and what is made of it."""

from dataclasses import replace

import pytest

from probe import causes
from probe.diagnosis.verdict import Overall
from probe.doctor.examine import examine, overall
from probe.doctor.observation import TOPICS, Level, Observation
from probe.doctor.values import CachedTicket, HostFacts, Kdcs, KeytabRow, PortKnock
from probe.tickets.files.includes import ConfigFile
from probe.tickets.files.krb5conf import Krb5Config
from probe.trace.facts import TimeServer
from tests.probe.doctor.healthy import HEALTHY, NOW, changed, clock, ticket, way, with_config

Expected = tuple[str, Level]
NOTICE, PROBLEM = Level.NOTICE, Level.PROBLEM


def bad(facts: HostFacts) -> dict[str, Level]:
    """Code -> level of all that is not as it should be."""
    return {item.code: item.level for item in examine(facts) if item.level is not Level.OK}


def sntp(offset_s: float, host: str) -> TimeServer:
    return TimeServer(
        server=f"{host}:123", stratum=3, synchronized=True, clock=clock(offset_s, f"{host}:88", "sntp")
    )


def only(facts: HostFacts, code: str) -> Observation:
    (found,) = (item for item in examine(facts) if item.code == code)
    return found


def test_a_healthy_host() -> None:
    observations = examine(HEALTHY)
    assert bad(HEALTHY) == {}
    assert overall(HEALTHY, observations) is Overall.OK
    assert {item.topic for item in observations} == set(TOPICS)


def test_a_bare_jump_host_that_knows_its_realm_is_no_worse() -> None:
    """No krb5.conf, no tickets, no keytab, no time service seen: nothing of it is needed."""
    bare = replace(
        HostFacts(host="jump.contoso.lab", platform="linux"), realm="CONTOSO.LAB", kdcs=HEALTHY.kdcs
    )
    bare = replace(bare, names=HEALTHY.names, dns=HEALTHY.dns)
    assert bad(bare) == {}


FILES = (
    ConfigFile(path="/etc/krb5.conf"),
    ConfigFile(path="/etc/krb5.conf.d/x", included_by="/etc/krb5.conf", error="Permission denied"),
)

CASES: list[tuple[str, HostFacts, dict[str, Level]]] = [
    ("unreadable include", changed("configuration", files=FILES), {"config-unreadable": PROBLEM}),
    (
        "damage",
        changed(
            "configuration",
            files=(ConfigFile(path="/etc/krb5.conf", damage=("line 3: a } closes nothing",)),),
        ),
        {"config-damaged": PROBLEM},
    ),
    (
        "a KDC that is no host",
        changed(
            "configuration", files=(ConfigFile(path="/etc/krb5.conf", notes=("line 3: kdc 'https://x'",)),)
        ),
        {"config-passed-over": NOTICE},
    ),
    (
        "no realm",
        replace(HEALTHY, realm="", realm_from="", kdcs=Kdcs(), dns=replace(HEALTHY.dns, asked=False)),
        {"realm-unknown": NOTICE},
    ),
    ("small letters", replace(HEALTHY, realm="contoso.lab"), {"realm-case": NOTICE}),
    (
        "no KDC and no DNS",
        changed("configuration", config=Krb5Config(dns_lookup_kdc=False)),
        {"kdcs-nowhere": PROBLEM},
    ),
    (
        "no KDC and no DNS, but an option",
        replace(
            changed("configuration", config=Krb5Config(dns_lookup_kdc=False)),
            kdcs=replace(HEALTHY.kdcs, source="option"),
        ),
        {"kdcs-nowhere": NOTICE},
    ),
    ("clockskew", with_config("clockskew = 600"), {"clockskew": NOTICE}),
    (
        "only RC4",
        with_config("permitted_enctypes = arcfour-hmac-md5, des-cbc-crc"),
        {"enctypes-without-aes": PROBLEM},
    ),
    ("RC4 beside AES", with_config("permitted_enctypes = rc4 aes256-cts"), {}),
    ("the default less one", with_config("permitted_enctypes = DEFAULT -rc4"), {}),
    ("weak", with_config("allow_weak_crypto = true"), {"weak-crypto": NOTICE}),
    ("damaged cache", changed("cache", error="at octet 0: x"), {"ccache-unreadable": PROBLEM}),
    ("no TGT", changed("cache", tickets=(ticket("SMTPSVC/a@B"),)), {"tgt-none": NOTICE}),
    ("expired", changed("cache", tickets=(ticket(left_s=-5),)), {"tgt-expired": NOTICE}),
    ("ends soon", changed("cache", tickets=(ticket(left_s=599),)), {"tgt-ends-soon": NOTICE}),
    ("does not end soon", changed("cache", tickets=(ticket(left_s=600),)), {}),
    (
        "not yet",
        changed("cache", tickets=(replace(ticket(), start_time=NOW + 60),)),
        {"tgt-early": NOTICE},
    ),
    (
        "not yet by this host's clock, but by the KDC's",
        changed("cache", tickets=(replace(ticket(), start_time=NOW + 60),), kdc_offset_s=61.0),
        {},
    ),
    (
        "old SMTP ticket",
        changed("cache", tickets=(ticket(), ticket("smtpsvc/x@Y", left_s=-1))),
        {"smtp-ticket-expired": NOTICE},
    ),
    (
        "the cache's own offset",
        changed("cache", tickets=(replace(ticket(), start_time=NOW - 3600),), kdc_offset_s=-600.0),
        {"ccache-offset": NOTICE},
    ),
    ("keytab damaged", changed("keytab", error="at octet 0: x", rows=()), {"keytab-damaged": PROBLEM}),
    ("keytab of another user", changed("keytab", denied=True, error="Permission denied", rows=()), {}),
    ("keytab for everybody", changed("keytab", open_to_all=True), {"keytab-open": PROBLEM}),
    ("empty keytab", changed("keytab", rows=()), {"keytab-empty": NOTICE}),
    (
        "RC4 keytab",
        changed(
            "keytab",
            rows=(
                KeytabRow(principal="A$@B", kvno=2, etype=18),
                KeytabRow(principal="A$@B", kvno=3, etype=23),
            ),
        ),
        {"keytab-without-aes": NOTICE},
    ),
    ("short name", changed("names", full="jump", reverse={}), {"name-short": NOTICE}),
    (
        "reverse differs",
        changed("names", reverse={"192.0.2.9": "other.contoso.lab"}),
        {"name-reverse-differs": NOTICE},
    ),
    ("no reverse", changed("names", reverse={"192.0.2.9": ""}), {}),
    ("Debian's 127.0.1.1", changed("names", hosts_lines=("127.0.1.1 jump.contoso.lab jump",)), {}),
    (
        "hosts against DNS",
        changed("names", hosts_lines=("192.0.2.77 jump.contoso.lab",)),
        {"hosts-differ": NOTICE},
    ),
    ("not in DNS", changed("names", dns_addresses=(), dns_error="no-such-name"), {}),
    ("DNS dead", changed("names", dns_addresses=(), dns_error="timed-out"), {"name-dns-failed": NOTICE}),
    ("no name server", changed("dns", nameservers=()), {"nameservers-none": NOTICE}),
    ("SRV for UDP only", changed("dns", tcp_kdcs=()), {"srv-one-transport": NOTICE}),
    (
        "no SRV, KDC given",
        replace(
            changed("dns", udp_kdcs=(), tcp_kdcs=(), error="no-such-name"),
            kdcs=replace(HEALTHY.kdcs, source="option"),
        ),
        {},
    ),
    (
        "no SRV, nothing else",
        replace(changed("dns", udp_kdcs=(), tcp_kdcs=(), error="timed-out"), kdcs=Kdcs()),
        {"srv-none": PROBLEM, "kdcs-unknown": PROBLEM},
    ),
    (
        "TCP blocked",
        changed("kdcs", ways=(way(), way(transport="tcp", error="timed-out"))),
        {"kdc-tcp": PROBLEM},
    ),
    (
        "UDP blocked",
        changed("kdcs", ways=(way(error="timed-out"), way(transport="tcp"))),
        {"kdc-udp": NOTICE},
    ),
    (
        "one of two dead",
        changed(
            "kdcs",
            ways=(
                way(),
                way(transport="tcp"),
                way("dc2:88", error="refused"),
                way("dc2:88", "tcp", error="refused"),
            ),
        ),
        {"kdc-dead": NOTICE},
    ),
    (
        "all dead",
        changed("kdcs", ways=(way(error="refused"), way(transport="tcp", error="refused"))),
        {"kdc-dead": NOTICE, "kdcs-unreachable": PROBLEM},
    ),
    (
        "a KDC for one transport only, as krb5.conf may name it",
        changed("kdcs", ways=(way(transport="tcp"),)),
        {},
    ),
    (
        "another realm's KDC",
        changed("kdcs", ways=(way(code=68), way(transport="tcp", code=68))),
        {"kdc-other-realm": PROBLEM},
    ),
    (
        "no KDC at all",
        changed("kdcs", ways=(way(code=None, problem="undecodable"),)),
        {"kdc-malformed": PROBLEM},
    ),
    (
        "a silent port",
        changed("kdcs", knocks=(PortKnock(host="dc1", port=389, milliseconds=1, error="timed-out"),)),
        {"port-silent": NOTICE},
    ),
    (
        "no LDAP there",
        changed("kdcs", knocks=(PortKnock(host="dc1", port=389, milliseconds=1, error="refused"),)),
        {},
    ),
]


@pytest.mark.parametrize(("facts", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_one_difference(facts: HostFacts, expected: dict[str, Level]) -> None:
    assert bad(facts) == expected
    status = overall(facts, examine(facts))
    if PROBLEM in expected.values():
        assert status is Overall.FAILURE
    elif not facts.realm:
        assert status is Overall.UNKNOWN
    else:
        assert status is (Overall.WARNING if expected else Overall.OK)


@pytest.mark.parametrize(
    ("offsets", "expected", "cause"),
    [
        ((239.0,), {}, ""),
        ((-241.0,), {"clock-nearly": NOTICE}, "clock-skew-sender"),
        ((300.005,), {"clock-nearly": NOTICE}, "clock-skew-sender"),  # within the reading's uncertainty
        ((301.0,), {"clock-skew": PROBLEM}, "clock-skew-sender"),
        ((600.0, 601.0), {"clock-skew": PROBLEM}, "clock-skew-sender"),
        ((600.0, 0.0), {"clock-kdc": PROBLEM}, "clock-skew-kdc"),
        ((600.0, -600.0), {"clock-skew": PROBLEM}, "clock-skew-sender"),
    ],
)
def test_clocks(offsets: tuple[float, ...], expected: dict[str, Level], cause: str) -> None:
    names = [f"dc{number}:88" for number, _ in enumerate(offsets)]
    ways = tuple(way(name, clock=clock(offset, name)) for name, offset in zip(names, offsets, strict=True))
    facts = changed("kdcs", ways=ways, knocks=())
    assert bad(facts) == expected
    assert {item.cause for item in examine(facts) if item.level is not Level.OK} == (
        {cause} if cause else set()
    )


def test_whose_clock_two_parties_cannot_tell_and_three_can() -> None:
    far = way(clock=clock(600.0))
    assert "cannot tell" in only(changed("kdcs", ways=(far,)), "clock-skew").says
    other = replace(HEALTHY.kdcs, ways=(far,), time_servers=(sntp(600.0, "dc2.contoso.lab"),))
    assert "behind every other" in only(replace(HEALTHY, kdcs=other), "clock-skew").says
    same = replace(HEALTHY.kdcs, ways=(far,), time_servers=(sntp(600.0, "dc1.contoso.lab"),))
    assert "cannot tell" in only(replace(HEALTHY, kdcs=same), "clock-skew").says


def test_a_time_service_that_does_not_know_the_time() -> None:
    servers = (replace(sntp(0.1, "dc1.contoso.lab"), synchronized=False),)
    assert bad(changed("kdcs", time_servers=servers)) == {"time-server-unsynchronized": NOTICE}
    silent = (TimeServer(server="dc1.contoso.lab:123", error="timed-out"),)
    assert bad(changed("kdcs", time_servers=silent)) == {}
    assert "dc1.contoso.lab:123 (timed-out)" in only(changed("kdcs", time_servers=silent), "sntp-silent").says


def test_a_clock_that_nothing_keeps() -> None:
    facts = changed("time_service", running=(), configured=())
    assert bad(facts) == {}
    late = replace(facts, kdcs=replace(facts.kdcs, ways=(way(clock=clock(-40.0)),)))
    assert bad(late) == {"time-service-none": NOTICE}
    windows = replace(late, platform="win32")
    assert only(windows, "time-service-none").remedy[0].command == "w32tm /resync /rediscover"


@pytest.mark.parametrize("kind", ["KEYRING", "KCM", "DIR", "MSLSA", "API"])
def test_a_cache_that_we_do_not_read_is_named(kind: str) -> None:
    facts = changed("cache", name=f"{kind}:x", kind=kind, found=False, tickets=())
    says = only(facts, "ccache-kind").says
    assert kind in says
    assert "does not read" in says
    assert bad(facts) == {}


def test_the_ticket_of_the_own_realm_counts() -> None:
    other = ticket("krbtgt/OTHER.LAB@CONTOSO.LAB", left_s=-100)
    assert bad(changed("cache", tickets=(other, ticket()))) == {}
    assert "tgt-expired" in bad(changed("cache", tickets=(other,)))


def test_every_word_names_a_cause_that_exists_and_no_brace_is_left() -> None:
    for _, facts, _ in CASES:
        for item in examine(facts):
            assert item.topic in TOPICS
            assert not item.cause or item.cause in causes.codes()
            assert item.says
            for text in (item.says, *(f"{one.do}{one.command}" for one in item.remedy)):
                assert "{" not in text


def test_a_problem_says_what_to_do_or_where_to_read_on() -> None:
    for _, facts, _ in CASES:
        for item in examine(facts):
            if item.level is PROBLEM and item.code != "kdc-malformed":
                assert item.remedy or item.cause, item.code


def test_a_ticket_has_no_key_to_show() -> None:
    assert set(CachedTicket.__slots__) == {
        *("server", "start_time", "end_time", "etype", "kvno", "session_etype"),
    }
