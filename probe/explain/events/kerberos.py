"""Events of Kerberos clients (source Security-Kerberos) and of the Security log, as data (PURE)."""

from probe.explain.events.shape import Event

_AUDIT = "Security log of a domain controller, Microsoft-Windows-Security-Auditing"
_CODE = ("Give exps explain the code in the event (Failure Code, Result Code, Status).",)
_LEARN = "Microsoft Learn: Kerberos authentication troubleshooting guidance"
_AUDITING = "Microsoft Learn: Advanced security auditing"

EVENTS: tuple[Event, ...] = (
    Event(
        "Kerberos",
        3,
        "System log, Security-Kerberos, with LogLevel = 1",
        "A Kerberos error that this machine got or sent: the KRB-ERROR's code is in its text.",
        advice=("Give exps explain the error code from the text; remove LogLevel when done.",),
        words=("a kerberos error message was received",),
        citation="KB 262177",
    ),
    Event(
        "Kerberos",
        4,
        "System log of a client, Security-Kerberos",
        "A server could not decrypt the ticket (KRB_AP_ERR_MODIFIED).",
        ("machine-key-stale", "spn-on-wrong-account", "spn-duplicate", "replication-diverged"),
        words=(
            "the kerberos client received a krb_ap_err_modified error",
            "failed to decrypt the ticket provided by the client",
        ),
        citation=f"{_LEARN}; MS-KILE",
    ),
    Event(
        "Kerberos",
        5,
        "System log of a client, Security-Kerberos",
        "A ticket was not valid yet: clocks differ (KRB_AP_ERR_TKT_NYV).",
        ("clock-skew-receiver", "clock-skew-sender", "ticket-time"),
        words=("the kerberos client received a krb_ap_err_tkt_nyv error",),
        citation=_LEARN,
    ),
    Event(
        "Kerberos",
        7,
        "System log, Security-Kerberos",
        "The signature of the PAC in a ticket could not be verified by a domain controller.",
        ("machine-key-stale", "kdc-unreachable"),
        words=("the digitally signed privilege attribute certificate",),
        citation=_LEARN,
    ),
    Event(
        "Kerberos",
        100,
        "Operational log of a client, Security-Kerberos",
        "No account has the SPN that the client asked for.",
        ("spn-missing", "connector-fqdn-mismatch"),
        words=("is not registered, which caused kerberos authentication to fail",),
        citation=_LEARN,
    ),
    Event(
        "Kerberos",
        101,
        "Operational log of a client, Security-Kerberos",
        "More than one account has the SPN that the client asked for.",
        ("spn-duplicate",),
        words=("is registered on multiple accounts which caused kerberos authentication to fail",),
        citation=_LEARN,
    ),
    Event(
        "Security",
        4625,
        "Security log, Microsoft-Windows-Security-Auditing",
        "A log-on failed: Status and Sub Status in its text say why.",
        advice=_CODE,
        words=("an account failed to log on",),
        citation=_AUDITING,
    ),
    Event(
        "Security",
        4768,
        _AUDIT,
        "Somebody asked for a TGT. Result Code 0x0 is success.",
        advice=_CODE,
        words=("a kerberos authentication ticket (tgt) was requested",),
        citation=_AUDITING,
    ),
    Event(
        "Security",
        4769,
        _AUDIT,
        "Somebody asked for a service ticket. Failure Code 0x0 is success; a Ticket Encryption Type of 0x17 is RC4.",
        advice=_CODE,
        words=("a kerberos service ticket was requested",),
        citation=_AUDITING,
    ),
    Event(
        "Security",
        4771,
        _AUDIT,
        "A password or key was wrong, or a clock: the Failure Code says which (0x18 the key, 0x25 the clock).",
        advice=_CODE,
        words=("kerberos pre-authentication failed",),
        citation=_AUDITING,
    ),
    Event(
        "Security",
        4776,
        "Security log of whoever has the account, Microsoft-Windows-Security-Auditing",
        "A log-on by NTLM was checked. Error Code 0x0 is success.",
        advice=_CODE,
        words=("attempted to validate the credentials for an account",),
        citation=_AUDITING,
    ),
)
