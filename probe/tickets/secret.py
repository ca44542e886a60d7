"""A principal's secret, and the key that it gives for what a KDC wants (PURE)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from probe.wire.crypto import Key, string_to_key
from probe.wire.kerberos import EtypeInfo2Entry, PaData, PaDataType, PrincipalName, decode_etype_info2


class NoKeyError(Exception):
    """The secret gives no key of a type that both sides have. The text names types only."""


@dataclass(frozen=True, slots=True)
class Password:
    """A password; a key is derived for the type, salt and parameters that the KDC names."""

    text: str = field(repr=False)

    def key(self, wanted: Sequence[EtypeInfo2Entry], salt: bytes, kvno: int | None = None) -> Key:
        """The key of the first entry that can be done. Raises NoKeyError and CryptoError."""
        del kvno  # a password has no version
        entry = _first(wanted)
        salt_bytes = salt if entry.salt_bytes is None else entry.salt_bytes
        return string_to_key(entry.etype, self.text, salt_bytes, entry.s2kparams)


@dataclass(frozen=True, slots=True)
class KeytabKeys:
    """One principal's keys from a keytab, each with its key version number."""

    keys: tuple[tuple[int, Key], ...]

    def key(self, wanted: Sequence[EtypeInfo2Entry], salt: bytes, kvno: int | None = None) -> Key:
        """The newest key (or that of ``kvno``, where there is one) of the first type held. Raises
        NoKeyError.
        """
        del salt
        for entry in wanted:
            held = [pair for pair in self.keys if pair[1].etype == entry.etype]
            if held:
                named = [pair for pair in held if pair[0] == kvno]
                return max(named or held, key=lambda pair: pair[0])[1]
        types = sorted({key.etype for _, key in self.keys})
        raise NoKeyError(f"wanted {_types(wanted)}, the keytab has {types}")


Secret = Password | KeytabKeys


def _first(wanted: Sequence[EtypeInfo2Entry]) -> EtypeInfo2Entry:
    if not wanted:
        raise NoKeyError("the KDC names no encryption type that we may use")
    return wanted[0]


def _types(wanted: Sequence[EtypeInfo2Entry]) -> list[int]:
    return [entry.etype for entry in wanted]


def default_salt(client: PrincipalName, realm: str) -> bytes:
    """Realm and name components without separators, RFC 4120 section 4 ("salt")."""
    return (realm + "".join(client.components)).encode()


def wanted_keys(padata: Sequence[PaData], etypes: Sequence[int]) -> tuple[EtypeInfo2Entry, ...]:
    """What key the KDC wants, in its order: ETYPE-INFO2, else ETYPE-INFO, else our own types with default
    salts.

    Only types among ``etypes`` are kept; of several lists the first that has any. Raises DerError when the
    KDC's list cannot be read.
    """
    hints = [
        item
        for kind in (PaDataType.ETYPE_INFO2, PaDataType.ETYPE_INFO)
        for item in padata
        if item.type == kind
    ]
    for item in hints:
        if entries := tuple(entry for entry in decode_etype_info2(item.value) if entry.etype in etypes):
            return entries
    if hints:
        return ()
    salts = [item.value for item in padata if item.type == PaDataType.PW_SALT]
    salt = salts[0] if salts else None  # RFC 4120 section 5.2.7.3; seen from old KDCs in an AS-REP
    return tuple(EtypeInfo2Entry(etype=etype, salt_bytes=salt, s2kparams=None) for etype in etypes)
