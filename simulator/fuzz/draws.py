"""Each kind of fault with parameters by chance, sensible ones for a lab (PURE).

A kind has a function here, which gets the lab as it stands without faults, or is drawn by the types of its fields
(`draw_any`).
"""

from collections.abc import Callable, Mapping
from typing import Literal

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
from simulator.faults.ticket_before_key import TicketBeforeKey
from simulator.faults.ticket_time import TicketTime
from simulator.faults.tls_broken import TlsBroken
from simulator.faults.tls_interception import TlsInterception
from simulator.faults.trust_key import TrustKey
from simulator.faults.values import Place, Seconds
from simulator.faults.wrong_server import WrongServer
from simulator.fuzz.dice import Dice
from simulator.fuzz.draw_any import draw_any
from simulator.scenario.values import Scenario

RECEIVER, OTHER, STRANGER = "EX1", "EX3", "svc-relay"
Draw = Callable[[Dice, Scenario], Fault | None]


def _kdc(dice: Dice, lab: Scenario) -> str:
    return dice.pick([kdc.name for kdc in lab.kdcs])


def _kdcs_or_all(dice: Dice, lab: Scenario) -> str:
    return "*" if dice.chance(0.5) else _kdc(dice, lab)


def _account(dice: Dice, lab: Scenario, *, others: bool = True) -> str:
    weights = {lab.probe.principal: 4.0, "EX1$": 4.0}
    if others:
        weights["krbtgt"] = 0.5
    return dice.weighted(weights)


def _spn(dice: Dice, lab: Scenario) -> str:
    """Mostly the one that is asked for, or the one that the receiver asks for; sometimes one that nobody needs."""
    there, here = lab.fqdn(RECEIVER), lab.fqdn("EX2")
    return dice.weighted(
        {f"SMTPSVC/{there}": 6.0, f"SMTPSVC/{here}": 2.5, f"SMTP/{there}": 1.0, "SMTPSVC/ex1": 0.5}
    )


def _thief(dice: Dice, lab: Scenario, spn: str) -> str | None:
    """An account that does not have the name already."""
    host = spn.partition("/")[2].partition(".")[0]
    candidates = (STRANGER, "EX2$", "EX3$")
    there = [each.name for each in lab.accounts if each.name in candidates and each.host != host]
    return dice.pick(there) if there else None


def offset(dice: Dice) -> float:
    """Seconds, well inside the limit, near it, at it, or well outside."""
    span = dice.weighted(
        {
            (5.0, 200.0): 2.0,
            (240.0, 297.0): 1.5,
            (298.0, 302.0): 0.5,
            (303.0, 330.0): 1.5,
            (400.0, 3600.0): 4.0,
            (3600.0, 90000.0): 1.0,
        }
    )
    return dice.between(*span) * (1 if dice.chance(0.5) else -1)


def _clock_skew(dice: Dice, lab: Scenario) -> Fault:
    on = dice.weighted({RECEIVER: 3.0, "PROBE": 2.0, _kdc(dice, lab): 3.0})
    return ClockSkew(on=on, offset=Seconds(offset(dice)))


def _duplicate_spn(dice: Dice, lab: Scenario) -> Fault | None:
    spn = _spn(dice, lab)
    thief = _thief(dice, lab, spn)
    if thief is None:
        return None
    return DuplicateSpn(spn=spn, account=thief, on=_kdcs_or_all(dice, lab))


def _spn_moved(dice: Dice, lab: Scenario) -> Fault | None:
    spn = _spn(dice, lab)
    thief = _thief(dice, lab, spn)
    if thief is None:
        return None
    return SpnMoved(spn=spn, account=thief, on=_kdcs_or_all(dice, lab))


def _spn_added(dice: Dice, lab: Scenario) -> Fault | None:
    spn = _spn(dice, lab)
    thief = _thief(dice, lab, spn)
    if thief is None:
        return None
    return SpnAdded(added=spn, accounts=(thief,), on=_kdcs_or_all(dice, lab))


def _receiver_dc_unreachable(dice: Dice, lab: Scenario) -> Fault:
    mode: Literal["refuse", "drop"] = dice.pick(("refuse", "drop"))
    return ReceiverDcUnreachable(on=RECEIVER, kdc=_kdcs_or_all(dice, lab), mode=mode)


def _etype(dice: Dice, lab: Scenario) -> Fault | None:
    etypes = dice.weighted({(3, 1): 3.0, (23,): 1.0, (17, 23): 1.0, (3,): 1.0})
    account = _account(dice, lab)
    if account == "krbtgt" and lab.probe.credentials == "ccache":
        return None  # no KDC could have made the cache
    return Etype(account=account, etypes=etypes, on=_kdcs_or_all(dice, lab))


def _fqdn_mismatch(dice: Dice, lab: Scenario) -> Fault:
    names = {f"mail.{lab.domain}": 3.0, "mail.contoso.example": 2.0, lab.fqdn("EX2"): 1.0, RECEIVER: 1.0}
    if OTHER in lab.servers:
        names[lab.fqdn(OTHER)] = 3.0
    return FqdnMismatch(on=RECEIVER, fqdn=dice.weighted(names))


def _illegal_message(dice: Dice, lab: Scenario) -> Fault:
    del lab
    modes: tuple[Literal["reject", "too-long", "cut", "damage"], ...] = (
        "reject",
        "too-long",
        "cut",
        "damage",
    )
    return IllegalMessage(on=RECEIVER, mode=dice.pick(modes), octets=dice.pick((400, 512, 600, 1000, 4000)))


def _kdc_down(dice: Dice, lab: Scenario) -> Fault:
    modes: dict[Literal["refuse", "drop", "stop"], float] = {"refuse": 3.0, "drop": 4.0, "stop": 1.0}
    mode = dice.weighted(modes)
    return KdcDown(
        on=_kdc(dice, lab),
        mode=mode,
        after=dice.whole(0, 8) if mode == "stop" else 0,
        transport=dice.weighted({"both": 6, "tcp": 1, "udp": 1}),
    )


def _kdc_transport(dice: Dice, lab: Scenario) -> Fault:
    return KdcTransport(
        only=dice.pick(("udp", "tcp")), on=_kdcs_or_all(dice, lab), mode=dice.pick(("refuse", "drop"))
    )


def _ldap_down(dice: Dice, lab: Scenario) -> Fault:
    return LdapDown(
        on=_kdc(dice, lab),
        mode=dice.pick(("refuse", "drop")),
        service=dice.pick(("ldap", "global-catalog", "both")),
    )


def _masked_banner(dice: Dice, lab: Scenario) -> Fault:
    del lab
    banner = dice.chance(0.7)
    return MaskedBanner(on=RECEIVER, mask_banner=banner, mask_keywords=not banner or dice.chance(0.7))


def _masked_commands(dice: Dice, lab: Scenario) -> Fault:
    del lab
    return MaskedCommands(
        on=RECEIVER,
        commands=dice.pick((("EHLO",), ("STARTTLS",), ("X-ANONYMOUSTLS",), ("X-EXPS",), ("EHLO", "X-EXPS"))),
    )


def _missing_name(dice: Dice, lab: Scenario) -> Fault:
    names = {lab.fqdn(RECEIVER): 3.0, lab.fqdn(_kdc(dice, lab)): 1.0}
    return MissingName(name=dice.weighted(names))


def _missing_trust(dice: Dice, lab: Scenario) -> Fault | None:
    if not lab.trusts:
        return None
    return MissingTrust(
        realm=dice.pick(lab.realms),
        on=_kdcs_or_all(dice, lab),
        direction=dice.pick(("refers", "accepts", "both")),
    )


def _trust_key(dice: Dice, lab: Scenario) -> Fault | None:
    if not lab.trusts:
        return None
    return TrustKey(realm=dice.pick(lab.realms), on=_kdcs_or_all(dice, lab), kvno=dice.pick((0, 0, 1, -1)))


def _password_changed(dice: Dice, lab: Scenario) -> Fault:
    return PasswordChangedOnOneDc(
        account=_account(dice, lab), on=_kdc(dice, lab), kvno=dice.pick((0, 1)), later=Seconds(3600.0)
    )


def _reset_at(dice: Dice, lab: Scenario) -> Fault:
    del lab
    return ResetAt(on=RECEIVER, at=dice.pick(tuple(Place)), silent=dice.chance(0.5))


def _slow(dice: Dice, lab: Scenario) -> Fault:
    del lab
    return Slow(on=RECEIVER, at=dice.pick(tuple(Place)), delay=Seconds(dice.between(0.1, 3.0)))


def _ticket_time(dice: Dice, lab: Scenario) -> Fault:
    on = _kdcs_or_all(dice, lab)
    if dice.chance(0.5):
        return TicketTime(on=on, starts_in=Seconds(dice.pick((120.0, 400.0, 3600.0))))
    return TicketTime(on=on, lasts=Seconds(dice.pick((-600.0, -60.0, 600.0))))


def _balanced(dice: Dice, lab: Scenario) -> Fault | None:
    if OTHER not in lab.servers:
        return None
    return Balanced(on=RECEIVER, other=OTHER, first=dice.whole(1, 2), every=dice.whole(1, 3))


NOT_DRAWN = frozenset(
    {
        *("account-limited", "banner-zone", "certificate-time", "clock-drift", "cut-path", "dns-address"),
        *("dns-alias", "dns-down", "dns-srv", "long-data-lost", "selective-authentication"),
        *("service-restricted", "slow-path", "tls-versions", "trust-etype"),
    }
)
"""Kinds that do not say yet what they make true (`Fault.causes`): chance would draw labs without a truth."""

DRAWS: Mapping[str, tuple[float, Draw]] = {
    "account-disabled": (
        2.0,
        lambda dice, lab: AccountDisabled(account=_account(dice, lab), on=_kdcs_or_all(dice, lab)),
    ),
    "balanced": (1.0, _balanced),
    "clock-skew": (7.0, _clock_skew),
    "duplicate-spn": (1.5, _duplicate_spn),
    "etype": (1.5, _etype),
    "fqdn-mismatch": (2.0, _fqdn_mismatch),
    "illegal-message": (1.0, _illegal_message),
    "kdc-down": (5.0, _kdc_down),
    "kdc-transport": (1.5, _kdc_transport),
    "ldap-down": (1.5, _ldap_down),
    "masked-banner": (0.7, _masked_banner),
    "masked-commands": (0.7, _masked_commands),
    "missing-name": (0.7, _missing_name),
    "missing-spn": (
        3.0,
        lambda dice, lab: MissingSpn(spn=_spn(dice, lab), on=_kdcs_or_all(dice, lab)),
    ),
    "missing-trust": (0.8, _missing_trust),
    "no-exchange-auth": (
        0.7,
        lambda dice, _: NoExchangeAuth(on=RECEIVER, integrated=dice.chance(0.5)),
    ),
    "not-in-exchange-servers": (
        1.0,
        lambda _, lab: NotInExchangeServers(account=lab.probe.principal, on=RECEIVER),
    ),
    "ntlm-denied": (0.5, lambda _, __: NtlmDenied(on=RECEIVER)),
    "own-banner": (
        1.0,
        lambda dice, _: OwnBanner(on=RECEIVER, text=dice.pick(("mail", "ex1.contoso.lab Contoso mail"))),
    ),
    "password-changed-on-one-dc": (2.0, _password_changed),
    "pooled-connection": (
        0.7,
        lambda dice, _: PooledConnection(on=RECEIVER, failures=dice.whole(1, 4)),
    ),
    "prefers-ntlm": (0.5, lambda _, __: PrefersNtlm(on=RECEIVER)),
    "receiver-dc-unreachable": (1.0, _receiver_dc_unreachable),
    "reset-at": (1.0, _reset_at),
    "slow": (1.0, _slow),
    "smb-down": (1.0, lambda dice, _: SmbDown(on=RECEIVER, mode=dice.pick(("refuse", "drop")))),
    "smtp-down": (0.5, lambda dice, _: SmtpDown(on=RECEIVER, mode=dice.pick(("refuse", "drop")))),
    "spn-added": (1.0, _spn_added),
    "spn-moved": (1.5, _spn_moved),
    "spnego-refused": (0.5, lambda _, __: SpnegoRefused(on=RECEIVER)),
    "stale-key": (2.5, lambda dice, _: StaleKey(on=RECEIVER, kvno=dice.pick((-1, -1, 0, 1)))),
    "stripped-keywords": (
        0.7,
        lambda dice, _: StrippedKeywords(on=RECEIVER, starttls=dice.chance(0.5)),
    ),
    "ticket-before-key": (0.8, lambda _, __: TicketBeforeKey(account="EX1$")),
    "ticket-time": (1.0, _ticket_time),
    "tls-broken": (
        1.0,
        lambda dice, _: TlsBroken(
            on=RECEIVER, mode=dice.pick(("no-cipher", "garbage", "early-data", "refused"))
        ),
    ),
    "tls-interception": (
        1.0,
        lambda dice, lab: TlsInterception(
            on=RECEIVER, certificate=dice.pick(("balancer.contoso.lab", lab.fqdn(RECEIVER)))
        ),
    ),
    "trust-key": (0.8, _trust_key),
    "wrong-server": (
        1.0,
        lambda dice, _: WrongServer(on=RECEIVER, computer=dice.pick(("EX3", "OLDMAIL"))),
    ),
}
"""How often a kind is drawn, and how."""
USUAL_WEIGHT = 1.0


def weights() -> dict[str, float]:
    """How often each kind of fault is drawn."""
    kinds = sorted(registry().keys() - NOT_DRAWN)
    return {kind: DRAWS[kind][0] if kind in DRAWS else USUAL_WEIGHT for kind in kinds}


def draw_fault(kind: str, dice: Dice, lab: Scenario) -> Fault | None:
    """A fault of this kind; None where ``lab`` has no place for it."""
    if kind in DRAWS:
        return DRAWS[kind][1](dice, lab)
    return draw_any(registry()[kind], dice, lab)
