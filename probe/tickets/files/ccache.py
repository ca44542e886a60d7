"""MIT credential cache files: version 4 read and written, version 3 read (PURE: octets in, values out).

Source: MIT's "credential cache file format" (krb5 documentation, formats/ccache_file_format). All numbers are
big-endian in these two versions. Addresses, authorization data and second tickets are read over and not kept.
"""

import struct
from dataclasses import dataclass
from typing import NamedTuple

from probe.tickets.files.reader import ByteReader, ReaderError, counted
from probe.wire.crypto import Key
from probe.wire.der import DerError
from probe.wire.kerberos import Credential, NameType, PrincipalName, Ticket, decode_ticket

_CONFIGURATION_REALM = "X-CACHECONF:"
_CONFIGURATION_NAME = "krb5_ccache_conf_data"
_KDC_OFFSET_TAG = 1
_MAXIMUM_COMPONENTS = 64


class CacheError(ReaderError):
    """Octets that are no credential cache of version 3 or 4: `offset`, what was `due` and what `came`."""


class CacheSetting(NamedTuple):
    """A configuration entry: ``fast_avail``, ``pa_type``, ``refresh_time`` ... and the principal that it is
    about.
    """

    name: str
    principal: str
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialCache:
    """A default principal and its tickets, in file order."""

    default_principal: PrincipalName
    default_realm: str
    credentials: tuple[Credential, ...]
    settings: tuple[CacheSetting, ...] = ()
    kdc_offset_s: float = 0.0
    """The KDC's clock minus the clock of the host that wrote the file, as its program measured it."""


class _Entry(NamedTuple):
    client: PrincipalName
    client_realm: str
    server: PrincipalName
    server_realm: str
    key: Key
    times: tuple[int, int, int, int]
    flags: int
    ticket: bytes
    ticket_offset: int


def read(data: bytes) -> CredentialCache:
    """The credential cache that `data` is. Raises CacheError, also for a truncated file."""
    source = ByteReader(data, CacheError)
    version = source.number(2, "the version 0x0504 or 0x0503")
    if version not in (0x0504, 0x0503):
        raise CacheError(offset=0, due="the version 0x0504 or 0x0503", came=f"0x{version:04x}")
    offset_s = _header(source) if version == 0x0504 else 0.0
    principal, realm = _principal(source, "the default principal")
    credentials: list[Credential] = []
    settings: list[CacheSetting] = []
    while source.left:
        entry = _entry(source, repeated_etype=version == 0x0503)
        setting = _setting(entry)
        if setting is None:
            credentials.append(_credential(entry))
        else:
            settings.append(setting)
    return CredentialCache(
        default_principal=principal,
        default_realm=realm,
        credentials=tuple(credentials),
        settings=tuple(settings),
        kdc_offset_s=offset_s,
    )


def _header(source: ByteReader) -> float:
    """The tagged fields of version 4; the only one known is the KDC's clock offset."""
    fields = source.part(source.number(2, "the length of the header"), "the header")
    offset_s = 0.0
    while fields.left:
        tag = fields.number(2, "a header tag")
        content = fields.part(fields.number(2, "the length of a header field"), "a header field")
        if tag == _KDC_OFFSET_TAG:
            seconds = content.number(4, "the KDC offset's seconds", signed=True)
            offset_s = seconds + content.number(4, "the KDC offset's microseconds", signed=True) / 1e6
    return offset_s


def _principal(source: ByteReader, what: str) -> tuple[PrincipalName, str]:
    name_type = source.number(4, f"the name type of {what}", signed=True)
    start = source.offset
    count = source.number(4, f"the number of components of {what}")
    if count > _MAXIMUM_COMPONENTS:
        raise CacheError(offset=start, due=f"at most {_MAXIMUM_COMPONENTS} components", came=str(count))
    realm = source.text(4, f"the realm of {what}")
    components = tuple(source.text(4, f"a component of {what}") for _ in range(count))
    return PrincipalName(name_type=name_type, components=components), realm


def _entry(source: ByteReader, *, repeated_etype: bool) -> _Entry:
    client, client_realm = _principal(source, "a client")
    server, server_realm = _principal(source, "a server")
    etype = source.number(2, "the session key's type", signed=True)
    if repeated_etype:
        source.take(2, "the session key's type, once more")
    key = Key(etype, source.counted(4, "the session key"))
    auth, start, end, renew = (source.number(4, "a time") for _ in range(4))
    source.take(1, "is_skey")
    flags = source.number(4, "the ticket's flags")
    for what in ("an address", "an element of authorization data"):
        _pass_over(source, what)
    length = source.number(4, "the length of a ticket")
    offset = source.offset
    ticket = source.take(length, "a ticket")
    source.counted(4, "a second ticket")
    return _Entry(
        client, client_realm, server, server_realm, key, (auth, start, end, renew), flags, ticket, offset
    )


def _pass_over(source: ByteReader, what: str) -> None:
    for _ in range(source.number(4, f"how often there is {what}")):
        source.take(2, f"the type of {what}")
        source.counted(4, what)


def _setting(entry: _Entry) -> CacheSetting | None:
    names = entry.server.components
    if entry.server_realm != _CONFIGURATION_REALM or names[:1] != (_CONFIGURATION_NAME,):
        return None
    return CacheSetting("".join(names[1:2]), "".join(names[2:3]), entry.ticket)


def _credential(entry: _Entry) -> Credential:
    auth, start, end, renew = entry.times
    return Credential(
        client=entry.client,
        client_realm=entry.client_realm,
        server=entry.server,
        server_realm=entry.server_realm,
        ticket=_ticket(entry),
        session_key=entry.key,
        auth_time=float(auth),
        start_time=float(start or auth),
        end_time=float(end),
        renew_till=float(renew) if renew else None,
        flags=entry.flags,
    )


def _ticket(entry: _Entry) -> Ticket:
    try:
        return decode_ticket(entry.ticket)
    except DerError as error:
        offset = entry.ticket_offset + error.offset
        raise CacheError(offset=offset, due=error.due, came=error.came) from None


def write(cache: CredentialCache) -> bytes:
    """The octets of a version 4 file that MIT's programs read. Raises ValueError for a time that it cannot hold."""
    seconds, fraction = divmod(cache.kdc_offset_s, 1)
    header = struct.pack(">HHii", _KDC_OFFSET_TAG, 8, int(seconds), int(fraction * 1e6))  # MIT writes 0 too
    client = _principal_octets(cache.default_principal, cache.default_realm)
    return b"".join(
        (
            b"\x05\x04",
            counted(header, 2),
            client,
            *(_setting_octets(client, setting) for setting in cache.settings),
            *(_credential_octets(credential) for credential in cache.credentials),
        )
    )


def _principal_octets(name: PrincipalName, realm: str) -> bytes:
    texts = (realm, *name.components)
    numbers = struct.pack(">iI", name.name_type, len(name.components))
    return numbers + b"".join(counted(text.encode(), 4) for text in texts)


def _setting_octets(client: bytes, setting: CacheSetting) -> bytes:
    names = (_CONFIGURATION_NAME, setting.name, *([setting.principal] if setting.principal else ()))
    server = PrincipalName(name_type=NameType.PRINCIPAL, components=names)
    # No key, no times, no flags, no addresses, no authorization data.
    return b"".join(
        (
            client,
            _principal_octets(server, _CONFIGURATION_REALM),
            bytes(6 + 16 + 1 + 4 + 8),
            counted(setting.value, 4),
            bytes(4),
        )
    )


def _credential_octets(credential: Credential) -> bytes:
    times = (
        credential.auth_time,
        credential.start_time,
        credential.end_time,
        credential.renew_till or 0,
    )
    if not all(0 <= moment < 1 << 32 for moment in times):
        raise ValueError("a credential cache holds times from 1970 to 2106")
    return b"".join(
        (
            _principal_octets(credential.client, credential.client_realm),
            _principal_octets(credential.server, credential.server_realm),
            struct.pack(">h", credential.session_key.etype),
            counted(credential.session_key.contents, 4),
            struct.pack(">4I", *(int(moment) for moment in times)),
            struct.pack(">BIII", 0, credential.flags, 0, 0),
            counted(credential.ticket.raw, 4),
            bytes(4),
        )
    )
