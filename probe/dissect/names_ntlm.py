"""Names of the numbers in NTLM messages (MS-NLMP section 2.2), as data, for annotated trees."""

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
