"""Credential cache and keytab: can exps and native programs use them, and are they still good (PURE)."""

from probe.doctor.files import kind_and_path
from probe.doctor.observation import Notes, Observation, do, listed
from probe.doctor.values import Cache, CachedTicket, HostFacts, KeytabFile
from probe.durations import duration, signed
from probe.trace.wording import etype

SOON_S = 600.0
"""A ticket that ends within ten minutes may end during the work that it is meant for."""
OFFSET_LIMIT_S = 240.0
"""Four of Kerberos' five minutes, where the probe warns as well."""

_AES = (17, 18, 19, 20)
_READABLE = "FILE"


def judge_cache(facts: HostFacts) -> list[Observation]:
    """The cache as a whole, its ticket-granting tickets, its tickets for SMTP."""
    notes = Notes("tickets")
    cache = facts.cache
    if not cache.name:
        notes.ok("ccache-none", "tickets are in the log-on session (LSA); exps reads them with --native")
    elif cache.kind != _READABLE:
        notes.ok(
            "ccache-kind",
            f"{cache.name} ({cache.named_by}): exps does not read {cache.kind} caches itself; --native uses them, "
            "and kinit -c FILE:<PATH> makes one for --ccache",
        )
    elif not cache.found:
        notes.ok("ccache-none", f"{cache.name} ({cache.named_by}) is not there; --user, --keytab need none")
    elif cache.error:
        notes.problem(
            "ccache-unreadable",
            f"{cache.name} ({cache.named_by}) cannot be used: {cache.error}",
            do("Get new tickets.", "kinit <USER>@<REALM>"),
        )
    else:
        _judge_tickets(facts, notes)
    return notes.items


def _judge_tickets(facts: HostFacts, notes: Notes) -> None:
    cache = facts.cache
    notes.ok(
        "ccache-read",
        f"{cache.name} ({cache.named_by}) is {cache.principal}'s, with {len(cache.tickets)} ticket(s)",
    )
    now = facts.now + cache.kdc_offset_s
    granting = [ticket for ticket in cache.tickets if ticket.server.startswith("krbtgt/")]
    home = [ticket for ticket in granting if _grants(ticket, cache.realm)] or granting
    if home:
        _judge_tgt(max(home, key=lambda ticket: ticket.end_time), cache, now, notes)
    else:
        notes.notice(
            "tgt-none",
            "the cache has no ticket-granting ticket: no other ticket can be had with it",
            do("Get one.", f"kinit {cache.principal}"),
        )
    _judge_service_tickets(cache, now, notes)
    if abs(cache.kdc_offset_s) > OFFSET_LIMIT_S:
        notes.notice(
            "ccache-offset",
            f"the program that wrote the cache found the KDC's clock {signed(cache.kdc_offset_s)} off this "
            "host's: MIT's programs make up for it, an Exchange server does not",
            do("Set this host's clock."),
            cause="clock-skew-sender",
        )


def _grants(ticket: CachedTicket, realm: str) -> bool:
    return ticket.server.partition("@")[0].casefold() == f"krbtgt/{realm}".casefold()


def _judge_tgt(ticket: CachedTicket, cache: Cache, now: float, notes: Notes) -> None:
    left = ticket.end_time - now
    renew = do("Get a new one.", f"kinit {cache.principal}")
    if left <= 0:
        notes.notice("tgt-expired", f"{ticket.server} ended {duration(left)} ago", renew, cause="ticket-time")
    elif ticket.start_time > now:
        notes.notice(
            "tgt-early", f"{ticket.server} begins in {duration(ticket.start_time - now)}", cause="ticket-time"
        )
    elif left < SOON_S:
        notes.notice("tgt-ends-soon", f"{ticket.server} ends in {duration(left)}", renew)
    else:
        kind = etype(ticket.etype)
        notes.ok("tgt", f"{ticket.server} ({kind}) is good for another {duration(left)}")


def _judge_service_tickets(cache: Cache, now: float, notes: Notes) -> None:
    smtp = [item for item in cache.tickets if item.server.casefold().startswith(("smtpsvc/", "smtp/"))]
    for ticket in smtp:
        version = "" if ticket.kvno is None else f", kvno {ticket.kvno}"
        what = f"{ticket.server} ({etype(ticket.etype)}{version})"
        left = ticket.end_time - now
        if left > 0:
            notes.ok("smtp-ticket", f"{what} is good for another {duration(left)}")
        else:
            notes.notice("smtp-ticket-expired", f"{what} ended {duration(left)} ago", cause="ticket-time")
    if not smtp:
        notes.ok("smtp-ticket-none", "no ticket for SMTPSVC is cached")


def judge_keytab(facts: HostFacts) -> list[Observation]:
    """The default keytab, if this host has one."""
    notes = Notes("keytab")
    table = facts.keytab
    named = f"{table.name} ({table.named_by})"
    if not table.name:
        notes.ok("keytab-none", "Windows keeps the computer's key itself; --keytab takes one made by ktpass")
    elif table.kind != _READABLE:
        notes.ok("keytab-kind", f"{named}: exps reads FILE keytabs only")
    elif not table.found:
        notes.ok("keytab-none", f"{named} is not there; it is needed with --keytab only")
    elif table.denied:
        notes.ok("keytab-denied", f"{named} is there, and only another user may read it, as it should be")
    elif table.error:
        notes.problem(
            "keytab-damaged",
            f"{named} cannot be used: {table.error}",
            do("Make it anew: ktpass on a domain controller, or ktutil here."),
        )
    else:
        _judge_rows(table, notes)
    if table.open_to_all:
        path = kind_and_path(table.name)[1]
        notes.problem(
            "keytab-open",
            f"{named} can be read by every user of this host, and holds keys as good as passwords",
            do("Take the right away.", f"chmod 600 {path}"),
        )
    return notes.items


def _judge_rows(table: KeytabFile, notes: Notes) -> None:
    names = tuple(dict.fromkeys(row.principal for row in table.rows))
    if not names:
        notes.notice("keytab-empty", f"{table.name} ({table.named_by}) holds no key")
        return
    notes.ok("keytab-read", f"{table.name} ({table.named_by}) has keys of {len(names)} principal(s)")
    for name in names:
        rows = [row for row in table.rows if row.principal == name]
        newest = max(row.kvno for row in rows)
        current = [row.etype for row in rows if row.kvno == newest]
        older = sorted({row.kvno for row in rows} - {newest})
        kinds = listed(tuple(dict.fromkeys(etype(number) for number in current)))
        says = f"{name}: kvno {newest}, {kinds}" + (
            f"; older: {listed(tuple(map(str, older)))}" if older else ""
        )
        if any(number in _AES for number in current):
            notes.ok("keytab-principal", says)
        else:
            notes.notice("keytab-without-aes", f"{says}: no AES key", cause="etype-unsupported")
