"""One LDAP connection to a domain controller: root, bind, questions; every read bounded, every wait timed.

The bind is SASL GSS-SPNEGO with our own ticket and mutual authentication: the controller proves who it is, and what
follows is sealed, which satisfies a directory that wants signing (MS-ADTS section 5.1.1.1.2). Where TLS is used, by
port 636 or 3269 or by StartTLS, the layer is TLS's, because Active Directory allows only one of the two.
"""

import contextlib
from collections.abc import Callable, Sequence

from probe.codes.lookup import krb_error
from probe.directory.questions import Found
from probe.net.connection import Address, Connection, ConnectionFailure
from probe.net.tls import HandshakeFailure
from probe.wire.crypto import CryptoError
from probe.wire.der import DerError
from probe.wire.gssapi import channel_bindings, spnego
from probe.wire.gssapi import frame as gss
from probe.wire.gssapi.frame import ContextFlag
from probe.wire.gssapi.initiator import DEFAULT_FLAGS, ContextError, Initiator, PeerError
from probe.wire.kerberos import Credential
from probe.wire.ldap.messages import (
    BindResponse,
    Entry,
    ExtendedResponse,
    LdapError,
    Message,
    Operation,
    Reference,
    Result,
    SearchDone,
)
from probe.wire.ldap.requests import (
    GSS_SPNEGO,
    ResultCode,
    Search,
    sasl_bind_request,
    search_request,
    start_tls_request,
    unbind_request,
)
from probe.wire.ldap.stream import LdapStream

TLS_PORTS = (636, 3269)
"""LDAP and global catalog over TLS, MS-ADTS section 5.1.1."""

MAXIMUM_REFERENCES = 100
"""In one answer. A domain has a handful of other partitions; a forest has as many domains as it has."""

_CUT = (ResultCode.SIZE_LIMIT_EXCEEDED, ResultCode.TIME_LIMIT_EXCEEDED, ResultCode.ADMIN_LIMIT_EXCEEDED)
_WANTS_TLS = (ResultCode.STRONGER_AUTH_REQUIRED, ResultCode.CONFIDENTIALITY_REQUIRED)


class DirectoryFailure(Exception):
    """Why nothing came of it: ``error`` is a word of `facts.DirectoryAnswer`, ``detail`` the peer's or ours."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(error, detail)
        self.error, self.detail = error, detail


class TlsWanted(DirectoryFailure):
    """The directory refuses our way to bind unless the connection is protected by TLS."""


class DirectorySession:
    """One connection. Every method raises DirectoryFailure."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stream = LdapStream()
        self._number = 0
        self.protection = "none"

    @classmethod
    async def open(cls, address: Address, *, timeout_s: float, tls: bool) -> "DirectorySession":
        """Connect, and begin with TLS if asked to."""
        try:
            session = cls(await Connection.open(address, timeout_s=timeout_s))
        except ConnectionFailure as failure:
            raise DirectoryFailure(failure.reason, failure.detail) from None
        if tls:
            try:
                await session._begin_tls()
            except BaseException:
                session.abort()
                raise
        return session

    async def start_tls(self) -> None:
        """StartTLS (RFC 4511 section 4.14)."""
        operation = await self._ask(start_tls_request(self._next_number()))
        if not isinstance(operation, ExtendedResponse) or operation.result.code != ResultCode.SUCCESS:
            said = operation.result if isinstance(operation, ExtendedResponse) else None
            raise DirectoryFailure("refused", f"StartTLS: {_words(said)}")
        await self._begin_tls()

    async def _begin_tls(self) -> None:
        try:
            self._stream.require_quiet()
            await self._connection.start_tls("")
        except LdapError as error:
            raise DirectoryFailure("malformed", str(error)) from None
        except ConnectionFailure as failure:
            raise DirectoryFailure(failure.reason, failure.detail) from None
        except HandshakeFailure as failure:
            raise DirectoryFailure("refused", f"TLS: {failure.reason}") from None
        self.protection = "tls"

    async def bind(self, credential: Credential, *, now: float, randomness: Callable[[int], bytes]) -> None:
        """Log on with a ticket for this controller; ``now`` is what the authenticator says, seconds since 1970."""
        in_tls = self.protection == "tls"
        try:
            initiator = Initiator(
                credential=credential,
                now=now,
                randomness=randomness,
                mutual=True,
                flags=ContextFlag(0) if in_tls else DEFAULT_FLAGS,
                channel_bindings=self._bindings(),
            )
            token = spnego.neg_token_init(spnego.KERBEROS_MECHANISMS, initiator.token())
        except CryptoError as error:
            raise DirectoryFailure(
                "bind-refused", f"the ticket's session key cannot be used: {error}"
            ) from None
        operation = await self._ask(sasl_bind_request(self._next_number(), GSS_SPNEGO, token))
        if not isinstance(operation, BindResponse):
            raise DirectoryFailure("malformed", "another answer than a bind's came")
        _accept(initiator, operation)
        if not in_tls:
            try:
                self._stream.protect(initiator)
            except LdapError as error:
                raise DirectoryFailure("malformed", str(error)) from None
            self.protection = "sealed"

    def _bindings(self) -> bytes:
        """What ties the log-on to the TLS channel, for directories that demand it (LdapEnforceChannelBinding)."""
        name = self._connection.channel_name("tls-server-end-point")
        return channel_bindings.bnd(name) if name else gss.NO_BINDINGS

    async def search_all(self, searches: Sequence[Search]) -> list[Found]:
        """Put all questions at once, so that they cost one round trip; the answers in their order."""
        answers = {self._next_number(): _Answer(search.size_limit) for search in searches}
        for number, search in zip(answers, searches, strict=True):
            await self._send(search_request(number, search))
        while not all(answer.found for answer in answers.values()):
            message = await self._receive()
            _raise_for_notice(message)
            answer = answers.get(message.number)
            if answer is None or answer.found is not None:
                raise DirectoryFailure("malformed", "an answer to no question of ours came")
            answer.take(message.operation)
        return [answer.found for answer in answers.values() if answer.found]

    async def close(self) -> None:
        """Say goodbye and end the connection; never raises."""
        with contextlib.suppress(DirectoryFailure):
            await self._send(unbind_request(self._next_number()))
        await self._connection.close()

    def abort(self) -> None:
        """Drop the connection at once."""
        self._connection.abort()

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    async def _ask(self, request: bytes) -> Operation:
        """One request and the one message that answers it."""
        await self._send(request)
        message = await self._receive()
        _raise_for_notice(message)
        if message.number != self._number:
            raise DirectoryFailure("malformed", "the answer to another request came")
        return message.operation

    async def _send(self, message: bytes) -> None:
        try:
            await self._connection.write(self._stream.outgoing(message))
        except ConnectionFailure as failure:
            raise DirectoryFailure(failure.reason, failure.detail) from None
        except ContextError as error:
            raise DirectoryFailure("bind-refused", str(error)) from None

    async def _receive(self) -> Message:
        try:
            while (message := self._stream.next_message()) is None:
                data = await self._connection.read()
                if not data:
                    raise DirectoryFailure("closed", "the controller hung up")
                self._stream.receive(data)
        except LdapError as error:
            raise DirectoryFailure("malformed", str(error)) from None
        except ConnectionFailure as failure:
            raise DirectoryFailure(failure.reason, failure.detail) from None
        return message


class _Answer:
    """One question's entries as they come."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: list[Entry] = []
        self._references = 0
        self.found: Found | None = None

    def take(self, operation: Operation) -> None:
        match operation:
            case Entry() if len(self._entries) < self._limit:
                self._entries.append(operation)
            case Reference() if self._references < MAXIMUM_REFERENCES:
                self._references += 1  # the probe does not go there
            case Entry() | Reference():
                raise DirectoryFailure("malformed", "more came than was asked for")
            case SearchDone(result=result):
                self.found = self._done(result)
            case _:
                raise DirectoryFailure("malformed", "something came that answers no search")

    def _done(self, result: Result) -> Found:
        entries = tuple(self._entries)
        if result.code in (ResultCode.SUCCESS, ResultCode.NO_SUCH_OBJECT):
            return Found(entries=entries, references=bool(self._references))
        if result.code in _CUT:
            return Found(entries=entries, complete=False, detail=_words(result))
        return Found(entries=entries, complete=False, error="refused", detail=_words(result))


def _raise_for_notice(message: Message) -> None:
    """Message number 0 is the server's own: it is about to hang up (RFC 4511 section 4.4.1)."""
    if message.number == 0:
        said = message.operation.result if isinstance(message.operation, ExtendedResponse) else None
        raise DirectoryFailure("closed", _words(said))


def _accept(initiator: Initiator, answer: BindResponse) -> None:
    """Verify the controller's AP-REP. Raises DirectoryFailure when it refuses us or proves nothing."""
    said = _words(answer.result)
    try:
        if answer.credentials:
            message = spnego.decode(answer.credentials)
            token = message.response_token if isinstance(message, spnego.NegTokenResp) else answer.credentials
            if token:
                initiator.accept(token)
    except PeerError as error:
        code = error.krb_error.error_code
        raise DirectoryFailure("bind-refused", f"{krb_error(code).name} ({code}); {said}") from None
    except (DerError, ContextError) as error:
        raise DirectoryFailure("malformed", f"the controller's token: {error}") from None
    if answer.result.code in _WANTS_TLS:
        raise TlsWanted("bind-refused", said)
    if answer.result.code != ResultCode.SUCCESS:
        raise DirectoryFailure("bind-refused", said)
    if not initiator.established:
        raise DirectoryFailure("bind-refused", "the controller did not prove who it is")


def _words(result: Result | None) -> str:
    if result is None:
        return "no result"
    names = {code.value: code.name.lower().replace("_", "-") for code in ResultCode}
    name = names.get(result.code, "result")
    return f"{name} ({result.code})" + (f": {result.text}" if result.text else "")
