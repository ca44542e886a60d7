"""What each code points at, as data for `probe.explain.lookup`: causes by code, replies and events (PURE)."""

from typing import NamedTuple

from probe.explain.advice import READ_THE_EVENT

KRB_FORMER_NAMES = {
    # RFC 4120 section 7.5.9 reserved these numbers for PKINIT by other names than RFC 4556 gave them.
    "KDC_ERROR_CLIENT_NOT_TRUSTED": 62,
    "KDC_ERROR_KDC_NOT_TRUSTED": 63,
    "KDC_ERROR_INVALID_SIG": 64,
    "KDC_ERR_KEY_TOO_WEAK": 65,
}

KRB_CAUSES: dict[int, tuple[str, ...]] = {
    # By error-code of KRB-ERROR, the likeliest first.
    1: ("credentials-rejected",),
    6: ("credentials-rejected", "replication-diverged"),
    7: ("spn-missing", "spn-duplicate", "connector-fqdn-mismatch", "replication-diverged"),
    8: ("spn-duplicate",),
    9: ("credentials-rejected", "etype-unsupported"),
    11: ("clock-skew-sender",),
    12: ("credentials-rejected",),
    14: ("etype-unsupported",),
    18: ("credentials-rejected", "receiver-account-refused", "replication-diverged"),
    23: ("credentials-rejected",),
    24: ("credentials-rejected",),
    28: ("trust-broken",),
    29: ("kdc-unreachable",),
    31: ("trust-broken", "machine-key-stale"),
    32: ("ticket-time", "clock-skew-receiver"),
    33: ("ticket-time", "clock-skew-receiver"),
    35: ("spn-on-wrong-account", "wrong-server-answers"),
    37: ("clock-skew-receiver", "clock-skew-sender", "clock-skew-kdc"),
    41: ("machine-key-stale", "spn-on-wrong-account", "spn-duplicate", "replication-diverged"),
    44: ("machine-key-stale", "ticket-stale", "replication-diverged"),
    45: ("machine-key-stale", "spn-on-wrong-account"),
    46: ("machine-key-stale", "wrong-server-answers"),
    51: ("trust-broken",),
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
    "NoAuthenticatingAuthority": ("return-leg-blocked", "kdc-unreachable", "kdc-tcp-blocked"),
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
    "IncompleteMessage": ("illegal-message", "smtp-inspection"),
    "UntrustedRoot": ("tls-failed",),
    "CertExpired": ("tls-failed",),
    "DecryptFailure": ("machine-key-stale", "smtp-inspection"),
    "AlgorithmMismatch": ("tls-failed",),
    "MaxReferralsExceeded": ("trust-broken",),
    "MustBeKdc": ("kdc-unreachable",),
    "KdcUnableToRefer": ("trust-broken", "spn-missing"),
    "NoKerbKey": ("machine-key-stale",),
    "DowngradeDetected": ("kdc-unreachable",),
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
    0xC00000DF: ("kdc-unreachable", "trust-broken"),
    0xC000018A: ("machine-key-stale",),
    0xC000018B: ("machine-key-stale", "spn-missing"),
    0xC000018C: ("trust-broken",),
    0xC000018D: ("machine-key-stale",),
    0xC0000190: ("trust-broken",),
    0xC000019B: ("trust-broken",),
    0xC0000193: ("credentials-rejected",),
    0xC0000224: ("credentials-rejected",),
    0xC0000233: ("kdc-unreachable",),
    0xC0000234: ("credentials-rejected",),
    0xC0000272: ("spn-missing", "replication-diverged"),
    0xC00002C3: ("machine-key-stale", "replication-diverged"),
    0xC00002F5: ("kdc-unreachable",),
    0xC00002FC: ("trust-broken", "spn-missing"),
    0xC00002FD: ("etype-unsupported",),
    0xC0000322: ("machine-key-stale",),
    0xC0000388: ("kdc-unreachable",),
    0xC0000413: ("trust-broken", "not-authorized"),
}

SMTP_CAUSES: dict[str, tuple[str, ...]] = {
    # By enhanced status code; 4.7.0 is every cause's symptom, so it has advice in place of causes.
    "4.2.1": ("target-unreachable", "name-not-resolved"),
    "4.4.1": ("target-unreachable",),
    "4.4.2": ("target-unreachable", "smtp-inspection"),
    "4.7.5": ("tls-failed",),
    "5.7.1": ("not-authorized",),
    "5.7.3": ("credentials-rejected", "exchange-auth-not-offered", "mechanism-refused"),
    "5.7.4": ("exchange-auth-not-offered",),
    "5.7.8": ("credentials-rejected", "machine-key-stale"),
}

REPLY_CODES = {
    # A bare reply code means what Exchange's enhanced code beside it means.
    221: "2.0.0",
    235: "2.7.0",
    250: "2.0.0",
    421: "4.3.2",
    451: "4.4.0",
    454: "4.7.0",
    500: "5.5.2",
    501: "5.5.4",
    502: "5.3.3",
    503: "5.5.2",
    504: "5.7.4",
    530: "5.7.1",
    535: "5.7.3",
    550: "5.7.1",
    554: "5.7.3",
}


class Event(NamedTuple):
    """One event: the log and source, what it means, the causes it points at, and what to do."""

    where: str
    meaning: str
    causes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


_TRANSPORT = "Application log, MSExchangeTransport"
_CERTIFICATE_COMMANDS = (
    "Get-ExchangeCertificate | Format-List Thumbprint, Services, NotAfter, CertificateDomains",
    (
        "New-ExchangeCertificate -DomainName <FQDN> -Services SMTP makes a new one; Enable-ExchangeCertificate "
        "<THUMBPRINT> -Services SMTP puts one to use."
    ),
)

EVENTS: dict[int, Event] = {
    # By event id. Match by id: source and level differ between builds.
    3: Event(
        "System log, Security-Kerberos, with LogLevel = 1",
        "A Kerberos error that this machine got or sent: the KRB-ERROR's code is in its text.",
        advice=("Give exps explain the error code from the text; remove LogLevel when done.",),
    ),
    4: Event(
        "System log of a client, Security-Kerberos",
        "A server could not decrypt the ticket (KRB_AP_ERR_MODIFIED).",
        ("machine-key-stale", "spn-on-wrong-account", "spn-duplicate"),
    ),
    11: Event(
        "System log of a domain controller, Kerberos-Key-Distribution-Center",
        "Two accounts have the name that was asked for, so that the KDC gives no ticket.",
        ("spn-duplicate",),
    ),
    1012: Event(
        f"{_TRANSPORT} of the receiver",
        "More failed log-ons on one connection than MaxLogonFailures allows.",
        ("too-many-failures",),
    ),
    1020: Event(
        f"{_TRANSPORT} of the receiver",
        "The log-on was good, and the account may not submit on the connector (MS-Exch-SMTP-Submit).",
        ("not-authorized",),
    ),
    1035: Event(
        "Application log of the receiver, MSExchangeTransport or MSExchangeFrontEndTransport",
        "Inbound authentication failed: the receiver's own reason, which it does not tell the sender.",
        advice=(READ_THE_EVENT,),
    ),
    2017: Event(
        "Application log of the sender, MSExchangeTransport",
        "Outbound authentication failed: the sender got no ticket, or did not believe the receiver's answer.",
        advice=(READ_THE_EVENT,),
    ),
    12012: Event(
        _TRANSPORT,
        "The internal transport certificate cannot be read from Active Directory: not published, or not replicated.",
        ("tls-failed",),
        _CERTIFICATE_COMMANDS,
    ),
    12013: Event(
        _TRANSPORT,
        "The certificate for authentication with other Exchange servers is not in this computer's store.",
        ("tls-failed",),
        _CERTIFICATE_COMMANDS,
    ),
    12014: Event(
        _TRANSPORT,
        "No certificate has the name that the connector gives itself, so that it offers no STARTTLS.",
        ("tls-failed", "connector-fqdn-mismatch"),
        _CERTIFICATE_COMMANDS,
    ),
    12015: Event(
        _TRANSPORT, "The internal transport certificate has expired.", ("tls-failed",), _CERTIFICATE_COMMANDS
    ),
    12024: Event(
        _TRANSPORT,
        (
            "The certificate for authentication with other Exchange servers cannot be loaded; a short-lived one "
            "is used in its place."
        ),
        ("tls-failed",),
        _CERTIFICATE_COMMANDS,
    ),
}
