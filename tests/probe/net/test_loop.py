import asyncio
import socket
import threading

import pytest

from probe.net.loop import run_to_end


def test_the_result_comes_back() -> None:
    assert run_to_end(asyncio.sleep(0, "done")) == "done"


def test_the_systems_resolver_still_works() -> None:
    async def resolve() -> str:
        found = await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 25, type=socket.SOCK_STREAM)
        return str(found[0][4][0])

    assert run_to_end(resolve()) == "127.0.0.1"


def test_what_a_thread_raises_is_raised_where_it_is_awaited() -> None:
    async def fail() -> None:
        await asyncio.get_running_loop().run_in_executor(None, int, "no number")

    with pytest.raises(ValueError, match="no number"):
        run_to_end(fail())


def test_a_resolver_that_hangs_keeps_nobody_waiting() -> None:
    hangs, ended = threading.Event(), threading.Event()

    def resolver() -> None:
        hangs.wait()
        ended.set()

    async def impatient() -> str:
        try:
            async with asyncio.timeout(0.05):
                await asyncio.get_running_loop().run_in_executor(None, resolver)
        except TimeoutError:
            return "timed-out"
        return "it ended"

    assert run_to_end(impatient()) == "timed-out"
    assert not ended.is_set()
    hangs.set()
    assert ended.wait(5), "and its late answer harms nobody"


def test_ctrl_c_cancels_the_job_so_that_it_can_clean_up() -> None:
    cleaned = []

    async def interrupted() -> None:
        try:
            raise KeyboardInterrupt
        finally:
            cleaned.append(True)

    with pytest.raises(KeyboardInterrupt):
        run_to_end(interrupted())
    assert cleaned == [True]
