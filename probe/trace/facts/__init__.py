"""What one step of a probe run saw: facts, without judgement (PURE).

One frozen class a kind of step, each with the ``KIND`` that names it in a saved trace. The files follow the way to the
receiver: `smtp` (resolve, connect, greeting, EHLO, TLS), `kerberos` (where the KDCs are, what one was asked, the
ticket), `authentication` (the handshake's tokens and reply), `measurements` (what was asked beside it); `bug` is for
what nobody foresaw, so that a mistake of ours is never told as the receiver's. `common` is what several have.

Everything here must survive a trip through JSON, so that a saved trace can be judged again; nothing here is a secret
or can be replayed. Times are seconds since the Unix epoch (UTC), sizes are octets. An empty string or ``None`` means
"not seen", which is something else than "seen, and it was nothing": a check must not take one for the other.
"""

from probe.trace.facts.authentication import Handshake, Negotiation, Ntlm, TokenRound
from probe.trace.facts.bug import Bug
from probe.trace.facts.common import ClockReading, KerberosError, Outcome, SmtpReply
from probe.trace.facts.kerberos import KdcDiscovery, KdcExchange, Ticket
from probe.trace.facts.measurements import (
    DirectoryAccount,
    DirectoryAnswer,
    DirectoryTrust,
    Look,
    SmbSessionCheck,
    TimeServer,
)
from probe.trace.facts.smtp import Certificate, Connect, Ehlo, Greeting, Quit, Resolve, Tls

__all__ = [
    "KINDS",
    "Bug",
    "Certificate",
    "ClockReading",
    "Connect",
    "DirectoryAccount",
    "DirectoryAnswer",
    "DirectoryTrust",
    "Ehlo",
    "Facts",
    "Greeting",
    "Handshake",
    "KdcDiscovery",
    "KdcExchange",
    "KerberosError",
    "Look",
    "Negotiation",
    "Ntlm",
    "Outcome",
    "Quit",
    "Resolve",
    "SmbSessionCheck",
    "SmtpReply",
    "Ticket",
    "TimeServer",
    "Tls",
    "TokenRound",
]

Facts = (
    Resolve
    | Connect
    | Greeting
    | Ehlo
    | Tls
    | KdcExchange
    | KdcDiscovery
    | Ticket
    | Handshake
    | Negotiation
    | Ntlm
    | TimeServer
    | Look
    | DirectoryAnswer
    | SmbSessionCheck
    | Quit
    | Bug
)

KINDS: dict[str, type[Facts]] = {
    kind.KIND: kind
    for kind in (
        Resolve,
        Connect,
        Greeting,
        Ehlo,
        Tls,
        KdcExchange,
        KdcDiscovery,
        Ticket,
        Handshake,
        Negotiation,
        Ntlm,
        TimeServer,
        Look,
        DirectoryAnswer,
        SmbSessionCheck,
        Quit,
        Bug,
    )
}
