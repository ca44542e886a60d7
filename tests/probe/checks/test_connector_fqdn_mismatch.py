from probe.checks import Status
from probe.checks.connector_fqdn_mismatch import examine
from probe.diagnosis.verdict import judge
from probe.trace import Target
from probe.trace.facts import Resolve
from tests.support.directories import account, forest, found, owners
from tests.support.traces import (
    DC2,
    FQDN,
    SPN,
    asks,
    ehlo,
    greeting,
    handshake,
    healthy,
    no_ticket,
    postfix,
    trace,
)

OTHER = "mail.contoso.com"
OTHER_SPN = f"SMTPSVC/{OTHER}"
SEEN = greeting(), ehlo(advertised_name=OTHER)


def test_advertised_unknown_and_own_name_known_is_proof_where_the_directory_has_nobody() -> None:
    asked = (*SEEN, asks(OTHER_SPN, code=7), asks(SPN))
    for told in ((forest(OTHER_SPN),), (found(), owners(OTHER_SPN))):
        finding = examine(trace(*asked, *told))
        assert (finding.status, finding.breaks) == (Status.CONFIRMED, True)
        assert (finding.names["fqdn"], finding.names["advertised"]) == (FQDN, OTHER)


def test_a_kdc_says_the_same_of_a_name_that_two_accounts_have() -> None:
    finding = examine(trace(*SEEN, asks(OTHER_SPN, code=7), asks(SPN)))
    assert finding.status is Status.SUSPECT
    assert "setspn -F -Q" in finding.would_decide[0]
    both = owners(OTHER_SPN, account(), account("OLD1$"))
    assert examine(trace(*SEEN, asks(OTHER_SPN, code=7), asks(SPN), both)).status is Status.PASS


def test_an_answer_that_was_cut_proves_no_absence() -> None:
    cut = (found(), owners(OTHER_SPN, complete=False))
    assert examine(trace(*SEEN, asks(OTHER_SPN, code=7), asks(SPN), *cut)).status is Status.SUSPECT


def test_advertised_known_passes() -> None:
    assert examine(trace(*SEEN, asks(OTHER_SPN), asks(SPN))).status is Status.PASS
    known_somewhere = trace(*SEEN, asks(OTHER_SPN, code=7), asks(OTHER_SPN, kdc=DC2), asks(SPN))
    assert examine(known_somewhere).status is Status.PASS


ALIAS = Resolve(name=FQDN, source="dns", record="CNAME", names=(OTHER,))


def test_an_alias_is_harmless_and_that_is_said() -> None:
    finding = examine(trace(ALIAS, *SEEN, asks(OTHER_SPN)))
    assert finding.status is Status.PASS
    assert "alias (CNAME) of it, which is harmless" in finding.says
    assert finding.evidence[-1].step == "resolve-1"


def test_what_an_alias_leads_to_is_the_hosts_own_name() -> None:
    run = trace(ALIAS, *SEEN, asks(OTHER_SPN, code=7), asks(SPN), no_ticket(7))
    assert examine(run).status is Status.NOT_APPLICABLE
    assert judge(run).verdict.cause == "spn-missing"


def test_both_unknown_is_a_missing_spn_and_not_this() -> None:
    both = trace(*SEEN, asks(OTHER_SPN, code=7), asks(SPN, code=7))
    assert examine(both).status is Status.NOT_APPLICABLE


def test_unasked_is_not_proof() -> None:
    assert examine(trace(*SEEN, asks(SPN))).status is Status.NOT_APPLICABLE


def test_the_same_name_in_another_case_passes() -> None:
    assert examine(trace(greeting(), ehlo(advertised_name=FQDN.upper()))).status is Status.PASS


def test_an_address_as_target_has_no_name_to_compare() -> None:
    target = Target(name="192.0.2.10", host="192.0.2.10", port=25)
    probed = trace(*SEEN, asks(OTHER_SPN, code=7), asks("SMTPSVC/192.0.2.10"), target=target)
    assert examine(probed).status is Status.NOT_APPLICABLE


def test_other_servers_may_say_what_they_like() -> None:
    other = trace(*postfix(advertised_name=OTHER), asks(OTHER_SPN, code=7), asks(SPN))
    assert examine(other).status is Status.NOT_APPLICABLE


def test_a_success_does_not_break_and_healthy_passes() -> None:
    assert examine(trace(*SEEN, asks(OTHER_SPN, code=7), asks(SPN), handshake())).breaks is False
    assert examine(healthy()).status is Status.PASS
