"""Enhanced status codes as Exchange uses them, as data: code -> (name, meaning, citation)."""

_AUTH = "RFC 4954 section 6"
_CODES = "RFC 3463 section 3"
_EXCHANGE = "Exchange, observation"
_AUTH_OBSERVED = f"{_AUTH}; {_EXCHANGE}"

ENHANCED_STATUSES: dict[str, tuple[str, str, str]] = {
    "2.0.0": ("success", "Done.", _CODES),
    "2.6.0": ("message accepted", "The message is queued for delivery.", _EXCHANGE),
    "2.7.0": ("authentication succeeded", "The log-on was successful.", _AUTH),
    "4.2.1": (
        "unable to connect",
        "The sender's own note: it could not connect, and nobody sent this.",
        _EXCHANGE,
    ),
    "4.3.2": ("system not accepting", "Too many connections, or the server is in maintenance.", _CODES),
    "4.4.0": (
        "network failure",
        "The sender's own note around the last answer that it got, or gave itself.",
        _EXCHANGE,
    ),
    "4.4.1": ("no answer", "The connection timed out.", _CODES),
    "4.4.2": ("connection lost", "The connection broke in the middle of the session.", _CODES),
    "4.4.7": (
        "message expired",
        "The queue gave up: the error in front of it is the one to look at.",
        _CODES,
    ),
    "4.3.1": (
        "insufficient resources",
        "The receiver is short of disk or memory (back pressure).",
        _EXCHANGE,
    ),
    "4.4.316": (
        "connection refused",
        "A newer sender's note: the connection was refused or broke.",
        _EXCHANGE,
    ),
    "4.4.397": ("communication error", "A newer sender's note around the error that it met.", _EXCHANGE),
    "4.4.395": ("target host error", "A newer sender's note around the last answer that it got.", _EXCHANGE),
    "4.7.0": (
        "temporary security failure",
        (
            "Exchange's one answer to every failed X-EXPS, whatever the cause. Senders note it for "
            "themselves, too, when they get no ticket. The receiver's reason is in its event 1035, the "
            "sender's in its event 2017."
        ),
        _AUTH_OBSERVED,
    ),
    "4.7.5": (
        "certificate validation failure",
        "The certificate is not the one that direct trust expects.",
        _EXCHANGE,
    ),
    "5.0.0": ("bad command", "EHLO needs a name behind it.", _EXCHANGE),
    "5.3.3": ("not implemented", "The server does not know the command, or has it turned off.", _CODES),
    "5.5.2": ("syntax or sequence", "A command at the wrong time, unknown, or too long.", _CODES),
    "5.5.4": (
        "invalid arguments",
        "An argument that makes no sense, or a log-on that the client cancelled.",
        _CODES,
    ),
    "5.7.1": (
        "not authorized",
        "Without a log-on, or with this one, the server does not take the message.",
        _CODES,
    ),
    "5.7.3": (
        "authentication unsuccessful",
        (
            "The log-on by AUTH was refused. Noted by a sender itself, with 451: the receiver offered it "
            "nothing suitable."
        ),
        _EXCHANGE,
    ),
    "5.7.4": (
        "mechanism not supported",
        (
            "The connector does not have this way of logging on: for X-EXPS, ExchangeServer is missing in "
            "its AuthMechanism."
        ),
        _AUTH_OBSERVED,
    ),
    "5.7.54": (
        "relay refused",
        "The recipient's domain is none of the receiver's, and this session may not relay.",
        _EXCHANGE,
    ),
    "5.7.57": ("not logged on", "The client sent mail without a log-on where one is required.", _EXCHANGE),
    "5.7.60": ("sender refused", "The account may not send under this sender's address.", _EXCHANGE),
    "5.7.8": ("credentials invalid", "The log-on was refused (as postfix and Dovecot say it).", _AUTH),
}

CLASSES = {"2": "success", "4": "persistent transient failure", "5": "permanent failure"}
"""RFC 3463 section 3.1."""

SUBJECTS = {
    "0": "other or undefined",
    "1": "addressing",
    "2": "mailbox",
    "3": "mail system",
    "4": "network and routing",
    "5": "mail delivery protocol",
    "6": "message content or media",
    "7": "security or policy",
}
"""RFC 3463 section 3."""
