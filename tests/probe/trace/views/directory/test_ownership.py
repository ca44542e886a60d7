"""What the checks make of the directories: proof, suspicion, or that it is meant to be so."""

import pytest

from probe.checks import (
    Finding,
    Status,
    connector_fqdn_mismatch,
    machine_key_stale,
    not_authorized,
    return_spn_missing,
    spn_duplicate,
    spn_missing,
    spn_on_wrong_account,
)
from probe.diagnosis.verdict import judge
from probe.trace import Step, Trace
from probe.trace.facts import DirectoryAnswer, Facts, Outcome
from probe.trace.views.directory.ownership import computer_name, host_account, moment, ownership
from tests.support.directories import (
    DC2,
    EX1,
    EX2,
    SERVICE,
    account,
    answer,
    directory,
    forest,
    found,
    owners,
)
from tests.support.traces import (
    FQDN,
    RETURN_SPN,
    SPN,
    asked,
    asks,
    bound_refused,
    ehlo,
    error,
    failing,
    greeting,
    handshake,
    healthy,
    inside,
    negotiation,
    no_ticket,
    opening,
    postfix,
    refused,
    smb_session_check,
    step,
    ticket,
    trace,
)

HOST = f"HOST/{FQDN}"
REFUSED = step(refused(), Outcome.REFUSED)


def unknown(*told: Facts) -> Trace:
    """No KDC knows the SPN; the directories say this."""
    return trace(greeting(), ehlo(), asks(code=7), asks(HOST), no_ticket(7), *told)


def refusing(*told: Facts | Step[Facts]) -> Trace:
    """The receiver refuses a good ticket; the directories say this."""
    return trace(*opening(), REFUSED, *told)


def said(finding: Finding) -> str:
    return " | ".join((finding.says, *(each.says for each in finding.evidence)))


# ---- spn-missing


def test_nobody_in_the_domain_has_it() -> None:
    missing = unknown(*directory(held={SPN: ()}))
    finding = spn_missing.examine(missing)
    assert (finding.status, finding.breaks, finding.names["spn"]) == (Status.CONFIRMED, True, SPN)
    assert f"dc1.contoso.lab: nobody in its domain has {SPN}" in said(finding)
    assert (judge(missing).verdict.cause, judge(missing).verdict.certainty) == ("spn-missing", "certain")
    assert any(remedy.command == f"setspn -S {SPN} EX1$" for remedy in judge(missing).verdict.remedy)


def test_a_cut_answer_proves_no_absence() -> None:
    cut = owners(SPN, complete=False)
    assert spn_missing.examine(unknown(found(), cut)).status is Status.SUSPECT


def test_a_failed_or_unprotected_answer_is_none() -> None:
    for broken in (owners(SPN, error="refused"), owners(SPN, protection="none")):
        assert spn_missing.examine(unknown(found(), broken)).status is Status.SUSPECT


def test_another_forests_directory_says_nothing_about_the_host() -> None:
    elsewhere = unknown(answer("account", "EX1$"), owners(SPN), owners(HOST), forest(SPN), forest(HOST))
    assert spn_missing.examine(elsewhere).status is Status.SUSPECT


def test_a_computer_of_the_same_label_in_another_domain_is_not_the_host() -> None:
    namesake = account(dns_host_name="ex1.fabrikam.lab")
    assert spn_missing.examine(unknown(found(namesake), owners(SPN), owners(HOST))).status is Status.SUSPECT


def test_who_has_the_host_name_shows_that_it_is_the_right_forest() -> None:
    seen = unknown(answer("account", "EX1$"), forest(SPN), forest(HOST, EX1))
    assert spn_missing.examine(seen).status is Status.CONFIRMED


def test_an_owner_anywhere_dismisses_it() -> None:
    finding = spn_missing.examine(unknown(found(), owners(SPN), forest(SPN, SERVICE)))
    assert (finding.status, "svc-relay" in finding.says) == (Status.PASS, True)


def test_an_absence_at_one_controller_is_not_missing() -> None:
    both = unknown(*directory(held={SPN: ()}), *directory(DC2))
    assert spn_missing.examine(both).status is Status.PASS


def test_a_kdc_that_knows_it_outweighs_the_directory() -> None:
    known = trace(greeting(), ehlo(), asks(), *directory(held={SPN: ()}), ticket(), REFUSED)
    assert spn_missing.examine(known).status is Status.PASS


def test_services_that_host_stands_for_are_not_missing() -> None:
    request = asked(spn=f"http/{FQDN}")
    wanted = trace(
        greeting(), ehlo(), asks(f"http/{FQDN}", code=7), found(), owners(f"http/{FQDN}"), request=request
    )
    assert spn_missing.examine(wanted).status is Status.SUSPECT


def test_where_the_connector_advertises_another_name_that_comes_first() -> None:
    other = "mail.contoso.lab"
    said_other = trace(
        greeting(name=other),
        ehlo(advertised_name=other),
        asks(f"SMTPSVC/{other}", code=7),
        asks(),
        no_ticket(7, server=f"SMTPSVC/{other}"),
        *directory(held={f"SMTPSVC/{other}": ()}),
    )
    assert spn_missing.examine(said_other).status is Status.NOTICE
    assert judge(said_other).verdict.cause == "connector-fqdn-mismatch"


# ---- spn-duplicate


def test_two_owners_are_a_duplicate() -> None:
    twice = unknown(*directory(held={SPN: (EX1, SERVICE)}))
    finding = spn_duplicate.examine(twice)
    assert (finding.status, finding.names["wrong_account"]) == (Status.CONFIRMED, "svc-relay")
    verdict = judge(twice).verdict
    assert (verdict.cause, verdict.certainty) == ("spn-duplicate", "certain")
    assert any(remedy.command == f"setspn -D {SPN} svc-relay" for remedy in verdict.remedy)


def test_two_owners_in_two_domains_are_a_duplicate() -> None:
    twice = unknown(
        found(), owners(SPN, EX1), forest(SPN, EX1, account(dn="CN=EX1,DC=child,DC=contoso,DC=lab"))
    )
    assert spn_duplicate.examine(twice).status is Status.CONFIRMED


def test_two_strangers_leave_it_open_which_one_is_wrong() -> None:
    finding = spn_duplicate.examine(unknown(*directory(held={SPN: (EX2, SERVICE)})))
    assert (finding.status, finding.names["wrong_account"]) == (Status.CONFIRMED, "")


def test_one_owner_at_each_controller_is_no_duplicate_yet() -> None:
    split = unknown(*directory(), *directory(DC2, held={SPN: (SERVICE,)}))
    assert spn_duplicate.examine(split).status is Status.NOTICE
    assert judge(split).verdict.cause == "replication-diverged"


def test_the_directory_dismisses_what_error_7_may_mean() -> None:
    finding = spn_duplicate.examine(unknown(*directory(held={SPN: ()})))
    assert (finding.status, finding.says) == (Status.PASS, f"the directory says: nobody has {SPN}")


def test_a_duplicate_of_another_form_refuses_nobody() -> None:
    other = trace(*healthy().steps, *directory(held={"SMTP/ex1": (EX1, EX2)}))
    assert judge(other).verdict.cause == "healthy"


# ---- spn-on-wrong-account


def test_another_account_has_it() -> None:
    moved = refusing(*directory(held={SPN: (SERVICE,)}))
    finding = spn_on_wrong_account.examine(moved)
    assert (finding.status, finding.names["wrong_account"]) == (Status.CONFIRMED, "svc-relay")
    assert finding.says == f"{SPN} is on svc-relay, not on EX1$"
    verdict = judge(moved).verdict
    assert (verdict.cause, verdict.certainty) == ("spn-on-wrong-account", "certain")
    assert [remedy.command for remedy in verdict.remedy][1:] == [
        f"setspn -D {SPN} svc-relay",
        f"setspn -S {SPN} EX1$",
    ]


def test_a_name_that_several_hosts_share_may_be_on_an_account_of_its_own() -> None:
    finding = spn_on_wrong_account.examine(refusing(*directory(held={SPN: (SERVICE,), HOST: (SERVICE,)})))
    assert (finding.status, "share" in finding.says) == (Status.SUSPECT, True)


def test_other_receivers_may_have_a_service_account() -> None:
    smtp = f"smtp/{FQDN}"
    banner, offer = postfix()
    turned_down = step(refused(server=smtp), Outcome.REFUSED)
    service = trace(
        banner,
        offer,
        asks(smtp),
        ticket(server=smtp, requested=(smtp,)),
        turned_down,
        found(),
        owners(smtp, SERVICE),
    )
    assert spn_on_wrong_account.examine(service).status is Status.SUSPECT


def test_who_opened_the_ticket_has_the_right_account() -> None:
    shared = trace(*opening(), handshake(), *directory(held={SPN: (SERVICE,)}))
    assert spn_on_wrong_account.examine(shared).status is Status.PASS
    assert judge(shared).verdict.cause == "healthy"


def test_one_controller_that_says_otherwise_leaves_a_doubt() -> None:
    split = refusing(*directory(), *directory(DC2, held={SPN: (SERVICE,)}))
    assert spn_on_wrong_account.examine(split).status is Status.NOT_APPLICABLE
    assert judge(split).verdict.cause == "replication-diverged"


def test_without_the_hosts_own_account_nobody_can_say() -> None:
    for told in ((owners(SPN, SERVICE),), (answer("account", "EX1$"), owners(SPN, SERVICE))):
        assert spn_on_wrong_account.examine(refusing(*told)).status is Status.NOT_APPLICABLE


def test_another_computers_account_is_wrong_wherever_the_receivers_own_is() -> None:
    theirs = account("OLD-EX1$", dns_host_name="old-ex1.contoso.lab", dn="CN=OLD-EX1,DC=contoso,DC=lab")
    finding = spn_on_wrong_account.examine(refusing(owners(SPN, theirs)))
    assert (finding.status, finding.names["wrong_account"]) == (Status.CONFIRMED, "OLD-EX1$")


def test_its_own_account_is_right() -> None:
    assert spn_on_wrong_account.examine(refusing(*directory())).status is Status.PASS


def test_the_contrast_is_a_suspicion() -> None:
    other = handshake(server=HOST, contrast="other-service")
    finding = spn_on_wrong_account.examine(refusing(other))
    assert (finding.status, finding.names["spn"]) == (Status.SUSPECT, SPN)
    assert spn_on_wrong_account.examine(refusing()).status is Status.NOT_APPLICABLE


def test_the_machines_good_key_elsewhere_is_a_suspicion() -> None:
    finding = spn_on_wrong_account.examine(refusing(smb_session_check()))
    assert (finding.status, finding.says) == (
        Status.SUSPECT,
        f"the receiver's computer has its key, and refuses the ticket for {SPN}",
    )
    assert spn_on_wrong_account.examine(refusing(smb_session_check(41))).status is Status.NOT_APPLICABLE


def test_a_receiver_that_refuses_its_own_names_ticket_has_another_reason() -> None:
    host = step(refused(server=HOST, contrast="other-service"), Outcome.REFUSED)
    assert spn_on_wrong_account.examine(refusing(smb_session_check(), host)).status is Status.NOT_APPLICABLE


def test_a_receiver_that_reads_no_message_tells_of_no_account() -> None:
    unread = refusing(smb_session_check(), negotiation(60, answered=False), negotiation(1700, answered=False))
    assert spn_on_wrong_account.examine(unread).status is Status.NOT_APPLICABLE


# ---- connector-fqdn-mismatch


def test_a_name_that_the_directory_knows_is_no_wrong_name() -> None:
    other = "mail.contoso.lab"
    spn = f"SMTPSVC/{other}"
    twice = trace(
        greeting(name=other),
        ehlo(advertised_name=other),
        asks(spn, code=7),
        asks(),
        no_ticket(7, server=spn),
        *directory(held={spn: (EX1, EX2)}),
    )
    assert connector_fqdn_mismatch.examine(twice).status is Status.PASS
    assert judge(twice).verdict.cause == "spn-duplicate"


# ---- machine-key-stale


def test_keys_that_all_controllers_agree_on_are_evidence() -> None:
    finding = machine_key_stale.examine(refusing(*directory(), *directory(DC2)))
    assert finding.status is Status.SUSPECT
    assert "dc2.contoso.lab: EX1$: kvno 3, password set 2023-11-14 22:13:20 UTC" in said(finding)


def test_a_wrong_owner_speaks_against_the_receivers_key() -> None:
    modified = trace(
        *opening(), step(refused(peer_error=error(41)), Outcome.REFUSED), *directory(held={SPN: (SERVICE,)})
    )
    assert machine_key_stale.examine(modified).status is Status.SUSPECT
    assert judge(modified).verdict.cause == "spn-on-wrong-account"


def test_different_keys_at_the_controllers_speak_against_the_receivers() -> None:
    newer = directory(DC2, ex1=account(password_set=1_700_000_900.0))
    assert machine_key_stale.examine(refusing(*directory(), *newer)).status is Status.NOTICE


# ---- not-authorized


@pytest.mark.parametrize(
    ("groups", "complete", "words"),
    [
        (("Exchange Servers",), True, "EX2$ is a direct member of Exchange Servers"),
        (("Domain Computers",), True, "EX2$ is not a direct member of Exchange Servers"),
        (("Domain Computers",), False, ""),
    ],
)
def test_membership_of_the_sender_is_evidence(groups: tuple[str, ...], complete: bool, words: str) -> None:
    member = found(account("EX2$", groups=groups), complete=complete)
    turned_away = trace(*opening(), step(refused(ap_rep_verified=True), Outcome.REFUSED), member)
    finding = not_authorized.examine(turned_away)
    assert finding.status is Status.CONFIRMED
    assert words in said(finding)
    assert ("member" in said(finding)) is bool(words)


# ---- return-spn-missing


def way_back(*told: Facts) -> Trace:
    return trace(
        greeting(), ehlo(), inside(), asks(RETURN_SPN, code=7), ticket(), bound_refused(), handshake(), *told
    )


def test_nobody_has_the_way_back() -> None:
    finding = return_spn_missing.examine(way_back(*directory(held={RETURN_SPN: ()})))
    assert (finding.status, finding.would_decide) == (Status.CONFIRMED, ())


def test_two_have_the_way_back() -> None:
    finding = return_spn_missing.examine(way_back(*directory(held={RETURN_SPN: (EX2, SERVICE)})))
    assert (finding.status, "EX2$ and svc-relay have it at once" in finding.says) == (Status.SUSPECT, True)


def test_a_jump_host_that_the_directory_does_not_know_proves_nothing() -> None:
    assert return_spn_missing.examine(way_back(owners(RETURN_SPN))).status is Status.SUSPECT


# ---- the helper itself


def test_names_and_times() -> None:
    assert computer_name("mailserver-frankfurt01.contoso.lab") == "MAILSERVER-FRAN$"
    assert (moment(0.0), moment(1e18), moment(1_700_000_000.5)) == (
        "never",
        "at an impossible time",
        "2023-11-14 22:13:20 UTC",
    )


def test_owners_are_compared_by_name_and_without_regard_to_case() -> None:
    louder = account(dn=EX1.dn.upper())
    asked_twice = trace(owners(SPN, EX1), owners(SPN.upper(), louder, host=DC2))
    owned = ownership(asked_twice, f"{SPN}@CONTOSO.LAB")
    assert owned is not None
    assert (owned.accounts, owned.agreed, owned.together) == ((EX1,), True, False)
    assert ownership(asked_twice, HOST) is None


def test_answers_without_protection_or_with_an_error_do_not_count() -> None:
    assert host_account(trace(ehlo(), DirectoryAnswer(dc="x", question="account", accounts=(EX1,)))) is None
    assert host_account(failing(found(error="refused"))) is None
