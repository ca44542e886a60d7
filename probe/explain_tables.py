"""What each code points at, as data for `probe.explain`: causes by code, replies, events and phrases."""

KRB_CAUSES: dict[int, tuple[str, ...]] = {
    # By error-code of KRB-ERROR, the likeliest first.
    6: ("credentials-rejected", "replication-diverged"),
    7: ("spn-missing", "spn-duplicate", "connector-fqdn-mismatch", "replication-diverged"),
    8: ("spn-duplicate",),
    12: ("credentials-rejected",),
    14: ("etype-unsupported",),
    18: ("credentials-rejected", "replication-diverged"),
    23: ("credentials-rejected",),
    24: ("credentials-rejected",),
    31: ("trust-broken", "machine-key-stale"),
    32: ("ticket-time", "clock-skew-receiver"),
    33: ("ticket-time", "clock-skew-receiver"),
    35: ("spn-on-wrong-account", "wrong-server-answers"),
    37: ("clock-skew-receiver", "clock-skew-sender", "clock-skew-kdc"),
    41: ("machine-key-stale", "spn-on-wrong-account", "spn-duplicate", "replication-diverged"),
    44: ("machine-key-stale", "replication-diverged"),
    45: ("machine-key-stale", "spn-on-wrong-account"),
    52: ("kdc-tcp-blocked",),
}

SSPI_CAUSES: dict[str, tuple[str, ...]] = {
    # By Exchange's name of the status.
    "IllegalMessage": ("illegal-message", "smtp-inspection"),
    "LogonDenied": ("tls-terminated-in-path", "trust-broken", "machine-key-stale", "spn-on-wrong-account"),
    "TargetUnknown": ("spn-missing", "spn-duplicate", "connector-fqdn-mismatch", "return-spn-missing"),
    "TimeSkew": ("clock-skew-receiver", "clock-skew-sender", "clock-skew-kdc"),
    "WrongPrincipal": ("spn-on-wrong-account", "machine-key-stale", "wrong-server-answers"),
    "InvalidToken": ("illegal-message", "smtp-inspection"),
    "NoAuthenticatingAuthority": ("kdc-unreachable", "kdc-tcp-blocked"),
    "NoCredentials": ("credentials-rejected", "mechanism-refused"),
    "UnknownCredentials": ("credentials-rejected",),
    "ContextExpired": ("ticket-time", "clock-skew-receiver"),
    "MutualAuthFailed": ("machine-key-stale", "wrong-server-answers"),
    "KdcUnknownEncryptionType": ("etype-unsupported",),
    "MessageAltered": ("machine-key-stale", "smtp-inspection"),
    "BadBindings": ("bindings-rejected", "tls-terminated-in-path"),
    "CertUnknown": ("tls-failed",),
    "UnexpectedExchangeAuthBlob": ("clock-skew-receiver", "clock-skew-sender", "clock-skew-kdc"),
    "UnexpectedExchangeAuthBlobCheckForClockSkew": (
        "clock-skew-receiver",
        "clock-skew-sender",
        "clock-skew-kdc",
    ),
    "TLS1_0NotSupported": ("tls-failed",),
    "ExtendedProtectionMissingSpn": ("bindings-rejected",),
    "ExtendedProtectionWrongSpn": ("bindings-rejected", "connector-fqdn-mismatch"),
}

NT_CAUSES: dict[int, tuple[str, ...]] = {
    0xC000005E: ("kdc-unreachable",),
    0xC0000064: ("credentials-rejected", "replication-diverged"),
    0xC000006A: ("credentials-rejected",),
    0xC000006D: ("credentials-rejected", "machine-key-stale"),
    0xC000006E: ("credentials-rejected",),
    0xC0000071: ("credentials-rejected",),
    0xC0000072: ("credentials-rejected",),
    0xC0000133: ("clock-skew-sender", "clock-skew-kdc"),
    0xC000018B: ("machine-key-stale", "spn-missing"),
    0xC000018C: ("trust-broken",),
    0xC0000193: ("credentials-rejected",),
    0xC0000224: ("credentials-rejected",),
    0xC0000234: ("credentials-rejected",),
    0xC00002F5: ("kdc-unreachable",),
    0xC0000413: ("trust-broken", "not-authorized"),
}

SMTP_CAUSES: dict[str, tuple[str, ...]] = {
    # By enhanced status code; 4.7.0 is every cause's symptom, so it has advice in place of causes.
    "4.2.1": ("target-unreachable", "name-not-resolved"),
    "4.4.1": ("target-unreachable",),
    "4.7.5": ("tls-failed",),
    "5.7.1": ("not-authorized",),
    "5.7.3": ("credentials-rejected", "exchange-auth-not-offered", "mechanism-refused"),
    "5.7.4": ("exchange-auth-not-offered",),
    "5.7.8": ("credentials-rejected", "machine-key-stale"),
}

REPLY_CODES = {
    # A bare reply code means what Exchange's enhanced code beside it means.
    421: "4.3.2",
    454: "4.7.0",
    504: "5.7.4",
    535: "5.7.3",
    550: "5.7.1",
}

EVENTS: dict[int, tuple[str, str]] = {
    # By event id: where it is, and what it means. Match by id: source and level differ between builds.
    1035: (
        "Application log of the receiver, MSExchangeTransport or MSExchangeFrontEndTransport",
        "Inbound authentication failed: the receiver's own reason, which it does not tell the sender.",
    ),
    2017: (
        "Application log of the sender, MSExchangeTransport",
        "Outbound authentication failed: the sender got no ticket, or did not believe the receiver's answer.",
    ),
}

READ_THE_EVENT = "Give exps explain the name that stands behind `failed with error` in the event's text."

WHO_FAILED = (
    "Which side failed, the text does not say: a sender notes the same line for itself when it gets no ticket.",
    (
        "On the receiver: Get-WinEvent -FilterHashtable @{LogName='Application'; Id=1035} -MaxEvents 5"
        " | Format-List TimeCreated, Message"
    ),
    (
        "On the sender: Get-WinEvent -FilterHashtable @{LogName='Application'; Id=2017} -MaxEvents 5"
        " | Format-List TimeCreated, Message"
    ),
    "Give the error's name from there to exps explain, or let exps probe <RECEIVER> find the cause.",
)
"""What to do about `454 4.7.0`, the symptom of nearly every cause."""

Phrase = tuple[str, str, tuple[str, ...]]

PHRASES: tuple[Phrase, ...] = (
    # Part of a line in lower case, what it means, causes. Texts as Exchange writes them; the longer first.
    (
        "tls cipher strength is too weak",
        "The receiver refuses a TLS cipher below 128 bits.",
        ("tls-failed",),
    ),
    (
        "cannot achieve exchange server authentication",
        "A sender's own note: the receiver offered nothing that one Exchange server may use to another.",
        ("exchange-auth-not-offered", "exchangeauth-not-offered", "smtp-inspection"),
    ),
    (
        "cannot load internal transport certificate",
        "A sender's own note: its certificate for TLS between servers is missing or unreadable.",
        ("tls-failed",),
    ),
    (
        "unrecognized authentication type",
        "The connector has no X-EXPS, or not this mechanism: ExchangeServer is missing in its AuthMechanism.",
        ("exchange-auth-not-offered",),
    ),
    (
        "too many errors on this connection",
        "The receiver has had more failed log-ons than MaxLogonFailures allows, and closes.",
        ("too-many-failures",),
    ),
    (
        "unable to initialize security subsystem",
        "The receiver cannot begin TLS: its certificate is missing or unusable.",
        ("tls-failed",),
    ),
    ("maximum tls rate exceeded", "The receiver has had too many TLS handshakes for now.", ("tls-failed",)),
    (
        "certificate validation failure",
        "The certificate is not the one that direct trust expects.",
        ("tls-failed",),
    ),
    (
        "temporary authorization failure",
        "The log-on was good, but what the account may do could not be found out.",
        ("not-authorized",),
    ),
    ("client was not authenticated", "The connector takes no mail without a log-on.", ("not-authorized",)),
    (
        "client does not have permissions to submit",
        "The log-on was good, but the account may not submit on this connector.",
        ("not-authorized",),
    ),
    (
        "maximum number of concurrent server connections",
        "The receiver has as many connections as it takes.",
        ("target-unreachable",),
    ),
    (
        "unable to connect",
        "A sender's own note: no connection came about.",
        ("target-unreachable", "name-not-resolved"),
    ),
    (
        "inbound exchangeauth negotiation failed",
        "A receiver's protocol log: X-EXPS EXCHANGEAUTH was refused for the reason that follows.",
        (),
    ),
    (
        "inbound negotiate failed",
        "A receiver's protocol log: GSSAPI or NTLM was refused for the reason that follows.",
        (),
    ),
    (
        "outbound exchange authentication failed",
        "A sender's protocol log: the receiver said 235, but its proof does not verify.",
        ("tls-terminated-in-path", "wrong-server-answers"),
    ),
)
