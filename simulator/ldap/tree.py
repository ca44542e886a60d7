"""A domain's objects as Active Directory would show them, made of what its KDC knows (PURE; MS-ADA1 to MS-ADA3)."""

from collections.abc import Iterator

from probe.wire.crypto import EncryptionType
from simulator.directory.store import DEFAULT_ETYPES, Account, Directory, LogonLimit, Trust
from simulator.ldap.entries import Entry, entry
from simulator.ldap.names import escaped, of_domain

DISABLED, NORMAL, WORKSTATION_TRUST, SERVER_TRUST = 0x2, 0x200, 0x1000, 0x2000
TRUSTED_FOR_DELEGATION, NO_PREAUTHENTICATION = 0x80000, 0x400000
"""userAccountControl (MS-ADTS section 2.2.16)."""
ETYPE_BITS = {
    EncryptionType.RC4_HMAC: 0x4,
    EncryptionType.AES128_CTS_HMAC_SHA1_96: 0x8,
    EncryptionType.AES256_CTS_HMAC_SHA1_96: 0x10,
}
"""msDS-SupportedEncryptionTypes (MS-KILE section 2.2.7), which has no bit for the types of RFC 8009."""
FILETIME_EPOCH_S = 11_644_473_600
"""From 1601-01-01 to 1970-01-01 (MS-DTYP section 2.3.3)."""
EXCHANGE_GROUPS_OU = "OU=Microsoft Exchange Security Groups"
"""Where Exchange's set-up creates its groups."""
CONTROLLERS_OU = "OU=Domain Controllers"
CONSTRUCTED = ("msDS-KeyVersionNumber", "msDS-User-Account-Control-Computed")
"""Computed at each search (MS-ADTS section 3.1.1.4.5.16), so `*` does not give them."""
NEVER = str(2**63 - 1)
"""accountExpires of an account without an end (MS-ADA1)."""
COMPUTED = {LogonLimit.LOCKED_OUT: 0x10, LogonLimit.PASSWORD_EXPIRED: 0x800000}
"""msDS-User-Account-Control-Computed: UF_LOCKOUT, UF_PASSWORD_EXPIRED (MS-ADTS section 3.1.1.4.5.17)."""
_A_DAY_S = 86_400.0
INBOUND, OUTBOUND, FOREST_TRANSITIVE, UPLEVEL = 1, 2, 0x8, 2
"""trustDirection (inbound: the other domain lets ours in), trustAttributes and trustType (MS-ADTS section 6.1.6.7)."""


def filetime(seconds: float) -> str:
    """A moment as AD's large integers have it: 100 ns since 1601."""
    return str(round((seconds + FILETIME_EPOCH_S) * 10_000_000))


def domain_of(directory: Directory) -> str:
    """The distinguished name of the realm's domain."""
    return of_domain(directory.realm.lower())


def objects(directory: Directory) -> tuple[Entry, ...]:
    """Everything in the domain's naming context, its root first."""
    domain = domain_of(directory)
    return (
        *_containers(directory, domain),
        *(_account(account, domain) for account in directory.accounts),
        *_groups(directory, domain),
        *(_trust(trust, domain) for trust in directory.trusts),
    )


def _containers(directory: Directory, domain: str) -> Iterator[Entry]:
    first = domain.partition(",")[0].partition("=")[2]
    yield _object(domain, first, "Domain-DNS", domain, ("domain", "domainDNS"))
    for name in ("Users", "Computers", "System"):
        yield _object(f"CN={name},{domain}", name, "Container", domain, ("container",))
    for unit in (CONTROLLERS_OU, EXCHANGE_GROUPS_OU):
        name = unit.partition("=")[2]
        yield _object(f"{unit},{domain}", name, "Organizational-Unit", domain, ("organizationalUnit",))


def _object(
    dn: str, name: str, category: str, domain: str, classes: tuple[str, ...], **more: object
) -> Entry:
    attributes = {
        "objectClass": ("top", *classes),
        "distinguishedName": dn,
        "name": name,
        "objectCategory": f"CN={category},CN=Schema,CN=Configuration,{domain}",
    }
    return entry(dn, attributes | {key: _texts(value) for key, value in more.items()})


def _texts(value: object) -> str | tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else str(value)


def _account(account: Account, domain: str) -> Entry:
    computer = account.name.endswith("$")
    name = account.name.rstrip("$")
    dn = f"CN={escaped(name)},{_home(account)},{domain}"
    classes = ("top", "person", "organizationalPerson", "user", *(("computer",) if computer else ()))
    category = "Computer" if computer else "Person"
    attributes: dict[str, str | tuple[str, ...]] = {
        "objectClass": classes,
        "cn": name,
        "name": name,
        "distinguishedName": dn,
        "objectCategory": f"CN={category},CN=Schema,CN=Configuration,{domain}",
        "sAMAccountName": account.name,
        "userAccountControl": str(user_account_control(account)),
        "pwdLastSet": filetime(account.password_set),
        "servicePrincipalName": account.spns,
        "memberOf": tuple(_group_dn(group, domain) for group in account.groups),
        "msDS-SupportedEncryptionTypes": encryption_types(account),
        "msDS-KeyVersionNumber": str(account.newest().kvno) if account.key_sets else (),
    }
    if computer:
        attributes["dNSHostName"] = f"{name.lower()}.{account.realm.lower()}"
    return entry(dn, attributes | limits(account), constructed=CONSTRUCTED)


def limits(account: Account) -> dict[str, str | tuple[str, ...]]:
    """What shows of a limit to log on, and what is there without one. Its times are a day behind the password's."""
    found: dict[str, str | tuple[str, ...]] = {
        "accountExpires": NEVER,
        "lockoutTime": "0",
        "msDS-User-Account-Control-Computed": str(COMPUTED.get(account.limit, 0) if account.limit else 0),
    }
    moment = filetime(account.password_set + _A_DAY_S)
    shown = {
        LogonLimit.LOCKED_OUT: ("lockoutTime", moment),
        LogonLimit.ACCOUNT_EXPIRED: ("accountExpires", moment),
        # A bit an hour of the week, of which none is set (MS-ADA1).
        LogonLimit.LOGON_HOURS: ("logonHours", "\0" * 21),
        LogonLimit.WORKSTATION: ("userWorkstations", "ELSEWHERE"),
        LogonLimit.PASSWORD_MUST_CHANGE: ("pwdLastSet", "0"),
    }
    if account.limit in shown:
        attribute, value = shown[account.limit]
        found[attribute] = value
    return found


def _home(account: Account) -> str:
    if account.is_controller:
        return CONTROLLERS_OU
    return "CN=Computers" if account.name.endswith("$") else "CN=Users"


def user_account_control(account: Account) -> int:
    """What the account is and may; krbtgt is disabled as everywhere."""
    if account.is_controller:
        value = SERVER_TRUST | TRUSTED_FOR_DELEGATION
    else:
        value = WORKSTATION_TRUST if account.name.endswith("$") else NORMAL
    if account.disabled or account.name.lower() == "krbtgt":
        value |= DISABLED
    return value if account.requires_preauthentication else value | NO_PREAUTHENTICATION


def encryption_types(account: Account) -> tuple[str, ...]:
    """One number; none for a user whom nobody gave one, as in AD."""
    if not account.name.endswith("$") and tuple(account.etypes) == DEFAULT_ETYPES:
        return ()
    return (str(sum(bit for etype, bit in ETYPE_BITS.items() if etype in account.etypes)),)


def _group_dn(group: str, domain: str) -> str:
    return f"CN={escaped(group)},{EXCHANGE_GROUPS_OU},{domain}"


def _groups(directory: Directory, domain: str) -> Iterator[Entry]:
    """Every group that somebody is in."""
    for group in dict.fromkeys(name for account in directory.accounts for name in account.groups):
        members = tuple(
            f"CN={escaped(account.name.rstrip('$'))},{_home(account)},{domain}"
            for account in directory.accounts
            if group in account.groups
        )
        yield _object(
            _group_dn(group, domain), group, "Group", domain, ("group",),
            cn=group, sAMAccountName=group, groupType=-2147483640, member=members,
        )  # fmt: skip


def _trust(trust: Trust, domain: str) -> Entry:
    other = trust.realm.lower()
    direction = (INBOUND if trust.refers else 0) | (OUTBOUND if trust.accepts else 0)
    return _object(
        f"CN={escaped(other)},CN=System,{domain}", other, "Trusted-Domain", domain, ("leaf", "trustedDomain"),
        cn=other, trustPartner=other, flatName=other.partition(".")[0].upper()[:15],
        trustDirection=direction, trustType=UPLEVEL, trustAttributes=FOREST_TRANSITIVE,
    )  # fmt: skip
