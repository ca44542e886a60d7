"""`make bench`: ratios within one run, because machines differ by a factor of two and a ratio does not.

1. `exps --help` over `python -c pass` (goal: at most 150 ms more).
2. Client CPU of one X-EXPS GSSAPI session with the ticket in hand, as a multiple of an aiosmtplib
   connect + EHLO + QUIT session against the same server (goal: at most 1.6).
3. AP-REQ and verified AP-REP per second, against MIT's GSSAPI doing the same (goal: at least twice as many).
   Needs the system's own Python with python3-gssapi; without it a line says so.
4. A whole default run over its chain of unavoidable round trips: `tests/bench/chain.py`.
"""

import asyncio
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosmtplib

from probe.kdcs.this_host import this_host
from probe.kdcs.ticket_service import TicketService
from probe.net.connection import Address, Connection
from probe.settings.context import begin_run
from probe.settings.options import Credentials, ProbeOptions
from probe.smtp.session import SmtpSession
from probe.tickets.client.transport import KdcEndpoint
from probe.tickets.files.sources import from_keytab
from probe.trace import Recorder
from probe.wire.crypto import Key
from probe.wire.gssapi.initiator import Initiator
from probe.wire.kerberos import Credential
from probe.wire.sasl.exchangeauth import ExchangeAuthMechanism
from probe.wire.sasl.gssapi import GssapiMechanism
from tests.bench.chain import chain

HERE = Path(__file__).parent
SPN = "SMTPSVC/ex1.contoso.lab"
STARTS, SESSIONS, AT_ONCE, ROUNDS, CONTEXTS = 21, 200, 50, 7, 400
SYSTEM_PYTHON = "/usr/bin/python3"


def main() -> None:
    """Measure, and print a line a figure."""
    start_up()
    with tempfile.TemporaryDirectory() as folder, lab(Path(folder)) as ready:
        ticket = asyncio.run(service_ticket(ready))
        sessions(ready, ticket)
        bound_sessions(ready, ticket)
        chain(ready)
        if has_mit():
            contexts(ready, ticket)
        else:
            print(
                f"AP-REQ + verified AP-REP: not measured, {SYSTEM_PYTHON} has no gssapi to compare with; "
                "on Debian: apt-get install python3-gssapi"
            )


def has_mit() -> bool:
    """Whether the system's own Python is there and has MIT's GSSAPI; this environment's has it not."""
    try:
        command = [SYSTEM_PYTHON, "-c", "import gssapi"]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def start_up() -> None:
    """The time until the command line's help is on the screen."""
    help_text = _wall([sys.executable, "-m", "probe", "--help"])
    bare = _wall([sys.executable, "-c", "pass"])
    over = (help_text - bare) * 1000
    print(
        f"exps --help: {over:.0f} ms over python -c pass ({help_text * 1000:.0f} against {bare * 1000:.0f}), goal 150"
    )


def _wall(command: list[str]) -> float:
    times = []
    for _ in range(STARTS):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


@contextmanager
def lab(folder: Path) -> Iterator[dict[str, Any]]:
    """A healthy lab in a process of its own, so that only the client's CPU is counted here."""
    command = [
        sys.executable,
        "-m",
        "probe",
        "lab",
        "up",
        str(HERE / "lab.toml"),
        "--state",
        str(folder / "state"),
    ]
    command += ["--smtp", "127.0.0.1:0", "--kdc", "127.0.0.1:0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None:
            raise RuntimeError("the lab has no output")
        yield json.loads(process.stdout.readline().removeprefix("READY "))
    finally:
        process.terminate()
        process.wait(10)


async def service_ticket(ready: dict[str, Any]) -> Credential:
    """A ticket for the lab's connector, by the sender's keytab."""
    keytab = next(entry["keytab"] for entry in ready["principals"] if entry["name"] == "EX2$")
    found = from_keytab(Path(keytab).read_bytes())  # noqa: ASYNC240 - before anything runs
    options = ProbeOptions(
        name="ex1.contoso.lab",
        realm=found.realm,
        kdcs=tuple(KdcEndpoint(kdc["host"], kdc["port"]) for kdc in ready["kdcs"]),
        credentials=Credentials(source="keytab", principal=found.client, secret=found.secret),
    )
    ticket_service = TicketService(begin_run(options, this_host()))
    await ticket_service.open()
    ticket = await ticket_service.service_ticket((SPN,))
    if not isinstance(ticket, Credential):
        raise TypeError(f"the lab gave no ticket: {ticket}")
    return ticket


def sessions(ready: dict[str, Any], ticket: Credential) -> None:
    """AT_ONCE sessions side by side, both clients in turn."""
    connector = ready["connectors"][0]
    address = Address(host=connector["host"], port=connector["port"])

    async def ours() -> None:
        connection = await Connection.open(address, timeout_s=10)
        session = SmtpSession(connection, Recorder(time.perf_counter), clock=time.time)
        await session.greeting("ex1")
        await session.ehlo("ex2.contoso.lab")
        initiator = Initiator(credential=ticket, now=time.time(), randomness=secrets.token_bytes, mutual=True)
        mechanism = GssapiMechanism("X-EXPS", initiator, spnego=True, security_layer=False)
        exchange = await session.authenticate(mechanism, initial_response=False)
        if exchange.reply is None or exchange.reply.code != 235 or not mechanism.ap_rep_verified:
            raise RuntimeError(f"the handshake failed: {exchange}")
        await session.quit()

    async def measure() -> tuple[float, float]:
        baseline = _baseline(address)
        for job in (ours, baseline):
            await _cpu(job, AT_ONCE)
        pairs = [(await _cpu(ours, SESSIONS), await _cpu(baseline, SESSIONS)) for _ in range(ROUNDS)]
        return statistics.median(a / b for a, b in pairs), statistics.median(b for _, b in pairs)

    ratio, base = asyncio.run(measure())
    print(
        f"X-EXPS GSSAPI session: {ratio:.2f} times the CPU of aiosmtplib's connect + EHLO + QUIT "
        f"({base * ratio * 1000:.2f} against {base * 1000:.2f} ms), goal 1.6"
    )


@dataclass(frozen=True)
class Bound:
    """EXCHANGEAUTH whole, and the parts of it: each method is one session."""

    address: Address
    ticket: Credential
    keys: tuple[tuple[int, Key], ...]

    async def _on_ehlo(self, *, tls: bool) -> SmtpSession:
        connection = await Connection.open(self.address, timeout_s=10)
        session = SmtpSession(connection, Recorder(time.perf_counter), clock=time.time)
        await session.greeting("ex1")
        await session.ehlo("ex2.contoso.lab")
        if tls:
            await session.start_tls("x-anonymoustls", "ex1.contoso.lab")
            await session.ehlo("ex2.contoso.lab")
        return session

    async def in_clear(self) -> None:
        """Greeting, EHLO, QUIT."""
        await (await self._on_ehlo(tls=False)).quit()

    async def protected(self) -> None:
        """The same, with X-ANONYMOUSTLS and a second EHLO."""
        await (await self._on_ehlo(tls=True)).quit()

    async def whole(self) -> None:
        """The same, with ticket and hash out, and the receiver's ticket and hash verified."""
        session = await self._on_ehlo(tls=True)
        initiator = Initiator(
            credential=self.ticket, now=time.time(), randomness=secrets.token_bytes, mutual=False
        )
        channel = session.channel
        if channel is None:
            raise RuntimeError("no TLS")
        mechanism = ExchangeAuthMechanism(
            token=initiator.token(), client_key=initiator.session_key, channel=channel, keys=self.keys
        )
        exchange = await session.authenticate(mechanism, initial_response=True)
        if exchange.reply is None or exchange.reply.code != 235:
            raise RuntimeError(f"the handshake failed: {exchange}")
        mechanism.finish(exchange.reply.text, now=time.time())
        if mechanism.return_leg != "verified":
            raise RuntimeError(f"the receiver's half: {mechanism.return_leg} {mechanism.problem}")
        await session.quit()


def bound_sessions(ready: dict[str, Any], ticket: Credential) -> None:
    """AT_ONCE sessions side by side, whole and in parts, and the baseline, in turn."""
    connector = ready["connectors"][1]
    address = Address(host=connector["host"], port=connector["port"])
    keytab = next(entry["keytab"] for entry in ready["principals"] if entry["name"] == "EX2$")
    bound = Bound(address, ticket, from_keytab(Path(keytab).read_bytes()).secret.keys)

    async def measure() -> list[float]:
        jobs = (bound.whole, bound.protected, bound.in_clear, _baseline(address))
        for job in jobs:
            await _cpu(job, AT_ONCE)
        rounds = [[await _cpu(job, AT_ONCE) for job in jobs] for _ in range(ROUNDS)]
        return [statistics.median(one[n] / one[3] for one in rounds) for n in range(3)]

    whole, protected, in_clear = asyncio.run(measure())
    print(
        f"X-EXPS EXCHANGEAUTH session, P-256: {whole:.2f} times that baseline, goal 4: greeting, EHLO and QUIT "
        f"{in_clear:.2f}, TLS and the second EHLO {protected - in_clear:.2f}, Kerberos both ways and the hashes "
        f"{whole - protected:.2f}"
    )


def _baseline(address: Address) -> Callable[[], Awaitable[None]]:
    async def baseline() -> None:
        client = aiosmtplib.SMTP(
            hostname=address.host, port=address.port, start_tls=False, local_hostname="ex2.contoso.lab"
        )
        await client.connect()
        await client.ehlo()
        await client.quit()

    return baseline


async def _cpu(job: Callable[[], Awaitable[None]], count: int) -> float:
    """CPU seconds of one session, when AT_ONCE of them go on side by side, as in a sweep."""
    begun = time.process_time()
    for _ in range(count // AT_ONCE):
        await asyncio.gather(*(job() for _ in range(AT_ONCE)))
    return (time.process_time() - begun) / count


def contexts(ready: dict[str, Any], ticket: Credential) -> None:
    """Only the initiator's own work is timed; the acceptor in between is the same MIT library for both."""
    keytab = next(entry["keytab"] for entry in ready["principals"] if entry["name"] == "EX1$")
    sender = next(entry["keytab"] for entry in ready["principals"] if entry["name"] == "EX2$")
    environment = os.environ | {
        "KRB5_CONFIG": ready["krb5_conf"],
        "KRB5_KTNAME": keytab,
        "KRB5_CLIENT_KTNAME": sender,
        "KRB5CCNAME": f"FILE:{ready['state']}/bench.ccache",
        "KRB5RCACHENAME": "none:",
    }
    command = [SYSTEM_PYTHON, str(HERE / "mit_peer.py"), str(CONTEXTS), SPN]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as peer:
        if peer.stdin is None or peer.stdout is None:
            raise RuntimeError("the peer has no pipes")
        spent = 0.0
        for _ in range(CONTEXTS):
            begun = time.perf_counter()
            initiator = Initiator(
                credential=ticket, now=time.time(), randomness=secrets.token_bytes, mutual=True
            )
            token = initiator.token()
            spent += time.perf_counter() - begun
            print(token.hex(), file=peer.stdin, flush=True)
            answer = bytes.fromhex(peer.stdout.readline())
            begun = time.perf_counter()
            initiator.accept(answer)
            spent += time.perf_counter() - begun
        mit = float(peer.stdout.readline())
    ours = spent / CONTEXTS
    print(
        f"AP-REQ + verified AP-REP: {1 / ours:,.0f} a second against MIT's {1 / mit:,.0f}: "
        f"{mit / ours:.1f} times as many, goal 2"
    )


if __name__ == "__main__":
    main()
