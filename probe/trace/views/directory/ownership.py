"""What several checks ask of the domain controllers' directories (PURE).

Two accounts are one when their distinguished names are; accounts of different controllers are compared by that.
A controller's answers to questions about its own domain are kept apart from the forest-wide ones of its catalog.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from probe.trace import Step, Trace
from probe.trace.facts import DirectoryAccount, DirectoryAnswer
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import bare, same_name
from probe.trace.views.smtp.session import receiver_name

SMTP_SERVICES = ("smtpsvc", "smtp")
"""Services that have to be registered by name: sPNMappings (MS-ADA3 section 2.255) makes HOST/ stand for others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Who has one SPN, as everybody said who was asked."""

    spn: str
    steps: tuple[Step[DirectoryAnswer], ...]
    accounts: tuple[DirectoryAccount, ...]
    """Each account once."""
    complete: bool
    """No answer was cut."""
    forest_wide: bool
    agreed: bool
    """All controllers named the same owners in their domain."""

    @property
    def together(self) -> bool:
        """One answer holds more than one account: they are there at the same time."""
        return any(len(step.facts.accounts) > 1 for step in self.steps)

    def evidence(self) -> tuple[Evidence, ...]:
        """Who said what; controllers that say the same of their domain, once for each."""
        return tuple(_owners_evidence(step) for step in self.steps)


def answers(trace: Trace, question: str) -> tuple[Step[DirectoryAnswer], ...]:
    """The answers to one kind of question that did come."""
    return tuple(
        step
        for step in trace.of(DirectoryAnswer)
        if step.facts.question == question and not step.facts.error and step.facts.protection != "none"
    )


def controller(facts: DirectoryAnswer) -> str:
    """A controller by its own name."""
    return facts.host or facts.dc


def key(account: DirectoryAccount) -> str:
    """What makes two accounts one."""
    return (account.dn or account.name).casefold()


def ownership(trace: Trace, spn: str) -> Ownership | None:
    """Who has ``spn``; None when nobody could be asked."""
    wanted = bare(spn).casefold()
    steps = tuple(step for step in answers(trace, "owners") if step.facts.subject.casefold() == wanted)
    if not steps:
        return None
    accounts: dict[str, DirectoryAccount] = {}
    for step in sorted(steps, key=lambda step: step.facts.forest_wide):  # a domain's answer says more
        for account in step.facts.accounts:
            accounts.setdefault(key(account), account)
    domain = [frozenset(map(key, step.facts.accounts)) for step in steps if not step.facts.forest_wide]
    return Ownership(
        spn=bare(spn),
        steps=steps,
        accounts=tuple(accounts.values()),
        complete=all(step.facts.complete for step in steps),
        forest_wide=any(step.facts.forest_wide for step in steps),
        agreed=len(set(domain)) <= 1,
    )


def host_account(trace: Trace, host: str = "") -> DirectoryAccount | None:
    """The computer account of the receiver: it has the host's first label for its name and the host's DNS name.

    None when no controller has it, or when it is that of another host with the same label.
    """
    host = host or receiver_name(trace)
    name = computer_name(host)
    for step in answers(trace, "account"):
        for account in step.facts.accounts:
            if same_name(account.name, name) and same_name(account.dns_host_name or host, host):
                return account
    return None


def own_account(trace: Trace) -> DirectoryAccount | None:
    """The account that we log on as."""
    name = trace.request.principal.partition("@")[0]
    return next(
        (
            account
            for step in answers(trace, "account")
            for account in step.facts.accounts
            if name and same_name(account.name, name)
        ),
        None,
    )


def computer_name(host: str) -> str:
    """The sAMAccountName of a computer with this DNS name: its first label, cut to 15 characters, and ``$``."""
    return f"{host.partition('.')[0][:15].upper()}$"


def in_sight(trace: Trace, host: str) -> bool:
    """The directory that was asked is the host's: it shows its computer account, or somebody's HOST/<host>."""
    if host_account(trace, host) is not None:
        return True
    named = ownership(trace, f"HOST/{host}")
    return named is not None and bool(named.accounts)


def nowhere(trace: Trace, spn: str) -> Ownership | None:
    """The complete answers that say that nobody has ``spn``, from the directory of the host that it names."""
    owned = ownership(trace, spn)
    service, _, host = bare(spn).partition("/")
    if owned is None or owned.accounts or not owned.complete or service.casefold() not in SMTP_SERVICES:
        return None
    return owned if in_sight(trace, host.partition(":")[0]) else None


def per_controller(trace: Trace) -> dict[str, dict[str, tuple[Step[DirectoryAnswer], DirectoryAccount]]]:
    """Each account as each controller has it: key of the account -> controller -> what it said."""
    found: dict[str, dict[str, tuple[Step[DirectoryAnswer], DirectoryAccount]]] = {}
    for step in (*answers(trace, "account"), *answers(trace, "owners")):
        if step.facts.forest_wide:
            continue
        for account in step.facts.accounts:
            found.setdefault(key(account), {}).setdefault(controller(step.facts), (step, account))
    return found


def account_evidence(step: Step[DirectoryAnswer], account: DirectoryAccount) -> Evidence:
    """An account as one controller has it: key version, age of the password, disabled."""
    parts = [] if account.kvno is None else [f"kvno {account.kvno}"]
    parts += [] if account.password_set is None else [f"password set {moment(account.password_set)}"]
    parts += ["disabled"] if account.disabled else []
    said = ", ".join(parts) or "nothing about its key"
    return Evidence(step=step.id, says=f"{controller(step.facts)}: {account.name}: {said}")


def key_evidence(trace: Trace, account: DirectoryAccount | None) -> tuple[Evidence, ...]:
    """What every controller says of one account's key."""
    seen = {} if account is None else per_controller(trace).get(key(account), {})
    return tuple(account_evidence(step, each) for step, each in seen.values())


def moment(seconds: float) -> str:
    """A time of the directory's: ``2026-11-25 17:12:36 UTC``; ``never`` for 0."""
    if not seconds:
        return "never"
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return "at an impossible time"


def names_of(accounts: Iterable[DirectoryAccount]) -> str:
    """``EX1$ and svc-mail``."""
    return " and ".join(account.name or account.dn for account in accounts)


def _owners_evidence(step: Step[DirectoryAnswer]) -> Evidence:
    facts = step.facts
    where = "in the whole forest" if facts.forest_wide else "in its domain"
    if not facts.accounts:
        cut = "" if facts.complete else " (its answer is not complete)"
        return Evidence(step=step.id, says=f"{controller(facts)}: nobody {where} has {facts.subject}{cut}")
    held = ", ".join(f"{account.name} ({account.dn})" for account in facts.accounts)
    return Evidence(step=step.id, says=f"{controller(facts)}: {facts.subject} is on {held}")
