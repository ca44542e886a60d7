"""MIT keytab files, version 0x502 (PURE: octets in, values out, and back).

Source: MIT's "keytab file format" (krb5 documentation, formats/keytab_file_format). All numbers are
big-endian.
"""

import struct
from dataclasses import dataclass

from probe.tickets.files.reader import ByteReader, ReaderError, counted
from probe.wire.crypto import Key
from probe.wire.kerberos import PrincipalName

_VERSION = 0x0502


class KeytabError(ReaderError):
    """Octets that are no keytab of version 2: `offset`, what was `due` and what `came`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeytabEntry:
    """One key of one principal."""

    principal: PrincipalName
    realm: str
    kvno: int
    key: Key
    timestamp: int = 0
    """When it was written, in seconds since the Unix epoch; 0 when the writer did not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keytab:
    """The entries in file order; deleted ones (holes) are left out."""

    entries: tuple[KeytabEntry, ...]

    def principals(self) -> tuple[tuple[PrincipalName, str], ...]:
        """Each (name, realm) once, in file order."""
        return tuple(dict.fromkeys((entry.principal, entry.realm) for entry in self.entries))

    def entries_of(self, principal: PrincipalName, realm: str) -> tuple[KeytabEntry, ...]:
        """The entries of one principal; its name type does not count."""
        return tuple(
            entry
            for entry in self.entries
            if entry.principal.components == principal.components and entry.realm == realm
        )


def read(data: bytes) -> Keytab:
    """The keytab that `data` is. Raises KeytabError, also for a truncated file."""
    source = ByteReader(data, KeytabError)
    version = source.number(2, "the version 0x0502")
    if version != _VERSION:
        raise KeytabError(offset=0, due="the version 0x0502", came=f"0x{version:04x}")
    entries: list[KeytabEntry] = []
    while source.left:
        size = source.number(4, "the size of an entry", signed=True)
        if size == 0:  # MIT reads no further
            break
        if size < 0:
            source.take(-size, "a hole")
        else:
            entries.append(_entry(source.part(size, "an entry")))
    return Keytab(entries=tuple(entries))


def _entry(source: ByteReader) -> KeytabEntry:
    count = source.number(2, "the number of components")
    realm = source.text(2, "the realm")
    components = tuple(source.text(2, "a component of the name") for _ in range(count))
    name_type = source.number(4, "the name type", signed=True)
    timestamp = source.number(4, "the time stamp")
    kvno = source.number(1, "the key version")
    etype = source.number(2, "the encryption type", signed=True)
    contents = source.counted(2, "the key")
    # The 32-bit key version, where the entry still has room for one; 0 means that it is not there.
    wide = source.number(4, "the 32-bit key version") if source.left >= 4 else 0
    return KeytabEntry(
        principal=PrincipalName(name_type=name_type, components=components),
        realm=realm,
        kvno=wide or kvno,
        key=Key(etype, contents),
        timestamp=timestamp,
    )


def write(keytab: Keytab) -> bytes:
    """The octets of a keytab file, with 32-bit key versions."""
    parts = [struct.pack(">H", _VERSION)]
    for entry in keytab.entries:
        body = _entry_octets(entry)
        parts += [struct.pack(">i", len(body)), body]
    return b"".join(parts)


def _entry_octets(entry: KeytabEntry) -> bytes:
    names = (entry.realm, *entry.principal.components)
    return b"".join(
        (
            struct.pack(">H", len(entry.principal.components)),
            *(counted(name.encode(), 2) for name in names),
            struct.pack(
                ">iIBh", entry.principal.name_type, entry.timestamp, entry.kvno & 0xFF, entry.key.etype
            ),
            counted(entry.key.contents, 2),
            struct.pack(">I", entry.kvno),
        )
    )
