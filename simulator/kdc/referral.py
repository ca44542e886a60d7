"""Tickets across a trust: referrals to another realm, and the other realm's referrals taken (PURE).

RFC 6806 section 8; MS-KILE section 3.3.5.7. Which realm a name belongs to is told by its DNS suffix, as with the name
suffix routing of forest trusts: a name in our own directory is never referred. Where realms lie between, each KDC sends
on to the next one and vouches for what lies behind it, and writes into the ticket whom it came through (RFC 4120
section 3.3.3.2).
"""

from dataclasses import dataclass

from simulator.directory.store import Account, Directory, Trust
from simulator.kdc.issue import find_server
from simulator.kerberos import (
    EncTicketPart,
    KdcOption,
    KdcRequestBody,
    NameType,
    PrincipalName,
    Ticket,
)
from simulator.kerberos.refusal import ErrorCode, Refusal

_KRBTGT = "krbtgt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Whom a ticket is made for: the service that was asked for, or the way to its realm."""

    name: PrincipalName
    account: Account
    is_referral: bool = False


def served(directory: Directory, body: KdcRequestBody) -> Served:
    """The service of a TGS-REQ, or the other realm's ticket-granting service. Raises Refusal."""
    name = body.server
    if name is None:
        raise Refusal(ErrorCode.S_PRINCIPAL_UNKNOWN, "no server named")
    trust = _way(directory, name, body.options)
    if trust is None or not trust.refers:
        return Served(name=name, account=find_server(directory, name))
    other = PrincipalName(name_type=NameType.SRV_INST, components=(_KRBTGT, trust.realm))
    return Served(name=other, account=trust.outgoing, is_referral=True)


def _way(directory: Directory, name: PrincipalName, options: KdcOption) -> Trust | None:
    """The trust to follow; None for what is ours, or nobody's."""
    if len(name.components) < 2:
        return None
    if name.components[0].lower() == _KRBTGT:
        return directory.towards(name.components[1])
    # Without "canonicalize" a client cannot be given another ticket than it asked for (RFC 6806 section 8).
    if KdcOption.CANONICALIZE not in options or directory.owners(str(name)):
        return None
    return directory.route(name.components[1].partition(":")[0])


def is_foreign(directory: Directory, realm: str) -> bool:
    """Whether a realm is another one than the directory's."""
    return realm.lower() != directory.realm.lower()


def granting_account(directory: Directory, ticket: Ticket) -> Account:
    """Whose key opens a ticket-granting ticket: our krbtgt's, or the trust's for another realm's referral.

    Raises Refusal for a ticket that is for another realm, or from one that nobody trusts.
    """
    wanted = (_KRBTGT, directory.realm.lower())
    if tuple(part.lower() for part in ticket.server.components) != wanted:
        raise Refusal(ErrorCode.NOT_US, "the ticket is not for this realm's krbtgt")
    if is_foreign(directory, ticket.realm):
        trust = directory.trust(ticket.realm)
        if trust is None or not trust.accepts:
            raise Refusal(ErrorCode.S_PRINCIPAL_UNKNOWN, f"there is no trust with {ticket.realm[:256]}")
        return trust.incoming
    account = directory.account(_KRBTGT)
    if account is None:
        raise Refusal(ErrorCode.NOT_US, "this realm has no krbtgt")
    return account


def check_path(directory: Directory, ticket: Ticket, inside: EncTicketPart) -> None:
    """Another realm may speak for its own clients and for those behind it, or send ours back. Raises Refusal."""
    trust = directory.trust(ticket.realm)
    behind = () if trust is None else trust.reaches
    spoken_for = {realm.lower() for realm in (ticket.realm, directory.realm, *behind)}
    if inside.client_realm.lower() not in spoken_for:
        reason = f"{ticket.realm[:256]} cannot speak for clients of {inside.client_realm[:256]}"
        raise Refusal(ErrorCode.PATH_NOT_ACCEPTED, reason)


def came_through(directory: Directory, ticket: Ticket, inside: EncTicketPart) -> tuple[str, ...]:
    """The realms between the client's and ours: those before, and the one that sent the client here."""
    between = is_foreign(directory, ticket.realm) and ticket.realm.lower() != inside.client_realm.lower()
    return (*inside.transited, ticket.realm) if between else inside.transited
