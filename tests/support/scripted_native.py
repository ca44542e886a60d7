"""A stand-in for pyspnego's client context: it says what it was told to say, or nothing for as long as it is told."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from spnego.exceptions import SpnegoError

from probe.tickets.native.context import NativeContext, Target


class GssError(Exception):
    """As gssapi.raw.exceptions.GSSError: ``maj_code``, ``min_code``, and a text that names both."""

    def __init__(self, min_code: int, words: str, maj_code: int = 851968) -> None:
        super().__init__(
            f"Major ({maj_code}): Unspecified GSS failure.  Minor code may provide more information, "
            f"Minor ({min_code}): {words}"
        )
        self.maj_code = maj_code
        self.min_code = min_code


class WinError(Exception):
    """As WindowsError, which only Windows has: ``winerror`` is the negative number, ``strerror`` the system's text."""

    def __init__(self, winerror: int, strerror: str) -> None:
        super().__init__(f"[WinError {winerror}] {strerror}")
        self.winerror = winerror
        self.strerror = strerror


def gss_failure(min_code: int, words: str) -> Exception:
    """What pyspnego raises on Linux."""
    return SpnegoError(base_error=GssError(min_code, words), context_msg="Processing security token")


def sspi_failure(winerror: int, words: str) -> Exception:
    """What pyspnego raises on Windows."""
    return SpnegoError(base_error=WinError(winerror, words), context_msg="Processing security token")


class Message(NamedTuple):
    """As pyspnego's WrapResult and UnwrapResult."""

    data: bytes


@dataclass(slots=True, kw_only=True)
class ScriptedContext:
    """One context. ``first`` is what its first step does, ``second`` what its second one does."""

    first: bytes | Exception | None = None
    second: bytes | Exception | None = None
    session_key: bytes = b""
    completes: int = 2
    """After how many steps it is complete."""
    silent: threading.Event | None = None
    """Every step waits until this is set."""
    steps: list[bytes | None] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return len(self.steps) >= self.completes

    def step(self, in_token: bytes | None = None) -> bytes | None:
        if self.silent is not None:
            self.silent.wait(30)
        answer = self.second if self.steps else self.first
        if isinstance(answer, Exception):
            raise answer
        self.steps.append(in_token)
        return answer

    def wrap(self, data: bytes, encrypt: bool = True) -> Message:
        return Message((b"sealed " if encrypt else b"signed ") + data)

    def unwrap(self, data: bytes) -> Message:
        if data == b"altered":
            raise gss_failure(0, "A token had an invalid Message Integrity Check (MIC)")
        return Message(b"opened " + data)


@dataclass(slots=True)
class ScriptedSystem:
    """An `OpenContext` that gives one context a name, and keeps for what each was opened."""

    contexts: dict[str, Callable[[], ScriptedContext] | Exception]
    """By ``service/host``; names without one are unknown to the KDC, as MIT's library says it."""
    opened: list[Target] = field(default_factory=list)

    def __call__(self, target: Target) -> NativeContext:
        self.opened.append(target)
        name = f"{target.service}/{target.host}"
        context = self.contexts.get(name)
        if context is None:
            words = f"Server {name}@CONTOSO.LAB not found in Kerberos database"
            return ScriptedContext(first=gss_failure(2529638919, words))
        if isinstance(context, Exception):
            raise context
        return context()
