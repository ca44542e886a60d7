"""One client's LDAP session as a state machine, octets in and octets out (PURE)."""

from simulator.acceptors.channel_bindings import Protection, TlsNames
from simulator.ldap import binds, layer, messages, texts
from simulator.ldap.binds import BindRefused, Bound, Conversation, Demands
from simulator.ldap.controller import START_TLS, WHO_AM_I, Controller
from simulator.ldap.layer import Layer
from simulator.ldap.messages import (
    Abandon,
    Bind,
    Extended,
    MessageError,
    Other,
    Request,
    ResultCode,
    Search,
    Unbind,
)
from simulator.ldap.search import Searcher

NOTICE_OF_DISCONNECTION = "1.3.6.1.4.1.1466.20036"
"""RFC 4511 section 4.4.1."""
MAXIMUM_WAITING = layer.MAXIMUM_FRAME_BYTES + messages.MAXIMUM_BIND_BYTES
"""Octets that can wait for the rest of a message: part of a frame, and part of a message inside of frames."""


class LdapSession:
    """A session from its first octet. When ``closed`` is set, the connection ends behind the last answer."""

    def __init__(self, controller: Controller) -> None:
        self.closed = False
        self.tls_is_due = False
        """StartTLS was granted: behind the last answer TLS begins, and `tls_started` has to be called."""
        self._controller = controller
        self._searcher = Searcher(controller)
        self._arrived = b""
        self._plain = b""
        self._layer: Layer | None = None
        self._tls: TlsNames | None = None
        self._client = ""
        self._binding: Conversation | None = None
        self._mechanism = ""

    def receive(self, data: bytes) -> bytes:
        """What is to be sent for the next octets of the client's; whatever they are, nothing is raised."""
        self._arrived += data
        answers = []
        try:
            while (message := self._next_message()) is not None:
                answers.append(self._answer(message))
        except MessageError as error:
            answers.append(self._disconnect(error))
        return b"".join(answers)

    def tls_started(self, names: TlsNames) -> None:
        """TLS is on. What came in clear and was not answered is never used, and nobody is logged on any more."""
        self._arrived = self._plain = b""
        self._client, self._binding = "", None
        self._tls, self.tls_is_due = names, False

    def _next_message(self) -> bytes | None:
        """The next whole message, out of the security layer when there is one. Raises MessageError."""
        if self.closed or self.tls_is_due:
            return None
        if self._layer is None:
            self._plain, self._arrived = self._plain + self._arrived, b""
        while (found := messages.split(self._plain)) is None:
            frame = None if self._layer is None else self._layer.next_frame(self._arrived)
            if frame is None:
                return None
            self._plain, self._arrived = self._plain + frame[0], frame[1]
        message, self._plain = found
        return message

    def _answer(self, message: bytes) -> bytes:
        """The answer to one message, under the layer that the message came in."""
        protecting = self._layer
        answer = self._perform(messages.decode(message))
        return answer if protecting is None else protecting.protect(answer)

    def _disconnect(self, error: MessageError) -> bytes:
        self.closed = True
        self._note("ldap-malformed", reason=str(error))
        notice = messages.extended_result(
            0, ResultCode.PROTOCOL_ERROR, text=texts.NOT_DECODED, name=NOTICE_OF_DISCONNECTION
        )
        return notice if self._layer is None else self._layer.protect(notice)

    def _perform(self, request: Request) -> bytes:
        match request.operation:
            case Bind() as bind:
                return self._bind(request.number, bind)
            case Search() as query:
                return self._search(request, query)
            case Extended() as extended:
                return self._extended(request.number, extended)
            case Abandon():
                return b""
            case Unbind():
                self.closed = True
                return b""
            case Other(answer=answer):
                self._note("ldap-refused", operation=answer)
                return messages.result(
                    request.number, answer, ResultCode.UNWILLING_TO_PERFORM, text=texts.READ_ONLY
                )

    # ---- bind

    def _bind(self, number: int, bind: Bind) -> bytes:
        if self._controller.tls == "required" and self._tls is None:
            self._note("ldap-bind", mechanism=bind.mechanism or "simple", status="NoTls")
            return messages.bind_result(number, ResultCode.CONFIDENTIALITY_REQUIRED, text=texts.NEEDS_TLS)
        if not bind.sasl:
            return self._simple_bind(number, bind)
        continues = self._binding is not None and bind.mechanism == self._mechanism
        if not continues:
            # RFC 4511 section 4.2.1: a new bind begins as anonymous, whatever was before.
            self._client, self._mechanism = "", bind.mechanism
            self._binding = self._conversation(bind)
        if self._binding is None:
            return messages.bind_result(
                number, ResultCode.AUTH_METHOD_NOT_SUPPORTED, text=texts.UNKNOWN_MECHANISM
            )
        return self._sasl_step(number, self._binding, bind.credentials, begins=not continues)

    def _conversation(self, bind: Bind) -> Conversation | None:
        mechanisms = {"GSSAPI": binds.gssapi, "GSS-SPNEGO": binds.negotiate}
        mechanism = mechanisms.get(bind.mechanism)
        if mechanism is None:
            return None
        controller, acceptor = self._controller, self._controller.acceptor()
        acceptor.protection = Protection(policy=controller.channel_bindings, channel=self._tls)
        # A layer that is there already protects what follows a new bind as well.
        signing = controller.requires_signing and self._layer is None
        return mechanism(acceptor, bind.credentials, Demands(signing=signing, in_tls=self._tls is not None))

    def _sasl_step(
        self, number: int, binding: Conversation, credentials: bytes | None, *, begins: bool
    ) -> bytes:
        try:
            token = next(binding) if begins else binding.send(credentials)
        except StopIteration as stop:
            return self._bound(number, stop.value)
        except BindRefused as refusal:
            self._binding = None
            self._note("ldap-bind", mechanism=self._mechanism, status=refusal.status, reason=str(refusal))
            return messages.bind_result(number, refusal.code, text=refusal.text)
        return messages.bind_result(number, ResultCode.SASL_BIND_IN_PROGRESS, credentials=token)

    def _bound(self, number: int, bound: Bound) -> bytes:
        self._binding, self._client = None, bound.client
        self._layer = bound.layer or self._layer
        self._note(
            "ldap-bind",
            mechanism=self._mechanism,
            status="OK",
            client=bound.client,
            layer="none" if self._layer is None else "sealed" if self._layer.sealed else "signed",
        )
        return messages.bind_result(number, ResultCode.SUCCESS, credentials=bound.credentials)

    def _simple_bind(self, number: int, bind: Bind) -> bytes:
        self._binding, self._client = None, ""
        if bind.mechanism:
            # Sicily, Microsoft's older way to NTLM (MS-ADTS section 5.1.1.1.3).
            code, text = ResultCode.AUTH_METHOD_NOT_SUPPORTED, texts.UNKNOWN_MECHANISM
        elif bind.credentials:
            code, text = ResultCode.STRONGER_AUTH_REQUIRED, texts.NO_PASSWORDS
            if self._controller.requires_signing:
                text = texts.NEEDS_SIGNING
        else:
            # Without a password it is anonymous, whatever the name (RFC 4513 section 5.1.2).
            code, text = ResultCode.SUCCESS, ""
        self._note("ldap-bind", mechanism=bind.mechanism or "simple", status=code.name)
        return messages.bind_result(number, code, text=text)

    # ---- the rest

    def _search(self, request: Request, query: Search) -> bytes:
        answer = self._searcher.answer(request.number, query, request.controls, bound=bool(self._client))
        self._note("ldap-search", base=query.base[:256], scope=query.scope.name, found=self._searcher.found)
        return answer

    def _extended(self, number: int, extended: Extended) -> bytes:
        if extended.name == WHO_AM_I:
            name, _, realm = self._client.partition("@")
            identity = f"u:{realm.partition('.')[0].upper()}\\{name}" if name else ""
            return messages.extended_result(number, ResultCode.SUCCESS, value=identity.encode())
        if extended.name == START_TLS:
            return self._start_tls(number)
        return messages.extended_result(number, ResultCode.UNWILLING_TO_PERFORM, text=texts.READ_ONLY)

    def _start_tls(self, number: int) -> bytes:
        code, text = ResultCode.SUCCESS, ""
        if self._controller.tls == "none":
            code, text = ResultCode.UNAVAILABLE, texts.NO_TLS  # as a controller without a certificate
        elif self._tls is not None or self._layer is not None or self._binding is not None:
            code, text = ResultCode.OPERATIONS_ERROR, texts.TLS_TOO_LATE  # RFC 4511 section 4.14.1
        else:
            self.tls_is_due = True
        self._note("ldap-start-tls", status=code.name)
        return messages.extended_result(number, code, text=text, name=START_TLS)

    def _note(self, kind: str, **detail: str | int) -> None:
        controller = self._controller
        port = "global-catalog" if controller.catalog else "ldap"
        controller.ledger.add(kind, controller.name, port=port, **detail)
