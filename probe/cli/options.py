"""From what was typed to what a run is asked to do.

The order matters. Who logs on is settled first, once for all targets: a secret may come from a pipe. Credentials have
a realm of their own; without them each target has its own. Only then is it known which of the KDCs named with
``--kdc REALM=HOST`` are of our realm and which of another one.
"""

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass

from probe.cli.credentials import check_native, load_credentials
from probe.cli.errors import BadInput
from probe.cli.settings import ProbeSettings
from probe.cli.targets import (
    choose_ehlo_name,
    parse_endpoint,
    parse_kdcs,
    parse_site,
    parse_source,
    parse_spn,
    parse_target,
    realm_of_host,
)
from probe.net.endpoint import Endpoint
from probe.settings.host import Host, read_krb5_conf
from probe.settings.injection import Injection, parse_injection
from probe.settings.options import Credentials, ProbeOptions
from probe.tickets.client.transport import KdcEndpoint
from probe.tickets.files.includes import MISSING
from probe.tickets.files.krb5conf import Krb5Config


def build_options(targets: Sequence[str], settings: ProbeSettings) -> list[ProbeOptions]:
    """The options of each target, in order; every file is read once. Raises BadInput."""
    addresses = [parse_target(target) for target in targets]
    sender = _sender(settings)
    return [_options(name, port, settings, sender) for name, port in addresses]


STUB_REALMS = ("ATHENA.MIT.EDU", "EXAMPLE.COM")
"""Default realms of the krb5.conf that distributions ship: nobody at this site has chosen them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sender:
    """Who the probe is, the same for every target."""

    config: Krb5Config
    credentials: Credentials
    realm: str
    """Empty where each target's own is taken."""
    realm_source: str
    ehlo_name: str
    ehlo_source: str

    def realm_at(self, target: str) -> tuple[str, str]:
        """The realm in which a target's name is asked for, and where that comes from (`ProbeOptions.realm_source`)."""
        own = realm_of_host(target, self.config)
        stub = self.realm_source == "krb5.conf" and self.realm in STUB_REALMS and own
        if self.realm and not stub:
            return self.realm, self.realm_source
        return own, "krb5.conf" if self.config.realm_of(target.rstrip(".")) is not None else "target"


def realm_source(settings: ProbeSettings) -> str:
    """Where the realm of the account comes from, as far as the command line tells."""
    if settings.named_realm or "@" in (settings.user or ""):
        return "given"
    if settings.keytab is not None:
        return "keytab"
    return "ccache" if settings.ccache is not None else "krb5.conf"


def _sender(settings: ProbeSettings) -> _Sender:
    config = _krb5_config()
    credentials, realm = load_credentials(settings, config.default_realm or "")
    ehlo_name, ehlo_source = choose_ehlo_name(settings.ehlo, credentials, realm)
    return _Sender(
        config=config,
        credentials=credentials,
        realm=settings.named_realm if credentials.source == "none" else realm,
        realm_source=realm_source(settings),
        ehlo_name=ehlo_name,
        ehlo_source=ehlo_source,
    )


def _options(name: str, port: int, settings: ProbeSettings, sender: _Sender) -> ProbeOptions:
    realm, realm_source_here = sender.realm_at(name)
    kdcs, other_kdcs = _kdcs(settings, realm)
    options = ProbeOptions(
        name=name,
        port=port,
        connect=_endpoint("--connect", settings.connect, port),
        source="" if settings.source is None else parse_source(settings.source),
        realm=realm,
        realm_source=realm_source_here,
        kdcs=kdcs,
        other_kdcs=other_kdcs,
        krb5_config=sender.config,
        credentials=sender.credentials,
        ehlo_name=sender.ehlo_name,
        ehlo_source=sender.ehlo_source,
        spn="" if settings.spn is None else parse_spn(settings.spn),
        mechanism=settings.mechanism,
        tls=settings.tls,
        wrapping=settings.wrapping,
        initial_response=settings.initial_response,
        ask_ntlm=not settings.no_ntlm,
        directory=_endpoints("--directory", settings.directories, 389),
        ask_directory=not settings.no_directory,
        site="" if settings.site is None else parse_site(settings.site),
        sntp=_endpoints("--sntp", settings.time_servers, 123),
        smb=_endpoint("--smb", settings.smb, 445),
        ask_smb=not settings.no_smb,
        injection=_injection(settings.inject),
        effort=_effort(settings),
        nameserver=_endpoint("--dns", settings.dns, 53),
        timeout_s=_seconds("--timeout", settings.timeout),
        deadline_s=_seconds("--deadline", settings.deadline),
    )
    _check_together(options)
    return options


def _kdcs(
    settings: ProbeSettings, realm: str
) -> tuple[tuple[KdcEndpoint, ...], dict[str, tuple[KdcEndpoint, ...]]]:
    """The KDCs of ``realm``, which is settled by now, and those of others by realm."""
    own, others = parse_kdcs(settings.kdcs)
    return (*own, *others.pop(realm.upper(), ())), others


def _endpoint(option: str, text: str | None, port: int) -> Endpoint | None:
    return None if text is None else parse_endpoint(option, text, port)


def _endpoints(option: str, texts: Sequence[str], port: int) -> tuple[Endpoint, ...]:
    return tuple(parse_endpoint(option, text, port) for text in texts)


def _check_together(options: ProbeOptions) -> None:
    """What does not go with each other. Raises BadInput."""
    if options.credentials.source == "native":
        check_native(options)
    if options.mechanism == "ntlm":
        _check_ntlm(options)


def _check_ntlm(options: ProbeOptions) -> None:
    """NTLM knows no tickets. Raises BadInput."""
    if options.credentials.source not in ("password", "keytab"):
        raise BadInput(
            "--mechanism ntlm needs --user with --password-file, or --keytab: NTLM uses no tickets"
        )
    if options.injection is not None:
        raise BadInput("--mechanism ntlm: --inject damages Kerberos tokens, and NTLM has none")


def _injection(text: str | None) -> Injection | None:
    if text is None:
        return None
    try:
        return parse_injection(text)
    except ValueError as error:
        raise BadInput(f"--inject: {error}") from None


def _effort(settings: ProbeSettings) -> str:
    """How much is measured after the handshake; without either option what is still undecided. Raises BadInput."""
    if settings.quick and settings.thorough:
        raise BadInput("--quick and --thorough exclude each other")
    return "quick" if settings.quick else "thorough" if settings.thorough else "default"


def _seconds(option: str, value: float) -> float:
    if not 0 < value <= 3600:
        raise BadInput(f"{option}: {value:g} is not between 0 and 3600 seconds")
    return value


def _krb5_config() -> Krb5Config:
    """This host's krb5.conf with what it includes; an empty one where there is none. Raises BadInput."""
    found = read_krb5_conf(Host())
    broken = found.unusable()
    if broken is not None:
        why = os.strerror(errno.ENOENT) if broken.error == MISSING else broken.error
        by = f" (included by {broken.included_by})" if broken.included_by else ""
        raise BadInput(f"{broken.path}: {why}{by}")
    return found.config
