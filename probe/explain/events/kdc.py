"""Events of domain controllers, source Kerberos-Key-Distribution-Center (Kdcsvc since 2026), as data (PURE)."""

from probe.explain.events.shape import Event

_WHERE = "System log of a domain controller, Kerberos-Key-Distribution-Center"
_KDCSVC = "System log of a domain controller, Kdcsvc or Kerberos-Key-Distribution-Center"
_LEARN = "Microsoft Learn: Kerberos Key Distribution Center events"
_RC4 = "KB 5073381 (RC4, CVE-2026-20833)"
_COMPARE = (
    (
        "Compare the numbers in the event: what the client asks for (requested etypes) and what the account has "
        "(available etypes): 18 and 17 are AES, 23 is RC4."
    ),
)
_LOOK = (
    (
        "Read only: Get-ADObject -LDAPFilter '(sAMAccountName=<ACCOUNT>)' -Properties "
        "msDS-SupportedEncryptionTypes, pwdLastSet"
    ),
)
_NEW_KEYS = (
    (
        "An account whose password is older than AES in its domain has no AES keys: a new password makes them. Of a "
        "computer it is changed on that computer, with Reset-ComputerMachinePassword, never in the directory alone."
    ),
)
_AS = "While it made a TGT, the KDC found no key of the account"
_TGS = "While it made a service ticket, the KDC found no key of the service's account"

EVENTS: tuple[Event, ...] = (
    Event(
        "KDC",
        11,
        _WHERE,
        "Two accounts have the name that was asked for, so that the KDC gives no ticket.",
        ("spn-duplicate",),
        words=("encountered duplicate names", "there are multiple accounts with name"),
        citation=f"{_LEARN}: event 11",
    ),
    Event(
        "KDC",
        14,
        _WHERE,
        f"{_AS} of any type that the client asks for: keys are missing, as after a password from before AES.",
        ("etype-unsupported",),
        (*_COMPARE, *_LOOK, *_NEW_KEYS),
        ("while processing an as request ... did not have a suitable key ... resetting",),
        f"{_LEARN}: event 14",
    ),
    Event(
        "KDC",
        16,
        _WHERE,
        f"{_TGS} of any type that the client asks for: keys are missing, as after a password from before AES.",
        ("etype-unsupported",),
        (*_COMPARE, *_LOOK, *_NEW_KEYS),
        ("while processing a tgs request ... did not have a suitable key ... resetting",),
        f"{_LEARN}: event 16",
    ),
    Event(
        "KDC",
        26,
        _WHERE,
        f"{_AS} of a type that the client asks for: the two lists of encryption types do not meet.",
        ("etype-unsupported",),
        (*_COMPARE, *_LOOK),
        ("while processing an as request ... did not have a suitable key",),
        f"{_LEARN}: event 26",
    ),
    Event(
        "KDC",
        27,
        _WHERE,
        f"{_TGS} of a type that the client asks for: the two lists of encryption types do not meet.",
        ("etype-unsupported",),
        (*_COMPARE, *_LOOK),
        (
            "while processing a tgs request ... did not have a suitable key",
            "did not have a suitable key for generating a kerberos ticket",
            "no suitable key for",
            "the missing key has an id of",
            "the accounts available etypes",
        ),
        f"{_LEARN}: event 27",
    ),
    Event(
        "KDC",
        29,
        _WHERE,
        "The domain controller has no certificate for log-on with smart cards (PKINIT): log-on with passwords and "
        "keys, as computers use it, is not touched.",
        advice=("Where nobody logs on with a certificate, nothing has to be done.",),
        words=("cannot find a suitable certificate to use for smart card logons",),
        citation=f"{_LEARN}: event 29",
    ),
    *(
        Event(
            "KDC",
            number,
            _WHERE,
            f"{meaning} Updates of CVE-2021-42287 refuse such tickets in enforcement mode.",
            ("ticket-stale", "replication-diverged"),
            (
                (
                    "Bring all domain controllers to one level of updates, and let the client ask anew: klist purge "
                    "(as the computer: klist -li 0x3e7 purge)."
                ),
            ),
            (words,),
            "KB 5008380",
        )
        for number, meaning, words in (
            (
                35,
                "A TGT from another domain controller had no PAC attributes.",
                "did not contain a pac attributes field",
            ),
            (36, "A ticket had no PAC.", "encountered a ticket that did not contain a pac while"),
            (
                37,
                "A ticket did not say which account had asked for it.",
                "did not contain information about the account that requested the ticket",
            ),
            (
                38,
                (
                    "A ticket and the directory name two accounts: the account was renamed, or made anew, since the "
                    "ticket was issued."
                ),
                "inconsistent information about the account that requested the ticket",
            ),
        )
    ),
    Event(
        "KDC",
        39,
        _WHERE,
        "A certificate for log-on (PKINIT) is not bound to its account firmly enough: no log-on with a password or key "
        "is meant.",
        advice=("Where nobody logs on with a certificate, nothing has to be done; else follow the article.",),
        words=("user certificate that was valid but could not be mapped to a user in a secure way",),
        citation="KB 5014754",
    ),
    Event(
        "KDC",
        42,
        _WHERE,
        "The account krbtgt has no AES keys: its password is older than AES in the domain.",
        ("etype-unsupported",),
        (
            (
                "Follow KB 5021131: krbtgt needs a new password, which has to reach all domain controllers before "
                "it is changed a second time. Plan it; it ends tickets when it is done twice in a hurry."
            ),
        ),
        ("needs to be updated to support aes", "does not currently support aes ... krbtgt"),
        "KB 5021131",
    ),
    Event(
        "KDC",
        43,
        _WHERE,
        "A ticket's full PAC signature could not be verified: made by a controller without the update, or changed.",
        ("replication-diverged", "trust-broken"),
        ("Bring all domain controllers to one level of updates.",),
        ("could not validate the full pac signature",),
        "KB 5020805",
    ),
    Event(
        "KDC",
        44,
        _WHERE,
        "A ticket had no full PAC signature: a domain controller made it that has not got the update.",
        ("replication-diverged",),
        ("Bring all domain controllers to one level of updates.",),
        ("did not contain the full pac signature",),
        "KB 5020805",
    ),
    Event(
        "KDC",
        201,
        _KDCSVC,
        "Audit: the client offers old encryption types alone, and the service's account has no types set. This "
        "ends when the domain controllers enforce AES.",
        ("etype-unsupported",),
        _LOOK,
        ("detected ... usage ... unsupported ... client only supports insecure encryption types",),
        _RC4,
    ),
    Event(
        "KDC",
        202,
        _KDCSVC,
        "Audit: the service's account has keys of old types alone and no types set. This ends when the domain "
        "controllers enforce AES.",
        ("etype-unsupported",),
        (*_LOOK, *_NEW_KEYS),
        ("detected ... usage ... unsupported ... service account only has insecure keys",),
        _RC4,
    ),
    Event(
        "KDC",
        203,
        _KDCSVC,
        "Refused: the client offers old encryption types alone, and the service's account has no types set.",
        ("etype-unsupported",),
        _LOOK,
        ("blocked cipher usage ... client only supports insecure encryption types",),
        _RC4,
    ),
    Event(
        "KDC",
        204,
        _KDCSVC,
        "Refused: the service's account has keys of old types alone and no types set.",
        ("etype-unsupported",),
        (*_LOOK, *_NEW_KEYS),
        ("blocked cipher usage ... service account only has insecure keys",),
        _RC4,
    ),
    Event(
        "KDC",
        205,
        _KDCSVC,
        "The domain controller's own setting DefaultDomainSupportedEncTypes allows old encryption types.",
        ("etype-unsupported",),
        ("Once nothing needs RC4 any more, take the value back to AES (0x18), on all domain controllers.",),
        (
            "explicit cipher enablement in the default domain supported encryption types",
            "explicit ... default domain supported encryption types policy",
        ),
        _RC4,
    ),
    Event(
        "KDC",
        206,
        _KDCSVC,
        "Audit: the service's account is set to AES alone, and the client does not offer AES.",
        ("etype-unsupported",),
        _LOOK,
        (
            "detected ... usage ... client does not advertise aes-sha1",
            "detected ... usage ... client does not advertize aes-sha1",
        ),
        _RC4,
    ),
    Event(
        "KDC",
        207,
        _KDCSVC,
        "Audit: the service's account is set to AES alone, and has no AES keys.",
        ("etype-unsupported",),
        (*_LOOK, *_NEW_KEYS),
        ("detected ... usage ... service account does not have aes-sha1 keys",),
        _RC4,
    ),
    Event(
        "KDC",
        208,
        _KDCSVC,
        "Refused: the service's account is set to AES alone, and the client does not offer AES.",
        ("etype-unsupported",),
        _LOOK,
        (
            "cipher usage because ... client does not advertise aes-sha1",
            "cipher usage because ... client does not advertize aes-sha1",
        ),
        _RC4,
    ),
    Event(
        "KDC",
        209,
        _KDCSVC,
        "Refused: the service's account is set to AES alone, and has no AES keys.",
        ("etype-unsupported",),
        (*_LOOK, *_NEW_KEYS),
        ("cipher usage because ... service account does not have aes-sha1 keys",),
        _RC4,
    ),
)
"""The stricter text comes first: of two that share words the first one found is the event's."""
