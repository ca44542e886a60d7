"""Which computer answers, by its own word, and whether the ticket was made out to it (PURE).

The chain of names: asked for -> address -> who answers -> the name that it advertises -> the SPN of that name -> the
account that has it -> is that the account of who answers? Only where the last question is answered with yes does a
refused ticket say anything about keys. What a computer calls itself in an NTLM challenge is its own name (MS-NLMP
section 2.2.2.1), whatever its connector advertises and its banner says. A certificate is no such word: a box in the
path may show another one. First labels alone do not tell two domains' EX1 apart, so whole names are compared where both
are whole.
"""

from dataclasses import dataclass

from probe.trace import Trace
from probe.trace.facts import DirectoryAccount, Ntlm
from probe.trace.views.directory.ownership import computer_name, ownership
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import same_name
from probe.trace.views.names import same_host


@dataclass(frozen=True, slots=True, kw_only=True)
class Computer:
    """Who answers."""

    names: tuple[str, ...]
    """Its DNS name, its NetBIOS name: those that it told."""
    step: str

    @property
    def name(self) -> str:
        """The best of them."""
        return self.names[0]

    def is_called(self, host: str) -> bool:
        """Whether ``host`` is one of its names."""
        whole = [own for own in self.names if "." in own] if "." in host else []
        return any(same_host(host, own) for own in whole or self.names)

    def has_account(self, account: DirectoryAccount) -> bool:
        """Whether it is the computer of ``account``."""
        if account.dns_host_name and any("." in own for own in self.names):
            return self.is_called(account.dns_host_name)
        return any(same_name(account.name, computer_name(own)) for own in self.names)

    def evidence(self) -> Evidence:
        """Its names as a sentence."""
        return Evidence(step=self.step, says=f"the NTLM challenge names {', '.join(self.names)}")


def answering_computer(trace: Trace) -> Computer | None:
    """Who answers; None when it did not say."""
    for asked in reversed(trace.of(Ntlm)):
        names = tuple(name for name in (asked.facts.dns_computer, asked.facts.computer) if name)
        if names:
            return Computer(names=names, step=asked.id)
    return None


def other_owner(trace: Trace, spn: str) -> tuple[DirectoryAccount, tuple[Evidence, ...]] | None:
    """The account that has ``spn`` where it is not that of the computer that answers; None where that is not known."""
    computer, owned = answering_computer(trace), ownership(trace, spn)
    if computer is None or owned is None or not owned.accounts:
        return None
    if any(computer.has_account(account) for account in owned.accounts):
        return None
    return owned.accounts[0], (computer.evidence(), *owned.evidence())
