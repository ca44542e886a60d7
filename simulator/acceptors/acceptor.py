"""Real Kerberos acceptance, alone or inside SPNEGO, with the SSPI status that Exchange would name (PURE).

What Windows' Negotiate package accepts: NegTokenInit with an optimistic Kerberos token, a bare Kerberos
token, and the later legs that SPNEGO may need (RFC 4178). A skewed clock is "continue needed" with a
KRB-ERROR, so that the client may correct its own clock and try again (observed at Samba's acceptor); every
other rejection ends the context without a token.
"""

from collections.abc import Callable

from simulator.acceptors import spnego
from simulator.acceptors.ap_req import Accepted, Refusal, ReplayCache, Service, judge, windows_error
from simulator.acceptors.channel_bindings import Protection
from simulator.acceptors.messages import (
    AP_REQ,
    KERBEROS_OID,
    Context,
    TokenError,
    frame,
    split_element,
    unframe,
)
from simulator.acceptors.spnego import NegState, NegTokenResp
from simulator.directory.store import Account
from simulator.faults.values import Acceptance

__all__ = ["Acceptor", "ReplayCache"]

DEFAULT_SKEW_LIMIT_S = 300.0
"""RFC 4120 section 8.2, and Windows' "Maximum tolerance for computer clock synchronization"."""
_NTLM_SIGNATURE = b"NTLMSSP\0"


class Acceptor:
    """One context, from the first token to the last; every authentication needs a new one.

    ``account`` gives the server's own view of its account, older key sets included; ``clock`` is the server's
    own, in seconds since the epoch; ``randomness`` gives as many octets as it is asked for. After a final
    Acceptance with status OK, ``context`` is there. With ``explains_as``, the name of
    the computer's account, a refusal goes out as the KRB-ERROR that Windows' SMB server gives.
    """

    def __init__(
        self,
        *,
        server: str,
        account: Callable[[], Account],
        realm: str,
        clock: Callable[[], float],
        randomness: Callable[[int], bytes],
        replays: ReplayCache,
        skew_limit_s: float = DEFAULT_SKEW_LIMIT_S,
        explains_as: str = "",
    ) -> None:
        self.protection = Protection()
        """What is asked of the client's channel bindings; the connection knows, so it is set before the first token."""
        self.server = server
        self._account = account
        self._realm = realm
        self._clock = clock
        self._randomness = randomness
        self._replays = replays
        self._skew_limit_s = skew_limit_s
        self._explains_as = explains_as
        self._started = False
        self._negotiation: _Negotiation | None = None
        self.context: Context | None = None

    def accept(self, token: bytes) -> Acceptance:
        """Judge the client's next token; whatever its octets are, nothing is raised."""
        try:
            return self._dispatch(token)
        except TokenError as error:
            self.context = None
            return Acceptance(status=error.status, reason=str(error))

    def accept_kerberos(self, token: bytes) -> Acceptance:
        """The same with the package Kerberos alone, as EXCHANGEAUTH uses it: no SPNEGO and no NTLM."""
        try:
            return self._bare(token)
        except TokenError as error:
            return Acceptance(status=error.status, reason=str(error))

    def _dispatch(self, token: bytes) -> Acceptance:
        first, self._started = not self._started, True
        if first and not token:
            return Acceptance(status="OK", token=spnego.encode_hint(), continue_needed=True)
        if token.startswith(_NTLM_SIGNATURE):
            return _ntlm_refused()
        if token[:1] == b"\xa1":
            return self._next_leg(spnego.decode_resp(token))
        contents, _ = split_element(token, tag=0x60)
        if contents.startswith(KERBEROS_OID):
            return self._bare(token)
        return self._first_leg(spnego.decode_init(spnego.unframe(token)))

    def _kerberos(self, token: bytes) -> Accepted:
        """Judge a framed AP-REQ. Raises Refusal and TokenError."""
        token_id, body = unframe(token)
        if token_id != AP_REQ:
            raise TokenError("IllegalMessage", f"a Kerberos token {token_id.hex()} in place of an AP-REQ")
        on_accept = judge(
            body,
            Service(
                account=self._account(),
                realm=self._realm,
                now=self._clock(),
                randomness=self._randomness,
                replays=self._replays,
                skew_limit_s=self._skew_limit_s,
                protection=self.protection,
            ),
        )
        self.context = on_accept.context
        return on_accept

    def _bare(self, token: bytes) -> Acceptance:
        try:
            on_accept = self._kerberos(token)
        except Refusal as refusal:
            return _refused(refusal, self._answer_to(refusal))
        return Acceptance(status="OK", client=on_accept.context.client, token=on_accept.answer)

    def _answer_to(self, refusal: Refusal) -> bytes:
        """The framed KRB-ERROR for a refusal; empty for none."""
        if not self._explains_as:
            return refusal.answer
        return windows_error(refusal, self._explains_as, realm=self._realm, now=self._clock())

    def _first_leg(self, offer: spnego.NegTokenInit) -> Acceptance:
        chosen = next((m for m in offer.mechanisms if m in spnego.KERBEROS_MECHANISMS), None)
        if chosen is None:
            if spnego.NTLM in offer.mechanisms:
                return _ntlm_refused()
            return Acceptance(
                status="Unsupported", reason=f"offered: {', '.join(offer.mechanisms[:8])[:256]}"
            )
        preferred = offer.mechanisms[0] in spnego.KERBEROS_MECHANISMS
        self._negotiation = _Negotiation(chosen, offer.mechanism_list, mic_due=not preferred)
        if preferred and offer.token:
            return self._negotiated(NegTokenResp(token=offer.token))
        # The optimistic token is missing, or for a mechanism that we do not choose (RFC 4178 section 4.2.2).
        state = NegState.ACCEPT_INCOMPLETE if preferred else NegState.REQUEST_MIC
        return Acceptance(status="OK", token=self._negotiation.reply(state), continue_needed=True)

    def _next_leg(self, message: NegTokenResp) -> Acceptance:
        if self._negotiation is None:
            raise TokenError("IllegalMessage", "a NegTokenResp before any NegTokenInit")
        if self.context is None:
            return self._negotiated(message)
        if not message.mic:
            raise TokenError("IllegalMessage", "mechListMIC is due")
        self.context.verify_mic(self._negotiation.mechanism_list, message.mic)
        return Acceptance(status="OK", client=self.context.client)

    def _negotiated(self, message: NegTokenResp) -> Acceptance:
        """The AP-REQ of the chosen mechanism, and the answer to it with the MIC when one is due."""
        negotiation = self._negotiation
        if negotiation is None or not message.token:
            raise TokenError("IllegalMessage", "a token of the chosen mechanism is due")
        try:
            on_accept = self._kerberos(_framed(message.token))
        except Refusal as refusal:
            error = self._answer_to(refusal)
            answer = error and negotiation.reply(NegState.ACCEPT_INCOMPLETE, token=error)
            return _refused(refusal, answer)
        context, incomplete, mic = on_accept.context, False, b""
        if negotiation.mic_due or message.mic:
            mic = context.mic(negotiation.mechanism_list)
            if message.mic:
                context.verify_mic(negotiation.mechanism_list, message.mic)
            else:
                incomplete = True
        state = NegState.ACCEPT_INCOMPLETE if incomplete else NegState.ACCEPT_COMPLETED
        reply = negotiation.reply(state, token=on_accept.answer, mic=mic)
        return Acceptance(status="OK", client=context.client, token=reply, continue_needed=incomplete)


class _Negotiation:
    """What was chosen of which list; ``supportedMech`` is in the first reply only (RFC 4178, 4.2.2)."""

    def __init__(self, chosen: str, mechanism_list: bytes, *, mic_due: bool) -> None:
        self.mechanism_list = mechanism_list
        self.mic_due = mic_due
        self._supported: str | None = chosen

    def reply(self, state: NegState, *, token: bytes = b"", mic: bytes = b"") -> bytes:
        supported, self._supported = self._supported, None
        return spnego.encode_resp(NegTokenResp(state=state, supported=supported, token=token, mic=mic))


def _framed(token: bytes) -> bytes:
    """Within SPNEGO Windows takes an AP-REQ ([APPLICATION 14]) without its GSS frame, which impacket sends."""
    return frame(AP_REQ, token) if token[:1] == b"\x6e" else token


def _refused(refusal: Refusal, answer: bytes) -> Acceptance:
    return Acceptance(status=refusal.status, reason=str(refusal), token=answer, continue_needed=bool(answer))


def _ntlm_refused() -> Acceptance:
    """As a server does whose policy is "Restrict NTLM: Incoming NTLM traffic: deny all accounts"."""
    return Acceptance(status="LogonDenied", reason="NTLM, which this server's policy denies")
