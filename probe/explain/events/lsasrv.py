"""Events of LsaSrv and of the time service on a domain member, as data (PURE)."""

from probe.explain.events.shape import Event

_WHERE = "System log of the client, LSA (LsaSrv)"
_SPN = ("Look for the SPN that the event names, read only: setspn -Q <SPN>",)
_CONTROLLERS = ("Ask for a domain controller: nltest /dsgetdc:<DOMAIN>, and exps doctor.",)
_CLOCK = ("Compare: w32tm /query /status, w32tm /monitor, exps doctor.",)
_CLOCKS = ("clock-skew-sender", "clock-skew-receiver")
_TIME = "System log, Microsoft-Windows-Time-Service"
_TIME_SOURCE = "Microsoft Learn: Windows Time service events"
_LEARN = "Microsoft Learn: LSASRV events 40960 and 40961"

EVENTS: tuple[Event, ...] = (
    Event(
        "LsaSrv",
        6037,
        _WHERE,
        "A program on this machine logged on to the machine itself by a name that is not its own: loopback.",
        ("spn-missing", "connector-fqdn-mismatch"),
        (*_SPN, "Let the program use one of the machine's own names."),
        ("could not authenticate locally by using the target name",),
        "KB 896861 (BackConnectionHostNames)",
    ),
    Event(
        "LsaSrv",
        6038,
        _WHERE,
        "Clients log on to this server by NTLM: a note, and no failure. Exchange servers among themselves never do.",
        advice=(
            "Where Kerberos was meant, look why it was not used: the SPN, the name that the client uses.",
        ),
        words=("ntlm authentication is presently being used between clients and this server",),
        citation="Microsoft Learn: LSASRV event 6038",
    ),
    Event(
        "LsaSrv",
        6167,
        _WHERE,
        "Two machines have one machine ID: one is a copy of the other, made without sysprep. Updates since August "
        "2025 then refuse Kerberos and NTLM between the two.",
        advice=(
            "Compare both machines, read only: the SIDs of local accounts (Get-LocalUser | Select-Object Name, SID).",
            "Build the copy anew from an image that was generalized with sysprep.",
        ),
        words=(
            "partial mismatch in the machine id",
            "ticket has either been manipulated or it belongs to a different boot session",
        ),
        citation="KB 5068222",
    ),
    Event(
        "LsaSrv",
        40960,
        _WHERE,
        "A log-on to the server that the event names failed; the status in its text says why.",
        ("kdc-unreachable", "spn-missing", "machine-key-stale"),
        ("Give exps explain the code in the event (0xc000...).", *_CONTROLLERS, *_SPN),
        ("the security system detected an authentication error for the server",),
        _LEARN,
    ),
    Event(
        "LsaSrv",
        40961,
        _WHERE,
        "No secured connection with the server that the event names: no authentication protocol was left, for no "
        "domain controller was reached or the SPN was not found.",
        ("kdc-unreachable", "spn-missing"),
        (*_CONTROLLERS, *_SPN),
        (
            "the security system could not establish a secured connection with the server",
            "no authentication protocol was available",
        ),
        _LEARN,
    ),
    Event(
        "LsaSrv",
        40970,
        _WHERE,
        "A downgrade was noticed: the server's answer would have led from Kerberos to something weaker, because no "
        "domain controller was reached or the SPN is not there.",
        ("kdc-unreachable", "spn-missing"),
        (*_CONTROLLERS, *_SPN),
        ("the security system has detected a downgrade attempt",),
        _LEARN,
    ),
    Event(
        "Time-Service",
        24,
        _TIME,
        "The domain controller gave no time, and is dropped as the source.",
        _CLOCKS,
        _CLOCK,
        ("time provider ntpclient: no valid response has been received from domain controller",),
        _TIME_SOURCE,
    ),
    Event(
        "Time-Service",
        29,
        _TIME,
        "None of the time sources answers: the clock runs free.",
        _CLOCKS,
        _CLOCK,
        ("time provider ntpclient is configured to acquire time from one or more time sources",),
        _TIME_SOURCE,
    ),
    Event(
        "Time-Service",
        34,
        _TIME,
        "The clock differs from its source by more than it may be set at once, so that it was left as it is.",
        _CLOCKS,
        (*_CLOCK, "Find out first which of the two is wrong; MaxPosPhaseCorrection is the limit."),
        ("the time service has detected that the system time needs to be changed by",),
        _TIME_SOURCE,
    ),
    Event(
        "Time-Service",
        36,
        _TIME,
        "The clock was not set for a day or more: no time source gave a usable answer.",
        _CLOCKS,
        _CLOCK,
        ("the time service has not synchronized the system time for",),
        _TIME_SOURCE,
    ),
    Event(
        "Time-Service",
        47,
        _TIME,
        "A time server that was set by hand does not answer, and is dropped.",
        _CLOCKS,
        _CLOCK,
        ("no valid response has been received from manually configured peer",),
        _TIME_SOURCE,
    ),
    Event(
        "Time-Service",
        50,
        _TIME,
        "The clock was seen to differ from the source for minutes on end: it is not trusted.",
        _CLOCKS,
        _CLOCK,
        ("the time service detected a time difference of greater than",),
        _TIME_SOURCE,
    ),
    Event(
        "Time-Service",
        129,
        _TIME,
        "The machine cannot take the domain as a source of time: no domain controller was found.",
        ("kdc-unreachable", "clock-skew-sender"),
        _CLOCK,
        ("was unable to set a domain peer to use as a time source",),
        _TIME_SOURCE,
    ),
)
