"""The client's rounds of a GSSAPI mechanism over SMTP: X-EXPS GSSAPI and AUTH GSSAPI. PURE.

X-EXPS GSSAPI is SPNEGO with mutual authentication and no RFC 4752 round: when the receiver's context is
complete it sends its last token with 334, gets an empty line, and only then says 235 (observed in Exchange
protocol logs). AUTH GSSAPI (RFC 4752) goes on with a wrapped offer of security layers, to which "none" is
the answer.
"""

from typing import Protocol

from probe.wire import kerberos
from probe.wire.der import DerError
from probe.wire.gssapi import frame as gss
from probe.wire.gssapi import spnego
from probe.wire.gssapi.initiator import ContextError, PeerError
from probe.wire.gssapi.spnego import BareToken, NegState, NegTokenInit, NegTokenResp
from probe.wire.kerberos import KrbError
from probe.wire.sasl.mechanism import Answer, Cancel, Respond, Round, decode_challenge, encode_response

NO_SECURITY_LAYER = b"\x01\x00\x00\x00"
"""Our choice in the RFC 4752 round: no layer, no maximum size, no authorization identity."""
MAXIMUM_ROUNDS = 8
"""More challenges than that are no negotiation."""
UNKNOWN_MECHANISM = "2.25.201326592"


class TokenSource(Protocol):
    """What `probe.wire.gssapi.initiator.Initiator` does for a mechanism."""

    def token(self) -> bytes:
        """The GSS framed AP-REQ."""

    def accept(self, token: bytes) -> object:
        """Verify the acceptor's AP-REP. Raises ContextError."""

    def wrap(self, data: bytes, *, confidential: bool = False) -> bytes:
        """A per-message token."""

    def unwrap(self, token: bytes) -> bytes:
        """What a per-message token holds. Raises ContextError; RuntimeError before there are keys."""


class GssapiMechanism:
    """One exchange. What it learned is in its attributes when the final reply has come."""

    name = "GSSAPI"

    def __init__(self, verb: str, source: TokenSource, *, spnego: bool, security_layer: bool) -> None:
        self.verb = verb
        self.wrapping = "spnego" if spnego else "kerberos"
        self._source = source
        self._spnego = spnego
        self._security_layer = security_layer
        self._token_sent = False
        self.rounds: list[Round] = []
        self.ap_rep_verified = False
        self.peer_error: KrbError | None = None
        self.negotiation_state = ""
        self.chosen_mechanism = ""
        self.layers: int | None = None
        self.problem = ""

    def first(self) -> bytes:
        """The first token: for the command's own line, or for the answer to the first 334."""
        self._token_sent = True
        token = self._source.token()
        if self._spnego:
            token = spnego.neg_token_init(spnego.KERBEROS_MECHANISMS, token)
        self._note("sent", "spnego-init" if self._spnego else "krb5-ap-req", len(token))
        return token

    def argument(self, *, initial_response: bool) -> str:
        """What stands behind the mechanism's name on the command's own line: nothing, or the first token."""
        return encode_response(self.first()) if initial_response else ""

    def respond(self, text: str) -> Answer:
        """What to say to ``334 text``."""
        if not self._token_sent:
            return Respond(data=self.first())  # "GSSAPI supported", an empty 334, or a NegTokenInit2 hint
        if len(self.rounds) >= 2 * MAXIMUM_ROUNDS:
            return self._give_up("too-many-rounds")
        challenge = decode_challenge(text)
        if challenge is None:
            self._note("received", "no-base64", len(text))
            return self._give_up("challenge-is-no-base64")
        try:
            return self._answer(challenge)
        except DerError:
            return self._give_up("challenge-is-malformed")
        except ContextError as error:
            return self._give_up(type(error).__name__.lower() + "-token")

    def _answer(self, challenge: bytes) -> Answer:
        if self.ap_rep_verified or (challenge and self._is_offer(challenge)):
            return self._choose_layer(challenge)
        if self._spnego:
            return self._negotiated(challenge)
        return self._kerberos(challenge)

    def _is_offer(self, challenge: bytes) -> bool:
        """An RFC 4121 wrap token (05 04): a server that thinks we asked for no mutual authentication."""
        return self._security_layer and challenge[:2] == b"\x05\x04"

    def _negotiated(self, challenge: bytes) -> Answer:
        message = spnego.decode(challenge)
        if isinstance(message, NegTokenResp):
            return self._negotiation_response(message, len(challenge))
        if isinstance(message, NegTokenInit):
            self._note("received", "spnego-hint", len(challenge))
            return self._give_up("hint-after-the-token")
        return self._bare(message, len(challenge))

    def _bare(self, message: BareToken, octets: int) -> Answer:
        # None: a Kerberos message without a frame, which the token source reads too.
        if message.mechanism not in (None, gss.KRB5, gss.MS_KRB5):
            self.chosen_mechanism = message.mechanism or ""
            self._note("received", "other-mechanism", octets)
            return self._give_up("other-mechanism")
        return self._kerberos(message.token)

    def _negotiation_response(self, message: NegTokenResp, octets: int) -> Answer:
        self.negotiation_state = _state_name(message.state)
        self.chosen_mechanism = message.supported_mech or self.chosen_mechanism
        self._note("received", "spnego-resp", octets)
        if self.chosen_mechanism == gss.NTLMSSP:
            return self._give_up("other-mechanism")
        if message.response_token:
            return self._kerberos(message.response_token)
        if message.state == NegState.REJECT:
            return self._give_up("negotiation-rejected")
        return Respond(data=b"")

    def _kerberos(self, token: bytes) -> Answer:
        """The acceptor's Kerberos token: an AP-REP, or a KRB-ERROR."""
        if not token:
            self._note("received", "empty", 0)
            return Respond(data=b"")
        try:
            self._source.accept(token)
        except PeerError as error:
            self._note("received", "krb-error", len(token))
            self.peer_error = error.krb_error
            # Nothing more can come of this context: an empty line lets the receiver say its own last word.
            return Respond(data=b"")
        self._note("received", "krb5-ap-rep", len(token))
        self.ap_rep_verified = True
        self._note("sent", "empty", 0)
        return Respond(data=b"")

    def _choose_layer(self, challenge: bytes) -> Answer:
        """RFC 4752 section 3.1: a bit mask of layers and the largest message that the server takes."""
        if not self._security_layer:
            self._note("received", "unexpected", len(challenge))
            return self._give_up("round-after-the-ap-rep")
        try:
            offer = self._source.unwrap(challenge)
        except RuntimeError:
            # A context that asked for mutual authentication has no keys before the AP-REP.
            self._note("received", "unexpected", len(challenge))
            return self._give_up("offer-before-the-ap-rep")
        self._note("received", "rfc4752-offer", len(challenge))
        if len(offer) != 4:
            return self._give_up("offer-is-malformed")
        self.layers = offer[0]
        if not self.layers & NO_SECURITY_LAYER[0]:
            return self._give_up("security-layer-wanted")
        choice = self._source.wrap(NO_SECURITY_LAYER)
        self._note("sent", "rfc4752-choice", len(choice))
        return Respond(data=choice)

    def _give_up(self, problem: str) -> Cancel:
        self.problem = problem
        return Cancel(reason=problem)

    def _note(self, direction: str, kind: str, octets: int) -> None:
        self.rounds.append(Round(direction=direction, kind=kind, octets=octets))


class BareNegotiation:
    """A contrast without a ticket: a NegTokenInit ``octets`` long that offers Kerberos without a token for it.

    Its first mechanism is one that nobody has (under arc 2.25, ITU-T X.667), with an optimistic token of zeros to
    fill the length. RFC 4178 section 4.2.1 has the acceptor pass that over and choose Kerberos, whatever its keys
    and its clock. How every build of Windows takes it is not verified: it supports a verdict and proves none.
    """

    name = "GSSAPI"
    wrapping = "spnego"

    def __init__(self, verb: str, *, octets: int) -> None:
        self.verb = verb
        self._octets = octets
        self._sent = False
        self.token_octets = 0
        self.answered = False
        self.problem = ""

    def first(self) -> bytes:
        """The NegTokenInit."""
        self._sent = True
        mechanisms = (UNKNOWN_MECHANISM, *spnego.KERBEROS_MECHANISMS)
        token = spnego.neg_token_init(mechanisms, b"\0")
        token = spnego.neg_token_init(mechanisms, bytes(max(1, self._octets - len(token))))
        self.token_octets = len(token)
        return token

    def argument(self, *, initial_response: bool) -> str:
        """What stands behind the mechanism's name on the command's own line: nothing, or the token."""
        return encode_response(self.first()) if initial_response else ""

    def respond(self, text: str) -> Answer:
        """Note whether the token was read, and cancel: there is nothing to go on with."""
        if not self._sent:
            return Respond(data=self.first())
        try:
            message = spnego.decode(decode_challenge(text) or b"")
        except DerError:
            self.problem = "challenge-is-malformed"
        else:
            self.answered = isinstance(message, NegTokenResp) and message.state != NegState.REJECT
        return Cancel(reason="answered" if self.answered else "not-answered")


def decodes_cleanly(token: bytes, server: str) -> bool:
    """Whether our own decoder reads ``token`` (SPNEGO or bare) as one whole AP-REQ for ``server``."""
    try:
        inner = spnego.decode(token)
        mech_token = inner.mech_token if isinstance(inner, NegTokenInit) else token
        request = kerberos.decode_ap_req(gss.unframe(mech_token or b"").body)
    except DerError:
        return False
    return str(request.ticket.sname).lower() == server.lower()


def _state_name(state: int | None) -> str:
    if state is None:
        return ""
    return NegState(state).name.lower().replace("_", "-") if state in set(NegState) else str(state)
