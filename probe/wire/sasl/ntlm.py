"""NTLM over SMTP as the client sees it: asking a server who it is, and a whole log-on (MS-SMTPNTLM). PURE.

The client sends the verb alone, then NEGOTIATE; the server's CHALLENGE needs no credentials and holds its
names and its clock. A question ends there with ``*``, which is no failed log-on.
"""

from collections.abc import Callable
from typing import Protocol

from probe.wire.ntlm import NtlmChallenge, NtlmError, decode, negotiate_message
from probe.wire.sasl.mechanism import Answer, Cancel, Respond, Round, Work, decode_challenge, encode_response


class NtlmChallengeRequest:
    """NEGOTIATE, read the CHALLENGE, cancel. ``clock`` is this host's, in seconds since the Unix epoch."""

    name = "NTLM"

    def __init__(self, verb: str, *, clock: Callable[[], float]) -> None:
        self.verb = verb
        self._clock = clock
        self._sent = False
        self.challenge: NtlmChallenge | None = None
        self.problem = ""
        self.asked_at = 0.0
        """This host's clock just before NEGOTIATE left."""
        self.answered_at = 0.0
        """The same just after the CHALLENGE came."""

    def first(self) -> bytes:
        """The NEGOTIATE message."""
        self._sent = True
        self.asked_at = self._clock()
        return negotiate_message()

    def argument(self, *, initial_response: bool) -> str:
        """What stands behind the mechanism's name on the command's own line."""
        return encode_response(self.first()) if initial_response else ""

    def respond(self, text: str) -> Answer:
        """What to say to ``334 text``: NEGOTIATE to the first, ``*`` to the second."""
        if not self._sent:
            return Respond(data=self.first())
        self.answered_at = self._clock()
        self.challenge, self.problem = read_challenge(text)
        return Cancel(reason=self.problem or "answered")


class NtlmInitiator(Protocol):
    """Who can log on by NTLM: a password or a hash with somebody's implementation behind it."""

    def negotiate(self) -> bytes:
        """The NEGOTIATE message; it may take its time."""

    def authenticate(self, challenge: bytes) -> bytes:
        """The AUTHENTICATE message. Raises NtlmError for a challenge that it cannot answer."""


class NtlmLogOn:
    """A whole log-on. What it learned is in its attributes when the final reply has come."""

    name = "NTLM"

    def __init__(self, verb: str, source: NtlmInitiator) -> None:
        self.verb = verb
        self._source = source
        self.rounds: list[Round] = []
        self.problem = ""

    def argument(self, *, initial_response: bool) -> str:
        """Nothing: NEGOTIATE waits for the server's ``334 NTLM supported``."""
        del initial_response
        return ""

    def respond(self, text: str) -> Answer:
        """What to say to ``334 text``."""
        if not self.rounds:
            return Work(do=self._negotiate)
        if len(self.rounds) > 1:
            return self._give_up("too-many-rounds")
        challenge, problem = read_challenge(text)
        token = decode_challenge(text)
        if challenge is None or token is None:
            return self._give_up(problem)
        self._note("received", "ntlm-challenge", len(token))
        return Work(do=lambda: self._authenticate(token))

    def _negotiate(self) -> Respond | Cancel:
        return self._respond("ntlm-negotiate", self._source.negotiate())

    def _authenticate(self, challenge: bytes) -> Respond | Cancel:
        try:
            token = self._source.authenticate(challenge)
        except NtlmError as error:
            return self._give_up(error.reason)
        return self._respond("ntlm-authenticate", token)

    def _respond(self, kind: str, token: bytes) -> Respond:
        self._note("sent", kind, len(token))
        return Respond(data=token)

    def _give_up(self, problem: str) -> Cancel:
        self.problem = problem
        return Cancel(reason=problem)

    def _note(self, direction: str, kind: str, octets: int) -> None:
        self.rounds.append(Round(direction=direction, kind=kind, octets=octets))


def read_challenge(text: str) -> tuple[NtlmChallenge | None, str]:
    """The CHALLENGE of a 334's text, or what is wrong with it."""
    data = decode_challenge(text)
    if data is None:
        return None, "challenge-is-no-base64"
    try:
        message = decode(data)
    except NtlmError:
        return None, "challenge-is-malformed"
    return (message, "") if isinstance(message, NtlmChallenge) else (None, "no-challenge")
