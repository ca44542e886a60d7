"""Texts as programs write them: a part of a line in lower case -> what it means, data for `lookup` (PURE)."""

from typing import NamedTuple

from probe.explain.advice import NOTHING

_REASON_FOLLOWS = ("Give exps explain the status that stands behind `because of` or `with`.",)
_FINE = (NOTHING,)


class Phrase(NamedTuple):
    """``text`` is what a line must hold, in lower case. The likeliest cause comes first."""

    text: str
    meaning: str
    causes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


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
        "unable to relay", "The connector takes no mail for this recipient's domain.", ("not-authorized",)
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
    ),
    Phrase(
        "connection dropped",
        "A sender's own note: the connection broke in the middle of the session.",
        ("target-unreachable", "smtp-inspection"),
    ),
    Phrase(
        "unable to connect",
        "A sender's own note: no connection came about.",
        ("target-unreachable", "name-not-resolved"),
    ),
    Phrase("winsock error code: 10060", "No answer from the address: silence.", ("target-unreachable",)),
    Phrase("winsock error code: 10061", "The address refuses the connection.", ("target-unreachable",)),
    Phrase("winsock error code: 11001", "The name has no address.", ("name-not-resolved",)),
    Phrase(
        "permanent scan failure",
        "An antivirus or inspection device between the servers refuses what it cannot read.",
        ("smtp-inspection",),
    ),
    Phrase(
        "xxxxxxx",
        "A device between the servers masks the banner or keywords: it inspects SMTP.",
        ("smtp-inspection",),
    ),
    Phrase(
        "********", "A device between the servers masks the banner: it inspects SMTP.", ("smtp-inspection",)
    ),
    Phrase(
        "invalid domain name",
        "The receiver does not take the name in EHLO.",
        advice=("Give the server's full name.",),
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
    ),
    Phrase(
        "unrecognized command",
        "The receiver does not know the command: no Exchange server, or a device that changes commands.",
        ("smtp-inspection", "wrong-server-answers"),
    ),
    Phrase(
        "command not implemented",
        "The command is turned off.",
        advice=("Do without it: no log-on needs it.",),
    ),
    Phrase(
        "send hello first",
        "A command came before EHLO, or EHLO was lost: after TLS it has to come again.",
        ("smtp-inspection",),
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
    ),
    Phrase(
        "authentication unsuccessful",
        "The receiver refused a log-on by AUTH.",
        ("credentials-rejected", "machine-key-stale"),
    ),
    Phrase("authentication successful", "The log-on was good.", advice=_FINE),
    Phrase("gssapi supported", "The receiver waits for a Negotiate token.", advice=_FINE),
    Phrase("ntlm supported", "The receiver waits for an NTLM message.", advice=_FINE),
    Phrase(
        "esmtp mail service ready",
        "An Exchange banner: the server's name and its clock, to the second.",
        advice=("Compare its time with this host's: exps probe <RECEIVER> does.",),
    ),
    Phrase("smtp server ready", "The TLS handshake may begin.", advice=_FINE),
    Phrase("service closing transmission channel", "The session ends as the client wished.", advice=_FINE),
    Phrase("queued mail for delivery", "The receiver has the message.", advice=_FINE),
    Phrase("start mail input", "The receiver waits for the message.", advice=_FINE),
    Phrase("resetting", "RSET: the session begins anew.", advice=_FINE),
    Phrase("this server supports the following commands", "The answer to HELP.", advice=_FINE),
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
    # Events' own words.
    Phrase(
        "is not authorized to use the server",
        "Event 1020: the log-on was good, and the account may not submit.",
        ("not-authorized",),
    ),
    Phrase(
        "authentication failures have exceeded the maximum",
        "Event 1012: MaxLogonFailures is reached, and the receiver hangs up.",
        ("too-many-failures",),
    ),
    Phrase(
        "encountered duplicate names",
        "Event 11 of a domain controller: two accounts have the name.",
        ("spn-duplicate",),
    ),
    Phrase(
        "there are multiple accounts with name",
        "Event 11 of a domain controller: two accounts have the name.",
        ("spn-duplicate",),
    ),
)

KERBEROS_WORDS: tuple[tuple[str, int], ...] = (
    # MIT's texts of errors (libkrb5 1.20), as kinit, kvno and GSSAPI programs print them, as patterns -> error-code.
    (r"client\b.{0,260} not found in kerberos database", 6),
    (r"server\b.{0,260} not found in kerberos database", 7),
    (r"principal has multiple entries in kerberos database", 8),
    (r"kdc has no support for encryption type", 14),
    (r"clients?'?s? credentials have been revoked", 18),
    (r"credentials for server have been revoked", 19),
    (r"password has expired", 23),
    (r"preauthentication failed", 24),
    (r"server principal valid for user2user only", 27),
    (r"decrypt integrity check failed", 31),
    (r"ticket expired", 32),
    (r"ticket not yet valid", 33),
    (r"request is a replay", 34),
    (r"the ticket isn't for us", 35),
    (r"clock skew too great", 37),
    (r"key version is not available", 44),
    (r"response too big for udp", 52),
)

KERBEROS_PHRASES: tuple[Phrase, ...] = (
    # MIT's texts that no KDC sends.
    Phrase(
        "cannot contact any kdc",
        "No KDC of the realm gave an answer.",
        ("kdc-unreachable", "kdc-tcp-blocked"),
    ),
    Phrase("cannot find kdc for", "Neither DNS nor krb5.conf names a KDC.", ("kdc-unreachable",)),
    Phrase(
        "key table entry not found",
        "The keytab has no key of this name, version or type.",
        ("machine-key-stale", "spn-on-wrong-account"),
    ),
    Phrase(
        "no key table entry found",
        "The keytab has no key of this name, version or type.",
        ("machine-key-stale", "spn-on-wrong-account"),
    ),
    Phrase(
        "kdc reply did not match expectations",
        "The KDC answered for another name than was asked for: the realm is written in small letters, as a rule.",
        advice=("Write the realm in capitals.",),
    ),
    Phrase(
        "no credentials cache found",
        "There are no tickets yet, or KRB5CCNAME names another cache.",
        advice=("Log on: kinit <USER>@<REALM>, and look: exps doctor.",),
    ),
    Phrase(
        "improper format of kerberos configuration file",
        "MIT's library refuses krb5.conf.",
        advice=("exps doctor names the file and the line.",),
    ),
)
