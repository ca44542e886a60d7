"""The client's side of an SMTP session with a receive connector, as one state table. PURE: octets in,
events out.

Sources: RFC 5321 (session), RFC 3207 (STARTTLS), RFC 4954 (AUTH); X-ANONYMOUSTLS and X-EXPS behave alike, as
Exchange's protocol logs show.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from probe.wire.sasl.mechanism import Mechanism
from probe.wire.smtp.replies import LocalProtocolError, Reply, ReplyReader, Unreadable, command


class State(StrEnum):
    """Where the session is. Names with -ING wait for a reply."""

    GREETING = "greeting"
    GREETED = "greeted"
    HELLOING = "helloing"
    READY = "ready"
    TLS_ASKING = "tls-asking"
    TLS = "tls"
    """The 220 has come: the next octets are a TLS handshake."""
    AUTHENTICATING = "authenticating"
    CHALLENGED = "challenged"
    AUTHENTICATED = "authenticated"
    QUITTING = "quitting"
    OVER = "over"


class Verb(StrEnum):
    """The commands that the probe sends. There is no MAIL.

    What is not here cannot be sent, whoever asks for it: that is what docs/safety.md promises to administrators.
    """

    EHLO = "EHLO"
    HELO = "HELO"
    STARTTLS = "STARTTLS"
    X_ANONYMOUSTLS = "X-ANONYMOUSTLS"
    AUTHENTICATE = "AUTHENTICATE"
    RESPOND = "RESPOND"
    CANCEL = "CANCEL"
    QUIT = "QUIT"


_TLS_VERBS = (Verb.STARTTLS, Verb.X_ANONYMOUSTLS)
CLOSING = 421
"""The server closes the channel, whatever was asked (RFC 5321 section 3.8)."""
MAXIMUM_UNSOLICITED = 16
"""More replies than that which nobody asked for, and the session is over: they cost time and memory."""
_MAY_QUIT = (State.GREETED, State.READY, State.AUTHENTICATED)

_SENDING: dict[tuple[State, Verb], State] = {
    (State.GREETED, Verb.EHLO): State.HELLOING,
    (State.GREETED, Verb.HELO): State.HELLOING,
    # RFC 5321 section 4.1.4: EHLO may come again and begins anew.
    (State.READY, Verb.EHLO): State.HELLOING,
    **{(State.READY, verb): State.TLS_ASKING for verb in _TLS_VERBS},
    # Once: RFC 4954 section 4 has no second authentication, and Exchange answers it with 503.
    (State.READY, Verb.AUTHENTICATE): State.AUTHENTICATING,
    (State.CHALLENGED, Verb.RESPOND): State.AUTHENTICATING,
    (State.CHALLENGED, Verb.CANCEL): State.AUTHENTICATING,
    **{(state, Verb.QUIT): State.QUITTING for state in _MAY_QUIT},
}
"""Which command may be sent when, and where it leads."""

_RECEIVING: dict[tuple[State, str], State] = {
    (State.GREETING, "2"): State.GREETED,
    (State.HELLOING, "2"): State.READY,
    # A server that does not know EHLO says 5xx to it, and HELO may follow (RFC 5321 section 2.2.1).
    (State.HELLOING, "45"): State.GREETED,
    (State.TLS_ASKING, "2"): State.TLS,
    (State.TLS_ASKING, "45"): State.READY,
    (State.AUTHENTICATING, "3"): State.CHALLENGED,
    (State.AUTHENTICATING, "2"): State.AUTHENTICATED,
    # The session may go on (RFC 4954 section 4). Exchange hangs up behind a 454 to X-EXPS; then the connection says so.
    (State.AUTHENTICATING, "45"): State.READY,
    # Whatever the answer to QUIT is: the server closes behind it (RFC 5321 section 4.1.1.10).
    (State.QUITTING, "2345"): State.OVER,
}
"""Which reply (by its first digit) leads where; any other one ends the session."""
_WAITING = frozenset(state for state, _ in _RECEIVING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The reply that was waited for. ``state`` is the state before it."""

    state: State
    reply: Reply
    expected: bool = True
    """Whether the table has a place for such a reply; if not, the session is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyData:
    """Octets in clear behind the 220 to a TLS command. They were thrown away unread; the session is over."""

    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsolicited:
    """A reply that nobody asked for, such as a 421 at a time-out."""

    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The peer closed the connection. ``pending`` octets were no whole reply."""

    expected: bool
    pending: int


Event = Answered | EarlyData | Unsolicited | Unreadable | Closed


class Dialogue:
    """One session. `send` gives octets to write, `receive` takes octets that were read."""

    def __init__(self) -> None:
        self.state = State.GREETING
        self._reader = ReplyReader()
        self._unsolicited = 0
        self._deaf = False

    @property
    def waiting(self) -> bool:
        """Whether a reply is due."""
        return self.state in _WAITING

    def send(self, verb: Verb, argument: str = "", *, mechanism: Mechanism | None = None) -> bytes:
        """The octets of a command; the state moves on. Raises LocalProtocolError when it may not be sent now.

        ``argument`` is the name for EHLO and HELO, the base64 for RESPOND, an initial response for
        AUTHENTICATE.
        """
        following = _SENDING.get((self.state, verb))
        if following is None:
            raise LocalProtocolError(f"{verb} may not be sent in state {self.state}")
        line = _line(verb, argument, mechanism)
        self.state = following
        return line

    def receive(self, data: bytes) -> list[Event]:
        """What has happened, now that ``data`` has come."""
        # After octets that must not be parsed, or a flood of replies, nothing is read any more, whatever comes.
        if self._deaf:
            return []
        self._reader.feed(data)
        events = self._whole_replies()
        # The 220 may share its packet with what an attacker put behind it. Kept until TLS stands, it would be taken for
        # the protected server's word: the injection flaws of STARTTLS, published for servers in 2011, clients in 2021.
        early = self._reader.drain() if self.state is State.TLS else 0
        if early:
            self.state, self._deaf = State.OVER, True
            events.append(EarlyData(octets=early))
        return events

    def _whole_replies(self) -> list[Event]:
        """Up to the 220 to a TLS command: what is behind it was not protected and is never parsed."""
        events: list[Event] = []
        while self.state is not State.TLS:
            item = self._reader.next_reply()
            if item is None:
                break
            events.append(self._event(item))
            if self._deaf:
                break
        return events

    def tls_started(self) -> None:
        """The handshake is done: SMTP begins anew, but for the greeting (RFC 3207 section 4.2).

        Raises LocalProtocolError when no TLS was agreed.
        """
        if self.state is not State.TLS:
            raise LocalProtocolError(f"no TLS was agreed in state {self.state}")
        self._reader = ReplyReader()  # nothing that came in clear is left behind
        self.state = State.GREETED

    def receive_end(self) -> Closed:
        """The peer closed the connection: by right behind a 421, behind QUIT, or after the session was over."""
        expected = self.state in (State.OVER, State.QUITTING)
        self.state = State.OVER
        return Closed(expected=expected, pending=self._reader.pending)

    def _event(self, item: Reply | Unreadable) -> Event:
        if isinstance(item, Unreadable):
            self.state = State.OVER
            return item
        if not self.waiting:
            return self._unasked(item)
        before, following = self.state, _following(self.state, item.code)
        self.state = following or State.OVER
        return Answered(state=before, reply=item, expected=following is not None)

    def _unasked(self, reply: Reply) -> Unsolicited | Unreadable:
        self._unsolicited += 1
        if self._unsolicited <= MAXIMUM_UNSOLICITED:
            return Unsolicited(reply=reply)
        self.state, self._deaf = State.OVER, True
        return Unreadable(
            reason="too-many-replies", came=self._unsolicited, limit=MAXIMUM_UNSOLICITED, head=b""
        )


def _following(state: State, code: int) -> State | None:
    """Where a reply leads; None for one that has no place in the table."""
    first = str(code // 100)  # 025 is not a 2xx
    if code == CLOSING:
        return State.OVER
    for (before, digits), following in _RECEIVING.items():
        if before is state and first in digits:
            return following
    return None


def _line(verb: Verb, argument: str, mechanism: Mechanism | None) -> bytes:
    if verb is Verb.CANCEL:
        return b"*\r\n"
    if verb is Verb.RESPOND:
        return command(argument)
    if verb is Verb.AUTHENTICATE:
        if mechanism is None:
            raise LocalProtocolError("a mechanism is needed")
        return command(mechanism.verb, mechanism.name, *([argument] if argument else []))
    return command(verb.value, *([argument] if argument else []))


def redact(line: bytes) -> str:
    """A line for a transcript: what is known to be harmless as it is, anything else by its length.

    Commands with their names, and replies other than 334 and 235, hold no token of their own (RFC 4954
    section 4); a server may repeat ours in an error text, so long runs of base64 are cut out there too.
    """
    text = line.rstrip(b"\r\n").decode("latin-1")
    if _HARMLESS.fullmatch(text):
        return _LONG_RUN.sub(lambda run: f"<{len(run[0])} octets>", text)
    match = _TOKEN_LINE.fullmatch(text)
    command_or_code, token = match.groups() if match else ("", text)
    return f"{command_or_code}<{len(token)} octets>" if token else command_or_code


def redact_reply(code: int, text: str) -> str:
    """One line of a reply for a transcript, code first; like `redact`, and quick with the many short lines."""
    line = f"{code:03} {text}"
    if code in _TOKEN_CODES or len(line) >= _LONG:
        return redact(line.encode("latin-1"))
    return line


_TOKEN_CODES = (334, 235)
_LONG = 64
"""Octets of base64 that hold less than a key and a nonce."""
_HARMLESS = re.compile(
    r"(?:EHLO|HELO) \S*|QUIT|STARTTLS|X-ANONYMOUSTLS|\*|(?:AUTH|X-EXPS) [A-Z-]+|334(?: | (?:GSSAPI|NTLM) supported)?"
    # Behind the code of a reply comes a space or a hyphen, which base64 does not have: 153X... may be a token.
    r"|(?!334|235)[1-5][0-9][0-9](?:[ -].*)?|235(?: 2\.7\.0 [A-Za-z .]*)?"
)
_TOKEN_LINE = re.compile(r"((?:AUTH|X-EXPS) [A-Z-]+ |334 |235 |)(.*)", re.DOTALL)
_LONG_RUN = re.compile(rf"[A-Za-z0-9+/=]{{{_LONG},}}")
