"""Names of Kerberos errors and encryption types as data: number -> (name, meaning, citation)."""

Entry = tuple[str, str, str]

_RFC = "RFC 4120 section 7.5.9"
_PKINIT = "RFC 4556 section 3.1.3"
_FAST = "RFC 6113"
_NAMING = "RFC 6111"

KRB_ERRORS: dict[int, Entry] = {
    0: ("KDC_ERR_NONE", "No error.", _RFC),
    1: ("KDC_ERR_NAME_EXP", "The client's account has expired.", _RFC),
    2: ("KDC_ERR_SERVICE_EXP", "The account that owns the SPN has expired.", _RFC),
    3: ("KDC_ERR_BAD_PVNO", "The KDC does not speak this version of Kerberos.", _RFC),
    4: (
        "KDC_ERR_C_OLD_MAST_KVNO",
        "The KDC cannot read the client's key: it is under an old master key.",
        _RFC,
    ),
    5: (
        "KDC_ERR_S_OLD_MAST_KVNO",
        "The KDC cannot read the service's key: it is under an old master key.",
        _RFC,
    ),
    6: (
        "KDC_ERR_C_PRINCIPAL_UNKNOWN",
        (
            "This KDC has no account of the client's name: misspelt, in another domain, or not replicated "
            "to it yet."
        ),
        _RFC,
    ),
    7: (
        "KDC_ERR_S_PRINCIPAL_UNKNOWN",
        (
            "This KDC finds no account for the SPN. It is missing, or it is on two accounts: Windows "
            "answers 7 for a duplicate as well and logs event 11 on the domain controller."
        ),
        _RFC + "; observation",
    ),
    8: (
        "KDC_ERR_PRINCIPAL_NOT_UNIQUE",
        "More than one account has the SPN: remove it from the wrong ones.",
        _RFC,
    ),
    9: ("KDC_ERR_NULL_KEY", "The account has no key: it never had a password.", _RFC),
    10: ("KDC_ERR_CANNOT_POSTDATE", "The KDC gives no tickets for a later time.", _RFC),
    11: ("KDC_ERR_NEVER_VALID", "The ticket asked for would end before it begins: look at the clocks.", _RFC),
    12: (
        "KDC_ERR_POLICY",
        (
            "A policy of the KDC forbids this ticket: log-on hours, workstations, or an account that was "
            "disabled after its TGT was issued."
        ),
        _RFC + "; observation",
    ),
    13: (
        "KDC_ERR_BADOPTION",
        "The KDC cannot do what was asked for: delegation, renewal or forwarding.",
        _RFC,
    ),
    14: (
        "KDC_ERR_ETYPE_NOSUPP",
        (
            "No encryption type in common: what the client asks for and what the account has keys for (or "
            "msDS-SupportedEncryptionTypes allows) do not meet. Typical after RC4 was turned off."
        ),
        _RFC,
    ),
    15: ("KDC_ERR_SUMTYPE_NOSUPP", "The KDC does not know the checksum type.", _RFC),
    16: ("KDC_ERR_PADATA_TYPE_NOSUPP", "The KDC does not know the kind of pre-authentication.", _RFC),
    17: ("KDC_ERR_TRTYPE_NOSUPP", "The KDC does not know the encoding of the transited realms.", _RFC),
    18: (
        "KDC_ERR_CLIENT_REVOKED",
        "The client's account is disabled, expired or locked; the NTSTATUS in e-data, if any, says which.",
        _RFC + "; MS-KILE section 2.2.1",
    ),
    19: ("KDC_ERR_SERVICE_REVOKED", "The account that owns the SPN is disabled.", _RFC),
    20: ("KDC_ERR_TGT_REVOKED", "The TGT is no longer valid: log on again.", _RFC),
    21: ("KDC_ERR_CLIENT_NOTYET", "The client's account is not valid yet.", _RFC),
    22: ("KDC_ERR_SERVICE_NOTYET", "The account that owns the SPN is not valid yet.", _RFC),
    23: ("KDC_ERR_KEY_EXPIRED", "The password has expired and must be changed.", _RFC),
    24: ("KDC_ERR_PREAUTH_FAILED", "Wrong password, or a keytab older than the password.", _RFC),
    25: (
        "KDC_ERR_PREAUTH_REQUIRED",
        "The KDC wants proof of the password first. The usual first answer, and no failure.",
        _RFC,
    ),
    26: ("KDC_ERR_SERVER_NOMATCH", "Server and ticket of the request do not belong together.", _RFC),
    27: (
        "KDC_ERR_MUST_USE_USER2USER",
        "The SPN is on a user account that takes user-to-user tickets only.",
        _RFC,
    ),
    28: ("KDC_ERR_PATH_NOT_ACCEPTED", "The KDC does not trust a realm on the way.", _RFC),
    29: ("KDC_ERR_SVC_UNAVAILABLE", "The KDC lacks a service it needs, for example its database.", _RFC),
    31: (
        "KRB_AP_ERR_BAD_INTEGRITY",
        (
            "What was sent cannot be decrypted with the key at hand. From another domain's KDC for a "
            "referral: the trust's password differs on the two sides. From an MIT acceptor: right kvno, "
            "wrong key."
        ),
        _RFC + "; observation",
    ),
    32: ("KRB_AP_ERR_TKT_EXPIRED", "The ticket has ended, or the clock of who judges it is ahead.", _RFC),
    33: ("KRB_AP_ERR_TKT_NYV", "The ticket is not valid yet: the clock of who judges it is behind.", _RFC),
    34: ("KRB_AP_ERR_REPEAT", "The same authenticator was seen before: a replay.", _RFC),
    35: ("KRB_AP_ERR_NOT_US", "The ticket is for a name that the acceptor does not answer to.", _RFC),
    36: ("KRB_AP_ERR_BADMATCH", "Ticket and authenticator name different clients.", _RFC),
    37: (
        "KRB_AP_ERR_SKEW",
        (
            "The two clocks are more than the limit apart, 5 minutes by default. stime is the clock of who "
            "says so."
        ),
        _RFC,
    ),
    38: ("KRB_AP_ERR_BADADDR", "The ticket is bound to another network address.", _RFC),
    39: ("KRB_AP_ERR_BADVERSION", "Wrong version of the protocol.", _RFC),
    40: ("KRB_AP_ERR_MSG_TYPE", "Not the kind of message that was due.", _RFC),
    41: (
        "KRB_AP_ERR_MODIFIED",
        (
            "The receiver cannot decrypt the ticket: it was made with a key that the receiver does not "
            "have. The SPN is on the wrong account or on two, or the machine password was changed and has "
            "not replicated."
        ),
        _RFC + "; observation",
    ),
    42: ("KRB_AP_ERR_BADORDER", "A message came out of order.", _RFC),
    44: (
        "KRB_AP_ERR_BADKEYVER",
        (
            "The receiver has no key of the ticket's version: keytab or machine password, and the KDC's "
            "copy, differ."
        ),
        _RFC,
    ),
    45: ("KRB_AP_ERR_NOKEY", "The receiver has no key for the service.", _RFC),
    46: ("KRB_AP_ERR_MUT_FAIL", "The receiver could not prove who it is.", _RFC),
    47: ("KRB_AP_ERR_BADDIRECTION", "A message came back to its sender.", _RFC),
    48: ("KRB_AP_ERR_METHOD", "Another way of authentication is wanted.", _RFC),
    49: ("KRB_AP_ERR_BADSEQ", "Wrong sequence number in a message.", _RFC),
    50: ("KRB_AP_ERR_INAPP_CKSUM", "The checksum's type is not good enough here.", _RFC),
    51: ("KRB_AP_PATH_NOT_ACCEPTED", "The receiver does not trust a realm on the way.", _RFC),
    52: (
        "KRB_ERR_RESPONSE_TOO_BIG",
        "The answer does not fit a datagram: ask again by TCP. Fatal when a firewall blocks 88/tcp.",
        _RFC,
    ),
    60: ("KRB_ERR_GENERIC", "An error that has no number; e-text may say more.", _RFC),
    61: ("KRB_ERR_FIELD_TOOLONG", "A field is longer than the other side takes.", _RFC),
    62: ("KDC_ERR_CLIENT_NOT_TRUSTED", "The KDC does not trust the client's certificate.", _PKINIT),
    63: ("KDC_ERR_KDC_NOT_TRUSTED", "The KDC has no certificate that the client trusts.", _RFC),
    64: ("KDC_ERR_INVALID_SIG", "The signature of the request does not verify.", _PKINIT),
    65: ("KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED", "The KDC refuses the Diffie-Hellman parameters.", _PKINIT),
    66: ("KDC_ERR_CERTIFICATE_MISMATCH", "The certificate does not match the user.", _RFC),
    67: ("KRB_AP_ERR_NO_TGT", "No TGT was given for a user-to-user ticket.", _RFC),
    68: (
        "KDC_ERR_WRONG_REALM",
        "The account is in another domain; the error names the realm to ask. A referral, and no failure.",
        "RFC 6806 section 7",
    ),
    69: ("KRB_AP_ERR_USER_TO_USER_REQUIRED", "The receiver takes user-to-user tickets only.", _RFC),
    70: ("KDC_ERR_CANT_VERIFY_CERTIFICATE", "The KDC cannot build a chain for the certificate.", _PKINIT),
    71: ("KDC_ERR_INVALID_CERTIFICATE", "The signature in the certificate's chain is invalid.", _PKINIT),
    72: ("KDC_ERR_REVOKED_CERTIFICATE", "A certificate of the chain is revoked.", _PKINIT),
    73: ("KDC_ERR_REVOCATION_STATUS_UNKNOWN", "Whether a certificate is revoked cannot be known.", _PKINIT),
    74: ("KDC_ERR_REVOCATION_STATUS_UNAVAILABLE", "The revocation list cannot be had.", _RFC),
    75: ("KDC_ERR_CLIENT_NAME_MISMATCH", "The certificate is of another client.", _PKINIT),
    76: ("KDC_ERR_KDC_NAME_MISMATCH", "The certificate is of another KDC.", _RFC),
    77: ("KDC_ERR_INCONSISTENT_KEY_PURPOSE", "The certificate is not for Kerberos log-on.", _PKINIT),
    78: ("KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED", "The KDC refuses the digest in the certificate.", _PKINIT),
    79: ("KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED", "The request lacks paChecksum.", _PKINIT),
    80: ("KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED", "The KDC refuses the digest in the request.", _PKINIT),
    81: ("KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED", "The KDC does not encrypt with RSA keys.", _PKINIT),
    82: (
        "KRB_AP_ERR_PRINCIPAL_UNKNOWN",
        "A well-known name (WELLKNOWN/...) that the other side does not know.",
        _NAMING,
    ),
    83: ("KRB_AP_ERR_REALM_UNKNOWN", "A well-known realm that the other side does not know.", _NAMING),
    84: (
        "KRB_AP_ERR_PRINCIPAL_RESERVED",
        "A reserved name that the other side does not take here.",
        _NAMING,
    ),
    85: (
        "KRB_AP_ERR_IAKERB_KDC_NOT_FOUND",
        "The acceptor finds no KDC of the client's realm.",
        "IAKERB draft",
    ),
    86: ("KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE", "The acceptor gets no answer from the KDC.", "IAKERB draft"),
    90: ("KDC_ERR_PREAUTH_EXPIRED", "The pre-authentication took too long: begin again.", _FAST),
    91: ("KDC_ERR_MORE_PREAUTH_DATA_REQUIRED", "The KDC wants another round of pre-authentication.", _FAST),
    92: (
        "KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET",
        "The KDC does not know this set of pre-authentication.",
        _FAST,
    ),
    93: ("KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS", "The KDC does not know a FAST option that it must.", _FAST),
    100: ("KDC_ERR_NO_ACCEPTABLE_KDF", "No key derivation in common.", "RFC 8636"),
}
"""By error-code of KRB-ERROR."""

_DES = "RFC 3961 section 8; gone by RFC 6649"
_DES3 = "RFC 3961 section 8; gone by RFC 8429"
_AES_SHA1 = "RFC 3962 section 7"
_AES_SHA2 = "RFC 8009"
_RC4 = "RFC 4757; deprecated by RFC 8429"
_MICROSOFT = "in AS-REQs of Windows, observation"

ETYPES: dict[int, Entry] = {
    1: ("des-cbc-crc", "DES. Broken; Windows has it off since 2008 R2.", _DES),
    2: ("des-cbc-md4", "DES. Broken; Windows has it off since 2008 R2.", _DES),
    3: ("des-cbc-md5", "DES. Broken; Windows has it off since 2008 R2.", _DES),
    5: ("des3-cbc-md5", "Triple DES, never used by Windows.", _DES3),
    7: ("des3-cbc-sha1", "Triple DES, never used by Windows.", _DES3),
    16: ("des3-cbc-sha1-kd", "Triple DES, never used by Windows.", _DES3),
    17: ("aes128-cts-hmac-sha1-96", "AES with 128 bit.", _AES_SHA1),
    18: ("aes256-cts-hmac-sha1-96", "AES with 256 bit: the usual one of a domain today.", _AES_SHA1),
    19: (
        "aes128-cts-hmac-sha256-128",
        "AES with 128 bit and SHA-2: MIT and Heimdal; not seen from Windows.",
        _AES_SHA2,
    ),
    20: (
        "aes256-cts-hmac-sha384-192",
        "AES with 256 bit and SHA-2: MIT and Heimdal; not seen from Windows.",
        _AES_SHA2,
    ),
    23: (
        "rc4-hmac",
        (
            "RC4. Accounts without AES keys or without msDS-SupportedEncryptionTypes end up here; updates "
            "of Windows are taking it away."
        ),
        _RC4,
    ),
    24: ("rc4-hmac-exp", "RC4 with 40 effective bits. Broken.", _RC4),
    25: ("camellia128-cts-cmac", "Camellia with 128 bit: MIT only.", "RFC 6803"),
    26: ("camellia256-cts-cmac", "Camellia with 256 bit: MIT only.", "RFC 6803"),
    -128: ("rc4-md4", "An early Microsoft type, only ever listed.", _MICROSOFT),
    -133: ("rc4-hmac-old", "An early Microsoft form of RC4, only ever listed.", _MICROSOFT),
    -135: ("rc4-hmac-old-exp", "An early Microsoft form of RC4, only ever listed.", _MICROSOFT),
}
"""By etype number."""
