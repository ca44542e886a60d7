"""Frozen dataclasses to JSON values and back, strictly (PURE).

Only what a trace and a report need: dataclasses, tuples, string enums, mappings of strings, optional values
and JSON's own scalars. Reading names the place of what does not fit, because a trace may come from a
stranger.

msgspec 0.23 was tried in its place, on the same dataclasses. Of the 18 misfits in the tests it refuses 17 (it takes
half of a surrogate pair), names the place of 14 (not the key of a mapping, nor a field that is missing) and has the
words of none; 67 lines read here, and giving the lab's reader its words back took 43. It reads a trace with every kind
of step (14 kB) in 0.1 ms instead of 1.8, once in `exps diagnose`; for that the base install would have a compiled
dependency of 0.5 MB and 8 ms more to import. So: no. The lab's reader of scenarios is its own, as the two packages
share no code.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin

type_hints = cache(typing.get_type_hints)

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
T = TypeVar("T")


class JsonMismatch(ValueError):
    """A JSON value that does not have the shape that is due at ``place``."""

    def __init__(self, place: str, due: str, came: object) -> None:
        super().__init__(place, due, came)
        self.place, self.due, self.came = place, due, came

    def __str__(self) -> str:
        return f"{self.place}: {self.due} is due, {type(self.came).__name__} came"


def to_json(value: object) -> Json:
    """A JSON value for a dataclass, tuple, mapping, enum or scalar.

    Raises TypeError for anything else: that is a bug of ours.
    """
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    raise TypeError(f"not for JSON: {type(value).__name__}")


def from_json(due: type[T], value: Json, place: str = "$") -> T:
    """The value of type ``due`` that ``value`` stands for. Raises JsonMismatch.

    Unknown keys are passed over: a newer version may have added some.
    """
    result: T = _read(due, value, place)
    return result


def _read(due: Any, value: Json, place: str) -> Any:
    origin = get_origin(due)
    if origin in (Union, types.UnionType):
        return _read_optional(due, value, place)
    if origin is tuple:
        return tuple(
            _read(get_args(due)[0], item, f"{place}[{n}]") for n, item in enumerate(_list(value, place))
        )
    if origin is not None and issubclass(origin, Mapping):
        return {
            key: _read(get_args(due)[1], item, f"{place}.{key}") for key, item in _dict(value, place).items()
        }
    if is_dataclass(due):
        return _read_dataclass(due, _dict(value, place), place)
    return _read_scalar(due, value, place)


def _read_optional(due: Any, value: Json, place: str) -> Any:
    inner = [kind for kind in get_args(due) if kind is not type(None)]
    if value is None and len(inner) < len(get_args(due)):
        return None
    if len(inner) != 1:
        raise TypeError(f"a union of several types has no JSON reading: {due}")
    return _read(inner[0], value, place)


def _read_dataclass(due: Any, value: dict[str, Json], place: str) -> Any:
    hints = type_hints(due)
    arguments = {}
    for field in fields(due):
        if field.name in value:
            arguments[field.name] = _read(hints[field.name], value[field.name], f"{place}.{field.name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise JsonMismatch(f"{place}.{field.name}", "a value", None)
    return due(**arguments)


def _read_scalar(due: Any, value: Json, place: str) -> Any:
    if isinstance(due, type) and issubclass(due, StrEnum) and isinstance(value, str):
        try:
            return due(value)
        except ValueError:
            raise JsonMismatch(place, " or ".join(member.value for member in due), value) from None
    if due is float and isinstance(value, int | float) and not isinstance(value, bool):
        return _float(value, place)
    if type(value) is not due:
        raise JsonMismatch(place, due.__name__, value)
    return _writable(value, place)


def _float(value: float, place: str) -> float:
    # NaN and Infinity, which Python writes and reads though they are no JSON, stay what they are.
    try:
        return float(value)
    except OverflowError:
        raise JsonMismatch(place, "a number that a float can hold", value) from None


def _writable(value: T, place: str) -> T:
    """The value, if a report can show it: half of a surrogate pair, which JSON can hold, has no UTF-8."""
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        raise JsonMismatch(place, "Unicode text", value)
    return value


def _list(value: Json, place: str) -> list[Json]:
    if isinstance(value, list):
        return value
    raise JsonMismatch(place, "a list", value)


def _dict(value: Json, place: str) -> dict[str, Json]:
    if isinstance(value, dict):
        return value
    raise JsonMismatch(place, "an object", value)
