"""How much a run of the tests takes: all with `--exhaustive` (`make test-all`), else a part that never changes."""

import os
from zlib import crc32

SEED = 20160805
"""Which part: another number, another part."""
VARIABLE = "EXPS_TESTS_EXHAUSTIVE"


def exhaustive() -> bool:
    """Whether everything is asked for; tests/conftest.py sets the variable, and workers inherit it."""
    return os.environ.get(VARIABLE) == "1"


def drawn(*what: object, of: int) -> int:
    """A number below ``of`` that looks random and is the same at every run and on every platform."""
    return crc32(repr((SEED, *what)).encode()) % of
