"""Replies of an Exchange receive connector, a sender's own notes, protocol logs: what they mean, as data (PURE)."""

from probe.explain.advice import NOTHING
from probe.explain.phrases.shape import Phrase

_REASON_FOLLOWS = ("Give exps explain the status that stands behind `because of` or `with`.",)
_FINE = (NOTHING,)

PHRASES: tuple[Phrase, ...] = (
    # Exchange's replies and its sender's own notes, and what stands in protocol logs; the longer text first.
    Phrase(
        "tls cipher strength is too weak",
        "The receiver refuses a TLS cipher below 128 bits.",
        ("tls-failed",),
    ),
    Phrase(
        "cannot achieve exchange server authentication",
        "A sender's own note: the receiver offered nothing that one Exchange server may use to another.",
        ("exchange-auth-not-offered", "exchangeauth-not-offered", "smtp-inspection"),
    ),
    Phrase(
        "cannot load internal transport certificate",
        "A sender's own note: its certificate for TLS between servers is missing or unreadable.",
        ("tls-failed",),
    ),
    Phrase(
        "unrecognized authentication type",
        "The connector has no X-EXPS, or not this mechanism: ExchangeServer is missing in its AuthMechanism.",
        ("exchange-auth-not-offered",),
    ),
    Phrase(
        "too many errors on this connection",
        "The receiver has had more failed log-ons than MaxLogonFailures allows, and closes.",
        ("too-many-failures",),
    ),
    Phrase(
        "unable to initialize security subsystem",
        "The receiver cannot begin TLS: its certificate is missing or unusable.",
        ("tls-failed",),
    ),
    Phrase(
        "maximum tls rate exceeded", "The receiver has had too many TLS handshakes for now.", ("tls-failed",)
    ),
    Phrase(
        "certificate validation failure",
        "The certificate is not the one that direct trust expects.",
        ("tls-failed",),
    ),
    Phrase(
        "temporary authorization failure",
        "The log-on was good, but what the account may do could not be found out.",
        ("not-authorized",),
    ),
    Phrase(
        "temporary server error",
        "The front end (2013 and later) could not hand the session to a Mailbox server: no failed log-on.",
        ("name-not-resolved", "target-unreachable"),
        alone=True,
    ),
    Phrase(
        "client was not authenticated", "The connector takes no mail without a log-on.", ("not-authorized",)
    ),
    Phrase(
        "client does not have permissions to submit",
        "The log-on was good, but the account may not submit on this connector.",
        ("not-authorized",),
    ),
    Phrase(
        "unable to relay",
        "The connector takes no mail for this recipient's domain.",
        ("not-authorized",),
        alone=True,
        pattern=r"(?:5\.7\.\d{1,3} |smtp; ?)unable to relay\b",
    ),
    Phrase(
        "maximum number of concurrent server connections",
        "The receiver has as many connections as it takes.",
        ("target-unreachable",),
    ),
    Phrase(
        "connection timed out",
        "The receiver waited too long for the next command, and closed.",
        ("target-unreachable", "smtp-inspection"),
        alone=True,
    ),
    Phrase(
        "connection dropped",
        "A sender's own note: the connection broke in the middle of the session.",
        ("target-unreachable", "smtp-inspection"),
        alone=True,
    ),
    Phrase(
        "unable to connect",
        "A sender's own note: no connection came about.",
        ("target-unreachable", "name-not-resolved"),
        alone=True,
    ),
    Phrase(
        "connection dropped due to",
        "A sender's own note: the connection broke in the middle of the session.",
        ("target-unreachable", "smtp-inspection"),
    ),
    Phrase(
        "failed to connect",
        "A sender's own note: no connection came about; the socket's error stands beside it.",
        ("target-unreachable", "name-not-resolved"),
        alone=True,
    ),
    *(
        Phrase(
            text,
            f"A sender's own note, of Exchange Online and newer builds: {meaning}",
            found,
            pattern=rf"(?<![\d.]){text.partition(' ')[0]}(?![\d.])",
        )
        for text, meaning, found in (
            ("4.4.312 dns query failed", "the next hop's name gave no address.", ("name-not-resolved",)),
            ("4.4.314 connection refused", "no connection came about.", ("target-unreachable",)),
            ("4.4.315 connection timed out", "no connection came about.", ("target-unreachable",)),
            (
                "4.4.317 cannot connect to remote server",
                "no session came about.",
                ("target-unreachable", "tls-failed"),
            ),
            (
                "4.4.318 connection was closed abruptly",
                "the other side, or something on the way, broke the session off.",
                ("target-unreachable", "smtp-inspection"),
            ),
            ("4.7.320 certificate validation failed", "the certificate does not pass.", ("tls-failed",)),
            (
                "4.7.321 starttls-not-supported",
                "TLS was asked for, and not offered.",
                ("tls-failed", "smtp-inspection"),
            ),
            ("4.7.322 certificate-expired", "the certificate has expired.", ("tls-failed",)),
        )
    ),
    Phrase(
        "infodomainnonexistent",
        "A sender's own note: DNS has no such name.",
        ("name-not-resolved",),
        pattern=r"infodomainnonexistent|dnsdomaindoesnotexist|infonorecords|errorretry -> dns|(?<!\w)dnsdomain\w+",
    ),
    Phrase(
        "dns query failed",
        "A sender's own note: the next hop's name gave no address.",
        ("name-not-resolved",),
        alone=True,
    ),
    Phrase(
        "unable to resolve address for next hop",
        "A sender's own note: the next hop's name gave no address.",
        ("name-not-resolved",),
    ),
    Phrase(
        "smtpsend.dns.nonexistentdomain",
        "A sender's own note: DNS has no such name.",
        ("name-not-resolved",),
        pattern=r"smtpsend\.dns\.\w+",
    ),
    Phrase(
        "insufficient system resources",
        "The receiver is short of disk or memory (back pressure), and takes no mail for now.",
        advice=("On the receiver: events 15004 to 15007 say which resource is short.",),
    ),
    Phrase(
        "permanent scan failure",
        "An antivirus or inspection device between the servers refuses what it cannot read.",
        ("smtp-inspection",),
    ),
    Phrase(
        "220 ****************************************",
        "A device between the servers masks the banner: it inspects SMTP.",
        ("smtp-inspection",),
        # A whole banner of asterisks (Cisco leaves 2, 0 and blanks); a masked part of one is somebody's redaction.
        pattern=r"(?<!\w)220[ -](?:(?=[*02 ]{0,60}\*{6})[*02 ]{1,200}+|x{6,200})(?![ .]?\w)",
    ),
    Phrase(
        "250-xxxxxxxa",
        "A device between the servers masks keywords of the EHLO reply: it inspects SMTP.",
        ("smtp-inspection",),
        pattern=r"(?<!\w)250[ -]x{4,}[a-z]?(?!\.?\w)(?! hello)",
    ),
    Phrase(
        "invalid domain name",
        "The receiver does not take the name in EHLO.",
        advice=("Give the server's full name.",),
        alone=True,
    ),
    Phrase(
        "requires domain address",
        "EHLO came without a name.",
        advice=("Give the server's full name behind EHLO.",),
    ),
    Phrase(
        "command too long",
        "The receiver got a line that is longer than it takes: two lines run together, or a token with an odd end.",
        ("illegal-message", "smtp-inspection"),
        alone=True,
    ),
    Phrase(
        "unrecognized command",
        "The receiver does not know the command: no Exchange server, or a device that changes commands.",
        ("smtp-inspection", "wrong-server-answers"),
        alone=True,
    ),
    Phrase(
        "command not implemented",
        "The command is turned off.",
        advice=("Do without it: no log-on needs it.",),
        alone=True,
    ),
    Phrase(
        "send hello first",
        "A command came before EHLO, or EHLO was lost: after TLS it has to come again.",
        ("smtp-inspection",),
        alone=True,
    ),
    Phrase(
        "need mail command", "RCPT or DATA came before MAIL FROM.", advice=("Look at the client's order.",)
    ),
    Phrase("need rcpt command", "DATA came before RCPT TO.", advice=("Look at the client's order.",)),
    Phrase(
        "only one starttls command",
        "TLS was asked for inside TLS.",
        advice=("Look at the client; X-ANONYMOUSTLS counts as TLS, too.",),
    ),
    Phrase(
        "auth command already specified",
        "A second log-on in one session.",
        advice=("Open a new connection for each log-on.",),
    ),
    Phrase(
        "authentication cancelled",
        "The client sent `*`: it had no ticket, or did not believe the receiver's answer.",
        ("kdc-unreachable", "spn-missing", "clock-skew-sender"),
        alone=True,
    ),
    Phrase(
        "authentication unsuccessful",
        "The receiver refused a log-on by AUTH.",
        ("credentials-rejected", "machine-key-stale"),
    ),
    Phrase("authentication successful", "The log-on was good.", advice=_FINE, alone=True),
    Phrase("gssapi supported", "The receiver waits for a Negotiate token.", advice=_FINE, alone=True),
    Phrase("ntlm supported", "The receiver waits for an NTLM message.", advice=_FINE, alone=True),
    Phrase(
        "esmtp mail service ready",
        "An Exchange banner: the server's name and its clock, to the second.",
        advice=("Compare its time with this host's: exps probe <RECEIVER> does.",),
    ),
    Phrase("smtp server ready", "The TLS handshake may begin.", advice=_FINE, alone=True),
    Phrase(
        "service closing transmission channel",
        "The session ends as the client wished.",
        advice=_FINE,
        alone=True,
    ),
    Phrase("queued mail for delivery", "The receiver has the message.", advice=_FINE, alone=True),
    Phrase("start mail input", "The receiver waits for the message.", advice=_FINE, alone=True),
    Phrase("resetting", "RSET: the session begins anew.", advice=_FINE, alone=True),
    Phrase("this server supports the following commands", "The answer to HELP.", advice=_FINE),
    Phrase(
        "sec_i_continue_needed",
        "SSPI: no failure; the log-on needs another message from the other side.",
        advice=_FINE,
        pattern=r"sec_i_continue_needed|(?<!\w)0x00090312\b",
    ),
    Phrase(
        "error_ds_name_error_not_unique",
        "The directory found the name more than once: an SPN, or an account's name, that two objects have.",
        ("spn-duplicate",),
        pattern=r"ds_name_error_not_unique|(?<!\w)0x2117\b",
    ),
    Phrase(
        "inbound exchangeauth negotiation failed",
        "A receiver's protocol log: X-EXPS EXCHANGEAUTH was refused for the reason that follows.",
        advice=_REASON_FOLLOWS,
    ),
    Phrase(
        "inbound negotiate failed",
        "A receiver's protocol log: GSSAPI or NTLM was refused for the reason that follows.",
        advice=_REASON_FOLLOWS,
    ),
    Phrase(
        "outbound exchange authentication failed",
        "A sender's protocol log: the receiver said 235, but its proof does not verify.",
        ("tls-terminated-in-path", "wrong-server-answers"),
    ),
)
