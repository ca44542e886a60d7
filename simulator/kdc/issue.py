"""What both exchanges of a KDC share: looking names up, choosing keys, and making the ticket (PURE).

A ticket (RFC 4120 section 5.3) is sealed with the key of the account that the *server's* name stands for, so everything
that can be wrong with a service ticket is decided here: which account has the SPN, which of its keys is the newest, and
how it is encrypted. Its kvno and etype stand in clear outside, for the receiver to choose a key by, and for the probe
to compare.
"""

from collections.abc import Callable
from dataclasses import dataclass

from probe.wire.crypto import CryptoError, EncryptionType, Key, random_key
from simulator.directory.store import Account, Directory
from simulator.kerberos import (
    AuthorizationElement,
    EncKdcReplyPart,
    EncryptedData,
    EncTicketPart,
    KdcOption,
    KdcRequestBody,
    NameType,
    PrincipalName,
    Ticket,
    TicketFlag,
    encode_authorization_data,
    encode_enc_ticket_part,
)
from simulator.kerberos.refusal import ErrorCode, Refusal
from simulator.kerberos.seal import KeyUsage, seal, unseal

MAXIMUM_SKEW_S = 300.0
"""Windows' default "maximum tolerance for computer clock synchronization"."""

RENEWABLE_LIFETIME_S = 7 * 86_400
"""Windows' default "maximum lifetime for user ticket renewal"."""

AD_IF_RELEVANT = 1
AD_PADDING = -1
"""Negative types are for local use (RFC 4120 section 5.2.6); in AD-IF-RELEVANT a server must ignore them."""

# RFC 4120 section 5.4.1. SMTP between servers needs none of these; half of one would be worse than none.
REFUSED_OPTIONS = (
    KdcOption.FORWARDED
    | KdcOption.PROXY
    | KdcOption.POSTDATED
    | KdcOption.RENEW
    | KdcOption.VALIDATE
    | KdcOption.ENC_TKT_IN_SKEY
    | KdcOption.CNAME_IN_ADDL_TKT
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What one request is answered from: this KDC's view and clock (UTC seconds since the epoch)."""

    directory: Directory
    now: float
    randomness: Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Whom a ticket is made for, and within which bounds."""

    client: PrincipalName
    client_account: Account | None
    """None for a client of another realm."""
    server: PrincipalName
    server_account: Account
    flags: TicketFlag
    auth_time: int
    not_after: int | None = None
    """The end of the ticket-granting ticket."""
    renewable_until: int | None = None
    start_offset_s: float = 0.0
    client_realm: str = ""
    """Empty: this realm."""
    authorization_data: tuple[AuthorizationElement, ...] = ()
    """What another realm's KDC wrote about its client, handed on."""
    transited: tuple[str, ...] = ()
    """The realms that the client came through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The reply's octets, and the names it is about."""

    octets: bytes
    client: str
    server: str


def require_supported(options: KdcOption) -> None:
    """Refuse what this KDC does not do: renewing, validating, forwarding, user-to-user, delegation."""
    refused = options & REFUSED_OPTIONS
    if refused:
        names = ", ".join(option.name or "" for option in refused)
        raise Refusal(ErrorCode.BADOPTION, f"this KDC does not do {names}")


def find_client(directory: Directory, name: PrincipalName) -> Account:
    """The account behind a client's name: account name, also without its dollar sign, or `user@realm`.

    Source: MS-KILE section 3.3.5.6.1. A Windows KDC does not take an SPN for a client's name either: error 6.
    """
    if len(name.components) != 1:
        raise Refusal(ErrorCode.C_PRINCIPAL_UNKNOWN, "client not found: not the name of an account")
    user, _, suffix = name.components[0].rpartition("@")
    if name.name_type != NameType.ENTERPRISE or not user:
        user, suffix = name.components[0], directory.realm
    if suffix.lower() != directory.realm.lower():
        raise Refusal(ErrorCode.WRONG_REALM, "the client is of another realm")
    account = _account(directory, user)
    if account is None:
        raise Refusal(ErrorCode.C_PRINCIPAL_UNKNOWN, "client not found")
    return account


def find_server(directory: Directory, name: PrincipalName | None) -> Account:
    """The one account that a server's name stands for: its SPN, its account name, or the realm's krbtgt.

    Two owners are as bad as none: a Windows KDC answers 7 and logs event 11 (observed; RFC 4120 would say 8).
    """
    if name is None or not name.components:
        raise Refusal(ErrorCode.S_PRINCIPAL_UNKNOWN, "no server named")
    if len(name.components) == 1:
        account = _account(directory, name.components[0])
        owners: tuple[Account, ...] = () if account is None else (account,)
    elif name.components[0].lower() == "krbtgt":
        # Another realm's is a referral and no account of ours: see `simulator.kdc.referral`.
        own = name.components[1].lower() == directory.realm.lower()
        owners = tuple(a for a in directory.accounts if own and a.name.lower() == "krbtgt")
    else:
        owners = directory.owners(str(name))
    if not owners:
        raise Refusal(ErrorCode.S_PRINCIPAL_UNKNOWN, "server not found")
    if len(owners) > 1:
        raise Refusal(ErrorCode.S_PRINCIPAL_UNKNOWN, f"server not unique: {len(owners)} accounts have it")
    return owners[0]


def _account(directory: Directory, name: str) -> Account | None:
    # MS-KILE section 3.3.5.6.1: a computer may leave the dollar sign of its account's name out.
    return directory.account(name) or directory.account(f"{name}$")


def client_keys(account: Account, etypes: tuple[int, ...]) -> tuple[Key, ...]:
    """The account's keys that the client can use, in the client's order (RFC 4120 section 3.1.3)."""
    held = account.newest().keys if account.key_sets else {}
    common = [e for e in dict.fromkeys(etypes) if e in account.etypes and e in held]
    if not common:
        raise Refusal(ErrorCode.ETYPE_NOSUPP, "the account has no key of an encryption type asked for")
    return tuple(held[etype] for etype in common)


def _server_key(account: Account) -> Key:
    """The newest key of the best type that the account supports, whatever the client asked for.

    The ticket is the server's to open. What the client offers bounds the session key alone (RFC 4120 section 3.1.3), so
    a server whose account says AES gets AES, and a server that has lost that key fails.
    """
    held = account.newest().keys if account.key_sets else {}
    key = next((held[etype] for etype in account.etypes if etype in held), None)
    if key is None:
        raise Refusal(ErrorCode.ETYPE_NOSUPP, "the server's account has no key")
    return key


def _session_key(account: Account, etypes: tuple[int, ...], randomness: Callable[[int], bytes]) -> Key:
    # The client has to use it as well, so here its list comes first; the server's part is what its account supports.
    known = set(EncryptionType)
    etype = next((e for e in etypes if e in account.etypes and e in known), None)
    if etype is None:
        raise Refusal(
            ErrorCode.ETYPE_NOSUPP, "client and server have no encryption type in common for a session key"
        )
    return random_key(etype, randomness)


def opened(key: Key, usage: KeyUsage, encrypted: EncryptedData, otherwise: Refusal) -> bytes:
    """Decrypt, or raise `otherwise`."""
    try:
        return unseal(key, usage, encrypted)
    except CryptoError:
        raise otherwise from None


def make_ticket(situation: Situation, body: KdcRequestBody, grant: Grant) -> tuple[Ticket, EncKdcReplyPart]:
    """A ticket with a fresh session key, and what the client is told about it."""
    directory = situation.directory
    account = grant.server_account
    server_key = _server_key(account)
    # Inside the ticket for the server, inside the reply's encrypted part for the client: both have it, and nobody else.
    session_key = _session_key(account, body.etypes, situation.randomness)
    start, end = _times(situation, body, grant)
    renew_till = _renew_till(body, grant, start)
    flags = _flags(grant, renew_till)
    inside = EncTicketPart(
        flags=flags,
        key=session_key,
        client_realm=grant.client_realm or directory.realm,
        client=grant.client,
        auth_time=grant.auth_time,
        start_time=start,
        end_time=end,
        renew_till=renew_till,
        authorization_data=_authorization_data(grant),
        transited=grant.transited,
    )
    # Flags and times are inside: in clear, anybody on the way could change them (RFC 4120 section 5.3).
    plain = encode_enc_ticket_part(inside)
    encrypted = seal(server_key, KeyUsage.TICKET, plain, situation.randomness, kvno=account.newest().kvno)
    told = EncKdcReplyPart(
        key=session_key,
        nonce=body.nonce,
        flags=flags,
        auth_time=grant.auth_time,
        start_time=start,
        end_time=end,
        renew_till=renew_till,
        server_realm=directory.realm,
        server=grant.server,
    )
    return Ticket(realm=directory.realm, server=grant.server, encrypted=encrypted), told


def _flags(grant: Grant, renew_till: int | None) -> TicketFlag:
    flags = grant.flags
    if renew_till is not None:
        flags |= TicketFlag.RENEWABLE
    # Whoever came through other realms was let through by each of them (`referral.check_path`).
    return flags | TicketFlag.TRANSITED_POLICY_CHECKED if grant.transited else flags


def _times(situation: Situation, body: KdcRequestBody, grant: Grant) -> tuple[int, int]:
    """Start and end; a faulty offset moves both, so that the ticket keeps its length."""
    now = int(situation.now)
    # A service ticket ends with the ticket-granting ticket that it was got with: it must not outlive the log-on.
    wanted = [bound for bound in (body.till, grant.not_after) if bound]
    if any(bound <= now for bound in wanted):
        raise Refusal(ErrorCode.NEVER_VALID, "the ticket would have ended before it starts")
    end = min([now + int(situation.directory.ticket_lifetime_s), *wanted])
    offset = int(grant.start_offset_s)
    return now + offset, end + offset


def _renew_till(body: KdcRequestBody, grant: Grant, start: int) -> int | None:
    if KdcOption.RENEWABLE not in body.options:
        return None
    bounds = [start + RENEWABLE_LIFETIME_S, *(b for b in (body.renew_until, grant.renewable_until) if b)]
    return min(bounds)


def _authorization_data(grant: Grant) -> tuple[AuthorizationElement, ...]:
    # Of a client of another realm, whose KDC has put its own data in: handed on as it is.
    account = grant.client_account
    return grant.authorization_data if account is None else _padding(account.ticket_padding)


def _padding(octets: int) -> tuple[AuthorizationElement, ...]:
    """Authorization data of about the size that a PAC would have, and that nobody has to understand."""
    if octets <= 0:
        return ()
    inner = encode_authorization_data((AuthorizationElement(ad_type=AD_PADDING, data=bytes(octets)),))
    return (AuthorizationElement(ad_type=AD_IF_RELEVANT, data=inner),)
