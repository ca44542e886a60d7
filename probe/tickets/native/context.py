"""Tickets of this host's own Kerberos: SSPI on Windows (the log-on session), GSSAPI elsewhere (the ticket cache).

The only module that knows pyspnego. The system makes the AP-REQ, checks the AP-REP and keeps the keys; SPNEGO, SMTP
and everything that is judged stay ours. The protocol is always ``kerberos``: pyspnego's ``negotiate`` falls back to
NTLM without a word.

The system's calls block, a silent KDC keeps MIT's library for 27 s (observed), and nothing can end them. So each runs
in a daemon thread of its own: after the deadline the answer is no longer waited for, and the process may end.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from probe.tickets.client.results import Problem
from probe.tickets.native.errors import NativeError, from_gssapi, from_sspi
from probe.wire import kerberos
from probe.wire.crypto import Key
from probe.wire.der import DerError
from probe.wire.gssapi import frame as gss
from probe.wire.gssapi.initiator import ContextError, Malformed, NotMutual, PeerError
from probe.wire.kerberos import ApReq, Credential, PrincipalName

LOCAL_TIMEOUT_S = 2.0
"""For what needs no KDC: an AP-REP, a wrapped message. On Windows even that is a call to another process (LSASS)."""

_BARE_AP_REP, _BARE_KRB_ERROR = 0x6F, 0x7E
"""Application tags 15 and 30 (RFC 4120 section 5.10): a receiver may leave the GSS frame out."""

T = TypeVar("T")


class NativeUnavailable(Exception):
    """This host has no Kerberos that pyspnego could use; the text is its reason."""


class Protected(Protocol):
    """What pyspnego's wrap and unwrap give."""

    @property
    def data(self) -> bytes:
        """The message's octets."""


class NativeContext(Protocol):
    """What is used of a pyspnego client context. Every call may block, and may raise spnego's SpnegoError."""

    @property
    def complete(self) -> bool:
        """Whether nothing more has to come from the acceptor."""

    @property
    def session_key(self) -> bytes:
        """SECPKG_ATTR_SESSION_KEY, or GSS_C_INQ_SSPI_SESSION_KEY: the same octets."""

    def step(self, in_token: bytes | None = None) -> bytes | None:
        """The next token; the first call asks the KDC for a ticket unless there is one."""

    def wrap(self, data: bytes, encrypt: bool = True) -> Protected:  # noqa: FBT001, FBT002 - pyspnego's
        """A per-message token."""

    def unwrap(self, data: bytes) -> Protected:
        """What a per-message token holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a context is opened for: ``service/host``, with or without mutual authentication."""

    service: str
    host: str
    mutual: bool
    channel: bytes = b""
    """The name of the TLS channel that the context is bound to (RFC 5929); empty for none."""


OpenContext = Callable[[Target], NativeContext]


def platform_context(target: Target) -> NativeContext:
    """A context of SSPI or GSSAPI, with the log-on session's or the default cache's tickets.

    Raises ImportError when there is neither, else SpnegoError.
    """
    import spnego
    from spnego.channel_bindings import GssChannelBindings

    flags = spnego.ContextReq.default
    if not target.mutual:
        flags &= ~spnego.ContextReq.mutual_auth
    bound = target.channel
    return spnego.client(
        hostname=target.host,
        service=target.service,
        channel_bindings=GssChannelBindings(application_data=bound) if bound else None,
        protocol="kerberos",
        context_req=flags,
    )


def check_available(open_context: OpenContext = platform_context) -> None:
    """Whether this host can have native tickets at all; no KDC is asked. Raises NativeUnavailable."""
    try:
        open_context(Target(service="host", host="localhost", mutual=True))
    except ImportError as error:
        raise NativeUnavailable(str(error)) from None
    except _native_errors():
        return  # there is a Kerberos; whether it has tickets is for the run to find out


class NativeInitiator:
    """A `probe.wire.sasl.gssapi.TokenSource` whose secrets stay with the system."""

    def __init__(self, context: NativeContext, token: bytes) -> None:
        self._context = context
        self._token = token

    def token(self) -> bytes:
        """The AP-REQ in its GSS frame; the same octets at every call."""
        return self._token

    def session_key(self) -> bytes:
        """The key that EXCHANGEAUTH hashes. Raises ContextError when the system does not give it."""
        return _locally(lambda: self._context.session_key)

    def accept(self, token: bytes) -> object:
        """Have the system verify the acceptor's AP-REP.

        Raises PeerError for a KRB-ERROR (which the system never sees: it would ask the KDC for a new ticket on its
        own), Malformed for what is no answer, and NotMutual when the system refuses.
        """
        if self._complete():
            raise NotMutual("the context is complete: this AP-REP answers nothing")
        framed = _framed_ap_rep(token)
        last = _locally(partial(self._context.step, framed), refused=NotMutual)
        if not self._complete():
            raise NotMutual("the system's context wants another token")
        return last

    def wrap(self, data: bytes, *, confidential: bool = False) -> bytes:
        """A per-message token. Raises ContextError; RuntimeError before the AP-REP."""
        self._require_complete()
        return _locally(lambda: self._context.wrap(data, confidential)).data

    def unwrap(self, token: bytes) -> bytes:
        """What a per-message token holds. Raises ContextError; RuntimeError before the AP-REP."""
        self._require_complete()
        return _locally(lambda: self._context.unwrap(token)).data

    def _complete(self) -> bool:
        return self._context.complete

    def _require_complete(self) -> None:
        if not self._complete():
            raise RuntimeError("the context has no keys before the acceptor's answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeTicket:
    """A service ticket that the system has: what its AP-REQ shows in clear (RFC 4120 section 5.5.1)."""

    initiator: NativeInitiator = field(repr=False)
    """Good for one handshake; `again` gives another."""
    request: ApReq = field(repr=False)
    spn: str
    """The name that was asked for; the system may have made another one of it (`server`)."""
    timeout_s: float
    open_context: OpenContext = field(repr=False)

    @property
    def server(self) -> PrincipalName:
        """Whom the ticket is for."""
        return self.request.ticket.sname

    @property
    def etype(self) -> int:
        """The ticket's encryption type, that of the service's key."""
        return self.request.ticket.enc_part.etype

    @property
    def kvno(self) -> int | None:
        """The version of the service's key."""
        return self.request.ticket.enc_part.kvno

    @property
    def octets(self) -> int:
        """The ticket's length."""
        return len(self.request.ticket.raw)

    @property
    def session_etype(self) -> int:
        """The session key's encryption type: the authenticator is encrypted with that key."""
        return self.request.authenticator.etype

    @property
    def cipher(self) -> bytes:
        """The encrypted part, to find it in a token."""
        return self.request.ticket.enc_part.cipher

    async def again(self, *, mutual: bool, channel: bytes = b"") -> "NativeTicket":
        """The same ticket with a new authenticator, bound to ``channel``. Raises NativeError."""
        return await request_ticket(
            self.spn,
            timeout_s=self.timeout_s,
            mutual=mutual,
            channel=channel,
            open_context=self.open_context,
        )

    def session_key(self) -> Key:
        """The key that EXCHANGEAUTH hashes. Raises ContextError when the system does not give it."""
        return Key(self.session_etype, self.initiator.session_key())


ServiceTicket = Credential | NativeTicket
"""A ticket of our own client, whose session key we hold, or the system's."""


async def request_ticket(
    spn: str,
    *,
    timeout_s: float,
    mutual: bool = True,
    channel: bytes = b"",
    open_context: OpenContext = platform_context,
) -> NativeTicket:
    """Have the system get a ticket for ``service/host``, within ``timeout_s`` seconds. Raises NativeError."""
    service, _, host = spn.partition("/")
    if not host:
        raise NativeError(Problem.SYSTEM_REFUSED, detail=f"{spn} is not of the form SERVICE/HOST")
    job = partial(_open, open_context, Target(service=service, host=host, mutual=mutual, channel=channel))
    try:
        async with asyncio.timeout(timeout_s):
            initiator = await asyncio.wrap_future(_in_thread(job))
    except TimeoutError:
        raise NativeError(
            Problem.NO_KDC, detail=f"the system gave no ticket within {timeout_s:g} s"
        ) from None
    except _native_errors() as error:
        raise _native_error(error) from None
    return NativeTicket(
        initiator=initiator,
        request=_read(initiator.token()),
        spn=spn,
        timeout_s=timeout_s,
        open_context=open_context,
    )


def _open(open_context: OpenContext, target: Target) -> NativeInitiator:
    context = open_context(target)
    return NativeInitiator(context, context.step() or b"")


def _read(token: bytes) -> ApReq:
    """The AP-REQ. Raises NativeError for any other token, such as NTLM's."""
    try:
        framed = gss.unframe(token)
        if framed.token_id != gss.AP_REQ:
            raise NativeError(Problem.MALFORMED, detail=f"a token of {framed.oid} that is no AP-REQ")
        return kerberos.decode_ap_req(framed.body)
    except DerError as error:
        raise NativeError(Problem.MALFORMED, detail=f"the system's token is no AP-REQ: {error}") from None


def _framed_ap_rep(token: bytes) -> bytes:
    """The AP-REP in the frame that the system expects. Raises PeerError and Malformed."""
    try:
        if token[:1] == bytes([_BARE_KRB_ERROR]):
            raise PeerError(kerberos.decode_krb_error(token))
        if token[:1] == bytes([_BARE_AP_REP]):
            kind, body = gss.AP_REP, token
        else:
            framed = gss.unframe(token)
            kind, body = framed.token_id, framed.body
        if kind == gss.KRB_ERROR:
            raise PeerError(kerberos.decode_krb_error(body))
        if kind != gss.AP_REP:
            raise Malformed(f"a token id 0200 or 0300 is due, {kind.hex() or 'none'} came")
        kerberos.decode_ap_rep(body)
    except DerError as error:
        raise Malformed(str(error)) from error
    return gss.frame(gss.AP_REP, body)


def _locally(work: Callable[[], T], *, refused: type[ContextError] = ContextError) -> T:
    """The result of a call that needs no KDC; ``refused`` is raised when the system says no, or nothing."""
    try:
        return _in_thread(work).result(LOCAL_TIMEOUT_S)
    except TimeoutError:
        raise refused(f"the system did not answer within {LOCAL_TIMEOUT_S:g} s") from None
    except _native_errors() as error:
        raise refused(str(_native_error(error))) from None


def _in_thread(work: Callable[[], T]) -> "Future[T]":
    """Start ``work`` in a daemon thread: an executor's threads would keep the process until they are done."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()  # whoever stops waiting must not make the result unwelcome

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
            future.set_exception(error)
        else:
            future.set_result(result)

    threading.Thread(target=run, name="native-tickets", daemon=True).start()
    return future


def _native_errors() -> type[Exception]:
    from spnego.exceptions import SpnegoError

    return SpnegoError


def _native_error(error: Exception) -> NativeError:
    """What pyspnego's exception stands for: the system's own error is inside."""
    base = getattr(error, "base_error", None)
    minor, status = getattr(base, "min_code", None), getattr(base, "winerror", None)
    if isinstance(minor, int):
        return from_gssapi(minor=minor, words=_minor_words(str(base)))
    if isinstance(status, int):
        return from_sspi(status=status, words=str(getattr(base, "strerror", "") or ""))
    return NativeError(Problem.SYSTEM_REFUSED, detail=str(error))


def _minor_words(text: str) -> str:
    """The text of the minor code: gssapi says ``Major (n): ..., Minor (n): ...`` and only the second is telling."""
    _, found, minor = text.partition("Minor (")
    return minor.partition("): ")[2] or text if found else text
