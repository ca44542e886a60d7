"""One client's SMB2 connection as a state machine, octets in and octets out (PURE; MS-SMB2 section 3.3.5).

Kerberos is judged by the lab's acceptor, and a refusal is told as Windows does: STATUS_MORE_PROCESSING_REQUIRED with
the KRB-ERROR in SPNEGO's token where Windows has one, else STATUS_LOGON_FAILURE. There are no shares.
"""

from collections.abc import Callable
from dataclasses import dataclass

from impacket import smb3structs as smb2

from simulator.acceptors import spnego
from simulator.acceptors.acceptor import Acceptor
from simulator.faults.values import Acceptance
from simulator.ledger import Ledger
from simulator.smb import messages
from simulator.smb.messages import MessageError, Request, Status

MAXIMUM_SESSIONS = 16
"""Of one connection."""
_NO_MESSAGE = ("IllegalMessage", "InvalidToken")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmbService:
    """The SMB service of one server."""

    server: str
    guid: bytes
    """16 octets."""
    acceptor: Callable[[], Acceptor]
    """A new one for each session, with ``explains_as``."""
    clock: Callable[[], float]
    """The server's own (UTC seconds)."""
    session_id: Callable[[], int]
    ledger: Ledger


@dataclass(slots=True, kw_only=True)
class _Session:
    acceptor: Acceptor
    established: bool = False


class SmbSession:
    """A connection from its first octet. When ``closed`` is set, it ends behind the last answer."""

    def __init__(self, service: SmbService) -> None:
        self.closed = False
        self._service = service
        self._arrived = b""
        self._dialect: int | None = None
        self._sessions: dict[int, _Session] = {}

    def receive(self, data: bytes) -> bytes:
        """What is to be sent for the next octets of the client's; whatever they are, nothing is raised."""
        self._arrived += data
        answers = []
        try:
            while not self.closed and (found := messages.split(self._arrived)) is not None:
                message, self._arrived = found
                answers.append(messages.frame(self._answer(messages.decode(message))))
        except MessageError as error:
            self.closed = True
            self._note("smb-malformed", reason=str(error)[:256])
        return b"".join(answers)

    def _answer(self, request: Request) -> bytes:
        if request.command == smb2.SMB2_NEGOTIATE:
            return self._negotiate(request)
        if self._dialect is None:
            raise MessageError(f"command {request.command} before NEGOTIATE")
        if request.command == smb2.SMB2_SESSION_SETUP:
            return self._set_up(request)
        session = self._sessions.get(request.session_id)
        if session is None or not session.established:
            return messages.refused(request, Status.USER_SESSION_DELETED)
        return self._signed(self._in_session(request), session, wanted=request.signed)

    def _negotiate(self, request: Request) -> bytes:
        if self._dialect is not None:
            raise MessageError("a second NEGOTIATE")
        self._dialect = messages.best_dialect(request.body)
        now = self._service.clock()
        self._note("smb-negotiate", dialect=f"{self._dialect or 0:#06x}")
        if self._dialect is None:
            return messages.refused(request, Status.NOT_SUPPORTED)
        return messages.negotiated(
            request, dialect=self._dialect, guid=self._service.guid, now=now, hint=spnego.encode_hint()
        )

    def _set_up(self, request: Request) -> bytes:
        session_id = request.session_id
        if session_id and session_id not in self._sessions:
            return messages.refused(request, Status.USER_SESSION_DELETED)
        if not session_id and len(self._sessions) >= MAXIMUM_SESSIONS:
            raise MessageError(f"more than {MAXIMUM_SESSIONS} sessions")
        if not session_id:
            session_id = self._service.session_id()
            self._sessions[session_id] = _Session(acceptor=self._service.acceptor())
        session = self._sessions[session_id]
        acceptance = session.acceptor.accept(messages.token_of(request.body))
        self._note(
            "smb-session", status=acceptance.status, client=acceptance.client, reason=acceptance.reason[:256]
        )
        if acceptance.token and acceptance.continue_needed:
            status = Status.MORE_PROCESSING_REQUIRED
            return messages.session(request, status, session_id=session_id, token=acceptance.token)
        if acceptance.status != "OK":
            del self._sessions[session_id]
            return messages.refused(request, _status(acceptance))
        session.established = True
        answer = messages.session(request, Status.SUCCESS, session_id=session_id, token=acceptance.token)
        return self._signed(answer, session, wanted=True)

    def _signed(self, answer: bytes, session: _Session, *, wanted: bool) -> bytes:
        context = session.acceptor.context
        if not wanted or context is None or self._dialect is None:
            return answer
        # The first 16 octets of the session key (section 3.3.5.5.3).
        key = context.key.contents[:16].ljust(16, b"\0")
        return messages.sign(answer, key, self._dialect)

    def _in_session(self, request: Request) -> bytes:
        if request.command == smb2.SMB2_LOGOFF:
            del self._sessions[request.session_id]
            self._note("smb-logoff")
            return messages.logged_off(request)
        if request.command == smb2.SMB2_TREE_CONNECT:
            self._note("smb-tree-connect")
            return messages.refused(request, Status.ACCESS_DENIED)
        return messages.refused(request, Status.NOT_SUPPORTED)

    def _note(self, kind: str, **detail: str) -> None:
        self._service.ledger.add(kind, self._service.server, **detail)


def _status(acceptance: Acceptance) -> Status:
    return Status.INVALID_PARAMETER if acceptance.status in _NO_MESSAGE else Status.LOGON_FAILURE
