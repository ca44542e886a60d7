"""Outputs of setspn, nltest, netdom, w32tm, repadmin, dcdiag and klist: what they mean, as data (PURE).

Sources: the tools' own messages and Microsoft Learn's page of each. Numbers of errors in them are explained by number.
"""

from probe.explain.advice import NOTHING
from probe.explain.phrases.shape import Phrase

_FINE = (NOTHING,)
_SKEW = ("clock-skew-sender", "clock-skew-kdc", "clock-skew-receiver")
_REPLICATION = ("replication-diverged",)
_FORMS = (
    (
        "A receiver needs four on its own computer account: SMTPSVC/<FQDN>, SMTPSVC/<SHORT>, SMTP/<FQDN>, "
        "SMTP/<SHORT>. For one that is not there: setspn -S <SPN> <SERVER>$"
    ),
)
_REGISTERED = r"registered serviceprincipalnames for\b"
_ALL_FOUR = "".join(
    rf"(?=.{{0,8000}}(?<!\w){service}/{name}(?![\w.-]))"
    for service in ("smtpsvc", "smtp")
    for name in (r"[\w-]+", r"[\w-]+\.[\w.-]*\w")
)
"""Lookaheads: each form stands somewhere behind."""
_GROUPS = (
    r"(?:groups? of duplicate spns|gruppen? (?:von )?(?:doppelter|doppelten|duplizierter) spns?"
    r"|grupos? de (?:spns? )?duplicad[ao]s|groupes? de (?:noms? )?spns? (?:en double|dupliques?)"
    r"|gruppi? di (?:nomi )?spn duplicati)"
)
_SECONDS = r"0*(?:3[0-9]{2}|[4-9][0-9]{2}|[1-9][0-9]{3,8})"
"""300 and more: the limit of Kerberos."""
_HOURS, _MINUTES = r"(?!00)[0-9]{2}", r"(?:00:)?(?:0[5-9]|[1-9][0-9])"

PHRASES: tuple[Phrase, ...] = (
    # nslookup and ping
    Phrase(
        "dns request timed out",
        "nslookup: the name server did not answer, which says nothing of the name.",
        ("dns-unreachable",),
    ),
    Phrase(
        "packet needs to be fragmented but df set",
        "ping -f: a link on the way has no room for a packet of this length.",
        ("data-lost-in-path",),
    ),
    # setspn
    Phrase(
        "duplicate spn found, aborting operation",
        "setspn: another account has this SPN already, so that nothing was written.",
        ("spn-duplicate", "spn-on-wrong-account"),
    ),
    Phrase(
        "found groups of duplicate spns",
        "setspn -X: SPNs that more than one account has; the lines above name them.",
        ("spn-duplicate",),
        # German, Spanish, French, Portuguese and Italian besides.
        pattern=rf"(?<!\w)(?:found )?[1-9][0-9]{{0,6}} {_GROUPS}",
    ),
    Phrase(
        "found 0 groups of duplicate spns",
        "setspn -X: no SPN is on two accounts, as far as that domain controller knows.",
        advice=(NOTHING, "setspn -X -F looks in the whole forest."),
        pattern=rf"(?<!\w)(?:found )?0 {_GROUPS}",
    ),
    Phrase(
        "no such spn found", "setspn -Q: no account has this SPN.", ("spn-missing", "connector-fqdn-mismatch")
    ),
    Phrase(
        "existing spn found",
        "setspn -Q: an account has this SPN: the line above names it; it has to be the computer account.",
        ("spn-on-wrong-account",),
    ),
    Phrase(
        "registered serviceprincipalnames, not all of the four",
        "setspn -L: the SPNs that this account has; of the four that a receiver needs, one at least is not among them.",
        ("spn-missing",),
        _FORMS,
        pattern=rf"(?s){_REGISTERED}(?!{_ALL_FOUR})",
    ),
    Phrase(
        "registered serviceprincipalnames, all four",
        "setspn -L: the SPNs that this account has; the four that a receiver needs are among them.",
        advice=(NOTHING, "That no other account has one of them, setspn -X tells."),
        pattern=rf"(?s){_REGISTERED}(?={_ALL_FOUR})",
    ),
    Phrase(
        "failed to assign spn on account",
        "setspn: the SPN was not written; the error stands behind it (0x2098: the rights are missing).",
        advice=("Let somebody do it who may write servicePrincipalName of that account.",),
    ),
    # nltest, netdom, Test-ComputerSecureChannel
    Phrase(
        "trusted dc connection status is not 0",
        "nltest: the secure channel of this computer does not work; the status behind it says why.",
        ("machine-key-stale", "kdc-unreachable", "replication-diverged"),
        pattern=r"(?:trusted dc connection status|trust verification)\s+status = [1-9]",
    ),
    Phrase(
        "trusted dc connection status is 0",
        "nltest: the secure channel of this computer works: its own password is the directory's.",
        advice=_FINE,
        pattern=r"trusted dc connection status\s+status = 0\b",
    ),
    Phrase(
        "secure channel between the local computer and the domain ... is broken",
        "Test-ComputerSecureChannel: this computer's password and the directory's differ, or no controller answers.",
        ("machine-key-stale", "kdc-unreachable"),
    ),
    Phrase(
        "secure channel between the local computer and the domain ... is in good condition",
        "Test-ComputerSecureChannel: this computer's password is the directory's.",
        advice=_FINE,
    ),
    Phrase(
        "trust between ... has been successfully verified",
        "netdom: the trust works, in the direction that was asked.",
        advice=_FINE,
    ),
    Phrase(
        "nltest /dsgetdc with an answer",
        "nltest: a domain controller was found; its flags say what it offers (KDC, TIMESERV).",
        advice=_FINE,
        pattern=r"(?<!\w)dom guid: [0-9a-f-]{8,40}",
    ),
    Phrase(
        "getting dc name failed",
        "nltest: no domain controller was found; the status behind it says why.",
        ("kdc-unreachable", "name-not-resolved"),
    ),
    Phrase(
        "list of domain trusts",
        "nltest /domain_trusts: the trusts that this machine knows; whether one works, netdom trust /verify tells.",
        advice=_FINE,
    ),
    Phrase(
        "the command completed successfully",
        "The tool says that it did what was asked.",
        advice=_FINE,
        alone=True,
        pattern=r"(?m)^the command completed successfully\b",
    ),
    # w32tm
    Phrase(
        "the computer did not resync because no time data was available",
        "w32tm: no time source gave an answer that could be used.",
        _SKEW,
    ),
    Phrase(
        "the computer did not resync because the required time change was too big",
        "w32tm: the clock is too far off to be set by itself.",
        _SKEW,
    ),
    Phrase(
        "source: local cmos clock",
        "w32tm: this machine follows its own clock, no other one.",
        _SKEW,
        pattern=r"(?:source: |\b)(?:local cmos clock|free-running system clock)",
    ),
    Phrase(
        "vm ic time synchronization provider",
        "w32tm: this virtual machine follows its host's clock (Hyper-V), not the domain's.",
        _SKEW,
        ("Turn the host's time synchronization off for it, then: w32tm /resync /rediscover.",),
    ),
    Phrase(
        "leap indicator: 3(not synchronized)",
        "w32tm: the clock of this machine is not set by anything.",
        _SKEW,
        pattern=r"leap indicator: 3\s?\(",
    ),
    Phrase(
        "leap indicator: 0(no warning)",
        "w32tm: this machine follows the source that is named; w32tm /monitor shows whether that is right.",
        advice=_FINE,
        pattern=r"leap indicator: 0\s?\(",
    ),
    Phrase(
        "time offset of 300 s or more",
        "w32tm: two clocks are further apart than Kerberos allows (300 s).",
        _SKEW,
        pattern=rf"(?:ntp: ?|(?<!\w)o:|phase offset: ?|time skew:? ?)[+-]?{_SECONDS}(?:[.,][0-9]{{1,9}})?\s?s"
        rf"|(?<!\w)o:[+-](?:{_HOURS}:[0-9]{{2}}|{_MINUTES}):[0-9]{{2}}(?:[.,][0-9]{{1,9}})?s",
    ),
    Phrase(
        "time offset of less than 300 s",
        "w32tm: the two clocks differ by less than Kerberos allows (300 s).",
        advice=_FINE,
        pattern=r"(?:ntp: ?[+-]?|(?<!\w)o:[+-]?)0*[0-2]?[0-9]{1,2}[.,][0-9]{1,9}s",
    ),
    Phrase(
        "error error_timeout - no response from server",
        "w32tm: that server gave no time: port 123 by UDP, or its time service.",
        ("clock-skew-kdc", "kdc-unreachable"),
        pattern=r"error_timeout - no response from server|error: 0x800705b4",
    ),
    # repadmin
    Phrase(
        "last attempt ... failed, result",
        "repadmin: this link does not replicate; the result behind it says why.",
        _REPLICATION,
        first=True,
    ),
    Phrase(
        "consecutive failures of replication",
        "repadmin: this link has not replicated for a while.",
        _REPLICATION,
        pattern=r"(?<![\w.])[1-9][0-9]{0,6} consecutive failures?",
    ),
    Phrase(
        "showrepl_error",
        "repadmin /showrepl as CSV: this link does not replicate; the status in its last field says why.",
        _REPLICATION,
        first=True,
    ),
    Phrase(
        "repadmin /replsummary with failures",
        "repadmin /replsummary: this controller has links that fail; the error is in parentheses.",
        _REPLICATION,
        pattern=r"(?<![\w.])[1-9][0-9]{0,4} ?/ ?[0-9]{1,5} +[1-9][0-9]{0,2} +\([0-9]{1,10}\)",
    ),
    Phrase(
        "last attempt ... was successful",
        "repadmin: this link replicates.",
        advice=_FINE,
    ),
    Phrase(
        "syncall terminated with no errors", "repadmin: all partners were asked and answered.", advice=_FINE
    ),
    Phrase(
        "syncall reported the following errors",
        "repadmin: not all partners could be asked; the errors behind it say why.",
        _REPLICATION,
        first=True,
    ),
    Phrase(
        "repadmin /replsummary without failures",
        "repadmin /replsummary: no link of this controller fails.",
        advice=_FINE,
        pattern=r"(?m)^\s?\S{1,63} +[0-9][\w:.]{1,20} +0 ?/ ?[0-9]{1,5} +0\b",
    ),
    # klist
    Phrase(
        "cached tickets: (1 or more)",
        "klist: the tickets of this session; look at the service's name, its end and its encryption type.",
        advice=(NOTHING, "As the computer: klist -li 0x3e7 tickets."),
        pattern=r"cached tickets: \([1-9][0-9]{0,3}\)",
    ),
    Phrase(
        "default principal:",
        "klist: the tickets of this cache, with their times; the service's name stands behind them.",
        advice=(NOTHING, "Look that none has expired and that the realm is the right one: exps doctor."),
    ),
    Phrase(
        "ticket(s) purged",
        "klist: the tickets are thrown away; the next connection asks for new ones.",
        advice=_FINE,
    ),
    Phrase(
        "cached tgt:",
        "klist: the ticket for asking others, with its times and flags.",
        advice=_FINE,
    ),
    Phrase(
        "kvno = ...",
        "kvno: the KDC gave a ticket; the number is its key's version, to be compared with klist -k on the server.",
        advice=_FINE,
        pattern=r"\w@[\w.-]{1,255}: kvno = [0-9]{1,10}",
    ),
    Phrase(
        "cached tickets: (0)",
        "klist: this session has no tickets.",
        advice=(
            "Ask for one, and read the error: klist get SMTPSVC/<FQDN>; as the computer: klist -li 0x3e7 tickets.",
        ),
    ),
    Phrase(
        "kerbticket encryption type: rsadsi rc4-hmac(nt)",
        "klist: this ticket is made with RC4, which updates of Windows take away; with AES it would say AES-256.",
        ("etype-unsupported",),
        pattern=r"kerbticket encryption type: (?:rsadsi )?rc4",
    ),
    Phrase(
        "ticket encryption type: 0x17",
        "The domain controller made this ticket with RC4 or DES (0x17, 0x18; 0x1, 0x3); with AES it would say 0x12.",
        ("etype-unsupported",),
        pattern=r"ticket encryption type:? ?0x(?:17|18|1|3)\b",
    ),
    Phrase(
        "error calling api lsacallauthenticationpackage",
        "klist: the ticket could not be had; the code behind it (substatus) says why.",
        advice=("Give exps explain the substatus.",),
    ),
)

_TESTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # dcdiag's tests: name, what fails, causes.
    ("replications", "replication between domain controllers", _REPLICATION),
    ("kccevent", "the net of replication links", _REPLICATION),
    ("topology", "the net of replication links", _REPLICATION),
    (
        "advertising",
        "this controller does not offer itself as KDC, time server or catalogue",
        ("kdc-unreachable", *_SKEW[1:2]),
    ),
    (
        "locatorcheck",
        "a controller of some role (PDC, time server, KDC) is not found",
        ("kdc-unreachable", *_SKEW[1:2]),
    ),
    (
        "fsmocheck",
        "a controller of some role (PDC, time server, KDC) is not found",
        ("kdc-unreachable", *_SKEW[1:2]),
    ),
    (
        "knowsofroleholders",
        "the holders of the domain's roles are not reached",
        ("kdc-unreachable", *_REPLICATION),
    ),
    (
        "services",
        "a service that a domain controller needs does not run (kdc, w32time, netlogon)",
        ("kdc-unreachable",),
    ),
    ("netlogons", "log-ons at this controller", ("kdc-unreachable",)),
    (
        "connectivity",
        "this controller is not reached by its name in DNS",
        ("name-not-resolved", "kdc-unreachable"),
    ),
    ("machineaccount", "this controller's own account or its SPNs", ("machine-key-stale", "spn-missing")),
    ("dns", "DNS of the domain", ("name-not-resolved",)),
    ("registerindns", "the controller's records in DNS", ("name-not-resolved",)),
    ("outboundsecurechannels", "the secure channels to other domains", ("trust-broken",)),
    ("verifyreferences", "references between this controller's objects", _REPLICATION),
    ("objectsreplicated", "replication of this controller's own account", _REPLICATION),
    ("sysvolcheck", "SYSVOL, which a controller needs before it offers itself", _REPLICATION),
    ("dfsrevent", "replication of SYSVOL", _REPLICATION),
    ("frsevent", "replication of SYSVOL", _REPLICATION),
)

_SERVICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("kdc", ("kdc-unreachable",)),
    ("netlogon", ("kdc-unreachable",)),
    ("w32time", ("clock-skew-kdc",)),
    ("dnscache", ("name-not-resolved",)),
)

DCDIAG: tuple[Phrase, ...] = (
    *(
        Phrase(
            f"failed test {name}",
            f"dcdiag found at fault: {what}.",
            found,
            ("Read the lines above it, which say why.",),
        )
        for name, what, found in _TESTS
    ),
    *(
        Phrase(
            f"{name} service is stopped on",
            f"dcdiag: the service {name} does not run on that controller.",
            found,
        )
        for name, found in _SERVICES
    ),
    Phrase(
        "a time server could not be located",
        "dcdiag: no domain controller offers itself as a time server.",
        _SKEW,
        pattern=r"a (?:good )?time server could not be located",
    ),
    Phrase("passed test", "dcdiag: that test found nothing wrong.", advice=_FINE),
    Phrase("missing spn :", "dcdiag: the controller's account lacks an SPN.", ("spn-missing",)),
)
