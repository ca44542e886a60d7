"""What the KDCs of every realm on the way know of the names that matter: our own, and those that ours refer us to.

A referral says who speaks for a name, so that realm's KDCs are asked what ours are asked: their clocks over UDP and
TCP, and each name. Beside that, each is asked for its own ticket-granting service: who knows the referral at all gives
that, whatever else it knows.
"""

from collections.abc import Coroutine, Iterator, Mapping, Sequence
from typing import Any

from probe.net.tasks import run_together
from probe.tickets.client.kdc_reply import KdcError, granted_realm, ticket_granting_service
from probe.tickets.client.kerberos_client import KerberosClient
from probe.tickets.client.transport import KdcTransport
from probe.tickets.files.krb5conf import Krb5Config
from probe.trace import Step
from probe.trace.facts import KdcExchange
from probe.wire.kerberos import Credential, PrincipalName

MAXIMUM_REALMS = 3
"""How many realms beside our own are asked: no service is farther from its clients than forest roots make it."""

_Steps = tuple[Step[KdcExchange], ...]


class OtherRealms:
    """One run's surveys over realms. ``config`` says, as MIT's programs take it, which realm a host is of."""

    def __init__(self, client: KerberosClient, transport: KdcTransport, config: Krb5Config) -> None:
        self._client = client
        self._transport = transport
        self._config = config
        self._asked: set[str] = set()
        self._met: set[str] = set()
        self._sought: set[str] = set()

    async def survey(self, tgt: Credential, names: Sequence[str]) -> frozenset[str]:
        """Ask every KDC about each name. Which names some KDC gave a ticket for, in lower case.

        Realms that we know a way to are asked together; then those that came to light by that.
        """
        self._asked = {(granted_realm(tgt.server) or "").upper(), tgt.client_realm.upper()}
        steps = await self._together(
            self._client.survey_names(tgt, names), *self._jobs(self._client.referrals, names)
        )
        await self._together(*[self._find_way(tgt, realm) for realm in self._unreferred(steps)])
        while jobs := self._jobs(self._client.referrals, names):
            steps += await self._together(*jobs)
        tickets = (step.facts for step in steps if step.facts.ticket_etype is not None)
        return frozenset(facts.server.lower() for facts in tickets if not facts.referral_realm)

    def _jobs(
        self, referrals: Mapping[str, Credential], names: Sequence[str]
    ) -> list[Coroutine[Any, Any, _Steps]]:
        """What to ask in each realm that was not asked yet."""
        jobs: list[Coroutine[Any, Any, _Steps]] = []
        for realm, credential in referrals.items():
            if realm.upper() in self._asked or len(self._asked) > MAXIMUM_REALMS:
                continue
            self._asked.add(realm.upper())
            asked: list[PrincipalName | str] = [*names]
            if realm.upper() not in self._met:
                self._met.add(realm.upper())
                asked.insert(0, ticket_granting_service(realm))
                jobs.append(self._client.survey(realm, include_unreachable=False))
            jobs.append(self._client.survey_names(credential, asked))
        return jobs

    def _unreferred(self, steps: _Steps) -> Iterator[str]:
        """The realms of the hosts whose names our own KDCs do not know, and refer nobody for."""
        unknown = (
            step.facts.server
            for step in steps
            if step.facts.error is not None and step.facts.error.code == KdcError.SERVER_UNKNOWN
        )
        found: dict[str, None] = {}
        for name in unknown:
            host = name.partition("@")[0].partition("/")[2].partition(":")[0]
            domain = host.partition(".")[2]
            realm = self._config.realm_of(host) or domain.upper()
            if domain and realm.upper() not in self._asked | self._sought:
                self._sought.add(realm.upper())
                found.setdefault(realm)
        return iter(list(found)[:MAXIMUM_REALMS])

    async def _find_way(self, tgt: Credential, realm: str) -> _Steps:
        """Ask for the way to a realm by its name, if there is one: not every domain of the DNS is a realm."""
        if not await self._client.kdcs(realm):
            return ()
        return await self._client.survey_names(tgt, [ticket_granting_service(realm)])

    async def _together(self, *jobs: Coroutine[Any, Any, _Steps]) -> _Steps:
        found = await run_together(jobs)
        return tuple(step for steps in found for step in steps)
