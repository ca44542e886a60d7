"""A fault of any kind with parameters by chance, from the types of its fields: for kinds that nobody wrote a draw for.

So a new fault is one file, and is drawn (PURE). What its parameters have to do with one another nobody knows here; a
kind for which that matters has a function in `draws`.
"""

from collections.abc import Sequence
from dataclasses import MISSING, fields
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin, get_type_hints

from simulator.faults import ABOUT_ITSELF, Fault
from simulator.faults.values import Seconds
from simulator.fuzz.dice import Dice
from simulator.scenario import dns_names, parties
from simulator.scenario.values import Scenario, default_spns


def draw_any(kind: type[Fault], dice: Dice, lab: Scenario) -> Fault | None:
    """One of its kind; None where a field is required and has a type or a meaning that is not known here."""
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for item in fields(kind):
        if item.name in ABOUT_ITSELF:
            continue
        among = _named(kind, item.name, lab) or _of_type(hints[item.name], dice)
        if among:
            values[item.name] = dice.pick(among)
        elif item.default is MISSING:
            return None
    return kind(**values)


def _named(kind: type[Fault], name: str, lab: Scenario) -> Sequence[Any]:
    """The words for a key that has a meaning of its own; empty for any other key."""
    accounts = [account.name for account in lab.accounts]
    spns = [
        spn
        for account in lab.accounts
        if account.is_computer
        for spn in account.spns or default_spns(account.host, lab.realm_of(account.name).lower())
    ]
    known: dict[str, Sequence[str]] = {
        "on": parties(lab, kind),
        "other": lab.servers,
        "account": accounts,
        "realm": lab.realms,
        "spn": spns,
        "name": dns_names(lab),
    }
    return known.get(name, ())


def _of_type(hint: Any, dice: Dice) -> Sequence[Any]:
    if hint is bool:
        return (True, False)
    if hint is Seconds:
        return (Seconds(dice.between(-900.0, 900.0)),)
    if get_origin(hint) is Literal:
        return tuple(get_args(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return tuple(hint)
    return ()
