"""Texts and octets of this host's files -> values (PURE)."""

import re
from collections.abc import Mapping

from probe.doctor.values import Cache, CachedTicket, KeytabFile, KeytabRow
from probe.tickets.files import ccache, keytab
from probe.tickets.files.found import Found
from probe.tickets.files.reader import ReaderError
from probe.wire.kerberos import Credential

MAXIMUM_LISTED = 100
"""Tickets of a cache and rows of a keytab that are kept."""


def expanded(name: str, *, uid: int | None, environ: Mapping[str, str]) -> str:
    """``%{uid}`` and the like in a cache's or keytab's name, krb5.conf(5) "Parameter expansion"."""
    number = "" if uid is None else str(uid)
    values = {
        "uid": number,
        "euid": number,
        "USERID": number,
        "null": "",
        "TEMP": environ.get("TMPDIR", "/tmp"),  # noqa: S108 - what MIT takes
    }

    def value(match: re.Match[str]) -> str:
        return values.get(match[1], match[0])

    return re.sub(r"%\{([A-Za-z_]+)\}", value, name)


def kind_and_path(name: str) -> tuple[str, str]:
    r"""``FILE:/tmp/x`` -> FILE, /tmp/x. A name without a kind is a file's, and ``C:\x`` has no kind."""
    kind, colon, rest = name.partition(":")
    if not colon or len(kind) < 2 or "/" in kind or "\\" in kind:
        return "FILE", name
    return ("FILE" if kind.upper() == "WRFILE" else kind.upper()), rest


def cache(name: str, *, named_by: str, found: Found | None) -> Cache:
    """A credential cache's tickets; ``found`` is None for a kind that is no file."""
    kind, _ = kind_and_path(name)
    if found is None or found.missing:
        return Cache(name=name, named_by=named_by, kind=kind)
    if found.error:
        return Cache(name=name, named_by=named_by, kind=kind, found=True, error=found.error)
    try:
        content = ccache.read(found.data)
    except ReaderError as error:
        return Cache(name=name, named_by=named_by, kind=kind, found=True, error=str(error))
    return Cache(
        name=name,
        named_by=named_by,
        kind=kind,
        found=True,
        principal=f"{content.default_principal}@{content.default_realm}",
        realm=content.default_realm,
        tickets=tuple(_ticket(item) for item in content.credentials[:MAXIMUM_LISTED]),
        kdc_offset_s=content.kdc_offset_s,
    )


def _ticket(credential: Credential) -> CachedTicket:
    return CachedTicket(
        server=f"{credential.server}@{credential.server_realm}",
        start_time=credential.start_time,
        end_time=credential.end_time,
        etype=credential.ticket.enc_part.etype,
        kvno=credential.ticket.enc_part.kvno,
        session_etype=credential.session_key.etype,
    )


def keytab_file(name: str, *, named_by: str, found: Found | None, open_to_all: bool = False) -> KeytabFile:
    """A keytab's rows without their keys; ``found`` is None for a kind that is no file."""
    kind, _ = kind_and_path(name)
    if found is None or found.missing:
        return KeytabFile(name=name, named_by=named_by, kind=kind)
    rows: tuple[KeytabRow, ...] = ()
    error = found.error
    if not error:
        try:
            entries = keytab.read(found.data).entries[:MAXIMUM_LISTED]
            rows = tuple(
                KeytabRow(principal=f"{item.principal}@{item.realm}", kvno=item.kvno, etype=item.key.etype)
                for item in entries
            )
        except ReaderError as problem:
            error = str(problem)
    return KeytabFile(
        name=name,
        named_by=named_by,
        kind=kind,
        found=True,
        denied=found.denied,
        error=error,
        open_to_all=open_to_all,
        rows=rows,
    )


def time_sources(text: str) -> tuple[str, ...]:
    """The servers of a chrony.conf, ntp.conf or timesyncd.conf."""
    found: list[str] = []
    for raw in text.splitlines():
        line = raw.strip()
        matched = re.match(r"(server|pool|peer|refclock)[ \t]+(\S+)", line)
        if matched:
            found.append(f"{matched[1]} {matched[2]}")
        elif line.startswith(("NTP=", "FallbackNTP=")):
            found += [f"server {name}" for name in line.partition("=")[2].split()]
    return tuple(dict.fromkeys(found))[:MAXIMUM_LISTED]
