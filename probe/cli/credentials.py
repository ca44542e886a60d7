"""Who the probe is: a password, a keytab, a ticket cache or the system's own tickets, from the command line's words."""

import codecs
import sys
from pathlib import Path
from typing import BinaryIO

from probe.cli.errors import BadInput, blame, read_file
from probe.cli.settings import ProbeSettings
from probe.cli.text_files import WINDOWS, decoded
from probe.settings.injection import Fault
from probe.settings.options import Credentials, ProbeOptions
from probe.tickets.client.results import TicketError
from probe.tickets.files import ccache
from probe.tickets.files.sources import from_keytab, parse_principal
from probe.tickets.secret import Password

MAX_PASSWORD_BYTES = 4096
_UTF16_LINE_ENDS = {codecs.BOM_UTF16_LE: b"\n\0", codecs.BOM_UTF16_BE: b"\0\n"}


def load_credentials(settings: ProbeSettings, configured_realm: str) -> tuple[Credentials, str]:
    """The credentials and the realm that they are for; ``configured_realm`` is krb5.conf's. Raises BadInput."""
    _check_sources(settings)
    named = settings.named_realm
    if settings.user is not None:
        return _from_password(settings.user, settings.password_file, named or configured_realm)
    if settings.keytab is not None:
        return _from_keytab(settings.keytab, settings.principal or "", named)
    if settings.ccache is not None:
        return _from_cache(settings.ccache, named)
    return _from_system() if settings.native else Credentials(), named or configured_realm


def _check_sources(settings: ProbeSettings) -> None:
    """One source of tickets, and nothing that belongs to another one. Raises BadInput."""
    sources = {
        "user": settings.user is not None,
        "keytab": settings.keytab is not None,
        "ccache": settings.ccache is not None,
        "native": settings.native,
    }
    given = [name for name, there in sources.items() if there]
    if len(given) > 1:
        raise BadInput(f"--{given[0]} and --{given[1]} exclude each other: give one source of tickets")
    if settings.password_file is not None and settings.user is None:
        raise BadInput("--password-file needs --user")
    if settings.principal is not None and settings.keytab is None:
        raise BadInput("--principal needs --keytab")


def _from_password(user: str, source: str | None, default_realm: str) -> tuple[Credentials, str]:
    if source is None:
        raise BadInput(
            "--user needs --password-file FILE, or --password-file - to read it from standard input"
        )
    try:
        name, realm = parse_principal(user, default_realm)
    except ValueError as error:
        raise BadInput(f"--user: {error}; give --realm, or USER@REALM") from None
    if realm != default_realm:
        realm = realm.upper()  # typed behind the name; realms of Active Directory have capitals
    secret = Password(_password(source))
    return Credentials(source="password", principal=name, secret=secret), realm


def _password(source: str) -> str:
    """The first line of a file or of standard input, or what is typed at a terminal without being shown."""
    where = "standard input" if source == "-" else source
    try:
        said = decoded(_first_line(source))
    except ValueError:
        # The error's words are left out: they must not tell anything of the password.
        raise BadInput(f"{where}: the first line is neither UTF-8 nor UTF-16 text") from None
    if said.encoding == WINDOWS:
        # A guess here is a wrong password at the KDC, and those lock accounts.
        raise BadInput(
            f"{where}: the first line is not UTF-8 text, but Windows-1252 as it seems: save it as UTF-8"
        )
    password = said.text.rstrip("\r\n")
    if not password:
        raise BadInput(f"{where}: the first line has no password")
    return password


def _first_line(source: str) -> bytes:
    if source != "-":
        line = _line_of(read_file(Path(source)))
    elif sys.stdin.isatty():
        import getpass

        line = getpass.getpass("Password: ").encode()
    else:
        line = _line_of(_piped_line(sys.stdin.buffer))
    if len(line) > MAX_PASSWORD_BYTES:
        raise BadInput(f"the password is longer than {MAX_PASSWORD_BYTES} octets")
    return line


def _line_of(data: bytes) -> bytes:
    """The first line without its end; in UTF-16, whose line ends are two octets each, with its byte order mark."""
    wide = _UTF16_LINE_ENDS.get(data[:2])
    if wide is None:
        return data.split(b"\n", 1)[0].rstrip(b"\r")
    ends = (at for at in range(2, min(len(data), MAX_PASSWORD_BYTES + 2), 2) if data[at : at + 2] == wide)
    return data[: next(ends, len(data))]


def _piped_line(stream: BinaryIO) -> bytes:
    """The first line of a pipe, which may stay open behind it."""
    data = stream.readline(MAX_PASSWORD_BYTES + 1)
    wide = _UTF16_LINE_ENDS.get(data[:2])
    while wide and len(data) <= MAX_PASSWORD_BYTES and not (len(data) % 2 == 0 and data.endswith(wide)):
        # Half of a line end, or an octet of another character that looks like one.
        more = stream.read(1) if len(data) % 2 else stream.readline(MAX_PASSWORD_BYTES + 1 - len(data))
        if not more:
            break
        data += more
    return data


def _from_keytab(path: Path, principal: str, realm: str) -> tuple[Credentials, str]:
    data = read_file(path)
    try:
        with blame(path):
            found = from_keytab(data, principal=principal, realm=realm)
    except TicketError as error:
        raise BadInput(f"{path}: {error.detail}") from None
    credentials = Credentials(
        source="keytab", principal=found.client, secret=found.secret, mail_host=found.mail_host
    )
    return credentials, found.realm


def _from_cache(path: Path, realm: str) -> tuple[Credentials, str]:
    data = read_file(path)
    with blame(path):
        cache = ccache.read(data)
    credentials = Credentials(source="ccache", principal=cache.default_principal, cache=data)
    return credentials, realm or cache.default_realm


def _from_system() -> Credentials:
    """The log-on session of Windows, or the default ticket cache. Raises BadInput where there is neither."""
    from probe.tickets.native.context import NativeUnavailable, check_available

    try:
        check_available()
    except NativeUnavailable as error:
        raise BadInput(
            f"--native: no Kerberos of this host's own ({error}); pip install exps[native]"
        ) from None
    return Credentials(source="native")


def check_native(options: ProbeOptions) -> None:
    """What cannot be had from the system, which makes names of two parts and authenticators itself. Raises BadInput."""
    injection = options.injection
    if options.spn and "/" not in options.spn:
        raise BadInput(
            f"--native asks for SERVICE/HOST only, and {options.spn!r} is none: use --keytab or --ccache"
        )
    if injection is None:
        return
    if injection.fault is Fault.SKEW:
        raise BadInput(
            "--inject skew: with --native the system puts its own time into the token: use another source"
        )
    if injection.fault is Fault.WRONG_SPN and "/" not in injection.spn:
        raise BadInput("--inject wrong-spn: with --native it needs a name: wrong-spn=SERVICE/HOST")
