"""Another service of the same computer is shown a ticket of the same account: SMB says the reason that SMTP hides.

Without credentials the clock alone is read, from the answer to NEGOTIATE. No share is opened.
"""

from dataclasses import replace

from probe.measurements import MeasurementContext
from probe.net.connection import Address, ConnectionFailure
from probe.net.smb import Answer, SmbConnection
from probe.smtp.gssapi import DamagedInitiator
from probe.tickets.client.recording import kerberos_error
from probe.tickets.native.context import NativeTicket, ServiceTicket
from probe.trace import Trace
from probe.trace.clock_reading import clock_reading
from probe.trace.facts import ClockReading, Outcome, SmbSessionCheck
from probe.trace.views.clocks import read_clocks
from probe.trace.views.smtp.session import greetings, refusals
from probe.wire.crypto import CryptoError
from probe.wire.sasl.gssapi import GssapiMechanism
from probe.wire.smb2 import SALT_BYTES, Negotiated, Smb2Error, Status

NAME = "second-opinion"
TITLE = "What the SMB service of the same computer says of its key and clock"
DECIDES = (
    "machine-key-stale",
    "clock-skew-receiver",
    "spn-on-wrong-account",
    "spn-duplicate",
    "illegal-message",
    "etype-unsupported",
)
COST = 8
REFUSALS = 0

SMB_PORT = 445
EXCHANGE_PORTS = (25, 2525, 587, 717)
"""Where Exchange listens of itself. On another port somebody else may have made a way to another computer."""
SYSTEM_TIME_RESOLUTION_S = 0.016
"""SystemTime has 100 ns, but older Windows keeps it by the timer's tick, 15.6 ms."""


def wanted(trace: Trace) -> bool:
    """The receiver refused without a word about why, or its clock is not known."""
    if trace.request.effort == "thorough":
        return True
    silent = any(step.facts.peer_error is None for step in refusals(trace))
    return silent or (bool(greetings(trace)) and not read_clocks(trace).receiver)


async def perform(context: MeasurementContext) -> None:
    """One connection, one or two steps; nothing where nobody has said where the SMB service is."""
    address = _address(context)
    if address is not None:
        await _SessionCheck(context, address).ask()


def _address(context: MeasurementContext) -> Address | None:
    """The SMB service of the computer that answered, as far as one may guess it."""
    options = context.options
    if not options.ask_smb:
        return None
    if options.smb is not None:
        return Address(host=options.smb.host, port=options.smb.port)
    if context.connected is None or options.connect is not None or options.port not in EXCHANGE_PORTS:
        return None
    return Address(host=context.connected.address.host, port=SMB_PORT)


def _name(context: MeasurementContext) -> str:
    """Whose service it should be: the name that the receiver advertised, else the target's."""
    advertised = context.connected.advertised_name if context.connected is not None else ""
    return advertised or context.options.name.rstrip(".")


class _SessionCheck:
    """One connection; ``_seen`` is always a whole fact about the stage that is on."""

    def __init__(self, context: MeasurementContext, address: Address) -> None:
        self._context = context
        self._address = address
        self._start_ms = context.recorder.elapsed_ms()
        self._seen = SmbSessionCheck(stage="negotiate", address=address.host, port=address.port)

    async def ask(self) -> None:
        """Connect, negotiate, and where there are credentials show a ticket."""
        options, environment = self._context.options, self._context.environment
        try:
            connection = await SmbConnection.open(
                self._address, timeout_s=options.timeout_s, clock=environment.clock, source=options.source
            )
            async with connection:
                if await self._negotiate(connection) and options.credentials.source != "none":
                    await self._show(connection)
        except ConnectionFailure as failure:
            self._keep(_OUTCOMES.get(failure.reason, Outcome.CLOSED), error=failure.reason)
        except Smb2Error as error:
            self._keep(Outcome.MALFORMED, problem=str(error))

    async def _negotiate(self, connection: SmbConnection) -> bool:
        randomness = self._context.environment.randomness
        answer = await connection.negotiate(client_guid=randomness(16), salt=randomness(SALT_BYTES))
        status = answer.message.status
        self._seen = replace(self._seen, status=status)
        if status != Status.SUCCESS:
            self._keep(Outcome.REFUSED)
            return False
        negotiated = connection.accept(answer)
        self._seen = replace(self._seen, dialect=negotiated.dialect)
        self._keep(Outcome.OK, clock=self._system_time(negotiated, answer))
        return True

    def _system_time(self, negotiated: Negotiated, answer: Answer) -> ClockReading | None:
        if negotiated.system_time is None:
            return None
        return clock_reading(
            who=_name(self._context),
            source="smb-system-time",
            sent_at=answer.sent_at,
            received_at=answer.received_at,
            theirs=negotiated.system_time,
            resolution_s=SYSTEM_TIME_RESOLUTION_S,
        )

    async def _show(self, connection: SmbConnection) -> None:
        self._start_ms = self._context.recorder.elapsed_ms()
        server = f"cifs/{_name(self._context)}"
        self._seen = replace(self._seen, stage="session", server=server, status=None, clock=None)
        ticket = await self._context.ticket_service.other_ticket(server)
        if ticket is None:
            self._keep(Outcome.SKIPPED, error="no-ticket")
            return
        etype, kvno = _key(ticket)
        self._seen = replace(self._seen, ticket_etype=etype, ticket_kvno=kvno)
        try:
            source = DamagedInitiator(self._context, ticket)
            mechanism = GssapiMechanism("SMB", source, spnego=True, security_layer=False)
            connection.again()
            answer = await connection.log_on(mechanism)
        except Smb2Error:
            raise
        except (CryptoError, ValueError) as error:  # a session key of no use, or a ticket of 64 KiB
            self._keep(Outcome.SKIPPED, problem=str(error))
            return
        self._read(mechanism, answer)
        if answer.message.status == Status.SUCCESS:
            await _say_goodbye(connection)

    def _read(self, mechanism: GssapiMechanism, answer: Answer) -> None:
        status = answer.message.status
        accepted = status == Status.SUCCESS
        error = mechanism.peer_error
        clock = None
        if error is not None:
            clock = clock_reading(
                who=_name(self._context),
                source="krb-error-in-smb",
                sent_at=answer.sent_at,
                received_at=answer.received_at,
                theirs=error.stime,
                resolution_s=0.5,
            )
        self._seen = replace(
            self._seen,
            status=status,
            accepted=accepted,
            ap_rep_verified=mechanism.ap_rep_verified,
            peer_error=None if error is None else kerberos_error(error),
        )
        self._keep(Outcome.OK if accepted else Outcome.REFUSED, problem=mechanism.problem, clock=clock)

    def _keep(
        self, outcome: Outcome, *, error: str = "", problem: str = "", clock: ClockReading | None = None
    ) -> None:
        self._seen = replace(self._seen, error=error, problem=problem, clock=clock)
        self._context.recorder.add(self._seen, outcome, start_ms=self._start_ms)


_OUTCOMES = {"refused": Outcome.REFUSED, "timed-out": Outcome.TIMEOUT}


async def _say_goodbye(connection: SmbConnection) -> None:
    """What was asked is known; what a server makes of our leaving is of no interest."""
    try:
        connection.again()
        await connection.log_off()
    except (ConnectionFailure, Smb2Error):
        pass


def _key(ticket: ServiceTicket) -> tuple[int, int | None]:
    """Encryption type and version of the service's key."""
    if isinstance(ticket, NativeTicket):
        return ticket.etype, ticket.kvno
    return ticket.ticket.enc_part.etype, ticket.ticket.enc_part.kvno
