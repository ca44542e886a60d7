"""Where the domain controllers' directories contradict each other (PURE).

Each holds a copy of its domain. A change that one has and another has not yet is normal for seconds within a site and
for the length of a schedule between sites; whoever asks the wrong one meanwhile fails all the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from probe.trace import Step, Trace
from probe.trace.facts import DirectoryAccount, DirectoryAnswer
from probe.trace.views.directory.ownership import (
    account_evidence,
    answers,
    controller,
    host_account,
    key,
    own_account,
    ownership,
    per_controller,
)
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import views_of
from probe.trace.views.smtp.session import wanted_spns

Seen = dict[str, tuple[Step[DirectoryAnswer], DirectoryAccount]]
"""Controller -> what it says of one account."""


DISABLED = "it is disabled on one only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One thing about which controllers disagree."""

    says: str
    evidence: tuple[Evidence, ...]
    controller: str
    """One that is behind, as far as that can be told."""
    spn: str = ""
    matters: bool = True
    """The log-on depends on it."""
    absent: bool = False
    """One of them does not have it at all: no ticket of its KDC was ever refused for that."""
    ours: bool = False
    """It is about the account that we log on as."""
    disabled: bool = False
    """It is about whether an account may log on, and not about a key or a name."""


def splits(trace: Trace) -> tuple[Split, ...]:
    """All of them, those that matter first."""
    found = (*_accounts(trace), *_owners(trace))
    return tuple(sorted(found, key=lambda split: not split.matters))


def compared(trace: Trace) -> bool:
    """At least two controllers answered about the same."""
    asked = {controller(step.facts) for step in answers(trace, "account")}
    return len(asked) > 1


def kdcs_apart(trace: Trace) -> tuple[Evidence, ...]:
    """A directory has the SPN on one account, and no KDC knows it: they were not controllers of one mind."""
    for spn in wanted_spns(trace):
        owned, seen = ownership(trace, spn), views_of(trace, (spn,))
        alone = owned is not None and len(owned.accounts) == 1
        if owned is not None and alone and seen and not any(view.known for view in seen):
            return (*owned.evidence(), *(view.evidence() for view in seen))
    return ()


def _owners(trace: Trace) -> Iterator[Split]:
    wanted = {spn.casefold() for spn in wanted_spns(trace)}
    subjects = dict.fromkeys(step.facts.subject for step in answers(trace, "owners"))
    for spn in subjects:
        owned = ownership(trace, spn)
        if owned is None or owned.agreed or not owned.complete:
            continue
        steps = [step for step in owned.steps if not step.facts.forest_wide]
        fewest = min(steps, key=lambda step: len(step.facts.accounts))
        absent = not fewest.facts.accounts
        says = f"whether {spn} exists" if absent else f"on which account {spn} is"
        yield Split(
            says=f"the domain controllers disagree {says}",
            evidence=tuple(
                each for each, step in zip(owned.evidence(), owned.steps, strict=True) if step in steps
            ),
            controller=controller(fewest.facts),
            spn=spn,
            matters=spn.casefold() in wanted,
            absent=absent,
        )


def _accounts(trace: Trace) -> Iterator[Split]:
    ours = {key(account) for account in (own_account(trace),) if account}
    important = ours | {key(account) for account in (host_account(trace),) if account}
    for which, seen in per_controller(trace).items():
        says = _difference(seen)
        if says:
            newest = max(seen.values(), key=lambda pair: (pair[1].password_set or 0.0, pair[1].kvno or 0))
            behind = next(name for name, pair in seen.items() if pair is not newest)
            yield Split(
                says=f"the domain controllers disagree about {newest[1].name}: {says}",
                evidence=tuple(account_evidence(step, account) for step, account in seen.values()),
                controller=behind,
                matters=which in important,
                ours=which in ours,
                disabled=says == DISABLED,
            )


def _difference(seen: Seen) -> str:
    """What differs in one account; empty when all say the same, as far as they say anything."""
    accounts = [account for _, account in seen.values()]
    if len({account.kvno for account in accounts if account.kvno is not None}) > 1:
        return "different key versions (kvno)"
    if len({account.password_set for account in accounts if account.password_set is not None}) > 1:
        # The one way to see it: both sides made a key of the same version, each its own.
        return "the same key version, but passwords set at different times: the keys differ"
    if len({account.disabled for account in accounts if account.disabled is not None}) > 1:
        return DISABLED
    return ""
