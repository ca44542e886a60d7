"""Active Directory's attributes (MS-ADA1 to MS-ADA3) as facts (PURE). Values that do not fit are left out."""

import re
from dataclasses import dataclass

from probe.trace.facts import DirectoryAccount, DirectoryTrust
from probe.wire.der import GENERALIZED_TIME, DerError, read_message, tlv
from probe.wire.ldap.messages import Entry

ACCOUNT_ATTRIBUTES = (
    "sAMAccountName",
    "dNSHostName",
    "servicePrincipalName",
    "msDS-KeyVersionNumber",
    "pwdLastSet",
    "userAccountControl",
    "msDS-SupportedEncryptionTypes",
    "memberOf",
)
CATALOG_ATTRIBUTES = ("sAMAccountName", "dNSHostName")
TRUST_ATTRIBUTES = ("trustPartner", "trustDirection", "trustAttributes", "msDS-SupportedEncryptionTypes")
ROOT_ATTRIBUTES = (
    "dnsHostName",
    "defaultNamingContext",
    "rootDomainNamingContext",
    "currentTime",
    "supportedSASLMechanisms",
    "isGlobalCatalogReady",
)

MAXIMUM_NAMES = 100
"""SPNs or groups kept of one account."""
MAXIMUM_CHARACTERS = 256
ACCOUNT_DISABLED = 0x2
"""ADS_UF_ACCOUNT_DISABLE, MS-ADTS section 2.2.16."""
FILETIME_EPOCH_S = 11_644_473_600
"""From 1601-01-01 to 1970-01-01, MS-DTYP section 2.3.3; a tick is 100 ns."""
NEVER_EXPIRES = (1 << 63) - 1

_NUMBER = re.compile(rb"-?[0-9]{1,19}")
_FIRST_RDN = re.compile(r"CN=((?:\\.|[^,\\])*)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([0-9A-Fa-f]{2}|.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RootDse:
    """What a controller says of itself without credentials (MS-ADTS section 3.1.1.3.2). Empty: not said."""

    host: str = ""
    domain: str = ""
    """defaultNamingContext."""
    forest_root: str = ""
    """rootDomainNamingContext."""
    current_time: float | None = None
    """Seconds since the Unix epoch, cut to a whole one."""
    mechanisms: tuple[str, ...] = ()
    global_catalog: bool = False


def root_dse(entry: Entry) -> RootDse:
    """The rootDSE."""
    return RootDse(
        host=_text(entry, "dnsHostName"),
        domain=_text(entry, "defaultNamingContext"),
        forest_root=_text(entry, "rootDomainNamingContext"),
        current_time=_time(_first(entry, "currentTime")),
        mechanisms=_texts(entry, "supportedSASLMechanisms"),
        global_catalog=_text(entry, "isGlobalCatalogReady").upper() == "TRUE",
    )


def account(entry: Entry) -> DirectoryAccount:
    """A user, computer or managed service account."""
    control = _number(entry, "userAccountControl")
    return DirectoryAccount(
        name=_text(entry, "sAMAccountName"),
        dn=entry.dn,
        dns_host_name=_text(entry, "dNSHostName"),
        spns=_texts(entry, "servicePrincipalName"),
        kvno=_number(entry, "msDS-KeyVersionNumber"),
        password_set=_filetime(_number(entry, "pwdLastSet")),
        account_control=control,
        disabled=None if control is None else bool(control & ACCOUNT_DISABLED),
        etypes=_number(entry, "msDS-SupportedEncryptionTypes"),
        groups=tuple(common_name(dn) for dn in _texts(entry, "memberOf")),
    )


def trust(entry: Entry) -> DirectoryTrust:
    """A trustedDomain object."""
    return DirectoryTrust(
        partner=_text(entry, "trustPartner"),
        direction=_number(entry, "trustDirection"),
        attributes=_number(entry, "trustAttributes"),
        etypes=_number(entry, "msDS-SupportedEncryptionTypes"),
    )


def whole(entry: Entry) -> bool:
    """Nothing of the entry was left out, neither by the server nor by our limits."""
    return not entry.cut and all(len(values) <= MAXIMUM_NAMES for values in entry.attributes.values())


def common_name(dn: str) -> str:
    """The first name of a distinguished name, unescaped (RFC 4514 section 3): ``Exchange Servers``."""
    found = _FIRST_RDN.match(dn)
    if found is None:
        return dn
    return _ESCAPED.sub(lambda part: _unescaped(part.group(1)), found.group(1))


def _unescaped(escaped: str) -> str:
    return chr(int(escaped, 16)) if len(escaped) == 2 else escaped


def _first(entry: Entry, attribute: str) -> bytes:
    return next(iter(entry.attributes.get(attribute.casefold(), ())), b"")


def _text(entry: Entry, attribute: str) -> str:
    return _first(entry, attribute).decode("utf-8", "replace")[:MAXIMUM_CHARACTERS]


def _texts(entry: Entry, attribute: str) -> tuple[str, ...]:
    values = entry.attributes.get(attribute.casefold(), ())[:MAXIMUM_NAMES]
    return tuple(value.decode("utf-8", "replace")[:MAXIMUM_CHARACTERS] for value in values)


def _number(entry: Entry, attribute: str) -> int | None:
    content = _first(entry, attribute)
    return int(content) if _NUMBER.fullmatch(content) else None


def _filetime(ticks: int | None) -> float | None:
    if ticks is None or not 0 <= ticks < NEVER_EXPIRES:
        return None
    return ticks / 1e7 - FILETIME_EPOCH_S if ticks else 0.0


def _time(content: bytes) -> float | None:
    try:
        return read_message(tlv(GENERALIZED_TIME, content)).time()
    except DerError:
        return None
