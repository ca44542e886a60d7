"""Names of the numbers in Kerberos tokens, as data, for the annotated trees of `exps decode`."""

PADATA_TYPES = {
    # RFC 4120 section 7.5.2, RFC 6113, RFC 4556, MS-KILE section 2.2 and MS-SFU section 2.2.
    1: "PA-TGS-REQ: the TGT and its authenticator",
    2: "PA-ENC-TIMESTAMP: the client's clock under its key",
    3: "PA-PW-SALT",
    11: "PA-ETYPE-INFO",
    14: "PA-PK-AS-REQ (old)",
    15: "PA-PK-AS-REP (old)",
    16: "PA-PK-AS-REQ: log-on with a certificate",
    17: "PA-PK-AS-REP",
    19: "PA-ETYPE-INFO2: encryption types and salts of the account",
    20: "PA-SVR-REFERRAL-INFO",
    128: "PA-PAC-REQUEST",
    129: "PA-FOR-USER: S4U2self",
    130: "PA-FOR-X509-USER",
    133: "PA-FX-COOKIE",
    134: "PA-AUTHENTICATION-SET",
    135: "PA-AUTH-SET-SELECTED",
    136: "PA-FX-FAST: armoured request or reply",
    137: "PA-FX-ERROR",
    138: "PA-ENCRYPTED-CHALLENGE",
    147: "PA-PKINIT-KX",
    149: "PA-REQ-ENC-PA-REP: the client checks the reply's integrity",
    150: "PA-AS-FRESHNESS",
    151: "PA-SPAKE: MIT's pre-authentication",
    161: "KERB-KEY-LIST-REQ",
    162: "KERB-KEY-LIST-REP",
    165: "PA-SUPPORTED-ENCTYPES: msDS-SupportedEncryptionTypes of the service",
    167: "PA-PAC-OPTIONS",
}

AUTHORIZATION_TYPES = {
    # RFC 4120 section 7.5.4 and MS-KILE section 2.2.
    1: "AD-IF-RELEVANT: may be ignored by whom it does not concern",
    4: "AD-KDC-ISSUED",
    5: "AD-AND-OR",
    8: "AD-MANDATORY-FOR-KDC",
    71: "AD-FX-FAST-ARMOR",
    96: "AD-CAMMAC",
    97: "AD-AUTHENTICATION-INDICATOR",
    128: "AD-WIN2K-PAC: groups and rights of a Windows account",
    129: "AD-ETYPE-NEGOTIATION: encryption types that the client takes (RFC 4537)",
    141: "KERB-AUTH-DATA-TOKEN-RESTRICTIONS",
    142: "KERB-LOCAL: the client's own machine may be the server",
    143: "AD-AUTH-DATA-AP-OPTIONS: channel bindings are supported, bit 0x4000",
    144: "AD-TARGET-PRINCIPAL: the SPN that the client asked for",
}

NAME_TYPES = {
    # RFC 4120 section 6.2, RFC 6111, MS-KILE section 2.2.
    0: "NT-UNKNOWN",
    1: "NT-PRINCIPAL: an account",
    2: "NT-SRV-INST: a service, or the TGS",
    3: "NT-SRV-HST: a service on a host",
    4: "NT-SRV-XHST",
    5: "NT-UID",
    6: "NT-X500-PRINCIPAL",
    7: "NT-SMTP-NAME",
    10: "NT-ENTERPRISE: a UPN",
    11: "NT-WELLKNOWN",
    -128: "NT-MS-PRINCIPAL",
    -129: "NT-MS-PRINCIPAL-AND-ID",
    -130: "NT-ENT-PRINCIPAL-AND-ID",
}

CHECKSUM_TYPES = {
    # IANA "Kerberos Checksum Type Numbers".
    7: "rsa-md5",
    12: "hmac-sha1-des3-kd",
    14: "sha1",
    15: "hmac-sha1-96-aes128",
    16: "hmac-sha1-96-aes256",
    19: "hmac-sha256-128-aes128",
    20: "hmac-sha384-192-aes256",
    0x8003: "GSS-API: no checksum but the context's flags and bindings (RFC 4121 section 4.1.1)",
    -138: "hmac-md5 (RC4)",
}

TICKET_FLAGS = {
    # RFC 4120 section 5.3, RFC 6806 section 11, RFC 8062, by value, bit 0 uppermost.
    0x40000000: "forwardable",
    0x20000000: "forwarded",
    0x10000000: "proxiable",
    0x08000000: "proxy",
    0x04000000: "may-postdate",
    0x02000000: "postdated",
    0x01000000: "invalid",
    0x00800000: "renewable",
    0x00400000: "initial",
    0x00200000: "pre-authent",
    0x00100000: "hw-authent",
    0x00080000: "transited-policy-checked",
    0x00040000: "ok-as-delegate",
    0x00010000: "enc-pa-rep",
    0x00008000: "anonymous",
}

KDC_OPTIONS = {
    # RFC 4120 section 5.4.1, RFC 6806 section 3, MS-SFU section 2.2.3.
    0x40000000: "forwardable",
    0x20000000: "forwarded",
    0x10000000: "proxiable",
    0x08000000: "proxy",
    0x04000000: "allow-postdate",
    0x02000000: "postdated",
    0x00800000: "renewable",
    0x00020000: "cname-in-addl-tkt",
    0x00010000: "canonicalize",
    0x00008000: "request-anonymous",
    0x00000020: "disable-transited-check",
    0x00000010: "renewable-ok",
    0x00000008: "enc-tkt-in-skey",
    0x00000002: "renew",
    0x00000001: "validate",
}

AP_OPTIONS = {
    # RFC 4120 section 5.5.1.
    0x40000000: "use-session-key",
    0x20000000: "mutual-required",
}

CONTEXT_FLAGS = {
    # RFC 4121 section 4.1.1.1 and RFC 4757 section 7.1; 0x40 to 0x100 are RFC 2744's, and MIT sends them.
    1: "delegate",
    2: "mutual",
    4: "replay",
    8: "sequence",
    16: "confidentiality",
    32: "integrity",
    0x40: "anonymous",
    0x80: "prot-ready",
    0x100: "trans",
    0x1000: "dce-style",
    0x2000: "identify",
    0x4000: "extended-error",
}

PAC_BUFFERS = {
    # MS-PAC section 2.4.
    1: "logon information: groups and SIDs",
    2: "credentials",
    6: "server checksum",
    7: "KDC checksum",
    10: "client name and ticket time",
    11: "constrained delegation",
    12: "UPN and DNS names",
    13: "client claims",
    14: "device information",
    15: "device claims",
    16: "ticket checksum",
    17: "attributes",
    18: "requester's SID",
    19: "full checksum",
}

LAST_REQUESTS = {
    # RFC 4120 section 5.4.2; negative: for this KDC only.
    0: "no information",
    1: "last initial TGT",
    2: "last initial request",
    3: "newest TGT",
    4: "last renewal",
    5: "last request",
    6: "password expires",
    7: "account expires",
}

ADDRESS_TYPES = {2: "IPv4", 3: "directional", 20: "NetBIOS", 24: "IPv6"}
"""RFC 4120 section 7.5.3."""

TRANSITED_TYPES = {1: "DOMAIN-X500-COMPRESS"}
"""RFC 4120 section 3.3.3.2."""

SUPPORTED_ENCTYPES = {
    # MS-KILE section 2.2.7.
    1: "des-cbc-crc",
    2: "des-cbc-md5",
    4: "rc4-hmac",
    8: "aes128-cts-hmac-sha1-96",
    16: "aes256-cts-hmac-sha1-96",
    32: "aes256-cts-hmac-sha1-96-sk",
    0x10000: "FAST-supported",
    0x20000: "Compound-identity-supported",
    0x40000: "Claims-supported",
    0x80000: "Resource-SID-compression-disabled",
}


MESSAGES = {
    1: ("NEGOTIATE", "type 1: the client says what it can"),
    2: ("CHALLENGE", "type 2: the server says who it is; it is given without credentials"),
    3: ("AUTHENTICATE", "type 3: the client proves that it knows the password"),
}

FLAGS = {
    # MS-NLMP section 2.2.2.5.
    0x80000000: "56",
    0x40000000: "KEY_EXCH",
    0x20000000: "128",
    0x02000000: "VERSION",
    0x00800000: "TARGET_INFO",
    0x00400000: "REQUEST_NON_NT_SESSION_KEY",
    0x00100000: "IDENTIFY",
    0x00080000: "EXTENDED_SESSIONSECURITY",
    0x00020000: "TARGET_TYPE_SERVER",
    0x00010000: "TARGET_TYPE_DOMAIN",
    0x00008000: "ALWAYS_SIGN",
    0x00002000: "OEM_WORKSTATION_SUPPLIED",
    0x00001000: "OEM_DOMAIN_SUPPLIED",
    0x00000800: "ANONYMOUS",
    0x00000200: "NTLM",
    0x00000080: "LM_KEY",
    0x00000040: "DATAGRAM",
    0x00000020: "SEAL",
    0x00000010: "SIGN",
    0x00000004: "REQUEST_TARGET",
    0x00000002: "OEM",
    0x00000001: "UNICODE",
}
UNICODE, ANONYMOUS, VERSION = 0x1, 0x800, 0x02000000

AV_PAIRS = {
    # MS-NLMP section 2.2.2.1.
    0: ("MsvAvEOL", "end of the list"),
    1: ("MsvAvNbComputerName", "the server's NetBIOS name"),
    2: ("MsvAvNbDomainName", "the domain's NetBIOS name"),
    3: ("MsvAvDnsComputerName", "the server's DNS name"),
    4: ("MsvAvDnsDomainName", "the domain's DNS name"),
    5: ("MsvAvDnsTreeName", "the forest's DNS name"),
    6: ("MsvAvFlags", ""),
    7: ("MsvAvTimestamp", "the server's clock, to 100 ns"),
    8: ("MsvAvSingleHost", ""),
    9: ("MsvAvTargetName", "the SPN that the client meant"),
    10: ("MsvAvChannelBindings", "MD5 of the channel bindings"),
}
AV_TEXTS = frozenset((1, 2, 3, 4, 5, 9))

AV_FLAGS = (
    (1, "the account's authentication is constrained"),
    (2, "the client sends a MIC"),
    (4, "the target name is from an untrusted source"),
)
