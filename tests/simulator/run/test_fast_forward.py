import asyncio
import time

import pytest

from simulator.run.fast_forward import run_fast


def test_silence_is_skipped_and_counted() -> None:
    async def wait() -> float:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await asyncio.sleep(3600)
        return loop.time() - begun

    begun = time.monotonic()
    assert run_fast(wait()) == pytest.approx(3600, abs=30)
    assert time.monotonic() - begun < 60


def test_timers_come_in_their_order() -> None:
    heard: list[int] = []

    async def after(seconds: int) -> None:
        await asyncio.sleep(seconds)
        heard.append(seconds)

    async def several() -> None:
        await asyncio.gather(after(500), after(20), after(100))

    run_fast(several())
    assert heard == [20, 100, 500]


def test_a_time_out_ends_what_never_answers() -> None:
    async def wait() -> None:
        async with asyncio.timeout(600):
            await asyncio.get_running_loop().create_future()

    with pytest.raises(TimeoutError):
        run_fast(wait())


def test_a_thread_at_work_is_waited_for() -> None:
    async def wait() -> str:
        async with asyncio.timeout(30):
            return await asyncio.to_thread(work)

    def work() -> str:
        # Longer than any silence that is skipped, so that only the count of threads can hold the loop.
        time.sleep(0.4)
        return "done"

    assert run_fast(wait()) == "done"


def test_octets_on_their_way_are_not_skipped() -> None:
    async def exchange() -> bytes:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write((await reader.readline()).upper())
            await asyncio.sleep(50)
            writer.write(b"later\n")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello\n")
        async with asyncio.timeout(60):
            said = await reader.read()
        writer.close()
        server.close()
        return said

    assert run_fast(exchange()) == b"HELLO\nlater\n"


def test_what_is_raised_comes_out() -> None:
    async def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run_fast(fail())
