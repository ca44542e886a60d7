"""A scenario as TOML, such that reading it gives the same scenario again (PURE).

Only what differs from its default is written, so a file says what is special about its lab.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from typing import Any

from simulator.faults import Fault
from simulator.scenario.values import RealmSetup, Scenario, default_spns


def to_toml(scenario: Scenario) -> str:
    """The text of a scenario file."""
    return "\n".join(_lines(scenario)).strip("\n") + "\n"


def _lines(scenario: Scenario) -> Iterator[str]:
    yield f"title = {_value(scenario.title)}"
    yield f"story = {_value(scenario.story)}"
    if scenario.realm != RealmSetup().name:
        yield from _table("[realm]", {"name": scenario.realm})
    for trust in scenario.trusts:
        yield from _table("[[trust]]", _changed(trust))
    for account in scenario.accounts:
        told = _changed(account)
        domain = (account.realm or scenario.realm).lower()
        if account.is_computer and account.spns == default_spns(account.host, domain):
            told.pop("spns", None)
        yield from _table("[[account]]", told)
    for kdc in scenario.kdcs:
        yield from _table("[[kdc]]", _changed(kdc))
    for connector in scenario.connectors:
        yield from _table("[[connector]]", {"name": connector.name, **_changed(connector)})
    for fault in scenario.faults:
        yield from _table("[[fault]]", {"kind": fault.KIND, **_changed(fault)})
    yield from _table("[probe]", _changed(scenario.probe))
    yield from _table("[expect]", _changed(scenario.expect))
    yield from _table("[lesson]", _changed(scenario.lesson))


def fault_line(fault: Fault) -> str:
    """One fault for people: ``kind(key=value, ...)``, without what is at its default."""
    said = ", ".join(f"{key}={_value(value)}" for key, value in _changed(fault).items())
    return f"{fault.KIND}({said})"


def _table(head: str, pairs: Mapping[str, object]) -> Iterable[str]:
    if not pairs:
        return ()
    return ("", head, *(f"{key} = {_value(value)}" for key, value in pairs.items()))


def _changed(value: Any) -> dict[str, object]:
    """The fields of a dataclass that are not at their defaults."""
    return {
        item.name: getattr(value, item.name)
        for item in fields(value)
        if getattr(value, item.name) != _default(item)
    }


def _default(item: Field[Any]) -> object:
    if item.default_factory is not MISSING:
        return item.default_factory()
    return item.default


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, StrEnum | str):
        # TOML's basic strings have the escapes of JSON's (TOML 1.0.0, "String").
        return json.dumps(str(value), ensure_ascii=False)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if is_dataclass(value):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in _changed(value).items()) + " }"
    raise TypeError(f"no TOML for {type(value).__name__}")
