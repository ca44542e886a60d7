"""The order in which KDCs and transports are tried."""

from probe.tickets.client.routes import Routes, Way
from probe.tickets.client.transport import KdcEndpoint, Transport

UDP, TCP = Transport.UDP, Transport.TCP
ONE, TWO = KdcEndpoint("dc1"), KdcEndpoint("dc2")


def routes(maximum_kdcs: int = 16) -> Routes:
    return Routes({"R": (ONE, TWO, ONE)}, udp_limit=1465, maximum_kdcs=maximum_kdcs)


async def order(
    it: Routes,
    *,
    octets: int = 100,
    tcp_only: bool = False,
    reliable: bool = False,
    only: KdcEndpoint | None = None,
) -> list[Way]:
    tried: list[Way] = []
    while way := await it.next_way(
        "R", octets, tried=set(tried), tcp_only=tcp_only, reliable=reliable, only=only
    ):
        tried.append(way)
    return tried


async def test_every_kdc_once_and_bounded() -> None:
    assert await routes().kdcs("r") == (ONE, TWO)
    assert await routes(1).kdcs("R") == (ONE,)
    assert await routes().kdcs("OTHER") == ()


async def test_udp_of_all_before_tcp_of_any() -> None:
    assert await order(routes()) == [Way(ONE, UDP), Way(TWO, UDP), Way(ONE, TCP), Way(TWO, TCP)]


async def test_the_dead_are_left_out_on_request() -> None:
    it = routes()
    it.failed(Way(ONE, UDP))
    assert len(await it.routes("R")) == 4
    assert await it.routes("R", include_unreachable=False) == (Way(ONE, TCP), Way(TWO, UDP), Way(TWO, TCP))


async def test_size_decides() -> None:
    assert len(await order(routes(), octets=1465)) == 4
    assert await order(routes(), octets=1466) == [Way(ONE, TCP), Way(TWO, TCP)]
    assert await order(routes(), tcp_only=True) == [Way(ONE, TCP), Way(TWO, TCP)]


async def test_the_one_that_answered_comes_first_and_the_dead_are_left_out() -> None:
    it = routes()
    it.failed(Way(ONE, UDP))
    it.answered("R", Way(TWO, UDP))
    assert await order(it) == [Way(TWO, UDP), Way(TWO, TCP), Way(ONE, TCP)]


async def test_a_reliable_request_stays_with_its_kdc_and_prefers_proven_tcp() -> None:
    it = routes()
    it.answered("R", Way(TWO, UDP))
    assert await order(it, reliable=True) == [Way(TWO, UDP), Way(TWO, TCP), Way(ONE, UDP), Way(ONE, TCP)]
    it.answered("R", Way(TWO, TCP), prefer=False)
    it.answered("R", Way(ONE, TCP), prefer=False)
    assert await order(it, reliable=True) == [Way(TWO, TCP), Way(TWO, UDP), Way(ONE, TCP), Way(ONE, UDP)]


async def test_one_kdc_only() -> None:
    assert await order(routes(), only=TWO) == [Way(TWO, UDP), Way(TWO, TCP)]


async def test_a_way_that_answers_again_is_alive_again() -> None:
    it = routes()
    it.failed(Way(ONE, UDP))
    it.answered("R", Way(ONE, UDP), prefer=False)
    assert Way(ONE, UDP) in await order(it)
