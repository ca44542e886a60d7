"""What a Samba domain controller of the tests is given: its configuration and its first accounts."""

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

REALM = "CONTOSO.LAB"
DOMAIN = "CONTOSO"
DNS_DOMAIN = "contoso.lab"
BASE = "DC=contoso,DC=lab"
ADMINISTRATOR_PASSWORD = "Administrator-1"
ALICE_PASSWORD = "Alice-Password-1"
SERVERS = ("EX1", "EX2")
SERVICES = ("SMTPSVC", "SMTP", "HOST")

AES_AND_RC4 = 28
"""msDS-SupportedEncryptionTypes (MS-KILE section 2.2.7): 4 is rc4, 8 aes128, 16 aes256."""

# smbd and winbindd are left out: nothing here asks for files. dns is last, so that all others run once it answers.
_SMB_CONF = """\
[global]
    workgroup = {domain}
    realm = {realm}
    netbios name = {name}
    server role = active directory domain controller
    server services = rpc ldap cldap kdc drepl dns
    interfaces = 127.0.0.1 {address}
    bind interfaces only = yes
    dns forwarder =
    tls enabled = no
    private dir = {folder}/private
    state directory = {folder}/state
    cache directory = {folder}/cache
    lock directory = {folder}/lock
    pid directory = {folder}/run
    ncalrpc dir = {folder}/run/ncalrpc
    ntp signd socket directory = {folder}/run/ntp
    binddns dir = {folder}/bind-dns
    log file = {folder}/samba.log
    log level = 1 auth_audit:3
"""

# Its own Kerberos client finds the KDCs by DNS, as a domain member does.
KRB5_CONF = f"""\
[libdefaults]
    default_realm = {REALM}
    dns_lookup_realm = false
    dns_lookup_kdc = true
"""

_COMPUTER = """\
dn: CN={name},CN=Computers,{base}
changetype: add
objectClass: computer
sAMAccountName: {name}$
userAccountControl: 4096
dNSHostName: {host}.contoso.lab
msDS-SupportedEncryptionTypes: {etypes}
unicodePwd:: {password}
{spns}
"""

_USER = """\
dn: CN=alice,CN=Users,{base}
changetype: add
objectClass: user
sAMAccountName: alice
userAccountControl: 512
unicodePwd:: {password}

"""


def smb_conf(name: str, address: str, folder: Path) -> str:
    """smb.conf of a controller whose every file is below ``folder``."""
    return _SMB_CONF.format(domain=DOMAIN, realm=REALM, name=name.upper(), address=address, folder=folder)


def spns_of(server: str) -> tuple[str, ...]:
    """The names that Exchange and Windows register for a server."""
    host = server.lower()
    return tuple(f"{service}/{name}" for service in SERVICES for name in (f"{host}.contoso.lab", host))


def first_accounts() -> str:
    """LDIF that adds the computers EX1 and EX2 and the user alice."""
    return "".join(_computer(name) for name in SERVERS) + _USER.format(
        base=BASE, password=_quoted(ALICE_PASSWORD)
    )


def _computer(name: str) -> str:
    return _COMPUTER.format(
        name=name,
        base=BASE,
        host=name.lower(),
        etypes=AES_AND_RC4,
        password=_quoted(f"{name}-Machine-Password-1"),
        spns="".join(f"servicePrincipalName: {spn}\n" for spn in spns_of(name)),
    )


def replaced(account: str, attribute: str, values: Sequence[str]) -> str:
    """LDIF that gives an account of CN=Computers other values of an attribute."""
    lines = "".join(f"{attribute}: {value}\n" for value in values)
    return f"dn: CN={account},CN=Computers,{BASE}\nchangetype: modify\nreplace: {attribute}\n{lines}-\n\n"


def _quoted(password: str) -> str:
    """MS-ADTS section 3.1.1.3.1.5: unicodePwd is UTF-16LE, between quotation marks."""
    return b64encode(f'"{password}"'.encode("utf-16-le")).decode("ascii")
