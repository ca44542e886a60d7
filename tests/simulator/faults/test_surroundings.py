"""What each fault makes true, by its parameters and its lab: the traps are those that a reader would fall into."""

from dataclasses import replace

import pytest

from simulator.faults import Fault, registry
from simulator.faults.account_disabled import AccountDisabled
from simulator.faults.balanced import Balanced
from simulator.faults.clock_skew import ClockSkew
from simulator.faults.duplicate_spn import DuplicateSpn
from simulator.faults.etype import Etype
from simulator.faults.fqdn_mismatch import FqdnMismatch
from simulator.faults.illegal_message import IllegalMessage
from simulator.faults.kdc_down import KdcDown
from simulator.faults.kdc_transport import KdcTransport
from simulator.faults.ldap_down import LdapDown
from simulator.faults.masked_banner import MaskedBanner
from simulator.faults.masked_commands import MaskedCommands
from simulator.faults.missing_name import MissingName
from simulator.faults.missing_spn import MissingSpn
from simulator.faults.missing_trust import MissingTrust
from simulator.faults.no_exchange_auth import NoExchangeAuth
from simulator.faults.not_in_exchange_servers import NotInExchangeServers
from simulator.faults.ntlm_denied import NtlmDenied
from simulator.faults.own_banner import OwnBanner
from simulator.faults.password_changed_on_one_dc import PasswordChangedOnOneDc
from simulator.faults.pooled_connection import PooledConnection
from simulator.faults.prefers_ntlm import PrefersNtlm
from simulator.faults.receiver_dc_unreachable import ReceiverDcUnreachable
from simulator.faults.reset_at import ResetAt
from simulator.faults.slow import Slow
from simulator.faults.smb_down import SmbDown
from simulator.faults.smtp_down import SmtpDown
from simulator.faults.spn_added import SpnAdded
from simulator.faults.spn_moved import SpnMoved
from simulator.faults.spnego_refused import SpnegoRefused
from simulator.faults.stale_key import StaleKey
from simulator.faults.stripped_keywords import StrippedKeywords
from simulator.faults.surroundings import Surroundings
from simulator.faults.ticket_before_key import TicketBeforeKey
from simulator.faults.ticket_time import TicketTime
from simulator.faults.tls_broken import TlsBroken
from simulator.faults.tls_interception import TlsInterception
from simulator.faults.trust_key import TrustKey
from simulator.faults.values import Place, Seconds
from simulator.faults.wrong_server import WrongServer
from simulator.fuzz.draws import NOT_DRAWN

HERE, THERE = "SMTPSVC/ex2.contoso.lab", "SMTPSVC/ex1.contoso.lab"
ONE = Surroundings(
    return_spn=HERE.lower(),
    owners={THERE.lower(): ("EX1$",), HERE.lower(): ("EX2$",), "smtpsvc/ex1": ("EX1$",)},
)
"""One domain controller, EXCHANGEAUTH from EX2 to EX1."""
TWO = replace(ONE, kdcs={"CONTOSO.LAB": ("DC1", "DC2")})
ABROAD = replace(
    ONE,
    receiver_realm="FABRIKAM.LAB",
    kdcs={"CONTOSO.LAB": ("DC1",), "FABRIKAM.LAB": ("FDC1", "FDC2")},
    homes={"EX1$": "FABRIKAM.LAB"},
)
PLAIN = replace(TWO, return_spn="")
"""X-EXPS GSSAPI: no return leg."""
DIVERGED = "replication-diverged"

Expected = tuple[Fault, Surroundings, set[str]]

TABLE: list[Expected] = [
    (AccountDisabled(account="EX2$"), TWO, {"credentials-rejected"}),
    (AccountDisabled(account="EX2$", on="DC1"), ONE, {"credentials-rejected"}),
    (AccountDisabled(account="EX2$", on="DC1"), TWO, {"credentials-rejected", DIVERGED}),
    (AccountDisabled(account="EX1$", on="DC2"), TWO, {"receiver-account-refused", DIVERGED}),
    (AccountDisabled(account="svc-relay"), TWO, set()),
    (AccountDisabled(account="EX1$", on="DC1"), ABROAD, set()),
    (Balanced(on="EX1", other="EX3"), ONE, {"wrong-server-answers"}),
    (Balanced(on="EX3", other="EX1"), ONE, set()),
    (ClockSkew(on="EX1", offset=Seconds(600.0)), ONE, set()),
    (
        ClockSkew(on="EX1", offset=Seconds(600.0)),
        replace(ONE, offsets={"EX1": 600.0}),
        {"clock-skew-receiver"},
    ),
    (DuplicateSpn(spn=THERE, account="EX3$"), TWO, {"spn-duplicate"}),
    (DuplicateSpn(spn=THERE, account="EX3$", on="DC2"), TWO, {"spn-duplicate", DIVERGED}),
    (DuplicateSpn(spn=HERE, account="EX3$"), TWO, {"spn-duplicate", "return-spn-missing"}),
    (DuplicateSpn(spn=HERE, account="EX3$"), PLAIN, set()),
    (DuplicateSpn(spn=THERE, account="EX1$"), TWO, set()),
    (DuplicateSpn(spn=THERE, account="EX3$"), replace(TWO, owners={}), {"spn-on-wrong-account"}),
    (DuplicateSpn(spn="SMTP/ex1.contoso.lab", account="EX3$"), TWO, {"spn-on-wrong-account"}),
    (DuplicateSpn(spn="SMTPSVC/ex7.contoso.lab", account="EX3$"), TWO, set()),
    (DuplicateSpn(spn="SMTPSVC/ex7.contoso.lab", account="EX3$", on="DC1"), TWO, {DIVERGED}),
    (DuplicateSpn(spn=THERE, account="EX3$"), ABROAD, {"spn-duplicate", "spn-on-wrong-account"}),
    (DuplicateSpn(spn=THERE, account="EX3$", on="FDC1"), ABROAD, set()),
    (Etype(account="EX1$", etypes=(3, 1)), TWO, {"etype-unsupported"}),
    (Etype(account="EX1$", etypes=(3, 1), on="DC1"), TWO, {"etype-unsupported", DIVERGED}),
    (Etype(account="EX1$", etypes=(3, 23)), TWO, set()),
    (Etype(account="alice", etypes=(3,)), TWO, set()),
    (Etype(account="EX2$", etypes=(3,), on="FDC1"), ABROAD, set()),
    (Etype(account="krbtgt", etypes=(3,), on="FDC1"), ABROAD, {"etype-unsupported", DIVERGED}),
    (FqdnMismatch(on="EX1", fqdn="mail.contoso.lab"), ONE, {"connector-fqdn-mismatch"}),
    (FqdnMismatch(on="EX1", fqdn="EX1"), ONE, set()),
    (FqdnMismatch(on="EX1", fqdn="EX1"), ABROAD, {"connector-fqdn-mismatch"}),
    (FqdnMismatch(on="EX1", fqdn="ex2.contoso.lab"), ONE, {"connector-fqdn-mismatch"}),
    (FqdnMismatch(on="EX3", fqdn="mail.contoso.lab"), ONE, set()),
    (IllegalMessage(on="EX1"), ONE, {"illegal-message"}),
    (IllegalMessage(on="EX1", mode="damage"), ONE, {"illegal-message", "smtp-inspection"}),
    (KdcDown(on="DC1"), ONE, {"kdc-unreachable"}),
    (KdcDown(on="DC1", mode="drop"), TWO, {"kdc-unreachable", "return-leg-blocked"}),
    (KdcDown(on="DC1", mode="drop"), PLAIN, {"kdc-unreachable"}),
    (KdcDown(on="DC1", transport="tcp"), ONE, {"kdc-tcp-blocked"}),
    (KdcDown(on="DC1", transport="udp"), ONE, set()),
    (KdcDown(on="DC1", transport="udp"), replace(ONE, closed=frozenset({"DC1"})), {"kdc-unreachable"}),
    (KdcDown(on="FDC1"), ONE, set()),
    (KdcDown(on="FDC1"), ABROAD, {"kdc-unreachable"}),
    (KdcTransport(only="tcp", mode="refuse"), ONE, set()),
    (KdcTransport(only="udp", mode="refuse"), ONE, {"kdc-tcp-blocked"}),
    (KdcTransport(only="udp"), ONE, {"kdc-tcp-blocked", "return-leg-blocked"}),
    (KdcTransport(only="tcp"), replace(PLAIN, closed=frozenset({"DC2"})), {"kdc-unreachable"}),
    (KdcTransport(only="udp", on="FDC1"), ONE, set()),
    (LdapDown(on="DC1"), ONE, set()),
    (MaskedBanner(on="EX1"), ONE, {"smtp-inspection"}),
    (MaskedCommands(on="EX1"), ONE, {"smtp-inspection"}),
    (MaskedCommands(on="EX1", commands=("STARTTLS",)), ONE, {"smtp-inspection", "tls-failed"}),
    (MissingName(name="ex1.contoso.lab"), ONE, set()),
    (MissingName(name="ex1.contoso.lab"), replace(ONE, by_name=True), {"name-not-resolved"}),
    (MissingName(name="dc1.contoso.lab"), replace(ONE, by_name=True), set()),
    (
        MissingName(name="dc1.contoso.lab"),
        replace(ONE, kdcs_by_name=True),
        {"name-not-resolved", "kdc-unreachable"},
    ),
    (MissingSpn(spn=THERE), TWO, {"spn-missing"}),
    (MissingSpn(spn=THERE, on="DC2"), TWO, {"spn-missing", DIVERGED}),
    (MissingSpn(spn=THERE, on="DC1"), ONE, {"spn-missing"}),
    (MissingSpn(spn=HERE), TWO, {"return-spn-missing"}),
    (MissingSpn(spn=HERE), PLAIN, set()),
    (MissingSpn(spn=THERE), replace(TWO, spns=frozenset({"smtpsvc/mail.contoso.lab"})), {"spn-missing"}),
    (MissingSpn(spn="SMTPSVC/mail.contoso.lab"), TWO, set()),
    (MissingSpn(spn="SMTP/ex1"), TWO, {"spn-missing"}),
    (MissingSpn(spn="HOST/ex1"), TWO, set()),
    (MissingSpn(spn=HERE, on="DC1"), PLAIN, {DIVERGED}),
    (MissingTrust(realm="CONTOSO.LAB"), ABROAD, {"trust-broken"}),
    (MissingTrust(realm="FABRIKAM.LAB", on="FDC2"), ABROAD, {"trust-broken", DIVERGED}),
    (MissingTrust(realm="CONTOSO.LAB"), ONE, set()),
    (NoExchangeAuth(on="EX1"), ONE, {"exchange-auth-not-offered"}),
    (NotInExchangeServers(account="EX2$", on="EX1"), ONE, {"not-authorized"}),
    (NotInExchangeServers(account="alice", on="EX1"), ONE, set()),
    (NtlmDenied(on="EX1"), ONE, {"mechanism-refused"}),
    (OwnBanner(on="EX1", text="mail"), ONE, set()),
    (PasswordChangedOnOneDc(account="EX1$", on="DC1"), ONE, {"machine-key-stale"}),
    (PasswordChangedOnOneDc(account="EX1$", on="DC1"), TWO, {DIVERGED}),
    (PasswordChangedOnOneDc(account="EX2$", on="DC1"), ONE, {"credentials-rejected"}),
    (PasswordChangedOnOneDc(account="EX2$", on="DC1"), TWO, {"credentials-rejected", DIVERGED}),
    (PasswordChangedOnOneDc(account="alice", on="DC1"), TWO, {DIVERGED}),
    (PasswordChangedOnOneDc(account="EX1$", on="DC1"), ABROAD, set()),
    (PooledConnection(on="EX1"), ONE, {"too-many-failures"}),
    (PrefersNtlm(on="EX1"), ONE, {"mechanism-refused"}),
    (ResetAt(on="EX1", at=Place.GREETING), ONE, {"target-unreachable"}),
    (ResetAt(on="EX1", at=Place.TLS), ONE, {"tls-failed"}),
    (ResetAt(on="EX1", at=Place.TOKEN), ONE, {"illegal-message", "smtp-inspection", "undetermined"}),
    (Slow(on="EX1", at=Place.EHLO, delay=Seconds(1.0)), ONE, set()),
    (SmbDown(on="EX1"), ONE, set()),
    (SmtpDown(on="EX1"), ONE, {"target-unreachable"}),
    (SpnMoved(spn=THERE, account="EX3$"), TWO, {"spn-on-wrong-account"}),
    (SpnMoved(spn=THERE, account="EX3$", on="DC1"), TWO, {"spn-on-wrong-account", DIVERGED}),
    (SpnMoved(spn=THERE, account="EX3$"), ABROAD, {"spn-on-wrong-account", "spn-duplicate"}),
    (SpnMoved(spn=HERE, account="EX3$"), PLAIN, set()),
    (SpnegoRefused(on="EX1"), ONE, {"mechanism-refused"}),
    (StaleKey(on="EX1"), TWO, {"machine-key-stale"}),
    (StaleKey(on="EX3"), TWO, set()),
    (StrippedKeywords(on="EX1"), ONE, {"smtp-inspection"}),
    (TicketBeforeKey(account="EX1$"), ONE, set()),
    (TicketBeforeKey(account="EX1$"), replace(ONE, cached=True), {"ticket-stale"}),
    (TicketTime(lasts=Seconds(-60.0)), ONE, {"ticket-time"}),
    (TicketTime(on="FDC1"), ONE, set()),
    (TlsBroken(on="EX1"), ONE, {"tls-failed"}),
    (TlsInterception(on="EX1"), ONE, {"tls-terminated-in-path"}),
    (TrustKey(realm="FABRIKAM.LAB"), ABROAD, {"trust-broken"}),
    (TrustKey(realm="FABRIKAM.LAB", on="FDC1"), ABROAD, {"trust-broken", DIVERGED}),
    (TrustKey(realm="FABRIKAM.LAB"), ONE, set()),
    (WrongServer(on="EX1", computer="EX3"), ONE, {"wrong-server-answers"}),
    (ReceiverDcUnreachable(on="EX1"), TWO, {"return-leg-blocked"}),
    (ReceiverDcUnreachable(on="EX1"), PLAIN, set()),
    (SpnAdded(added=THERE, accounts=("EX3$",)), TWO, {"spn-duplicate"}),
    (SpnAdded(added="SMTPSVC/nobody.contoso.lab", accounts=("EX3$",)), TWO, set()),
]


@pytest.mark.parametrize(("fault", "lab", "causes"), TABLE, ids=[fault.KIND for fault, _, _ in TABLE])
def test_what_it_makes_true(fault: Fault, lab: Surroundings, causes: set[str]) -> None:
    assert fault.causes(lab) == causes


def test_what_hides_the_reason_of_a_refusal_may_be_named_in_its_place() -> None:
    pooled = PooledConnection(on="EX1")
    assert pooled.hides(ONE) == {"too-many-failures"}
    assert StaleKey(on="EX1").hides(ONE) == set()


def test_every_fault_is_in_the_table() -> None:
    """Those that are drawn by chance; the others do not say yet what they make true."""
    assert {fault.KIND for fault, _, _ in TABLE} == set(registry()) - NOT_DRAWN


def test_a_sender_behind_its_issuer_finds_that_its_cached_ticket_has_not_begun() -> None:
    behind = replace(ONE, cached=True, offsets={"PROBE": -60.0})
    assert ClockSkew(on="PROBE", offset=Seconds(-60.0)).causes(behind) == {"ticket-time", "clock-skew-sender"}


def test_a_clock_near_the_limit_may_be_warned_of_and_is_not_wrong() -> None:
    near, skew = replace(ONE, offsets={"EX1": 290.0}), ClockSkew(on="EX1", offset=Seconds(290.0))
    assert skew.causes(near) == set()
    assert skew.near(near) == {"clock-skew-receiver"}


def test_what_several_clocks_could_explain_is_not_proven() -> None:
    alike = replace(ONE, offsets={"EX1": 600.0, "PROBE": 600.0})
    skew = ClockSkew(on="EX1", offset=Seconds(600.0))
    assert skew.unprovable(alike) == skew.causes(alike) != set()
    assert skew.unprovable(replace(ONE, offsets={"EX1": 600.0})) == set()
