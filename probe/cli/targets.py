"""Names and addresses as people type them."""

import re
import socket
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from probe.addresses import is_ip_address
from probe.cli.errors import BadInput
from probe.net.endpoint import Endpoint, EndpointError
from probe.settings.options import SMTP_PORT, Credentials
from probe.tickets.client.transport import KERBEROS_PORT, KdcEndpoint
from probe.tickets.files.krb5conf import Krb5Config

E = TypeVar("E", bound=Endpoint)

_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?")

_CHANGED_SINCE = ("\u00df", "\u03c2", "\u200c", "\u200d")
"""Sharp s, final sigma and the two joiners: valid since RFC 5892, mapped away before."""

_SPN = re.compile(r"[!-.0-?A-~]{1,64}(/[!-.0-?A-~]{1,255}){0,2}")
"""Printable ASCII without spaces: service, host, and for some services a third part."""


def parse_target(text: str) -> tuple[str, int]:
    """`mail1.contoso.com`, `mail1.contoso.com:2525`, `10.0.0.1`, `[::1]:25`. Raises BadInput."""
    endpoint = parse_endpoint("TARGET", text, SMTP_PORT)
    return endpoint.host, endpoint.port


def parse_endpoint(what: str, text: str, port: int) -> Endpoint:
    """HOST[:PORT] with a default port. Raises BadInput that names the option."""
    return _parse(Endpoint, what, text, port)


def parse_kdc(text: str) -> KdcEndpoint:
    """[tcp/|udp/]HOST[:PORT], port 88 by default. Raises BadInput."""
    return _parse(KdcEndpoint, "--kdc", text, KERBEROS_PORT)


def _parse(kind: type[E], what: str, text: str, port: int) -> E:
    try:
        endpoint = kind.parse(text, port)
    except EndpointError as error:
        raise BadInput(f"{what}: {error}") from None
    if not endpoint.host.isascii():
        endpoint = replace(endpoint, host=_ascii(what, endpoint.host))
    if not _is_host(endpoint.host):
        raise BadInput(f"{what}: {text!r} is no host name and no IP address")
    return endpoint


def _ascii(what: str, name: str) -> str:
    """A name with other letters than ASCII's as DNS has it, `xn--...` (RFC 5891 section 5). Raises BadInput.

    Python's codec is of 2003 (RFC 3490), which agrees with 2008 but for four letters that it changes or drops.
    """
    if any(letter in name.casefold() or letter in name for letter in _CHANGED_SINCE):
        raise BadInput(
            f"{what}: {name!r} has a letter that old and new rules write differently: give its xn-- form"
        )
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        raise BadInput(f"{what}: {name!r} is no host name and no IP address") from None


def parse_kdcs(texts: Sequence[str]) -> tuple[tuple[KdcEndpoint, ...], dict[str, tuple[KdcEndpoint, ...]]]:
    """KDCs of our own realm, and of others by realm: `HOST[:PORT]` and `REALM=HOST[:PORT]`. Raises BadInput."""
    own: list[KdcEndpoint] = []
    others: dict[str, tuple[KdcEndpoint, ...]] = {}
    for text in texts:
        realm, equals, host = text.partition("=")
        if not equals:
            own.append(parse_kdc(text))
            continue
        if not _is_name(realm.strip()):
            raise BadInput(f"--kdc: {text!r} is neither HOST[:PORT] nor REALM=HOST[:PORT]")
        name = realm.strip().upper()
        others[name] = (*others.get(name, ()), parse_kdc(host))
    return tuple(own), others


def _is_host(text: str) -> bool:
    return is_ip_address(text) or _is_name(text)


def _is_name(text: str) -> bool:
    return len(text) <= 253 and _NAME.fullmatch(text) is not None


def realm_of_host(name: str, config: Krb5Config) -> str:
    """The realm of a host whose realm nobody named: krb5.conf's, else its DNS domain, which is what AD uses.

    Empty for an address and for a name without a domain: then no KDC is asked anything.
    """
    host = name.rstrip(".")
    configured = config.realm_of(host)
    if configured is not None:
        return configured
    _, _, domain = host.partition(".")
    return "" if is_ip_address(host) or "." not in domain else domain.upper()


def default_ehlo_name() -> str:
    """This host's full name as its own resolver configuration has it; an address literal would tempt a balancer."""
    name = socket.getfqdn()
    return (
        name if _is_name(name) else "localhost"
    )  # a host's own name may be anything, such as letters with accents


def choose_ehlo_name(given: str | None, credentials: Credentials, realm: str) -> tuple[str, str]:
    """What we say in EHLO, and where that comes from (`ProbeOptions.ehlo_source`). Raises BadInput.

    The receiver asks its KDC for ``SMTPSVC/<this name>``, so it has to be the name of the account that logs on: this
    host's own says nothing about EX2$ where EX2's keytab was carried to a jump host.
    """
    if given is not None:
        return parse_ehlo_name(given), "given"
    if credentials.mail_host and _is_name(credentials.mail_host):
        return credentials.mail_host, "keytab"
    account = "" if credentials.principal is None else str(credentials.principal)
    guess = f"{account.removesuffix('$')}.{realm}".lower()
    if account.endswith("$") and _is_name(guess):
        return guess, "account"
    return default_ehlo_name(), "host"


def parse_site(text: str) -> str:
    """A site's name, which is one label of a DNS name (MS-ADTS section 6.3.2.3). Raises BadInput."""
    if not _is_name(text) or "." in text:
        raise BadInput(f"--site: {text!r} is no name of a site")
    return text


def parse_ehlo_name(text: str) -> str:
    """A host name, or an address literal in brackets (RFC 5321 section 4.1.3). Raises BadInput."""
    literal = text[1:-1].removeprefix("IPv6:") if text.startswith("[") and text.endswith("]") else ""
    if not _is_name(text) and not (literal and is_ip_address(literal)):
        raise BadInput(f"--ehlo: {text!r} is no host name and no address in brackets")
    return text


def parse_source(text: str) -> str:
    """An IP address of this host: somebody else's would look like a receiver out of reach. Raises BadInput."""
    if not is_ip_address(text):
        raise BadInput(f"--source: {text!r} is no IP address")
    try:
        with socket.socket(socket.AF_INET6 if ":" in text else socket.AF_INET) as own:
            own.bind((text, 0))
    except OSError as error:
        raise BadInput(f"--source: {text}: {error.strerror or error}") from None
    return text


def parse_spn(text: str) -> str:
    """``SERVICE/HOST`` or another principal's name. Raises BadInput."""
    if _SPN.fullmatch(text) is None:
        raise BadInput(f"--spn: {text!r} is no name such as SMTPSVC/mail1.contoso.com")
    return text
