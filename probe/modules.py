"""The modules of a package that are found and not listed: to add a check or a measurement is to add a file (PURE)."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType


def modules_of(package: str) -> Iterator[ModuleType]:
    """Every module and package directly in ``package``, imported, in the order of their names.

    A name that begins with an underscore is left out: what the others share.
    """
    for found in pkgutil.iter_modules(import_module(package).__path__):
        if not found.name.startswith("_"):
            yield import_module(f"{package}.{found.name}")
