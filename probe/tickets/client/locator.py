"""Where the KDCs of a realm come from: the user, DNS, krb5.conf, in this order (PURE)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from probe.tickets.client.transport import KdcEndpoint
from probe.tickets.files.krb5conf import Krb5Config
from probe.trace import Recorder
from probe.trace.facts import KdcDiscovery, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SrvAnswer:
    """What DNS says about a realm's KDCs. ``error`` is empty when it answered, even with nothing."""

    kdcs: tuple[KdcEndpoint, ...] = ()
    error: str = ""
    """``timed-out``, ``no-such-name``, ``server-failure``, ``no-nameserver`` or the library's own word."""
    sources: tuple[tuple[str, tuple[KdcEndpoint, ...]], ...] = ()
    """Which records named which of ``kdcs``: ``dns-srv-site``, ``dns-srv-dc``, ``dns-srv``; those that named any."""

    def at(self, places: Mapping[KdcEndpoint, KdcEndpoint]) -> "SrvAnswer":
        """The same answer with other endpoints in the place of those that ``places`` has."""

        def moved(kdcs: tuple[KdcEndpoint, ...]) -> tuple[KdcEndpoint, ...]:
            return tuple(places.get(kdc, kdc) for kdc in kdcs)

        sources = tuple((source, moved(kdcs)) for source, kdcs in self.sources)
        return SrvAnswer(kdcs=moved(self.kdcs), error=self.error, sources=sources)


SrvLookup = Callable[[str], Awaitable[SrvAnswer]]


class KdcLocator:
    """A `Locator` that keeps each source it asked as a KdcDiscovery step.

    ``given`` (realm -> KDCs, names in any case) ends the search. ``srv`` is not asked when krb5.conf has
    ``dns_lookup_kdc = false``, as MIT's programs do.
    """

    def __init__(
        self,
        *,
        given: Mapping[str, Sequence[KdcEndpoint]],
        srv: SrvLookup | None,
        config: Krb5Config | None,
        recorder: Recorder,
    ) -> None:
        self._given = {realm.upper(): tuple(kdcs) for realm, kdcs in given.items()}
        self._srv = srv
        self._config = config or Krb5Config()
        self._recorder = recorder

    async def __call__(self, realm: str) -> Sequence[KdcEndpoint]:
        """The realm's KDCs from the first source that knows any; none when no source does."""
        start_ms = self._recorder.elapsed_ms()
        if given := self._given.get(realm.upper()):
            return self._keep(realm, "option", SrvAnswer(kdcs=given), start_ms)
        if self._srv is not None and self._config.dns_lookup_kdc is not False:
            answer = await self._srv(realm)
            for source, kdcs in answer.sources or (("dns-srv", answer.kdcs),):
                self._keep(realm, source, SrvAnswer(kdcs=kdcs, error=answer.error), start_ms)
            if answer.kdcs:
                return answer.kdcs
        start_ms = self._recorder.elapsed_ms()
        if configured := self._config.realms.get(realm):
            return self._keep(realm, "krb5.conf", SrvAnswer(kdcs=configured), start_ms)
        return self._keep(realm, "none", SrvAnswer(), start_ms)

    def _keep(self, realm: str, source: str, answer: SrvAnswer, start_ms: float) -> Sequence[KdcEndpoint]:
        facts = KdcDiscovery(
            realm=realm, source=source, kdcs=tuple(str(kdc) for kdc in answer.kdcs), error=answer.error
        )
        outcome = Outcome.OK if answer.kdcs else Outcome.REFUSED
        self._recorder.add(
            facts, Outcome.TIMEOUT if answer.error == "timed-out" else outcome, start_ms=start_ms
        )
        return answer.kdcs
