"""One authentication as a conversation: challenges out, the client's lines in, a result at the end (PURE).

Each mechanism is a generator: it yields a `Challenge`, is sent the client's next line (without CRLF), and
returns a `Result`. The server only moves lines.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Literal

from simulator.acceptors import exchangeauth
from simulator.acceptors.acceptor import Acceptor
from simulator.acceptors.exchangeauth import Channel, Message
from simulator.acceptors.messages import Context, TokenError
from simulator.acceptors.ntlm import NtlmAcceptor
from simulator.faults.values import Acceptance
from simulator.smtp import replies
from simulator.tickets.client import Initiated

MAXIMUM_LEGS = 8
"""No SPNEGO negotiation needs more; a client that goes on for ever is illegal."""
NO_LAYER = 1
"""RFC 4752 section 3.3: the bit mask of "no security layer"."""

Judge = Callable[[bytes, Acceptance], Acceptance]
"""What a fault makes of the acceptor's opinion of a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """The text behind ``334``; ``kind`` says whether it answers the verb or holds a token."""

    text: bytes
    kind: Literal["verb", "token"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How it ended. ``status`` is SSPI's name; ``cancelled`` when the client gave up with ``*``."""

    status: str
    client: str = ""
    reason: str = ""
    cancelled: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the client is who it says."""
        return self.status == "OK" and not self.cancelled


Conversation = Generator[Challenge, bytes, Result]


class _Cancelled(Exception):
    """The client sent ``*`` (RFC 4954 section 4)."""


class GssapiLogOn:
    """X-EXPS GSSAPI, and with ``layer`` AUTH GSSAPI: the same, then the round of RFC 4752 section 3.1.

    ``status`` is the acceptor's last opinion: a server whose client vanishes in the middle reports that.
    """

    def __init__(self, acceptor: Acceptor, judge: Judge, *, layer: bool) -> None:
        self._acceptor = acceptor
        self._judge = judge
        self._layer = layer
        self.last = Acceptance(status="OK")

    def converse(self, initial: bytes | None) -> Conversation:
        """The conversation; ``initial`` is the initial response on the verb's line, or None."""
        try:
            return (yield from self._tokens(initial))
        except _Cancelled:
            reason = self.last.reason or "the client cancelled"
            return Result(status=self.last.status, reason=reason, cancelled=True)
        except TokenError as error:
            return Result(status=error.status, reason=str(error))

    def _tokens(self, initial: bytes | None) -> Conversation:
        line = initial
        if line is None:
            line = yield Challenge(text=replies.GSSAPI_SUPPORTED, kind="verb")
        elif line == b"=":
            line = b""
        for _ in range(MAXIMUM_LEGS):
            token = decode(line)
            self.last = acceptance = self._judge(token, self._acceptor.accept(token))
            if not acceptance.continue_needed:
                return (yield from self._finish(acceptance))
            line = yield _token(acceptance.token)
            if not line and acceptance.status != "OK":
                # The client will not try again after our KRB-ERROR; the reason is still the one that it names.
                return Result(status=acceptance.status, client=acceptance.client, reason=acceptance.reason)
        raise TokenError("IllegalMessage", f"more than {MAXIMUM_LEGS} tokens")

    def _finish(self, acceptance: Acceptance) -> Conversation:
        if acceptance.status != "OK":
            return Result(status=acceptance.status, client=acceptance.client, reason=acceptance.reason)
        if acceptance.token and (yield _token(acceptance.token)):
            # A complete context with an output token: the client has nothing left to say but an empty line.
            raise TokenError("IllegalMessage", "an empty line is due after the last token")
        context = self._acceptor.context
        if context is None:
            raise TokenError("InternalError", "accepted without a context")
        if self._layer:
            yield from self._security_layer(context)
        return Result(status="OK", client=acceptance.client)

    def _security_layer(self, context: Context) -> Generator[Challenge, bytes, None]:
        # Maximum size 0: with no layer there is nothing to receive (RFC 4752 section 3.1).
        choice = context.unwrap(decode((yield _token(context.wrap(bytes((NO_LAYER, 0, 0, 0)))))))
        if len(choice) < 4 or choice[0] != NO_LAYER:
            raise TokenError("IllegalMessage", f"security layer {choice[:4].hex()} was not offered")
        identity = choice[4:].decode(errors="replace")
        if identity.lower() not in _identities(context.client):
            raise TokenError("LogonDenied", f"{context.client} may not act as {identity[:256]}")


class ExchangeAuthLogOn:
    """X-EXPS EXCHANGEAUTH: the client's blob in, and when the server has its own ticket, the server's blob out.

    ``unexpected`` is the status when Kerberos wants another leg, which this mechanism does not have.
    """

    def __init__(self, acceptor: Acceptor, judge: Judge, *, channel: Channel, unexpected: str) -> None:
        self._acceptor = acceptor
        self._judge = judge
        self._channel = channel
        self._unexpected = unexpected

    def accept(self, blob: bytes) -> Result:
        """What the client's half is worth."""
        try:
            message = exchangeauth.decode(blob)
        except TokenError as error:
            return Result(status=error.status, reason=str(error))
        acceptance = self._judge(message.token, self._acceptor.accept_kerberos(message.token))
        if acceptance.token or acceptance.continue_needed:
            # An AP-REP or a KRB-ERROR would have to go out, and there is no leg that it could travel on.
            return Result(
                status=self._unexpected, reason=acceptance.reason or "mutual authentication asked for"
            )
        if acceptance.status != "OK":
            return Result(status=acceptance.status, client=acceptance.client, reason=acceptance.reason)
        if self._acceptor.context is None:
            return Result(status="InternalError", reason="accepted without a context")
        if not self._channel.is_clients(message.digest, client_key=self._client_key()):
            reason = "the hash is not over this TLS channel and this context"
            return Result(status="LogonDenied", client=acceptance.client, reason=reason)
        return Result(status="OK", client=acceptance.client)

    def answer(self, initiated: Initiated) -> bytes:
        """The server's blob, once the client's is accepted."""
        server_key = initiated.session_key
        digest = self._channel.servers(client_key=self._client_key(), server_key=server_key)
        return exchangeauth.encode(Message(token=initiated.token, digest=digest))

    def _client_key(self) -> bytes:
        context = self._acceptor.context
        return b"" if context is None else context.session_key.contents


class NtlmLogOn:
    """X-EXPS NTLM and AUTH NTLM: NEGOTIATE in, CHALLENGE out, AUTHENTICATE in (MS-SMTPNTLM section 3.2).

    A client that has read the challenge and cancels has not failed.
    """

    def __init__(self, acceptor: NtlmAcceptor, judge: Judge) -> None:
        self._acceptor = acceptor
        self._judge = judge
        self.last = Acceptance(status="OK")

    def converse(self, initial: bytes | None) -> Conversation:
        """The conversation; ``initial`` is the initial response on the verb's line, or None."""
        try:
            line = initial
            if line is None:
                line = yield Challenge(text=replies.NTLM_SUPPORTED, kind="verb")
            line = yield _token(self._acceptor.challenge(decode(line)))
            token = decode(line)
            self.last = opinion = self._judge(token, self._acceptor.accept(token))
        except _Cancelled:
            return Result(status="OK", reason="the client cancelled", cancelled=True)
        except TokenError as error:
            return Result(status=error.status, reason=str(error))
        return Result(status=opinion.status, client=opinion.client, reason=opinion.reason)


def _identities(client: str) -> frozenset[str]:
    """What a client may ask to act as (RFC 4752 section 3.1, authzid): nobody in particular, or itself."""
    return frozenset(("", client.lower(), client.lower().partition("@")[0]))


def password_log_on(challenges: tuple[bytes, ...], initial: bytes | None) -> Conversation:
    """LOGIN, or NTLM, as a server speaks it whose policy denies it: the challenges, then LogonDenied."""
    for number, text in enumerate(challenges):
        if number == 0 and initial is not None:
            continue
        if (yield Challenge(text=text, kind="verb")) == b"*":
            return Result(status="LogonDenied", reason="the client cancelled", cancelled=True)
    return Result(status="LogonDenied", reason="policy: Kerberos only")


NTLM_CHALLENGES = (replies.NTLM_SUPPORTED,)
LOGIN_CHALLENGES = (b64encode(b"Username:"), b64encode(b"Password:"))


def decode(line: bytes) -> bytes:
    """The token of a client's line. Raises TokenError("IllegalMessage") for base64 that is none."""
    if line == b"*":
        raise _Cancelled
    try:
        return b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        raise TokenError("IllegalMessage", "not base64") from None


def _token(token: bytes) -> Challenge:
    return Challenge(text=b64encode(token), kind="token")
