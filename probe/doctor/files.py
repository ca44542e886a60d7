"""Texts and octets of this host's files -> values (PURE)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from probe.doctor.values import Cache, CachedTicket, ConfigFile, Configuration, KeytabFile, KeytabRow
from probe.tickets.files import ccache, keytab
from probe.tickets.files.krb5conf import parse
from probe.tickets.files.reader import ReaderError
from probe.wire.kerberos import Credential

MAXIMUM_FILES = 64
"""Configuration files that are read, included ones counted."""
MAXIMUM_DEPTH = 8
MAXIMUM_LISTED = 100
"""Tickets of a cache and rows of a keytab that are kept."""

_INCLUDE = re.compile(r"^(?P<word>include|includedir)[ \t]+(?P<path>\S.*)$")
_INCLUDED_NAME = re.compile(r"(?!\.)(?:[A-Za-z0-9_-]+|.*\.conf)")
"""krb5.conf(5): names of letters, digits, dashes and underscores, or ending in .conf and not beginning with a dot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file's contents or why there are none. A missing file has ``missing``."""

    data: bytes = b""
    error: str = ""
    missing: bool = False
    denied: bool = False


Read = Callable[[str], Found]
List = Callable[[str], tuple[str, ...] | str]
"""The names in a folder, or why they cannot be listed."""


def configuration(paths: tuple[str, ...], *, named_by: str, read: Read, list_folder: List) -> Configuration:
    """krb5.conf from these places, includes followed as MIT's library does.

    A file that is missing at a default place is no fact; where ``KRB5_CONFIG`` names it, it is.
    """
    walk = _Walk(read, list_folder)
    texts = [walk.text(path, "") for path in paths]
    named = named_by != "default"
    files = tuple(item for item in walk.files if named or item.included_by or item.error != MISSING)
    return Configuration(named_by=named_by, files=files, config=parse("\n".join(texts)))


MISSING = "no such file"


class _Walk:
    """Reads files and what they include, each once."""

    def __init__(self, read: Read, list_folder: List) -> None:
        self._read = read
        self._list = list_folder
        self._seen: set[str] = set()
        self.files: list[ConfigFile] = []

    def text(self, path: str, included_by: str, depth: int = 0) -> str:
        """The file with its includes put in. An included file is a whole of its own, so that the section in
        which it stands goes on behind it.
        """
        if path in self._seen or len(self._seen) >= MAXIMUM_FILES or depth > MAXIMUM_DEPTH:
            return ""
        self._seen.add(path)
        found = self._read(path)
        if found.missing or found.error:
            self._keep(ConfigFile(path=path, included_by=included_by, error=found.error or MISSING))
            return ""
        text = found.data.decode("utf-8", "replace").removeprefix("\ufeff")
        own = parse(text)
        notes = tuple(
            note for note in own.notes if note not in own.damage and not note.endswith("is not followed")
        )
        self._keep(ConfigFile(path=path, included_by=included_by, damage=own.damage, notes=notes))
        return "\n".join(self._expanded(text, path, depth))

    def _keep(self, item: ConfigFile) -> None:
        self.files.append(item)

    def _expanded(self, text: str, path: str, depth: int) -> Iterator[str]:
        section = ""
        for line in text.splitlines():
            matched = _INCLUDE.match(line)
            if matched is None:
                section = line if line.lstrip().startswith("[") else section
                yield line
                continue
            for name in self._named(matched["word"], matched["path"].strip(), path):
                yield self.text(name, path, depth + 1)
            yield section

    def _named(self, word: str, path: str, by: str) -> tuple[str, ...]:
        if word == "include":
            return (path,)
        names = self._list(path)
        if isinstance(names, str):
            self._keep(ConfigFile(path=path, included_by=by, error=names))
            return ()
        folder = path.rstrip("/\\")
        return tuple(f"{folder}/{name}" for name in sorted(names) if _INCLUDED_NAME.fullmatch(name))


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


def hosts_lines(text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The lines of a hosts file that name one of ``names``, without comments, blanks made single."""
    wanted = {name.casefold() for name in names if name}
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return tuple(
        " ".join(words) for words in lines if wanted & {word.casefold().rstrip(".") for word in words[1:]}
    )[:MAXIMUM_LISTED]


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
