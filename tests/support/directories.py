"""Answers of domain controllers' directories, as facts, for checks and reports."""

from dataclasses import replace
from typing import Any

from probe.trace.facts import DirectoryAccount, DirectoryAnswer, Facts
from tests.support.traces import FQDN, RETURN_SPN, SPN

DC1, DC2 = "dc1.contoso.lab", "dc2.contoso.lab"
FORMS = (SPN, "SMTPSVC/ex1", f"SMTP/{FQDN}", "SMTP/ex1", f"HOST/{FQDN}")
SET = 1_700_000_000.0


def account(name: str = "EX1$", **changes: Any) -> DirectoryAccount:
    """A computer account as a directory gives it."""
    label = name.rstrip("$")
    settings: dict[str, Any] = {
        "name": name,
        "dn": f"CN={label},CN=Computers,DC=contoso,DC=lab",
        "dns_host_name": f"{label.lower()}.contoso.lab" if name.endswith("$") else "",
        "kvno": 3,
        "password_set": SET,
        "account_control": 4096,
        "disabled": False,
        "etypes": 28,
        "groups": ("Exchange Servers",) if name.endswith("$") else (),
    }
    return DirectoryAccount(**(settings | changes))


EX1, EX2, SERVICE = account(), account("EX2$"), account("svc-relay")


def answer(question: str, subject: str = "", *accounts: DirectoryAccount, **changes: Any) -> DirectoryAnswer:
    """One answer; of DC1 unless ``host`` names another."""
    host = changes.pop("host", DC1)
    settings: dict[str, Any] = {
        "dc": f"{host}:389",
        "host": host,
        "kdc": f"{host}:88",
        "question": question,
        "subject": subject,
        "protection": "sealed",
        "accounts": accounts,
    }
    return DirectoryAnswer(**(settings | changes))


def owners(spn: str = SPN, *accounts: DirectoryAccount, **changes: Any) -> DirectoryAnswer:
    """Who has an SPN."""
    return answer("owners", spn, *accounts, **changes)


def forest(spn: str = SPN, *accounts: DirectoryAccount, **changes: Any) -> DirectoryAnswer:
    """The same of the global catalog, which knows names only."""
    bare = [
        replace(each, kvno=None, password_set=None, etypes=None, disabled=None, groups=())
        for each in accounts
    ]
    return owners(spn, *bare, dc=f"{DC1}:3268", forest_wide=True, **changes)


def found(known: DirectoryAccount = EX1, **changes: Any) -> DirectoryAnswer:
    """An account by its name."""
    return answer("account", known.name, known, **changes)


def directory(
    host: str = DC1,
    *,
    ex1: DirectoryAccount = EX1,
    ex2: DirectoryAccount = EX2,
    held: dict[str, tuple[DirectoryAccount, ...]] | None = None,
) -> tuple[Facts, ...]:
    """All that a controller answers; ``held`` names the owners of SPNs that are not as they should be."""
    usual = dict.fromkeys(FORMS, (ex1,)) | {RETURN_SPN: (ex2,)} | (held or {})
    root = answer("root", host=host, protection="none")
    spns = [owners(spn, *accounts, host=host) for spn, accounts in usual.items()]
    return (root, found(ex1, host=host), found(ex2, host=host), *spns, answer("trusts", host=host))
