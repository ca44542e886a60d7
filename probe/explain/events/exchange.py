"""Events of Exchange's transport (MSExchangeTransport, MSExchangeFrontEndTransport), as data (PURE)."""

from probe.explain.advice import NOTHING, READ_THE_EVENT
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

_PRESSURE = (
    (
        "Look at disk space and memory of that server: events 15004 to 15007 name which. It ends by itself when the "
        "resource is back."
    ),
)
_CONNECTIONS = (
    (
        "Read only: Get-ReceiveConnector | Format-List Identity, MaxInboundConnection*. A load balancer or a proxy in "
        "front lets all clients come from one address."
    ),
)

EVENTS: tuple[Event, ...] = (
    Event(
        _SOURCE,
        1003,
        f"{_TRANSPORT} of the receiver",
        "The settings of a receive connector are not valid, and the change is not used; the text says which one.",
        advice=("Read only: Get-ReceiveConnector | Format-List",),
        words=("the configuration of one of the smtp receive connectors is invalid",),
        citation=f"{_LEARN}: 1003",
    ),
    Event(
        _SOURCE,
        1009,
        f"{_TRANSPORT} of the receiver",
        "The connector has as many connections as it takes (MaxInboundConnection), and refuses one more.",
        ("target-unreachable",),
        _CONNECTIONS,
        ("rejected an incoming connection. the maximum number of connections",),
        f"{_LEARN}: 1009",
    ),
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
        1021,
        f"{_TRANSPORT} of the receiver",
        "One address has as many connections as the connector takes from one (MaxInboundConnectionPerSource).",
        ("target-unreachable",),
        _CONNECTIONS,
        ("the maximum number of connections per source",),
        f"{_LEARN}: 1021",
    ),
    Event(
        _SOURCE,
        1024,
        f"{_TRANSPORT} of the receiver",
        "The log-on was good, and Active Directory could not be asked whether the account may send under that name.",
        ("kdc-unreachable", "not-authorized"),
        ("On the receiver: exps doctor, and nltest /dsgetdc:<DOMAIN>.",),
        ("transient active directory directory service exception",),
        f"{_LEARN}: 1024",
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
    Event(
        _SOURCE,
        15004,
        _TRANSPORT,
        "Back pressure: memory, disk or queue of this server got scarcer; above a mark it takes less mail, then none.",
        advice=_PRESSURE,
        words=("resource pressure increased from", "the resource pressure increased"),
        citation="Microsoft Learn: back pressure",
    ),
    Event(
        _SOURCE,
        15005,
        _TRANSPORT,
        "Back pressure: the resource that was scarce is back.",
        advice=(NOTHING,),
        words=("resource pressure decreased from", "the resource pressure decreased"),
        citation="Microsoft Learn: back pressure",
    ),
    Event(
        _SOURCE,
        15006,
        _TRANSPORT,
        "Back pressure: mail is refused, for the disk is too full.",
        advice=_PRESSURE,
        words=("is rejecting message submissions because the available disk space",),
        citation="Microsoft Learn: back pressure",
    ),
    Event(
        _SOURCE,
        15007,
        _TRANSPORT,
        "Back pressure: mail is refused, for the service uses too much memory.",
        advice=_PRESSURE,
        words=("is rejecting message submissions because the service continues to consume more memory",),
        citation="Microsoft Learn: back pressure",
    ),
    Event(
        _SOURCE,
        7004,
        "Application log of the sender, Exchange 2003",
        "The other server refused a command (XEXCH50: 504 Need to authenticate first): the log-on before it failed.",
        ("exchange-auth-not-offered",),
        ("Look for the log-on before it: X-EXPS or AUTH, and its answer.",),
        ("responded to the smtp command",),
        "KB 843106",
    ),
    Event(
        _SOURCE,
        7010,
        "Application log of the receiver, Exchange 2003",
        "This server refused a client's command (XEXCH50: 504 Need to authenticate first): its log-on failed, or was "
        "left out.",
        ("exchange-auth-not-offered",),
        ("Look for the log-on before it: X-EXPS or AUTH, and its answer.",),
        ("need to authenticate first",),
        "KB 843106",
    ),
)
