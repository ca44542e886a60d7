"""The same log-on with a ticket fetched now."""

from pathlib import Path

from probe.measurements import fresh_ticket
from tests.support.lab_run import probed
from tests.support.traces import error, failing, healthy, refused, ticket

CACHE = '[probe]\ncredentials = "ccache"\nmechanism = "exps-gssapi"\n'
STALE = '[[fault]]\nkind = "ticket-before-key"\naccount = "EX1$"\n' + CACHE


def test_wanted_only_where_a_cached_ticket_was_refused_without_a_word() -> None:
    cached = ticket(source="ccache", cached=True)
    assert fresh_ticket.wanted(failing(cached, refused()))
    assert not fresh_ticket.wanted(failing(cached, refused(peer_error=error(37))))
    assert not fresh_ticket.wanted(failing(refused()))
    assert not fresh_ticket.wanted(healthy())


async def test_the_receiver_takes_the_fresh_one(tmp_path: Path) -> None:
    run = await probed(tmp_path, STALE)
    (contrast,) = run.contrasts("fresh-ticket")
    assert contrast.facts.reply is not None
    assert (contrast.facts.reply.code, contrast.facts.ap_rep_verified) == (235, True)


async def test_a_cache_without_such_a_ticket_needs_none(tmp_path: Path) -> None:
    run = await probed(tmp_path, CACHE, effort="thorough")
    assert run.contrasts("fresh-ticket") == []
