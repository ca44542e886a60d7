"""Where KDCs are looked for, in which order, and what is kept of it."""

from probe.tickets.client.locator import KdcLocator, SrvAnswer
from probe.tickets.client.transport import KdcEndpoint
from probe.tickets.files.krb5conf import parse
from probe.trace import Recorder
from probe.trace.facts import KdcDiscovery, Outcome

REALM = "CONTOSO.LAB"
CONFIG = "[realms]\nCONTOSO.LAB = {\nkdc = from-file\n}\n"


class Place:
    def __init__(self, *, given: str = "", answer: SrvAnswer | None = None, config: str = "") -> None:
        self.asked: list[str] = []
        self._answer = answer
        self.recorder = Recorder(lambda: 0.0)
        self.locate = KdcLocator(
            given={REALM.lower(): [KdcEndpoint(given)]} if given else {},
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


DNS = SrvAnswer(kdcs=(KdcEndpoint("from-dns"),))
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


async def test_each_source_of_dns_is_a_step_of_its_own() -> None:
    near, far = KdcEndpoint("near"), KdcEndpoint("far")
    answer = SrvAnswer(kdcs=(near, far), sources=(("dns-srv-site", (near,)), ("dns-srv", (far, near))))
    place = Place(answer=answer)
    hosts, steps = await place.find()
    assert hosts == ["near", "far"]
    assert steps == [("dns-srv-site", Outcome.OK, ""), ("dns-srv", Outcome.OK, "")]
    kept = [step.facts for step in place.recorder.steps()]
    assert [found.kdcs for found in kept if isinstance(found, KdcDiscovery)] == [
        ("near:88",),
        ("far:88", "near:88"),
    ]


def test_other_places_for_the_same_answer() -> None:
    near, far, moved = KdcEndpoint("near"), KdcEndpoint("far"), KdcEndpoint("192.0.2.1")
    answer = SrvAnswer(kdcs=(near, far), sources=(("dns-srv", (near, far)),)).at({near: moved})
    assert answer == SrvAnswer(kdcs=(moved, far), sources=(("dns-srv", (moved, far)),))
