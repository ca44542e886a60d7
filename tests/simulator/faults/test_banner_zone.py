import pytest

from simulator.faults.banner_zone import BannerZone

# As published protocol logs have it.
BANNER = "mail1.fabrikam.com Microsoft ESMTP MAIL Service ready at Fri, 5 Aug 2016 16:24:41 -0700"


def test_the_zone_is_another_one_and_the_time_stays() -> None:
    found = BannerZone(on="EX1", zone="+0200").banner("EX1", BANNER)
    assert found == BANNER.removesuffix("-0700") + "+0200"


@pytest.mark.parametrize(
    ("server", "text"),
    [("EX2", BANNER), ("EX1", "ex1.contoso.lab ESMTP"), ("EX1", "ex-0700.contoso.lab ready")],
)
def test_other_servers_and_banners_without_a_time_are_as_ever(server: str, text: str) -> None:
    assert BannerZone(on="EX1", zone="+0200").banner(server, text) == text
