"""A ticket cache as kinit leaves it: MIT's FILE format, version 4, with one ticket-granting ticket (PURE).

The lab issues the ticket itself, with its KDC's own code, so that nobody has to type a password.
Source of the format: MIT krb5's documentation, "Credential cache file format".

Written with ``struct`` and not with impacket 0.13's ``CCache``. Both were tried and give the same credential: 21 lines
and 4 us here, 39 lines and 150 us there, because its classes are filled field by field, and importing them takes 49 ms
(they bring impacket's cryptography). Its ``fromTGT`` would decrypt a reply that this lab has just made. And impacket's
reader judges this file in the tests: writer and judge must not be one.
"""

import struct
from collections.abc import Callable, Sequence

from impacket.krb5 import asn1

from simulator.directory.store import Account, Directory
from simulator.kdc.issue import Grant, Situation, make_ticket
from simulator.kerberos import (
    EncKdcReplyPart,
    EncryptedData,
    KdcOption,
    KdcReply,
    KdcRequestBody,
    MessageType,
    NameType,
    PrincipalName,
    Ticket,
    TicketFlag,
    encode_kdc_reply,
)
from simulator.kerberos.codec import from_der, to_der

VERSION_4 = b"\x05\x04"
_NO_HEADER = struct.pack(">H", 0)
_FLAGS = TicketFlag.INITIAL | TicketFlag.PRE_AUTHENT | TicketFlag.FORWARDABLE


def ticket_cache(
    directory: Directory,
    account: Account,
    *,
    now: float,
    randomness: Callable[[int], bytes],
    services: Sequence[Account] = (),
) -> bytes:
    """The cache of ``account`` with a ticket-granting ticket from ``now`` (UTC seconds) on.

    ``services`` are accounts, with the keys of the time, for whose mail service there is a ticket as well.
    """
    krbtgt = directory.account("krbtgt")
    if krbtgt is None:
        raise ValueError("a realm without krbtgt gives no tickets")
    client = PrincipalName(name_type=NameType.PRINCIPAL, components=(account.name,))
    held: list[tuple[tuple[str, ...], Account]] = [(("krbtgt", directory.realm), krbtgt)]
    held += [(tuple(_mail_service(service, directory.realm).split("/")), service) for service in services]
    situation = Situation(directory=directory, now=now, randomness=randomness)
    owner = _principal(client, directory.realm)
    tickets = [_ticket(situation, account, client, name, service) for name, service in held]
    return VERSION_4 + _NO_HEADER + owner + b"".join(owner + ticket for ticket in tickets)


def _ticket(
    situation: Situation,
    account: Account,
    client: PrincipalName,
    name: tuple[str, ...],
    service: Account,
) -> bytes:
    """One credential of the cache, without its client's name."""
    server = PrincipalName(name_type=NameType.SRV_INST, components=name)
    realm = situation.directory.realm
    body = KdcRequestBody(
        options=KdcOption(0),
        client=client,
        realm=realm,
        server=server,
        till=0,
        nonce=0,
        etypes=account.etypes,
    )
    grant = Grant(
        client=client,
        client_account=account,
        server=server,
        server_account=service,
        flags=_FLAGS,
        auth_time=int(situation.now),
    )
    ticket, told = make_ticket(situation, body, grant)
    return _credential(told, _ticket_octets(realm, client, ticket))


def _mail_service(account: Account, realm: str) -> str:
    """The SPN that a sending Exchange asks for: the one with the whole name.

    A ticket in a cache outlives the SPN that it was asked for: where the account has none by now, it had its usual one.
    """
    whole = [spn for spn in account.spns if spn.upper().startswith("SMTPSVC/") and "." in spn]
    return whole[0] if whole else f"SMTPSVC/{account.name.rstrip('$').lower()}.{realm.lower()}"


def _credential(told: EncKdcReplyPart, ticket: bytes) -> bytes:
    """What follows the client's name: server, key, times, flags, no addresses, no authorization data."""
    times = (told.auth_time, told.start_time, told.end_time, told.renew_till or 0)
    return (
        _principal(told.server, told.server_realm)
        + struct.pack(">H", told.key.etype)
        + _counted(told.key.contents)
        + struct.pack(">4IBI", *times, 0, int(told.flags))
        + struct.pack(">II", 0, 0)
        + _counted(ticket)
        + _counted(b"")
    )


def _ticket_octets(realm: str, client: PrincipalName, ticket: Ticket) -> bytes:
    """The ticket alone, out of a reply that carries it: only whole messages have an encoder."""
    reply = KdcReply(
        message_type=MessageType.AS_REP,
        client_realm=realm,
        client=client,
        ticket=ticket,
        encrypted=EncryptedData(etype=0, cipher=b""),
    )
    fields = from_der(encode_kdc_reply(reply), asn1.AS_REP())
    return to_der(fields["ticket"], asn1.Ticket())


def _principal(name: PrincipalName, realm: str) -> bytes:
    parts = b"".join(_counted(part.encode()) for part in (realm, *name.components))
    return struct.pack(">II", name.name_type, len(name.components)) + parts


def _counted(octets: bytes) -> bytes:
    return struct.pack(">I", len(octets)) + octets
