"""chronyd as a time server: whole, ten minutes ahead, and without a source."""

import asyncio
import getpass
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from probe.net.endpoint import Endpoint
from probe.net.sntp import TimeAnswer, ask_time
from tests.support.mit import faketime_environment, free_port

pytestmark = pytest.mark.interop("chronyd", "faketime")

CONFIG = """\
port {port}
cmdport 0
bindaddress 127.0.0.1
bindcmdaddress /
allow 127.0.0.1
pidfile {folder}/chronyd.pid
"""


@contextmanager
def chronyd(program: Path, folder: Path, *, local: bool = True, ahead: str = "") -> Iterator[Endpoint]:
    """A chronyd that leaves this host's clock alone (-x) and has no source."""
    port = free_port()
    config = folder / "chrony.conf"
    config.write_text(CONFIG.format(port=port, folder=folder) + ("local stratum 3\n" if local else ""))
    command = [str(program), "-U", "-u", getpass.getuser(), "-x", "-d", "-f", str(config)]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            command, stdout=log, stderr=log, env=os.environ | faketime_environment(ahead) if ahead else None
        ) as process,
    ):
        try:
            yield Endpoint("127.0.0.1", port)
        finally:
            process.terminate()
            process.wait(10)


async def ask(endpoint: Endpoint) -> TimeAnswer:
    """The answer, as soon as the daemon listens."""
    answer = TimeAnswer(error="refused")
    for _ in range(100):
        answer = await ask_time(endpoint, clock=time.time, randomness=os.urandom, timeout_s=5.0)
        if answer.error != "refused":
            break
        await asyncio.sleep(0.05)
    return answer


@pytest.mark.parametrize(("ahead", "offset"), [("", 0.0), ("+10m", 600.0), ("-1h", -3600.0)])
async def test_its_clock_is_read_within_the_uncertainty(
    program: Callable[[str], Path], tmp_path: Path, ahead: str, offset: float
) -> None:
    with chronyd(program("chronyd"), tmp_path, ahead=ahead) as endpoint:
        answer = await ask(endpoint)
    assert answer.reply is not None, answer.error
    assert (answer.reply.stratum, answer.reply.synchronized) == (3, True)
    # The clock of faketime is not quite the system's.
    reading = answer.clock_reading("chronyd")
    assert reading is not None
    assert abs(reading.offset_s - offset) <= reading.uncertainty_s + 0.1


async def test_without_a_source_it_does_not_trust_its_clock(
    program: Callable[[str], Path], tmp_path: Path
) -> None:
    with chronyd(program("chronyd"), tmp_path, local=False) as endpoint:
        answer = await ask(endpoint)
    assert answer.reply is not None, answer.error
    assert not answer.reply.synchronized
    assert answer.reply.kiss == ""
