from probe.checks import Status
from probe.checks.credentials_rejected import examine as credentials
from probe.checks.replication_diverged import examine as replication
from probe.trace.views.directory.accounts import read_opinions
from tests.support.traces import DC1, DC2, asked, clock, error, logon, trace

OURS = "EX2$"


def test_a_kdc_that_refuses_whom_another_knows_is_a_split() -> None:
    seen = trace(clock(DC1, error=error(18), client=OURS), clock(DC2, client=OURS), logon(DC1, 18))
    opinions = read_opinions(seen)
    assert opinions.split
    assert [step.facts.kdc for step in opinions.bad] == [DC1]
    found = replication(seen)
    assert (found.status, found.breaks, found.names["kdc"]) == (Status.CONFIRMED, True, DC1)
    assert [DC1 in found.evidence[0].says, DC2 in found.evidence[1].says] == [True, True]
    assert credentials(seen).status is Status.SUSPECT


def test_an_account_that_one_kdc_has_not_heard_of_is_a_split() -> None:
    seen = trace(clock(DC1, error=error(6), client=OURS), clock(DC2, client=OURS), logon(DC1, 6))
    assert replication(seen).status is Status.CONFIRMED


def test_all_of_one_mind_is_none() -> None:
    seen = trace(
        clock(DC1, error=error(18), client=OURS), clock(DC2, error=error(18), client=OURS), logon(DC1, 18)
    )
    assert not read_opinions(seen).split
    assert credentials(seen).status is Status.CONFIRMED
    assert replication(seen).status is Status.NOT_APPLICABLE


def test_another_name_says_nothing_about_ours() -> None:
    seen = trace(clock(DC1, error=error(6), client="exps-clock"), clock(DC2, client=OURS))
    assert not read_opinions(seen).split


def test_a_wrong_password_is_no_opinion_about_the_account() -> None:
    seen = trace(clock(DC1, client=OURS), clock(DC2, client=OURS), logon(DC1, 24))
    assert not read_opinions(seen).bad
    assert credentials(seen).status is Status.SUSPECT, (
        "a computer's new key may not have reached this controller"
    )
    alone = trace(clock(DC1, client=OURS), logon(DC1, 24))
    assert credentials(alone).status is Status.CONFIRMED
    person = asked(principal="alice@CONTOSO.LAB", credentials="password")
    typed = trace(clock(DC1), clock(DC2), logon(DC1, 24, client="alice"), request=person)
    assert credentials(typed).status is Status.CONFIRMED


def test_who_refuses_only_after_the_preauthentication_is_not_contradicted_by_who_saw_none() -> None:
    """Samba's answers to a log-on with a disabled account: 25 on both controllers, then 18 where it was tried."""
    seen = trace(clock(DC1, client=OURS), clock(DC2, client=OURS), logon(DC1, 18))
    opinions = read_opinions(seen)
    assert [step.facts.kdc for step in opinions.bad] == [DC1]
    assert opinions.unheard == (DC2,)
    assert not opinions.split
    assert credentials(seen).status is Status.SUSPECT, "the other one may know better"
    assert "EACH_DC" in credentials(seen).would_decide[0]
    assert replication(seen).status is not Status.CONFIRMED


def test_a_ticket_elsewhere_contradicts_a_late_refusal() -> None:
    seen = trace(clock(DC1, client=OURS), logon(DC1, 18), clock(DC2, client=OURS), logon(DC2))
    assert read_opinions(seen).split
    assert replication(seen).status is Status.CONFIRMED


def test_the_only_kdc_has_the_last_word() -> None:
    assert credentials(trace(clock(DC1, client=OURS), logon(DC1, 18))).status is Status.CONFIRMED
