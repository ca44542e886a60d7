"""Running a probe to its end from a synchronous caller."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_to_end(job: Coroutine[Any, Any, T]) -> T:
    """Run ``job`` in an event loop of its own. Ctrl-C cancels it, so that connections are closed."""
    return asyncio.run(job)
