"""The lab's directory read by OpenLDAP's clients with Cyrus SASL and MIT Kerberos, by impacket and by ldap3."""

import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import impacket
import pytest
from impacket.krb5.ccache import CCache
from impacket.ldap import ldap, ldapasn1

from tests.interop.conftest import SYSTEM_PYTHON
from tests.support.running_lab import LabClient, running_lab

pytestmark = pytest.mark.interop("kinit", "kvno", "ldapsearch", "cyrus-gssapi")

BASE = "DC=contoso,DC=lab"
REALM = "CONTOSO.LAB"
# libldap makes the SPN of the URL's host (with -N, asking no DNS), and the lab's DNS is not this host's.
HERE = "127.0.0.1"
ALSO_HERE, TLS_HERE = "127.1", "127.0.1"
"""The same address, written so that it makes another SPN."""
HOSTS = {"DC1": HERE, "DC2": ALSO_HERE, "DC3": TLS_HERE}
SCENARIO = f"""
title = "Three domain controllers: one wants signing, one nothing, and one channel bindings inside of TLS"
story = "s"
[[kdc]]
name = "DC1"
[[kdc]]
name = "DC2"
ldap_signing = false
[[account]]
name = "DC1$"
spns = ["ldap/{HERE}"]
ETYPES
[[account]]
name = "DC2$"
spns = ["ldap/{ALSO_HERE}"]
[[kdc]]
name = "DC3"
ldap_tls = "offered"
ldap_channel_binding = "require"
[[account]]
name = "DC3$"
spns = ["ldap/{TLS_HERE}"]
[[fault]]
kind = "missing-spn"
spn = "SMTP/ex1.contoso.lab"
on = "DC2"
[expect]
cause = "healthy"
[lesson]
explain = "e"
"""
FILTER = "(&(objectCategory=computer)(servicePrincipalName=smtpsvc/ex1*)(!(sAMAccountName=EX2$)))"


class Lab(LabClient):
    variables = MappingProxyType({"LDAPCONF": "/dev/null", "LDAPTLS_REQCERT": "never"})

    def port(self, name: str = "DC1", service: str = "ldap") -> int:
        return next(int(kdc[service]) for kdc in self.ready["kdcs"] if kdc["name"] == name)

    def search(
        self, *arguments: str, name: str = "DC1", service: str = "ldap"
    ) -> "subprocess.CompletedProcess[str]":
        scheme = "ldaps" if service == "ldaps" else "ldap"
        uri = f"{scheme}://{HOSTS[name]}:{self.port(name, service)}"
        return self.run("ldapsearch", "-N", "-H", uri, "-o", "ldif-wrap=no", *arguments)


@pytest.fixture(params=[""], ids=[""])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    """With alice logged on; the parameter is DC1$'s encryption types."""
    path = tmp_path / "directory.toml"
    etypes = f"etypes = [{request.param}]" if request.param else ""
    path.write_text(SCENARIO.replace("ETYPES", etypes), encoding="utf-8")
    with running_lab(str(path), tmp_path / "S") as ready:
        running = Lab(ready=ready, folder=tmp_path)
        running.log_on("alice")
        yield running


LAYERS = [
    ("GSSAPI", "minssf=1,maxssf=1", 1),
    ("GSSAPI", "minssf=56", 56),
    ("GSSAPI", "none", 56),
    ("GSS-SPNEGO", "none", 1),
]


@pytest.mark.parametrize("lab", ["", "17", "23"], ids=["aes256", "aes128", "rc4"], indirect=True)
@pytest.mark.parametrize(("mechanism", "properties", "least"), LAYERS)
def test_ldapsearch_reads_over_a_security_layer(
    lab: Lab, mechanism: str, properties: str, least: int
) -> None:
    done = lab.search("-Y", mechanism, "-O", properties, "-b", BASE, FILTER, "*", "msDS-KeyVersionNumber")
    assert done.returncode == 0, done.stderr
    strength = re.search(r"SASL SSF: (\d+)", done.stderr)
    assert strength is not None
    assert int(strength[1]) >= least
    assert "data security layer installed" in done.stderr
    found = done.stdout.splitlines()
    assert f"dn: CN=EX1,CN=Computers,{BASE}" in found
    assert "servicePrincipalName: SMTPSVC/ex1.contoso.lab" in found
    assert "msDS-KeyVersionNumber: 3" in found
    assert "userAccountControl: 4096" in found
    assert f"memberOf: CN=Exchange Servers,OU=Microsoft Exchange Security Groups,{BASE}" in found
    assert "CN=EX2," not in done.stdout


@pytest.mark.parametrize("mechanism", ["GSSAPI", "GSS-SPNEGO"])
def test_without_a_layer_a_modern_controller_refuses(lab: Lab, mechanism: str) -> None:
    arguments = ("-Y", mechanism, "-O", "maxssf=0", "-b", BASE, FILTER, "cn")
    refused = lab.search(*arguments)
    assert refused.returncode == 8
    assert "Strong(er) authentication required" in refused.stderr
    assert "00002028: LdapErr: DSID-" in refused.stderr
    taken = lab.search(*arguments, name="DC2")
    assert taken.returncode == 0, taken.stderr
    assert "SASL SSF: 0" in taken.stderr
    assert f"dn: CN=EX1,CN=Computers,{BASE}" in taken.stdout


def test_pages(lab: Lab) -> None:
    done = lab.search("-Y", "GSSAPI", "-b", BASE, "-E", "pr=2/noprompt", "(objectClass=user)", "cn")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("dn: ") == 7  # krbtgt, alice, EX1, EX2, and three domain controllers
    assert done.stdout.count("pagedresults: cookie=") == 4


def test_the_global_catalog_is_searched_from_the_root(lab: Lab) -> None:
    wanted = "(servicePrincipalName=SMTP/ex1.contoso.lab)"
    done = lab.search("-Y", "GSSAPI", "-b", "", wanted, "1.1", service="global_catalog")
    assert done.returncode == 0, done.stderr
    assert f"dn: CN=EX1,CN=Computers,{BASE}" in done.stdout


def test_two_controllers_that_do_not_agree(lab: Lab) -> None:
    wanted = "(servicePrincipalName=SMTP/ex1.contoso.lab)"
    assert "dn: CN=EX1" in lab.search("-Y", "GSSAPI", "-b", BASE, wanted).stdout
    other = lab.search("-Y", "GSSAPI", "-b", BASE, wanted, name="DC2")
    assert other.returncode == 0, other.stderr
    assert "dn: " not in other.stdout


def test_anonymous_clients_read_the_root_alone(lab: Lab) -> None:
    root = lab.search("-x", "-s", "base", "-b", "")
    assert root.returncode == 0
    assert "supportedSASLMechanisms: GSS-SPNEGO" in root.stdout
    refused = lab.search("-x", "-b", BASE)
    assert refused.returncode == 1
    assert "000004DC: LdapErr" in refused.stdout


def test_the_directory_is_read_only(lab: Lab) -> None:
    done = lab.run("ldapdelete", "-x", "-H", f"ldap://{HERE}:{lab.port()}", f"CN=EX1,CN=Computers,{BASE}")
    assert done.returncode == 53
    started = lab.search("-x", "-ZZ", "-s", "base", "-b", "")
    assert "Server is unavailable (52)" in started.stderr


@pytest.mark.parametrize("service", ["ldap", "ldaps"])
@pytest.mark.parametrize("mechanism", ["GSSAPI", "GSS-SPNEGO"])
def test_openldap_names_the_tls_channel_that_it_logs_on_in(lab: Lab, service: str, mechanism: str) -> None:
    start = ("-ZZ",) if service == "ldap" else ()
    arguments = (*start, "-Y", mechanism, "-O", "maxssf=0", "-b", BASE, FILTER, "cn")
    done = lab.search("-o", "sasl_cbinding=tls-endpoint", *arguments, name="DC3", service=service)
    assert done.returncode == 0, done.stderr
    assert f"dn: CN=EX1,CN=Computers,{BASE}" in done.stdout
    without = lab.search(*arguments, name="DC3", service=service)
    assert without.returncode == 49
    assert "80090346: LdapErr" in without.stderr


def test_a_layer_inside_of_tls_is_refused_as_by_ad(lab: Lab) -> None:
    arguments = ("-Y", "GSS-SPNEGO", "-b", BASE, FILTER)
    done = lab.search("-o", "sasl_cbinding=tls-endpoint", *arguments, name="DC3", service="ldaps")
    assert done.returncode == 53
    assert "Cannot bind using sign/seal on a connection on which TLS or SSL is in effect" in done.stderr


class impacket_client:  # noqa: N801 - used as a function
    """impacket's client, logged on as alice to ``ldap/<controller>`` with the ticket that kvno fetched."""

    def __init__(self, lab: Lab, name: str, *, signing: bool) -> None:
        self._lab, self._host, self._port = lab, f"{name.lower()}.contoso.lab", lab.port(name)
        self._signing = signing

    def __enter__(self) -> Any:
        spn = f"ldap/{self._host}"
        done = self._lab.run("kvno", spn)
        assert done.returncode == 0, done.stderr
        ticket = CCache.loadFile(str(self._lab.ccache)).getCredential(f"{spn}@{REALM}").toTGS()
        looked_up = socket.getaddrinfo
        with pytest.MonkeyPatch.context() as patch:
            # impacket knows one port, and the lab's names are in its own DNS
            patch.setattr(socket, "getaddrinfo", lambda *_, **__: looked_up(HERE, self._port))
            self._client = ldap.LDAPConnection(f"ldap://{self._host}", BASE, signing=self._signing)
        self._client._socket.settimeout(10)
        self._client.kerberosLogin("alice", "", REALM, TGS=ticket, useCache=False)
        return self._client

    def __exit__(self, *_: object) -> None:
        self._client.close()


def names(found: list[Any]) -> list[str]:
    entries = [each for each in found if isinstance(each, ldapasn1.SearchResultEntry)]
    return [str(each["objectName"]).partition(",")[0].removeprefix("CN=") for each in entries]


@pytest.mark.parametrize("lab", ["", "17", "23"], ids=["aes256", "aes128", "rc4"], indirect=True)
def test_impacket_reads_over_a_security_layer(lab: Lab) -> None:
    with impacket_client(lab, "DC1", signing=True) as client:
        assert names(client.search(searchFilter=FILTER)) == ["EX1"]
        paged = [ldapasn1.SimplePagedResultsControl(size=2)]
        assert len(names(client.search(searchFilter="(objectClass=user)", searchControls=paged))) == 7


def test_impacket_without_signing_is_refused(lab: Lab) -> None:
    client = impacket_client(lab, "DC1", signing=False)
    with pytest.raises(ldap.LDAPSessionError, match="strongerAuthRequired: 00002028"):
        client.__enter__()
    client.__exit__()


LDAP3 = """
import sys
sys.path.append(sys.argv[1])
import ldap3
for host, port in zip(sys.argv[2::2], sys.argv[3::2]):
    server = ldap3.Server(host, port=int(port), get_info=ldap3.DSA)
    ldap3.Connection(server, auto_bind=True).unbind()
    user = ldap3.Connection(server, authentication=ldap3.SASL, sasl_mechanism=ldap3.KERBEROS)
    print(server.info.other["dnsHostName"], user.bind(), user.result["description"])
user.search("DC=contoso,DC=lab", "(sAMAccountName=EX1$)", attributes=["servicePrincipalName", "pwdLastSet"])
print([found["dn"] for found in user.response if found["type"] == "searchResEntry"])
"""


@pytest.mark.interop("python3-gssapi")
def test_ldap3_which_has_no_layers_reads_where_none_is_required(lab: Lab) -> None:
    site_packages = str(Path(impacket.__file__).parents[1])
    where = (HERE, str(lab.port("DC1")), ALSO_HERE, str(lab.port("DC2")))
    done = lab.run(SYSTEM_PYTHON, "-c", LDAP3, site_packages, *where)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "['dc1.contoso.lab'] False strongerAuthRequired",
        "['dc2.contoso.lab'] True success",
        f"['CN=EX1,CN=Computers,{BASE}']",
    ]
