"""What a controller's directory is asked, and the answers as facts (PURE)."""

from dataclasses import dataclass, replace

from probe.directory.entries import (
    ACCOUNT_ATTRIBUTES,
    CATALOG_ATTRIBUTES,
    ROOT_ATTRIBUTES,
    TRUST_ATTRIBUTES,
    account,
    trust,
    whole,
)
from probe.trace.facts import DirectoryAnswer
from probe.wire.ldap.messages import Entry
from probe.wire.ldap.requests import Filter, Scope, Search, equals, present

MAXIMUM_ACCOUNTS = 50
"""Of one answer: more accounts with one SPN would tell nothing more."""
TIME_LIMIT_S = 10
MAXIMUM_DETAIL = 300
SYSTEM = "CN=System,"
"""Where a domain keeps its trusts, MS-ADTS section 6.1.1.4.5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A search, and the answer that it would fill."""

    search: Search
    blank: DirectoryAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of a search. ``error`` is a word of `probe.trace.facts.DirectoryAnswer`."""

    entries: tuple[Entry, ...] = ()
    complete: bool = True
    references: bool = False
    """The controller named others that may have more. For a search through its own domain they are the forest's other
    partitions (Samba and Windows name them every time)."""
    error: str = ""
    detail: str = ""


def root() -> Search:
    """The rootDSE: base search at the empty name (RFC 4512 section 5.1)."""
    return _search("", Scope.BASE, present("objectClass"), ROOT_ATTRIBUTES)


def owners(spn: str, domain: str, blank: DirectoryAnswer) -> Question:
    """Who has an SPN in one domain. Active Directory compares them without regard to case."""
    search = _search(domain, Scope.SUBTREE, equals("servicePrincipalName", spn), ACCOUNT_ATTRIBUTES)
    return Question(search=search, blank=replace(blank, question="owners", subject=spn))


def owners_in_forest(spn: str, blank: DirectoryAnswer) -> Question:
    """Who has an SPN anywhere: on a global catalog the empty base is the whole forest (MS-ADTS section 3.1.1.3.1.3).

    It holds few attributes of other domains' accounts, so that no more than their names are asked for.
    """
    search = _search("", Scope.SUBTREE, equals("servicePrincipalName", spn), CATALOG_ATTRIBUTES)
    return Question(search=search, blank=replace(blank, question="owners", subject=spn, forest_wide=True))


def account_named(name: str, base: str, blank: DirectoryAnswer) -> Question:
    """One account by its sAMAccountName."""
    search = _search(base, Scope.SUBTREE, equals("sAMAccountName", name), ACCOUNT_ATTRIBUTES)
    return Question(search=search, blank=replace(blank, question="account", subject=name))


def trusts(domain: str, blank: DirectoryAnswer) -> Question:
    """The domain's trusts."""
    search = _search(
        SYSTEM + domain, Scope.ONE_LEVEL, equals("objectClass", "trustedDomain"), TRUST_ATTRIBUTES
    )
    return Question(search=search, blank=replace(blank, question="trusts"))


def answer(question: Question, found: Found) -> DirectoryAnswer:
    """The facts of one answer."""
    elsewhere = question.blank.forest_wide and found.references
    complete = found.complete and not found.error and not elsewhere
    complete = complete and all(whole(entry) for entry in found.entries)
    seen = replace(question.blank, complete=complete, error=found.error, detail=found.detail[:MAXIMUM_DETAIL])
    if question.blank.question == "trusts":
        return replace(seen, trusts=tuple(trust(entry) for entry in found.entries))
    return replace(seen, accounts=tuple(account(entry) for entry in found.entries))


def _search(base: str, scope: Scope, wanted: Filter, attributes: tuple[str, ...]) -> Search:
    return Search(
        base=base,
        scope=scope,
        filter=wanted,
        attributes=attributes,
        size_limit=MAXIMUM_ACCOUNTS,
        time_limit_s=TIME_LIMIT_S,
    )
