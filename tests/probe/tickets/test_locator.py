"""Where KDCs are looked for, in which order, and what is kept of it."""

from probe.facts import KdcDiscovery, Outcome
from probe.tickets.krb5conf import parse
from probe.tickets.locator import KdcLocator, SrvAnswer
from probe.tickets.transport import Endpoint
from probe.trace import Recorder

REALM = "CONTOSO.LAB"
CONFIG = "[realms]\nCONTOSO.LAB = {\nkdc = from-file\n}\n"


class Place:
    def __init__(self, *, given: str = "", answer: SrvAnswer | None = None, config: str = "") -> None:
        self.asked: list[str] = []
        self._answer = answer
        self.recorder = Recorder(lambda: 0.0)
        self.locate = KdcLocator(
            given={REALM.lower(): [Endpoint(given)]} if given else {},
            srv=None if answer is None else self._srv,
            config=parse(config),
            recorder=self.recorder,
        )

    async def _srv(self, realm: str) -> SrvAnswer:
        self.asked.append(realm)
        assert self._answer is not None
        return self._answer

    async def find(self) -> tuple[list[str], list[tuple[str, Outcome, str]]]:
        found = await self.locate(REALM)
        steps = [
            (step.facts.source, step.outcome, step.facts.error)
            for step in self.recorder.steps()
            if isinstance(step.facts, KdcDiscovery)
        ]
        return [kdc.host for kdc in found], steps


DNS = SrvAnswer(kdcs=(Endpoint("from-dns"),))
SILENT = SrvAnswer(error="timed-out")
UNKNOWN = SrvAnswer(error="no-such-name")


async def test_the_user_comes_first() -> None:
    place = Place(given="from-option", answer=DNS, config=CONFIG)
    assert await place.find() == (["from-option"], [("option", Outcome.OK, "")])
    assert place.asked == []


async def test_dns_before_the_file() -> None:
    place = Place(answer=DNS, config=CONFIG)
    assert await place.find() == (["from-dns"], [("dns-srv", Outcome.OK, "")])
    assert place.asked == [REALM]


async def test_the_file_when_dns_knows_nothing() -> None:
    assert await Place(answer=UNKNOWN, config=CONFIG).find() == (
        ["from-file"],
        [("dns-srv", Outcome.REFUSED, "no-such-name"), ("krb5.conf", Outcome.OK, "")],
    )


async def test_the_file_forbids_dns() -> None:
    place = Place(answer=DNS, config="[libdefaults]\ndns_lookup_kdc = false\n" + CONFIG)
    assert (await place.find())[0] == ["from-file"]
    assert place.asked == []


async def test_nothing_is_known() -> None:
    assert await Place(answer=SILENT).find() == (
        [],
        [("dns-srv", Outcome.TIMEOUT, "timed-out"), ("none", Outcome.REFUSED, "")],
    )
    assert await Place().find() == ([], [("none", Outcome.REFUSED, "")])
