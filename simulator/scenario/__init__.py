"""Scenario files: TOML -> ``Scenario``, strictly validated.

A scenario is a lab, what is broken in it, and what has to come out; it is data, so that a teacher can write one
without knowing Python. Nobody's key is passed over: an unknown key, a value of another type or a word that is not
allowed is refused with the file, the key and the nearest allowed word, because a fault that was misspelt and left out
would make a test that shows nothing.

Reading has three steps. `toml` reads tables by the type hints of their dataclasses (`values`), a ``[[fault]]`` by the
one that its ``kind`` names; it knows none of them. `checks` has what must hold among connectors and realms. Here,
last, every reference is followed: what a fault speaks of has to exist in the lab, and whom it may name follows from
the hooks that it overrides (a KDC's hook takes a domain controller, a clock's takes anybody, all others take a
server).
"""

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path

from simulator.faults import Fault, hooks_of, registry
from simulator.faults.values import DNS
from simulator.scenario.checks import check_connectors, check_realms
from simulator.scenario.toml import Mismatch, as_list, as_table, nearest, read_table
from simulator.scenario.values import (
    AccountSetup,
    ConnectorSetup,
    Expect,
    KdcSetup,
    Lesson,
    ProbeSettings,
    RealmSetup,
    Scenario,
    TrustSetup,
    default_spns,
)

MAX_FILE_BYTES = 1024 * 1024
"""No scenario is longer; reading stops there."""

MAX_PADDING_BYTES = 65_535
"""The largest token that Windows can be set to take (MaxTokenSize, KB 327825)."""

_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
"""No name of the DNS's own (RFC 1123 section 2.1), but Windows lets a computer have it, and many do."""
_ACCOUNT = re.compile(rf"{_HOST.pattern}\$?")
_REALM = re.compile(rf"{_LABEL.pattern}(?:\.{_LABEL.pattern})*")

DEFAULT_ACCOUNTS = (AccountSetup(name="EX1$"), AccountSetup(name="EX2$"), AccountSetup(name="alice"))

KDC_HOOKS = frozenset({"directory", "kdc_port", "kdc_answer", "ldap_port"})
CLOCK_HOOKS = frozenset({"clock_offset", "clock_drift"})
PATH_HOOKS = frozenset({"on_path"})
"""The hooks that are called with the name of a KDC, or of any party. Every other one gets a server's."""


class ScenarioError(ValueError):
    """A scenario that cannot be used: which file, which key, and what is the matter."""

    def __init__(self, file: str, key: str, says: str) -> None:
        super().__init__(file, key, says)
        self.file, self.key, self.says = file, key, says

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.says) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """The top level of the file, but for ``[[fault]]``."""

    title: str
    story: str
    expect: Expect
    lesson: Lesson
    realm: RealmSetup = field(default_factory=RealmSetup)
    trust: tuple[TrustSetup, ...] = ()
    account: tuple[AccountSetup, ...] = ()
    kdc: tuple[KdcSetup, ...] = (KdcSetup(name="DC1"),)
    connector: tuple[ConnectorSetup, ...] = (ConnectorSetup(),)
    probe: ProbeSettings = field(default_factory=ProbeSettings)


def folder() -> Path:
    """Where the scenarios are: beside this code when installed, beside the packages in a checkout."""
    installed = Path(__file__).parents[1] / "scenarios"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "scenarios"


def names() -> tuple[str, ...]:
    """The names of all scenarios that come with the lab, in order."""
    return tuple(sorted(path.stem for path in folder().glob("*.toml")))


def find(name_or_path: str) -> Path:
    """The file of a scenario that is named, or the path itself if it ends in ``.toml``.

    Raises ScenarioError with the nearest name.
    """
    if name_or_path.endswith(".toml"):
        return Path(name_or_path)
    if name_or_path in names():
        return folder() / f"{name_or_path}.toml"
    raise ScenarioError("", "", f'unknown scenario "{name_or_path}"' + nearest(name_or_path, names()))


def load(path: Path, *, causes: Collection[str] = ()) -> Scenario:
    """The scenario of a file. ``causes`` are the words allowed in ``[expect]``; empty for any.

    Raises ScenarioError, whatever the file holds.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ScenarioError(str(path), "", error.strerror or str(error)) from None
    if len(data) > MAX_FILE_BYTES:
        raise ScenarioError(str(path), "", f"larger than {MAX_FILE_BYTES} octets")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ScenarioError(str(path), "", f"not UTF-8 at octet {error.start}") from None
    return parse(text, name=path.stem, file=str(path), causes=causes)


def parse(text: str, *, name: str, file: str, causes: Collection[str] = ()) -> Scenario:
    """The scenario that ``text`` describes. Raises ScenarioError that names ``file``."""
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ScenarioError(file, "", f"not TOML: {error}") from None
    try:
        document = read_table(_Document, tables, "", passed_over=("fault",))
        faults = tuple(
            _fault(table, f"fault[{n}]") for n, table in enumerate(as_list(tables.get("fault", []), "fault"))
        )
        scenario = _assemble(document, name, faults)
        _follow(scenario, causes)
    except Mismatch as error:
        raise ScenarioError(file, error.key, error.says) from None
    return scenario


def _fault(value: object, place: str) -> Fault:
    table = as_table(value, place)
    kind = table.get("kind")
    if not isinstance(kind, str):
        raise Mismatch(f"{place}.kind", "is missing" if kind is None else "a string is due")
    if kind not in registry():
        raise Mismatch(f"{place}.kind", f'unknown fault "{kind}"' + nearest(kind, registry()))
    return read_table(registry()[kind], table, place, passed_over=("kind",))


def _assemble(document: _Document, name: str, faults: tuple[Fault, ...]) -> Scenario:
    home = document.realm.name
    given = {account.name for account in document.account}
    accounts = [account for account in DEFAULT_ACCOUNTS if account.name not in given]
    completed = (_with_spns(account, home) for account in (*accounts, *document.account))
    return Scenario(
        name=name,
        title=document.title,
        story=document.story.strip(),
        lesson=document.lesson,
        expect=document.expect,
        realm=home,
        trusts=document.trust,
        accounts=tuple(completed),
        kdcs=document.kdc,
        connectors=document.connector,
        faults=faults,
        probe=document.probe,
    )


def _with_spns(account: AccountSetup, home: str) -> AccountSetup:
    """The account with all its names: those that it is given, or a computer's usual ones, and the additional ones."""
    usual = default_spns(account.host, (account.realm or home).lower()) if account.is_computer else ()
    return replace(account, spns=(*(account.spns or usual), *account.more_spns), more_spns=())


def _follow(scenario: Scenario, causes: Collection[str]) -> None:
    """Every name is one, and every reference leads somewhere. Raises Mismatch."""
    accounts = tuple(account.name for account in scenario.accounts)
    _check_names(scenario)
    _check_numbers(scenario)
    _unlike("account", accounts)
    _unlike("kdc", tuple(kdc.name for kdc in scenario.kdcs))
    check_realms(scenario)
    _unlike("connector", tuple(connector.name for connector in scenario.connectors))
    for n, connector in enumerate(scenario.connectors):
        _known(f"connector[{n}].server", "computer account", f"{connector.server}$", accounts)
    check_connectors(scenario)
    _known("probe.user", "account", scenario.probe.principal, accounts)
    for n, fault in enumerate(scenario.faults):
        _follow_fault(scenario, fault, f"fault[{n}]")
    if causes:
        _known("expect.cause", "cause", scenario.expect.cause, causes)
        for n, cause in enumerate(scenario.expect.alternatives):
            _known(f"expect.alternatives[{n}]", "cause", cause, causes)
        for n, cause in enumerate(scenario.expect.truth):
            _known(f"expect.truth[{n}]", "cause", cause, causes)


def _check_names(scenario: Scenario) -> None:
    """Names become names of files and of the DNS."""
    given = [("realm.name", scenario.realm, _REALM)]
    given += [(f"trust[{n}].realm", found.realm, _REALM) for n, found in enumerate(scenario.trusts)]
    given += [(f"account[{n}].name", found.name, _ACCOUNT) for n, found in enumerate(scenario.accounts)]
    given += [(f"kdc[{n}].name", found.name, _HOST) for n, found in enumerate(scenario.kdcs)]
    for key, word, pattern in given:
        if pattern.fullmatch(word) is None:
            more = "" if pattern is _REALM else ", underscores"
            raise Mismatch(key, f'"{word}" is no name: letters, digits, hyphens{more}')


def _check_numbers(scenario: Scenario) -> None:
    if scenario.probe.timeout <= 0:
        raise Mismatch("probe.timeout", "more than 0 seconds are due")
    for n, account in enumerate(scenario.accounts):
        if not 1 <= account.kvno < 2**31:
            raise Mismatch(f"account[{n}].kvno", "a number from 1 to 2147483647 is due")
        if not 0 <= account.ticket_padding <= MAX_PADDING_BYTES:
            raise Mismatch(f"account[{n}].ticket_padding", f"0 to {MAX_PADDING_BYTES} octets are due")


def _follow_fault(scenario: Scenario, fault: Fault, place: str) -> None:
    """What the keys that faults have in common refer to: no fault is known by its kind here."""
    accounts = (*(account.name for account in scenario.accounts), "krbtgt")
    allowed = {
        "on": ("party", parties(scenario, type(fault))),
        "other": ("server", scenario.servers),
        "kdc": ("domain controller", (*(kdc.name for kdc in scenario.kdcs), "*")),
        "account": ("account", accounts),
        "accounts": ("account", accounts),
        "allowed": ("account", accounts),
        "realm": ("realm", scenario.realms),
        "spn": ("service principal name", tuple(s for account in scenario.accounts for s in account.spns)),
        "name": ("DNS name", dns_names(scenario)),
    }
    for key, (what, words) in allowed.items():
        if hasattr(fault, key):
            named = getattr(fault, key)
            for word in named if isinstance(named, tuple) else (named,):
                _known(f"{place}.{key}", what, word, words)


def parties(scenario: Scenario, kind: type[Fault]) -> tuple[str, ...]:
    """Whom the ``on`` of a fault may name: that depends on the hooks that it overrides."""
    hooks = set(hooks_of(kind))
    found: list[str] = []
    if hooks - KDC_HOOKS:
        found += scenario.servers
    if hooks & (KDC_HOOKS | CLOCK_HOOKS | PATH_HOOKS):
        found += [kdc.name for kdc in scenario.kdcs]
    if hooks & CLOCK_HOOKS:
        found.append("PROBE")
    if hooks & PATH_HOOKS:
        found.append(DNS)
    on = next((item for item in fields(kind) if item.name == "on"), None)
    if on is not None and on.default is not MISSING:
        found.append(str(on.default))
    return tuple(found)


def dns_names(scenario: Scenario) -> tuple[str, ...]:
    """Every name that the lab's DNS has an address for."""
    hosts = (*scenario.servers, *(kdc.name for kdc in scenario.kdcs))
    return tuple(scenario.fqdn(host) for host in hosts)


def _known(key: str, what: str, word: str, allowed: Iterable[str]) -> None:
    words = tuple(dict.fromkeys(allowed))
    if word not in words:
        raise Mismatch(key, f'unknown {what} "{word}"' + nearest(word, words))


def _unlike(key: str, words: tuple[str, ...]) -> None:
    if not words:
        raise Mismatch(key, "at least one is needed")
    lowered = [word.lower() for word in words]
    for n, word in enumerate(lowered):
        if word in lowered[:n]:
            raise Mismatch(f"{key}[{n}].name", f'"{words[n]}" is there twice')
