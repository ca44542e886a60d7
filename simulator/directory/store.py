"""What a domain controller knows: accounts, their names and keys (PURE values).

Each KDC of a lab has its own view, so that replication can be shown broken: a view is a Directory, and a
fault gives one KDC another one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from probe.wire.crypto import EncryptionType, Key, random_key, string_to_key

DEFAULT_ETYPES = (
    EncryptionType.AES256_CTS_HMAC_SHA1_96,
    EncryptionType.AES128_CTS_HMAC_SHA1_96,
    EncryptionType.AES256_CTS_HMAC_SHA384_192,
    EncryptionType.AES128_CTS_HMAC_SHA256_128,
    EncryptionType.RC4_HMAC,
)

DEFAULT_PASSWORD_SET = 1_782_864_000.0
"""2026-07-01T00:00:00Z: when the lab's passwords were set, for whoever reads pwdLastSet."""

_SPN_MAPPINGS = (
    "alerter,appmgmt,cisvc,clipsrv,browser,dhcp,dnscache,replicator,eventlog,eventsystem,policyagent,oakley,dmserver,"
    "dns,mcsvc,fax,msiserver,ias,messenger,netlogon,netman,netdde,netddedsm,nmagent,plugplay,protectedstorage,rasman,"
    "rpclocator,rpc,rpcss,remoteaccess,rsvp,samss,scardsvr,scesrv,seclogon,scm,dcom,cifs,spooler,snmp,schedule,"
    "tapisrv,trksvr,trkwks,ups,time,wins,www,http,w3svc,iisadmin,msdtc"
)
"""What a new forest has behind ``host=`` (read from a Samba domain controller). SMTP and SMTPSVC are not among them."""
HOST_CLASSES = frozenset(_SPN_MAPPINGS.split(","))
"""Service classes for which HOST stands in where nobody has the name itself."""


def as_host(spn: str) -> str:
    """The HOST name that stands in for ``spn``, in lower case; empty for a class that has none."""
    service, _, rest = spn.lower().partition("/")
    return f"host/{rest}" if service in HOST_CLASSES else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet:
    """The keys of one password: one a type of encryption, with the version number of the password."""

    kvno: int
    keys: Mapping[int, Key] = field(repr=False)


class LogonLimit(StrEnum):
    """Why an account may not log on although it is there and enabled."""

    LOCKED_OUT = "locked-out"
    ACCOUNT_EXPIRED = "account-expired"
    LOGON_HOURS = "logon-hours"
    WORKSTATION = "workstation"
    PASSWORD_EXPIRED = "password-expired"  # noqa: S105 - a reason
    PASSWORD_MUST_CHANGE = "password-must-change"  # noqa: S105 - a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user or computer account (``EX1$``), or ``krbtgt``."""

    name: str
    realm: str
    spns: tuple[str, ...] = ()
    key_sets: tuple[KeySet, ...] = ()
    """Newest first. A KDC encrypts with the newest; a server may hold older ones too."""
    etypes: tuple[int, ...] = DEFAULT_ETYPES
    """What the account supports (msDS-SupportedEncryptionTypes), in the KDC's order of preference."""
    salt: str = ""
    disabled: bool = False
    limit: LogonLimit | None = None
    admits: Literal["all", "own-realm", "nobody"] = "all"
    """Which clients get tickets for it: an authentication policy, or selective authentication over a trust."""
    requires_preauthentication: bool = True
    ticket_padding: int = 0
    """Octets that tickets for this account's *client* side are made longer by, as a large PAC would."""
    groups: tuple[str, ...] = ()
    """The groups that it is a member of, by their common names."""
    password_set: float = DEFAULT_PASSWORD_SET
    """pwdLastSet, UTC seconds since the epoch: two passwords of one ``kvno`` differ in it."""

    @property
    def is_controller(self) -> bool:
        """A domain controller's account: nothing else has an SPN of the global catalog."""
        return any(spn.startswith("GC/") for spn in self.spns)

    def answers_to(self, name: str) -> bool:
        """Whether a ticket for ``name`` is for this account, as the account itself sees it."""
        own = {each.lower() for each in (self.name, *self.spns)}
        return name.lower() in own or as_host(name) in own

    def newest(self) -> KeySet:
        """The key set that tickets are encrypted with."""
        return self.key_sets[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """One side of a trust between two realms: what a trusted domain object holds (MS-ADTS section 6.1.6.7).

    Both accounts are cross-realm ticket-granting services (RFC 4120 section 1.2), one for each direction.
    """

    realm: str
    """The other realm."""
    outgoing: Account
    """krbtgt/<other realm>@<this realm>: its key seals the referrals that this realm gives."""
    incoming: Account
    """krbtgt/<this realm>@<other realm>: its key opens the other realm's referrals."""
    refers: bool = True
    """Clients of this realm are sent over there: the trust is inbound, seen from here."""
    accepts: bool = True
    """Clients of the other realm are let in: the trust is outbound, seen from here."""
    reaches: tuple[str, ...] = ()
    """The realms behind the other one: a transitive trust leads to them, and their clients come over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """One KDC's view of a realm."""

    realm: str
    accounts: tuple[Account, ...]
    trusts: tuple[Trust, ...] = ()
    ticket_lifetime_s: float = 36_000.0
    """How long a ticket lasts at most: ten hours, Windows' default. KdcService must honour it."""
    ticket_start_offset_s: float = 0.0
    """Start times are this far ahead of the KDC's clock;

    not 0 only when a fault says so. KdcService must honour it.
    """

    def account(self, name: str) -> Account | None:
        """The account of that name; Windows does not mind the case."""
        return next((a for a in self.accounts if a.name.lower() == name.lower()), None)

    def owners(self, spn: str) -> tuple[Account, ...]:
        """Every account that has ``spn`` (without realm).

        More than one is a duplicate: no KDC gives a ticket for it.
        """
        return self._owners(spn.lower()) or self._owners(as_host(spn))

    def _owners(self, wanted: str) -> tuple[Account, ...]:
        return tuple(a for a in self.accounts if wanted in (s.lower() for s in a.spns))

    def trust(self, realm: str) -> Trust | None:
        """The trust with ``realm``."""
        return next((t for t in self.trusts if t.realm.lower() == realm.lower()), None)

    def towards(self, realm: str) -> Trust | None:
        """The trust with ``realm``, or the one behind which it is."""
        behind = (t for t in self.trusts if realm.lower() in map(str.lower, t.reaches))
        return self.trust(realm) or next(behind, None)

    def route(self, host: str) -> Trust | None:
        """The trust that leads to a host of another realm's DNS domain; None for our own and unknown ones.

        The longest suffix wins, as in the name suffix routing of forest trusts.
        """
        name = "." + host.lower()
        reached = (realm for trust in self.trusts for realm in (trust.realm, *trust.reaches))
        suffixes = {"." + realm.lower(): realm for realm in (self.realm, *reached)}
        best = max((suffix for suffix in suffixes if name.endswith(suffix)), key=len, default=None)
        return None if best is None else self.towards(suffixes[best])

    def with_account(self, account: Account) -> "Directory":
        """The view with ``account`` in place of the one of the same name, or added."""
        others = tuple(a for a in self.accounts if a.name.lower() != account.name.lower())
        return replace(self, accounts=(*others, account))

    def without_spn(self, spn: str) -> "Directory":
        """The view in which no account has ``spn`` itself; what HOST stands for stays."""
        view = self
        for owner in self.owners(spn):
            kept = tuple(name for name in owner.spns if name.lower() != spn.lower())
            view = view.with_account(replace(owner, spns=kept))
        return view


def password_keys(password: str, *, salt: str, kvno: int, etypes: tuple[int, ...] = DEFAULT_ETYPES) -> KeySet:
    """The keys that a password gives, one an encryption type."""
    return KeySet(kvno=kvno, keys={e: _derived_key(e, password, salt) for e in etypes})


# RFC 8009 section 4 has 32,768 iterations: deriving takes longer than a whole probe of the lab.
@lru_cache(maxsize=256)
def _derived_key(etype: int, password: str, salt: str) -> Key:
    return string_to_key(etype, password, salt.encode())


def random_keys(
    randomness: Callable[[int], bytes], *, kvno: int, etypes: tuple[int, ...] = DEFAULT_ETYPES
) -> KeySet:
    """Keys as a machine account has them: random, one an encryption type."""
    return KeySet(kvno=kvno, keys={e: random_key(e, randomness) for e in etypes})
