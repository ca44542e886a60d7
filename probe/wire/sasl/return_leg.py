"""The receiver's own AP-REQ, which comes back in EXCHANGEAUTH's 235: read, and with our machine key verified. PURE.

Source: RFC 4120 section 3.2.3 for what an acceptor has to check. A jump host has no machine key: then only what
stands in clear is read.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from probe.wire import crypto, kerberos
from probe.wire.crypto import Key
from probe.wire.der import DerError
from probe.wire.gssapi import frame as gss
from probe.wire.kerberos import ApReq, KeyUsage

SKEW_LIMIT_S = 300.0
_KERBEROS = (gss.KRB5, gss.MS_KRB5)
_INVALID = 0x01000000
"""TicketFlags, RFC 4120 section 5.3: bit 7."""


class ReturnLegError(Exception):
    """The AP-REQ cannot be accepted; the text says why and holds no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnTicket:
    """What everybody can read of the receiver's AP-REQ."""

    server: str
    etype: int
    kvno: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnContext:
    """What only the holder of our machine key can read."""

    client: str
    session_key: Key = field(repr=False)
    """As SSPI gives it: the initiator's subkey, else the ticket's session key."""


def read(token: bytes) -> tuple[ReturnTicket, ApReq]:
    """The AP-REQ in its GSS frame. Raises ReturnLegError."""
    try:
        framed = gss.unframe(token)
        if framed.oid not in _KERBEROS or framed.token_id != gss.AP_REQ:
            came = f"mechanism {framed.oid}, token id {framed.token_id.hex() or 'none'}"
            raise ReturnLegError(f"the receiver's token is no AP-REQ of Kerberos: {came}")
        request = kerberos.decode_ap_req(framed.body)
    except DerError as error:
        raise ReturnLegError(f"the receiver's token is no AP-REQ: {error}") from None
    part = request.ticket.enc_part
    return ReturnTicket(server=str(request.ticket.sname), etype=part.etype, kvno=part.kvno), request


def accept(
    request: ApReq, keys: Sequence[tuple[int, Key]], *, now: float, skew_limit_s: float = SKEW_LIMIT_S
) -> ReturnContext:
    """Decrypt ticket and authenticator with one of our ``(kvno, key)``, and check client and times.

    ``now`` is our clock in seconds since the Unix epoch. Whom the ticket is for is not asked: that name stands in
    clear outside the encrypted part, where anyone may change it, and an acceptor takes every name of its account
    (as SSPI does with a machine's credential). The key is what says that it is for us. Raises ReturnLegError.
    """
    try:
        ticket = kerberos.decode_enc_ticket_part(_open_ticket(request, keys))
        plain = crypto.decrypt(ticket.key, KeyUsage.AP_REQ_AUTHENTICATOR, request.authenticator.cipher)
        authenticator = kerberos.decode_authenticator(plain)
    except (DerError, crypto.CryptoError) as error:
        raise ReturnLegError(f"the receiver's AP-REQ does not decrypt: {error}") from None
    if (authenticator.client, authenticator.client_realm) != (ticket.client, ticket.client_realm):
        raise ReturnLegError("the receiver's authenticator is another principal's than its ticket")
    if abs(authenticator.ctime - now) > skew_limit_s:
        raise ReturnLegError("the receiver's authenticator is of another time")
    if ticket.flags & _INVALID:
        raise ReturnLegError("the receiver's ticket has the flag INVALID")
    if not ticket.start_time - skew_limit_s <= now <= ticket.end_time + skew_limit_s:
        raise ReturnLegError("the receiver's ticket is not valid now")
    return ReturnContext(
        client=f"{ticket.client}@{ticket.client_realm}", session_key=authenticator.subkey or ticket.key
    )


def _open_ticket(request: ApReq, keys: Sequence[tuple[int, Key]]) -> bytes:
    """Without a kvno (RFC 4120 section 5.2.9 has it optional) every key of the type is tried. Raises CryptoError."""
    part = request.ticket.enc_part
    fitting = [key for kvno, key in keys if key.etype == part.etype and part.kvno in (None, kvno)]
    if not fitting:
        raise ReturnLegError(f"our keytab has no key of type {part.etype} with kvno {part.kvno}")
    for key in fitting[:-1]:
        with contextlib.suppress(crypto.IntegrityError):
            return crypto.decrypt(key, KeyUsage.TICKET, part.cipher)
    return crypto.decrypt(fitting[-1], KeyUsage.TICKET, part.cipher)
