"""What to do about a code that is no cause's sign alone, as data for `probe.explain.lookup` (PURE)."""

from collections.abc import Mapping

NOTHING = "Nothing has to be done."

_CERTIFICATES = (
    (
        "This is about log-on with a certificate (PKINIT), which SMTP between Exchange servers does not use: log on "
        "with a password or a keytab."
    ),
)
_ODD_PEER = (
    (
        "Unusual between Exchange servers and Active Directory: look for a device or library in the way, and show the "
        "message to exps decode."
    ),
)
_ACCOUNT = (
    (
        "On a domain controller: Get-ADUser <USER> -Properties * (or Get-ADComputer <SERVER>), and look at Enabled, "
        "LockedOut, AccountExpirationDate, PasswordExpired."
    ),
)
_USER_TO_USER = (
    "Look for the SPN's owner: setspn -Q <SPN>. It belongs on the server's computer account, not on a user.",
)
_TRUST = ("Test the trust: netdom trust <DOMAIN> /Domain:<OTHER> /Verify, or nltest /domain_trusts.",)
_REPLAY = (
    (
        "A device or a balancer that repeats packets does this, or two programs with one clock; without those, let "
        "Kerberos event logging on the receiver show how often it comes."
    ),
)
_LOG_LEVEL = (
    (
        "Turn Kerberos event logging on where the error arose: reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa"
        "\\Kerberos\\Parameters /v LogLevel /t REG_DWORD /d 1, try again, read the System log, and remove it again."
    ),
)
_KDC_LOG = (
    "Read the System log of the domain controller that answered, source Kerberos-Key-Distribution-Center.",
)

_BY_KRB_CODES: tuple[tuple[tuple[int, ...], tuple[str, ...]], ...] = (
    ((0,), (NOTHING,)),
    ((1, 2, 18, 19, 21, 22), _ACCOUNT),
    ((3, 15, 17, 39, 40, 47, 50, 61), _ODD_PEER),
    ((4, 5, 29), _KDC_LOG),
    ((9,), ("Give the account a password: for a computer, Reset-ComputerMachinePassword on it.",)),
    ((10,), ("Ask for a ticket that begins now.",)),
    ((11,), ("Compare the clocks: exps doctor.",)),
    ((12,), (*_ACCOUNT, "Look at log-on hours, workstations and authentication policies of the account.")),
    (
        (13,),
        ("Ask for less: no renewal, no forwarding, no delegation. Then see whether the TGT is still good.",),
    ),
    ((16,), (*_KDC_LOG, *_CERTIFICATES)),
    ((20,), ("Log on again: klist purge, then kinit or a new session.",)),
    ((25,), (NOTHING, "It is the KDC's usual first answer, and carries its clock.")),
    ((26, 36), ("Throw the tickets away and try again: klist purge (as SYSTEM: klist -li 0x3e7 purge).",)),
    ((27, 67, 69), _USER_TO_USER),
    ((28, 51), _TRUST),
    ((34,), _REPLAY),
    ((38,), ("Ask for tickets without addresses (noaddresses = true in krb5.conf, the default of today).",)),
    ((42, 48, 49), _ODD_PEER),
    ((46,), ("Find out which computer answered: exps probe <RECEIVER> compares the names that it gives.",)),
    ((60,), _LOG_LEVEL),
    (tuple(range(62, 67)), _CERTIFICATES),
    (tuple(range(70, 82)), _CERTIFICATES),
    ((100,), _CERTIFICATES),
    ((68,), (NOTHING, "The client has to ask in the realm that the error names.")),
    ((82, 83, 84), ("Do not use WELLKNOWN/... names here: log on as a user or a computer.",)),
    (
        (85, 86),
        ("The acceptor asks the KDC for its client (IAKERB): look at its krb5.conf, DNS and port 88.",),
    ),
    ((90,), ("Try again; if it stays, compare the clocks: exps doctor.",)),
    ((91,), (NOTHING, "Pre-authentication goes on with another round.")),
    (
        (92, 93),
        ("Turn FAST (Kerberos armouring) off for a test, and bring client and KDC to one level of updates.",),
    ),
)

KRB_ADVICE: Mapping[int, tuple[str, ...]] = {code: says for codes, says in _BY_KRB_CODES for code in codes}
"""By error-code of KRB-ERROR; the codes without an entry have causes with remedies of their own."""

SSPI_ADVICE: Mapping[str, tuple[str, ...]] = {
    "OK": (NOTHING,),
    "InternalError": _LOG_LEVEL,
    "Unsupported": (
        "See which mechanism the event names: NTLM may be turned off by policy (Network security: Restrict NTLM).",
    ),
    "OutOfSequence": _REPLAY,
    "InsufficientMemory": (
        "Look at the memory of that server, and at MaxTokenSize of members of many groups.",
    ),
    "InvalidHandle": ("Restart-Service MSExchangeTransport; if it comes back, look for a crash of LSASS.",),
    "PackageNotFound": ("Look at HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa, Security Packages.",),
    "QopNotSupported": _ODD_PEER,
    "EncryptFailure": _LOG_LEVEL,
    "NoTgtReply": _USER_TO_USER,
    "NoPaData": _KDC_LOG,
    "KdcInvalidRequest": _KDC_LOG,
    "UnsupportedPreauth": (*_KDC_LOG, *_CERTIFICATES),
}
"""By Exchange's name of the status."""

NT_ADVICE: Mapping[int, tuple[str, ...]] = {
    0xC0000022: ("Look at the rights of the account on what was asked for.",),
    0xC000006F: _ACCOUNT,
    0xC0000070: _ACCOUNT,
    0xC000015B: (
        "On the receiver: give Access this computer from the network (SeNetworkLogonRight) to Authenticated Users.",
    ),
    0xC0000192: ("On the machine that was asked: Start-Service Netlogon.",),
    0xC0000199: ("Log on as a user: computers' accounts are not taken here.",),
    0xC000019A: ("Log on as a user: computers' accounts are not taken here.",),
    0xC0000203: ("Log on again: a new session.",),
    0xC00002F6: ("Compare the encryption types that policy allows on both machines.",),
    0xC0000371: ("Ask a writable domain controller.",),
    0xC00002EF: _USER_TO_USER,
    0xC00002FA: ("Give the probe another account: one that may log on with its password.",),
    0xC00002FB: _KDC_LOG,
}
"""By NTSTATUS."""

WIN32_ADVICE: Mapping[int, tuple[str, ...]] = {
    5: ("Look at the rights of the account on what was asked for.",),
    1062: ("Start it, on the machine that was asked: Start-Service w32time (netlogon, kdc).",),
    1219: ("Look at the connections: net use, Get-SmbConnection.",),
    1328: _ACCOUNT,
    1329: _ACCOUNT,
    1385: (
        "On the receiver: give Access this computer from the network (SeNetworkLogonRight) to Authenticated Users.",
    ),
    1792: ("On the machine that was asked: Start-Service Netlogon.",),
    1808: ("Log on as a user: computers' accounts are not taken here.",),
    1825: _LOG_LEVEL,
    8439: ("Look at the name of the naming context that was given.",),
}
"""By Win32 error."""

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

_INNER = (
    'It wraps another error: give exps explain what stands behind it (`responded with: "..."`, or behind `->`).',
)

SMTP_ADVICE: Mapping[str, tuple[str, ...]] = {
    "2.0.0": (NOTHING,),
    "2.6.0": (NOTHING,),
    "2.7.0": (NOTHING,),
    "4.3.2": (
        (
            "On the receiver: Get-ServerComponentState <SERVER>, and Get-ReceiveConnector | Format-List Identity, "
            "MaxInboundConnection*."
        ),
    ),
    "4.3.1": (
        "On the receiver: free disk and memory; events 15004 to 15007 (back pressure) say which is short.",
    ),
    "4.4.0": _INNER,
    "4.4.397": _INNER,
    "4.4.395": _INNER,
    "4.4.7": ("On the sender: Get-Queue | Format-List Identity, LastError, while the next message waits.",),
    "4.7.0": WHO_FAILED,
    "5.0.0": ("Give a host name behind EHLO.",),
    "5.3.3": ("Look at what the EHLO reply lists: exps probe <RECEIVER> --mechanism none.",),
    "5.5.2": ("Something on the way adds, drops or cuts commands; exps probe <RECEIVER> shows each line.",),
    "5.5.4": (
        "Look at the argument; behind AUTH or X-EXPS it means that the client gave up: its own log says why.",
    ),
}
"""By enhanced status code."""

READ_THE_EVENT = "Give exps explain the name that stands behind `failed with error` in the event's text."
