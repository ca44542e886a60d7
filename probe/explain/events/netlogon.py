"""Events of NETLOGON: a member's secure channel and its computer account, as data (PURE)."""

from probe.explain.events.shape import Event

_MEMBER = "System log of a domain member, NETLOGON"
_CONTROLLER = "System log of a domain controller, NETLOGON"
_CHANNEL = (
    "On the computer that the event names, read only: nltest /sc_verify:<DOMAIN>, or Test-ComputerSecureChannel.",
)
_EACH = (
    "Read only, for each domain controller: Get-ADComputer <COMPUTER> -Properties PasswordLastSet -Server <DC>",
)
_LEARN = "Microsoft Learn: secure channel issues of domain-joined devices"
_PASSWORD = ("machine-key-stale", "replication-diverged")

EVENTS: tuple[Event, ...] = (
    Event(
        "NETLOGON",
        3210,
        _MEMBER,
        "The domain controller did not take this computer's own password: the two copies differ, or another "
        "computer has its name.",
        _PASSWORD,
        (*_CHANNEL, *_EACH),
        (
            "this computer could not authenticate with",
            "failed to authenticate with ... a windows nt domain controller",
        ),
        _LEARN,
    ),
    Event(
        "NETLOGON",
        5719,
        _MEMBER,
        "This computer could set up no secure channel, for it reached no domain controller of the domain.",
        ("kdc-unreachable", "trust-broken"),
        ("Look: nltest /dsgetdc:<DOMAIN>, and exps doctor.",),
        (
            "this computer was not able to set up a secure session with a domain controller",
            "no domain controller is available for domain",
            "no windows nt domain controller is available for domain",
        ),
        "Microsoft Learn: Netlogon event 5719",
    ),
    Event(
        "NETLOGON",
        5721,
        _MEMBER,
        "The domain controller has no account for this computer, or not under this name.",
        ("machine-key-stale", "replication-diverged"),
        (*_CHANNEL, *_EACH),
        ("session setup to the windows ... domain controller ... failed because",),
        _LEARN,
    ),
    Event(
        "NETLOGON",
        5722,
        _CONTROLLER,
        "A computer did not prove its own password to this domain controller: the two copies differ, or this "
        "controller has not got the new one yet.",
        _PASSWORD,
        (*_CHANNEL, *_EACH, "Once only, right after a change of the password, it is harmless."),
        (
            "session setup from the computer ... failed to authenticate ... referenced in the security database",
        ),
        "KB 810977",
    ),
    Event(
        "NETLOGON",
        5723,
        _CONTROLLER,
        "A computer asked for a session, and this domain controller has no account of its name.",
        ("machine-key-stale", "replication-diverged"),
        (*_CHANNEL, *_EACH),
        (
            "failed because the security database does not contain a trust account",
            "session setup from computer ... failed because the security database",
        ),
        "KB 816577",
    ),
    *(
        Event(
            "NETLOGON",
            number,
            _CONTROLLER,
            "This domain controller could not write its own records into DNS: others do not find it by them.",
            ("name-not-resolved", "kdc-unreachable"),
            ("On that controller: nltest /dsregdns, and dcdiag /test:dns.",),
            words,
            "Microsoft Learn: Netlogon events 5774 and 5781",
        )
        for number, words in (
            (5774, ("the dynamic registration of the dns record",)),
            (5781, ("dynamic registration or deletion of one or more dns records",)),
        )
    ),
    Event(
        "NETLOGON",
        5783,
        _MEMBER,
        "The domain controller of the secure channel stopped answering.",
        ("kdc-unreachable",),
        ("Look: nltest /sc_query:<DOMAIN>, and exps doctor.",),
        ("session setup to the windows ... is not responsive",),
        _LEARN,
    ),
    Event(
        "NETLOGON",
        5805,
        _CONTROLLER,
        "A computer's session was refused: its own password differs from the one that this controller has, or two "
        "computers use one account.",
        _PASSWORD,
        (*_CHANNEL, *_EACH),
        ("session setup from the computer ... failed to authenticate",),
        "KB 816577",
    ),
    Event(
        "NETLOGON",
        5807,
        _CONTROLLER,
        "Clients came from addresses that belong to no site of the directory, so that they may use a distant "
        "controller. No log-on fails for it.",
        advice=("Give their subnets to a site; %SystemRoot%\\debug\\netlogon.log lists the clients.",),
        words=("ip addresses don't map to any of the existing sites",),
        citation="Microsoft Learn: Netlogon event 5807",
    ),
    Event(
        "NETLOGON",
        5816,
        _CONTROLLER,
        "Log-ons wait too long for a domain controller on their way through the secure channel.",
        ("kdc-unreachable",),
        ("Look at the load and the reach of the domain controllers; MaxConcurrentApi is a later question.",),
        ("netlogon has failed an authentication request of account",),
        "KB 2654097",
    ),
    Event(
        "NETLOGON",
        5830,
        _CONTROLLER,
        "A trust's secure channel is vulnerable but allowed by policy (CVE-2020-1472).",
        advice=("Update the other side of the trust; this stops no log-on.",),
        citation="KB 4557222",
    ),
    *(
        Event(
            "NETLOGON",
            number,
            _CONTROLLER,
            "A secure channel without the protection that CVE-2020-1472 asks for was "
            + ("refused: the other side is not updated." if number < 5829 else "let through, for now."),
            ("machine-key-stale",) if number < 5829 else (),
            ("Update the device or domain that the event names.",),
            words,
            "KB 4557222",
        )
        for number, words in (
            (5827, ("denied a vulnerable netlogon secure channel connection from a machine account",)),
            (5828, ("denied a vulnerable netlogon secure channel connection using a trust account",)),
            (5829, ("allowed a vulnerable netlogon secure channel connection",)),
        )
    ),
)
