"""Events of Exchange's transport (MSExchangeTransport, MSExchangeFrontEndTransport), as data (PURE)."""

from probe.explain.advice import READ_THE_EVENT
from probe.explain.events.shape import Event

_TRANSPORT = "Application log, MSExchangeTransport"
_SOURCE = "MSExchangeTransport"
_LEARN = "Microsoft Learn: MSExchangeTransport events"
_TLS = ("tls-failed",)
_CERTIFICATE_COMMANDS = (
    "Get-ExchangeCertificate | Format-List Thumbprint, Services, NotAfter, CertificateDomains",
    (
        "New-ExchangeCertificate -DomainName <FQDN> -Services SMTP makes a new one; Enable-ExchangeCertificate "
        "<THUMBPRINT> -Services SMTP puts one to use."
    ),
)
_EDGE = (
    "On a Mailbox server of the subscribed site, read only: Test-EdgeSynchronization -FullCompareMode",
    *_CERTIFICATE_COMMANDS[:1],
)

EVENTS: tuple[Event, ...] = (
    Event(
        _SOURCE,
        1012,
        f"{_TRANSPORT} of the receiver",
        "More failed log-ons on one connection than MaxLogonFailures allows.",
        ("too-many-failures",),
        words=("authentication failures have exceeded the maximum",),
        citation=_LEARN,
    ),
    Event(
        _SOURCE,
        1018,
        f"{_TRANSPORT} of the receiver",
        "The log-on was good, and the account has no right to submit on this connector (MS-Exch-SMTP-Submit).",
        ("not-authorized",),
        words=("does not have submit permissions on smtp receive connector",),
        citation=f"{_LEARN}: 1018",
    ),
    Event(
        _SOURCE,
        1020,
        f"{_TRANSPORT} of the receiver",
        "The log-on was good, and the account may not submit on the connector (MS-Exch-SMTP-Submit).",
        ("not-authorized",),
        words=("is not authorized to use the server",),
        citation=_LEARN,
    ),
    Event(
        _SOURCE,
        1035,
        "Application log of the receiver, MSExchangeTransport or MSExchangeFrontEndTransport",
        "Inbound authentication failed: the receiver's own reason, which it does not tell the sender.",
        advice=(READ_THE_EVENT,),
        words=("inbound authentication failed",),
        citation="KB 979174",
    ),
    Event(
        _SOURCE,
        1036,
        f"{_TRANSPORT} of the receiver",
        "Direct trust failed: the certificate that a server showed is not the one that the directory (or EdgeSync) "
        "has for it.",
        _TLS,
        _EDGE,
        ("inbound direct trust authentication failed",),
        f"{_LEARN}: 1036",
    ),
    Event(
        _SOURCE,
        1037,
        f"{_TRANSPORT} of the receiver",
        "A certificate for direct trust could not be validated: not enabled for SMTP, not readable, or another name.",
        _TLS,
        _CERTIFICATE_COMMANDS,
        ("inbound direct trust certificate",),
        f"{_LEARN}: 1037 and 2019",
    ),
    Event(
        _SOURCE,
        2017,
        "Application log of the sender, MSExchangeTransport",
        "Outbound authentication failed: the sender got no ticket, or did not believe the receiver's answer.",
        advice=(READ_THE_EVENT,),
        words=("outbound authentication failed",),
        citation=_LEARN,
    ),
    Event(
        _SOURCE,
        2018,
        f"{_TRANSPORT} of the sender",
        "Direct trust failed: the receiver's certificate is not the one that the directory (or EdgeSync) has for it.",
        _TLS,
        _EDGE,
        ("outbound direct trust authentication failed",),
        f"{_LEARN}: 2018",
    ),
    Event(
        _SOURCE,
        2019,
        f"{_TRANSPORT} of the sender",
        "A certificate for direct trust could not be validated: not enabled for SMTP, not readable, or another name.",
        _TLS,
        _CERTIFICATE_COMMANDS,
        ("outbound direct trust certificate",),
        f"{_LEARN}: 1037 and 2019",
    ),
    Event(
        _SOURCE,
        12011,
        _TRANSPORT,
        "Exchange could not write its own SPN (SMTPSVC/...) to its computer account: the error stands behind the name.",
        ("spn-missing", "spn-duplicate"),
        ("Read only: setspn -Q SMTPSVC/<FQDN>, and setspn -L <SERVER>.",),
        ("couldn't register the service principal name", "could not register the service principal name"),
        f"{_LEARN}: 12011",
    ),
    # Before 12013, whose words it begins with.
    Event(
        _SOURCE,
        12024,
        _TRANSPORT,
        (
            "The certificate for authentication with other Exchange servers cannot be loaded; a short-lived one "
            "is used in its place."
        ),
        _TLS,
        _CERTIFICATE_COMMANDS,
        ("an ephemeral, self-signed certificate with thumbprint",),
        f"{_LEARN}: 12024",
    ),
    Event(
        _SOURCE,
        12012,
        _TRANSPORT,
        "The internal transport certificate cannot be read from Active Directory: not published, or not replicated.",
        _TLS,
        _CERTIFICATE_COMMANDS,
        (
            "unable to retrieve the internal transport certificate",
            "internal transport certificate ... could not be read from active directory",
        ),
        f"{_LEARN}: 12012",
    ),
    Event(
        _SOURCE,
        12013,
        _TRANSPORT,
        "The certificate for authentication with other Exchange servers is not in this computer's store.",
        _TLS,
        _CERTIFICATE_COMMANDS,
        (
            "could not load the certificate with thumbprint ... from the personal store",
            "could not find the certificate with thumbprint",
        ),
        f"{_LEARN}: 12013",
    ),
    Event(
        _SOURCE,
        12014,
        _TRANSPORT,
        "No certificate has the name that the connector gives itself, so that it offers no STARTTLS: compare the "
        "connector's Fqdn with the names in the certificates that are enabled for SMTP.",
        ("tls-failed", "connector-fqdn-mismatch"),
        _CERTIFICATE_COMMANDS,
        (
            "could not find a certificate that contains the domain name",
            "unable to support the starttls smtp verb",
            "unable to support the starttls verb",
        ),
        f"{_LEARN}: 12014",
    ),
    Event(
        _SOURCE,
        12015,
        _TRANSPORT,
        "The internal transport certificate has expired.",
        _TLS,
        _CERTIFICATE_COMMANDS,
        ("an internal transport certificate expired", "internal transport certificate has expired"),
        f"{_LEARN}: 12015",
    ),
    Event(
        _SOURCE,
        12016,
        _TRANSPORT,
        "There is no valid SMTP certificate for the connector's name any more: the one that was used has expired or "
        "is gone.",
        _TLS,
        _CERTIFICATE_COMMANDS,
        (
            "there is no valid smtp transport layer security (tls) certificate",
            "there is no valid smtp tls certificate",
        ),
        f"{_LEARN}: 12016",
    ),
    Event(
        _SOURCE,
        12017,
        _TRANSPORT,
        "The internal transport certificate will expire soon.",
        _TLS,
        _CERTIFICATE_COMMANDS,
        ("an internal transport certificate will expire soon",),
        f"{_LEARN}: 12017",
    ),
    Event(
        _SOURCE,
        12018,
        _TRANSPORT,
        "The certificate for STARTTLS will expire soon.",
        _TLS,
        _CERTIFICATE_COMMANDS,
        ("the starttls certificate will expire soon",),
        f"{_LEARN}: 12018",
    ),
    Event(
        _SOURCE,
        12019,
        _TRANSPORT,
        "The internal transport certificate of another server has expired: it is that server's to renew.",
        _TLS,
        _CERTIFICATE_COMMANDS,
        ("the remote internal transport certificate expired",),
        f"{_LEARN}: 12019",
    ),
)
