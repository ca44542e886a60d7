"""Replies of mail servers about who may send at all: lists, limits, greylisting. No log-on is at fault. As data (PURE).

Sources: Microsoft Learn on Exchange Online's replies, Yahoo's list of SMTP errors, Postfix (smtpd_check.c), RFC 6647.
"""

from probe.explain.phrases.shape import Phrase

_NO_LOGON = "No log-on is at fault, and no Kerberos."
_LISTED = (
    f"{_NO_LOGON} Find out who sends from that address, then ask the list's or the server's operator to take it off.",
)
_SLOWER = (f"{_NO_LOGON} Send less at once from that address; the queue tries again by itself.",)
_ONLINE = "Exchange Online (Microsoft 365) says so: "

PHRASES: tuple[Phrase, ...] = (
    Phrase(
        "greylisting in action",
        "Greylisting: the server puts off an unknown sender on purpose, and takes the mail at a later try.",
        advice=(f"{_NO_LOGON} Nothing has to be done: wait for the next try.",),
        pattern=r"gr[ea]yl?isted|gr[ea]ylisting",
        first=True,
    ),
    Phrase(
        "blocked using zen.spamhaus.org",
        "The server refuses the sending address because a block list has it (DNSBL).",
        advice=_LISTED,
        pattern=r"(?:blocked|listed) (?:using|by|at|in|on) [\w-]+\.[\w.-]*\w|client host \S{1,80} blocked"
        r"|spamhaus|barracudacentral",
        first=True,
    ),
    Phrase(
        "access denied, banned sending ip",
        f"{_ONLINE}the sending address is on its own block list, or is not trusted.",
        advice=(f"{_NO_LOGON} Ask to take it off at the address in the text (sender.office.com).",),
        pattern=r"banned sending ip|sender\.office\.com|5\.7\.(?:60[6-9]|6[1-4]\d|70[5-9]|750)(?!\d)",
        first=True,
    ),
    Phrase(
        "server busy. please try again later from [...]",
        f"{_ONLINE}it slows a sending address down whose volume or reputation is new to it.",
        advice=_SLOWER,
        pattern=r"4\.7\.(?:5\d\d|6\d\d)(?!\d)|server busy\. please try again later from"
        r"|protection\.outlook\.com\W{1,4}\Z",
        first=True,
    ),
    Phrase(
        "[tss04] messages temporarily deferred",
        "Yahoo's server says so: it puts the sending address off for its volume or for complaints.",
        advice=_SLOWER,
        pattern=r"\[(?:tss|ts)\d\d\]|temporarily deferred due to (?:unexpected volume|user complaints)",
        first=True,
    ),
    Phrase(
        "unusual rate of unsolicited mail - gsmtp",
        "Google's server says so: it takes the sending address for a source of unwanted mail.",
        advice=_SLOWER,
        pattern=r"unusual rate of unsolicited mail",
        first=True,
    ),
    Phrase(
        "client host rejected: cannot find your reverse hostname",
        "Postfix says so: the sending address has no name in DNS, or the name leads to another address.",
        ("name-not-resolved",),
        (f"{_NO_LOGON} Give the address a PTR record, and its name the address.",),
        pattern=r"cannot find your (?:reverse )?hostname",
        first=True,
    ),
    Phrase(
        "client host rejected: access denied",
        "Postfix says so: a rule of its own refuses this address.",
        ("not-authorized",),
        pattern=r"client host rejected: access denied|sender address rejected: access denied",
        first=True,
    ),
    Phrase(
        "helo command rejected",
        "Postfix says so: it does not like the name in EHLO.",
        advice=(f"{_NO_LOGON} Give the server's full name, one that DNS has.",),
        first=True,
    ),
)
