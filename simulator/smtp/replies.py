"""The lines that a receive connector answers with (PURE).

Source, where nothing else is said: Exchange's own texts as its protocol logs and published transcripts show
them; PROTOCOL notes of the project, section 2. Each is a whole reply without its CRLF.
"""

from collections.abc import Sequence

SERVICE_CLOSING = b"221 2.0.0 Service closing transmission channel"
AUTHENTICATED = b"235 2.7.0 Authentication successful"
OK = b"250 2.0.0 OK"
RESETTING = b"250 2.0.0 Resetting"
SENDER_OK = b"250 2.1.0 Sender OK"
RECIPIENT_OK = b"250 2.1.5 Recipient OK"
START_MAIL_INPUT = b"354 Start mail input; end with <CRLF>.<CRLF>"

READY_FOR_TLS = b"220 2.0.0 SMTP server ready"
"""To STARTTLS and X-ANONYMOUSTLS alike; the handshake follows."""

GSSAPI_SUPPORTED = b"GSSAPI supported"
"""Behind ``334``, to the verb without an initial response."""
NTLM_SUPPORTED = b"NTLM supported"
"""Likewise (MS-SMTPNTLM section 2.2.1.2)."""

CONNECTION_TIMED_OUT = b"421 4.4.1 Connection timed out"
SERVICE_NOT_AVAILABLE = b"421 4.3.2 Service not available"
"""No connector of this port has a range that holds the client's address."""
TOO_MANY_CONNECTIONS = (
    b"421 4.3.2 The maximum number of concurrent server connections has exceeded a limit, "
    b"closing transmission channel"
)
TOO_MANY_ERRORS = b"421 4.7.0 Too many errors on this connection, closing transmission channel"
"""MaxLogonFailures or MaxProtocolErrors is exceeded."""

LOCAL_ERROR = b"451 4.3.0 Local error in processing"
"""RFC 5321 section 4.2.2 and RFC 3463 section 3.4: the lab itself is at fault. Exchange has no such line."""

TEMPORARY_AUTHENTICATION_FAILURE = b"454 4.7.0 Temporary authentication failure"
"""Every failed X-EXPS, whatever its cause; the connection ends."""
CIPHER_TOO_WEAK = (
    b"454 4.7.0 Temporary authentication failure because negotiated Tls cipher strength is too weak"
)
"""To EHLO and HELO when the TLS cipher has fewer than 128 bits."""

INSUFFICIENT_RESOURCES = b"452 4.3.1 Insufficient system resources"
TOO_MANY_RECIPIENTS = b"452 4.5.3 Too many recipients"

COMMAND_TOO_LONG = b"500 5.5.2 Command too long"
UNRECOGNIZED_COMMAND = b"500 5.3.3 Unrecognized command"
EHLO_REQUIRES_DOMAIN = b"501 5.0.0 EHLO requires domain address"
HELO_REQUIRES_DOMAIN = b"501 5.0.0 HELO requires domain address"
INVALID_DOMAIN = b"501 5.5.4 Invalid domain name"
INVALID_ARGUMENTS = b"501 5.5.4 Invalid arguments"
AUTHENTICATION_CANCELLED = b"501 5.5.4 Authentication cancelled"
NOT_IMPLEMENTED = b"502 5.3.3 Command not implemented"
SEND_HELLO_FIRST = b"503 5.5.2 Send hello first"
ALREADY_AUTHENTICATED = b"503 5.5.2 Auth command already specified"
ONLY_ONE_TLS = b"503 5.5.2 Only one STARTTLS command can be issued per session"
NEED_MAIL = b"503 5.5.2 Need mail command"
NEED_RECIPIENT = b"503 5.5.2 Need rcpt command"
UNRECOGNIZED_MECHANISM = b"504 5.7.4 Unrecognized authentication type"
"""A connector without ExchangeServer answers any X-EXPS so."""
NOT_AUTHENTICATED = b"530 5.7.1 Client was not authenticated"
AUTHENTICATION_UNSUCCESSFUL = b"535 5.7.3 Authentication unsuccessful"
"""A failed AUTH; the session goes on. Newer builds may say it to X-EXPS too (not verified)."""
UNABLE_TO_RELAY = b"550 5.7.1 Unable to relay"
MESSAGE_TOO_LARGE = b"552 5.3.4 Message size exceeds fixed maximum message size"
TLS_UNAVAILABLE = b"554 5.7.3 Unable to initialize security subsystem"

HELP = (
    "This server supports the following commands:",
    "HELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP AUTH BDAT",
)


def authenticated(blob: bytes) -> bytes:
    """``235`` to EXCHANGEAUTH: the server's blob is all that follows."""
    return b"235 " + blob


def challenge(text: bytes) -> bytes:
    """A ``334`` line. The space is there even when nothing follows (RFC 4954 section 4)."""
    return b"334 " + text


def queued(identity: str, *, number: int, host: str) -> bytes:
    """The server has taken a message over; ``identity`` is its Message-ID with the brackets."""
    return f"250 2.6.0 {identity} [InternalId={number}, Hostname={host}] Queued mail for delivery".encode()


def multiline(code: int, lines: Sequence[str]) -> bytes:
    """A reply of one or more lines (RFC 5321 section 4.2.1), joined by CRLF."""
    last = len(lines) - 1
    return b"\r\n".join(
        f"{code}{' ' if number == last else '-'}{line}".encode() for number, line in enumerate(lines)
    )
