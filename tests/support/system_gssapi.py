"""MIT's GSSAPI as a foreign initiator or acceptor: Debian's python3-gssapi in a process of its own."""

import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SYSTEM_PYTHON = "/usr/bin/python3"
_AGENT = Path(__file__).with_name("gssapi_agent.py")


class Refused(Exception):
    """What MIT's library said, and the token that it made to say so (often a KRB-ERROR)."""

    def __init__(self, words: str, token: bytes) -> None:
        super().__init__(words)
        self.token = token


@dataclass(frozen=True, slots=True)
class SystemContext:
    """One context in the other process."""

    _process: subprocess.Popen[str] = field(repr=False)

    def step(self, token: bytes = b"") -> bytes:
        """Take the peer's token and give the next one; both may be empty. Raises Refused."""
        return self._ask("step", token)

    def wrap(self, data: bytes, *, confidential: bool = False) -> bytes:
        """Protect a message. Raises Refused."""
        return self._ask("seal" if confidential else "wrap", data)

    def unwrap(self, token: bytes) -> bytes:
        """Verify a message and give what it holds. Raises Refused."""
        return self._ask("unwrap", token)

    def session_key(self) -> bytes:
        """What MIT answers to GSS_C_INQ_SSPI_SESSION_KEY."""
        return self._ask("key", b"")

    def _ask(self, operation: str, data: bytes) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{operation} {data.hex()}\n")
        self._process.stdin.flush()
        status, _, rest = self._process.stdout.readline().rstrip("\n").partition(" ")
        if status == "ok":
            return bytes.fromhex(rest)
        words, _, token = rest.rpartition(" | ")
        raise Refused(words or "the process ended", bytes.fromhex(token))


@contextlib.contextmanager
def system_acceptor(
    env: Mapping[str, str], keytab: Path, *, bindings: bytes = b""
) -> Iterator[SystemContext]:
    """MIT's acceptor with the keys of ``keytab``; ``env`` names its krb5.conf. ``bindings`` is the channel's name."""
    with _agent({**env, "KRB5_KTNAME": f"FILE:{keytab}"}, "accept", bindings.hex()) as context:
        yield context


@contextlib.contextmanager
def system_initiator(
    env: Mapping[str, str],
    ccache: Path,
    service: str,
    *,
    mechanism: str = "krb5",
    mutual: bool = True,
    bindings: bytes = b"",
) -> Iterator[SystemContext]:
    """MIT's initiator, asking for mutual authentication or not; ``mechanism`` is ``krb5`` or ``spnego``."""
    environment = {**env, "KRB5CCNAME": f"FILE:{ccache}"}
    authentication = "mutual" if mutual else "one-way"
    with _agent(environment, "initiate", service, mechanism, authentication, bindings.hex()) as context:
        yield context


@contextlib.contextmanager
def _agent(env: Mapping[str, str], *arguments: str) -> Iterator[SystemContext]:
    with subprocess.Popen(
        [SYSTEM_PYTHON, _AGENT, *arguments],
        env=dict(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield SystemContext(process)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
