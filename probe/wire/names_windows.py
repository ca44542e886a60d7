"""Names of SSPI statuses as Exchange logs them, and of NTSTATUS values, as data.

SSPI: Exchange's name -> (number, symbol, meaning); NTSTATUS: number -> (symbol, meaning). The numbers are
those of MS-ERREF sections 2.1 and 2.3.
"""

SSPI_STATUSES: dict[str, tuple[int | None, str, str]] = {
    "OK": (0, "SEC_E_OK", "No error."),
    "IllegalMessage": (
        0x80090326,
        "SEC_E_ILLEGAL_MESSAGE",
        (
            "The receiver could not make sense of what it got: base64 or token damaged, or something other "
            "than an empty line after the last token. A device between the servers that rewrites SMTP does "
            "this."
        ),
    ),
    "LogonDenied": (
        0x8009030C,
        "SEC_E_LOGON_DENIED",
        (
            "Kerberos refused, or the EXCHANGEAUTH hash differs because TLS ends at a device in between. On "
            "the sender (event 2017) also: its own KDC or a trust refused the ticket."
        ),
    ),
    "TargetUnknown": (
        0x80090303,
        "SEC_E_TARGET_UNKNOWN",
        (
            "No KDC knows the SPN SMTPSVC/<advertised FQDN>: missing, duplicate, or the connector "
            "advertises another name."
        ),
    ),
    "TimeSkew": (
        0x80090324,
        "SEC_E_TIME_SKEW",
        "Two clocks are further apart than Kerberos allows (5 minutes).",
    ),
    "WrongPrincipal": (
        0x80090322,
        "SEC_E_WRONG_PRINCIPAL",
        (
            "The ticket is for another account than the one that answers: SPN on the wrong account, stale "
            "machine key, or the name leads to another server."
        ),
    ),
    "InvalidToken": (0x80090308, "SEC_E_INVALID_TOKEN", "The token is damaged or of another mechanism."),
    "NoAuthenticatingAuthority": (
        0x80090311,
        "SEC_E_NO_AUTHENTICATING_AUTHORITY",
        "No KDC could be reached: DNS, port 88, or the domain controllers.",
    ),
    "NoCredentials": (0x8009030E, "SEC_E_NO_CREDENTIALS", "The caller has no credentials to log on with."),
    "UnknownCredentials": (
        0x8009030D,
        "SEC_E_UNKNOWN_CREDENTIALS",
        "The security package does not recognise the credentials.",
    ),
    "InternalError": (
        0x80090304,
        "SEC_E_INTERNAL_ERROR",
        "The Local Security Authority failed; its own reason is in the System log.",
    ),
    "Unsupported": (0x80090302, "SEC_E_UNSUPPORTED_FUNCTION", "What was asked for is not supported."),
    "OutOfSequence": (0x80090310, "SEC_E_OUT_OF_SEQUENCE", "A message came out of order or twice."),
    "ContextExpired": (
        0x80090317,
        "SEC_E_CONTEXT_EXPIRED",
        "The ticket ended during the session, or a clock jumped.",
    ),
    "MutualAuthFailed": (0x80090363, "SEC_E_MUTUAL_AUTH_FAILED", "The receiver could not prove who it is."),
    "KdcUnknownEncryptionType": (
        0x80090342,
        "SEC_E_KDC_UNKNOWN_ETYPE",
        (
            "The KDC has no encryption type in common with the request: RC4 turned off, or an account or "
            "trust without AES."
        ),
    ),
    "MessageAltered": (
        0x8009030F,
        "SEC_E_MESSAGE_ALTERED",
        "A message was changed on its way, or made with another key.",
    ),
    "BadBindings": (
        0x80090346,
        "SEC_E_BAD_BINDINGS",
        "The token is bound to another TLS channel: a device in between ends TLS (extended protection).",
    ),
    "CertUnknown": (0x80090327, "SEC_E_CERT_UNKNOWN", "The certificate could not be processed."),
    "UnexpectedExchangeAuthBlob": (
        None,
        "",
        (
            "Exchange's own: Kerberos on the receiver wanted another leg, which EXCHANGEAUTH does not have. "
            "That is what a skewed clock looks like."
        ),
    ),
    "UnexpectedExchangeAuthBlobCheckForClockSkew": (
        None,
        "",
        (
            "Exchange's own, later builds: as UnexpectedExchangeAuthBlob. Compare the clocks of sender, "
            "receiver and domain controllers."
        ),
    ),
    "TLS1_0NotSupported": (None, "", "Exchange's own: the session uses TLS 1.0, which is turned off."),
    "ExtendedProtectionMissingSpn": (
        None,
        "",
        "Exchange's own: extended protection is required and the client named no SPN.",
    ),
    "ExtendedProtectionWrongSpn": (
        None,
        "",
        (
            "Exchange's own: extended protection is required and the client named an SPN that is not this "
            "server's."
        ),
    ),
}

NT_STATUSES: dict[int, tuple[str, str]] = {
    0xC000005E: ("STATUS_NO_LOGON_SERVERS", "No domain controller could be reached."),
    0xC0000064: ("STATUS_NO_SUCH_USER", "There is no such account."),
    0xC000006A: ("STATUS_WRONG_PASSWORD", "Wrong password."),
    0xC000006D: (
        "STATUS_LOGON_FAILURE",
        "Wrong user name or password, or a ticket that cannot be decrypted.",
    ),
    0xC000006E: ("STATUS_ACCOUNT_RESTRICTION", "A restriction of the account forbids the log-on."),
    0xC000006F: ("STATUS_INVALID_LOGON_HOURS", "Outside the hours at which the account may log on."),
    0xC0000070: ("STATUS_INVALID_WORKSTATION", "The account may not log on from this computer."),
    0xC0000071: ("STATUS_PASSWORD_EXPIRED", "The password has expired."),
    0xC0000072: ("STATUS_ACCOUNT_DISABLED", "The account is disabled."),
    0xC0000133: (
        "STATUS_TIME_DIFFERENCE_AT_DC",
        "The clocks of client and domain controller are too far apart.",
    ),
    0xC000015B: ("STATUS_LOGON_TYPE_NOT_GRANTED", "The account lacks the right to log on this way."),
    0xC000018B: (
        "STATUS_NO_TRUST_SAM_ACCOUNT",
        "The domain has no computer account, or no SPN, for this machine.",
    ),
    0xC000018C: ("STATUS_TRUSTED_DOMAIN_FAILURE", "The trust between the two domains is broken."),
    0xC0000193: ("STATUS_ACCOUNT_EXPIRED", "The account has expired."),
    0xC0000224: ("STATUS_PASSWORD_MUST_CHANGE", "The password must be changed before the first log-on."),
    0xC0000234: ("STATUS_ACCOUNT_LOCKED_OUT", "The account is locked after too many wrong passwords."),
    0xC00002F5: (
        "STATUS_MUST_BE_KDC",
        "The machine that was asked is no KDC now: its KDC service is stopped.",
    ),
    0xC0000413: (
        "STATUS_AUTHENTICATION_FIREWALL_FAILED",
        "Selective authentication on the trust does not allow this account to log on to this computer.",
    ),
}
