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
    # Not seen in Exchange's events so far; named after MS-ERREF's symbols, with which Windows' own logs speak.
    "InsufficientMemory": (0x80090300, "SEC_E_INSUFFICIENT_MEMORY", "Not enough memory for the log-on."),
    "InvalidHandle": (0x80090301, "SEC_E_INVALID_HANDLE", "The context or the credentials are gone already."),
    "PackageNotFound": (0x80090305, "SEC_E_SECPKG_NOT_FOUND", "Windows has no such security package."),
    "QopNotSupported": (0x8009030A, "SEC_E_QOP_NOT_SUPPORTED", "The protection asked for is not supported."),
    "IncompleteMessage": (
        0x80090318,
        "SEC_E_INCOMPLETE_MESSAGE",
        "The message was cut, or more has to come.",
    ),
    "UntrustedRoot": (0x80090325, "SEC_E_UNTRUSTED_ROOT", "The certificate's issuer is not trusted."),
    "CertExpired": (0x80090328, "SEC_E_CERT_EXPIRED", "The certificate has expired."),
    "EncryptFailure": (0x80090329, "SEC_E_ENCRYPT_FAILURE", "Something could not be encrypted."),
    "DecryptFailure": (
        0x80090330,
        "SEC_E_DECRYPT_FAILURE",
        "Something could not be decrypted: damaged on its way, or made with another key.",
    ),
    "AlgorithmMismatch": (
        0x80090331,
        "SEC_E_ALGORITHM_MISMATCH",
        "Client and server have no TLS version or cipher in common.",
    ),
    "NoTgtReply": (
        0x80090334,
        "SEC_E_NO_TGT_REPLY",
        "The server wants a user-to-user ticket: the SPN is on a user's account.",
    ),
    "MaxReferralsExceeded": (
        0x80090338,
        "SEC_E_MAX_REFERRALS_EXCEEDED",
        "The domains send the request in a circle.",
    ),
    "MustBeKdc": (
        0x80090339,
        "SEC_E_MUST_BE_KDC",
        "The machine that was asked is no KDC now: its KDC service is stopped.",
    ),
    "NoPaData": (0x8009033C, "SEC_E_NO_PA_DATA", "The KDC did not say which encryption type it wants."),
    "KdcInvalidRequest": (0x80090340, "SEC_E_KDC_INVALID_REQUEST", "The KDC could not read the request."),
    "KdcUnableToRefer": (
        0x80090341,
        "SEC_E_KDC_UNABLE_TO_REFER",
        "The KDC knows no way to the domain of the SPN: a trust is missing or broken.",
    ),
    "UnsupportedPreauth": (
        0x80090343,
        "SEC_E_UNSUPPORTED_PREAUTH",
        "The KDC does not know the kind of pre-authentication.",
    ),
    "NoKerbKey": (
        0x80090348,
        "SEC_E_NO_KERB_KEY",
        "There is no key for what has to be decrypted: the machine's password and the directory's differ.",
    ),
    "DowngradeDetected": (
        0x80090350,
        "SEC_E_DOWNGRADE_DETECTED",
        "No domain controller could be reached any more, or an answer was forged: Windows will not use less.",
    ),
}

NT_STATUSES: dict[int, tuple[str, str]] = {
    0xC0000022: ("STATUS_ACCESS_DENIED", "What was asked for is not allowed."),
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
    0xC00000DF: ("STATUS_NO_SUCH_DOMAIN", "There is no such domain, or it cannot be found."),
    0xC0000133: (
        "STATUS_TIME_DIFFERENCE_AT_DC",
        "The clocks of client and domain controller are too far apart.",
    ),
    0xC000015B: ("STATUS_LOGON_TYPE_NOT_GRANTED", "The account lacks the right to log on this way."),
    0xC000018A: (
        "STATUS_NO_TRUST_LSA_SECRET",
        "This machine has lost the password that ties it to its domain.",
    ),
    0xC000018B: (
        "STATUS_NO_TRUST_SAM_ACCOUNT",
        "The domain has no computer account, or no SPN, for this machine.",
    ),
    0xC000018C: ("STATUS_TRUSTED_DOMAIN_FAILURE", "The trust between the two domains is broken."),
    0xC000018D: (
        "STATUS_TRUSTED_RELATIONSHIP_FAILURE",
        "The machine's password and the one in its domain differ.",
    ),
    0xC0000190: ("STATUS_TRUST_FAILURE", "The trust could not be used: its other end gave no answer."),
    0xC0000192: ("STATUS_NETLOGON_NOT_STARTED", "The service Netlogon does not run on the machine asked."),
    0xC0000193: ("STATUS_ACCOUNT_EXPIRED", "The account has expired."),
    0xC0000199: (
        "STATUS_NOLOGON_WORKSTATION_TRUST_ACCOUNT",
        "A computer's account was used where a user's is due.",
    ),
    0xC000019A: (
        "STATUS_NOLOGON_SERVER_TRUST_ACCOUNT",
        "A domain controller's account was used where a user's is due.",
    ),
    0xC000019B: (
        "STATUS_DOMAIN_TRUST_INCONSISTENT",
        "The trust's name or SID is not that of the other domain.",
    ),
    0xC0000224: ("STATUS_PASSWORD_MUST_CHANGE", "The password must be changed before the first log-on."),
    0xC0000233: (
        "STATUS_DOMAIN_CONTROLLER_NOT_FOUND",
        "No domain controller was found: DNS, or the network.",
    ),
    0xC0000234: ("STATUS_ACCOUNT_LOCKED_OUT", "The account is locked after too many wrong passwords."),
    0xC0000272: ("STATUS_NO_MATCH", "The directory has no entry of the name."),
    0xC00002C3: (
        "STATUS_MUTUAL_AUTHENTICATION_FAILED",
        "The server's password at the domain controller is not the one that the server has.",
    ),
    0xC00002EF: (
        "STATUS_NO_TGT_REPLY",
        "The server wants a user-to-user ticket: the SPN is on a user's account.",
    ),
    0xC00002F5: (
        "STATUS_MUST_BE_KDC",
        "The machine that was asked is no KDC now: its KDC service is stopped.",
    ),
    0xC00002FA: ("STATUS_SMARTCARD_LOGON_REQUIRED", "The account may log on with a smart card only."),
    0xC00002FB: ("STATUS_KDC_INVALID_REQUEST", "The KDC could not read the request."),
    0xC00002FC: (
        "STATUS_KDC_UNABLE_TO_REFER",
        "The KDC knows no way to the domain of the SPN: a trust is missing or broken.",
    ),
    0xC00002FD: (
        "STATUS_KDC_UNKNOWN_ETYPE",
        "The KDC has no encryption type in common with the request.",
    ),
    0xC0000322: (
        "STATUS_NO_KERB_KEY",
        "There is no key for what has to be decrypted: the machine's password and the directory's differ.",
    ),
    0xC0000388: (
        "STATUS_DOWNGRADE_DETECTED",
        "No domain controller could be reached any more, or an answer was forged.",
    ),
    0xC0000203: ("STATUS_USER_SESSION_DELETED", "The session is gone: log on again."),
    0xC000020D: (
        "STATUS_CONNECTION_RESET",
        "The connection was torn down by the other side or by a firewall.",
    ),
    0xC0000236: ("STATUS_CONNECTION_REFUSED", "The address refuses the connection."),
    0xC000035B: (
        "STATUS_BAD_BINDINGS",
        "The channel bindings of the log-on are not those of the TLS channel (extended protection).",
    ),
    0xC00000BE: ("STATUS_BAD_NETWORK_PATH", "The name could not be found or reached in the network."),
    0xC00000B5: ("STATUS_IO_TIMEOUT", "No answer in time."),
    0xC00002F6: (
        "STATUS_STRONG_CRYPTO_NOT_SUPPORTED",
        "The other side wants stronger encryption than this machine has.",
    ),
    0xC0000371: (
        "STATUS_NO_SECRETS",
        "The local database has no password of this account (a read-only controller).",
    ),
    0xC0000413: (
        "STATUS_AUTHENTICATION_FIREWALL_FAILED",
        "Selective authentication on the trust does not allow this account to log on to this computer.",
    ),
}
