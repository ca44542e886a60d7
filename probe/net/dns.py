"""Names looked up: by the system's own resolver, and by DNS alone.

dnspython takes 130 ms to import, so it is imported when it is first used.
"""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from probe.net.endpoint import Endpoint

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver
    from dns.resolver import Answer

MAXIMUM_RECORDS = 32
MAXIMUM_ALIASES = 8
"""Links of a chain of CNAME records that are followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What one source says about a name. ``error`` is empty when there are addresses."""

    addresses: tuple[str, ...] = ()
    error: str = ""
    """``timed-out``, ``no-such-name``, ``no-records``, ``server-failure``, ``no-nameserver`` or the source's
    word.
    """


async def system_addresses(name: str, *, timeout_s: float) -> Lookup:
    """Addresses by the system: hosts file, DNS and what else it is set up for. Never raises for what it
    answers.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout_s):
            found = await loop.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except TimeoutError:
        return Lookup(error="timed-out")
    except (OSError, UnicodeError) as error:
        return Lookup(error=_system_error(error))
    addresses = dict.fromkeys(str(info[4][0]) for info in found)
    return Lookup(addresses=tuple(addresses)[:MAXIMUM_RECORDS])


def _system_error(error: OSError | UnicodeError) -> str:
    if isinstance(error, UnicodeError) or error.errno in (
        socket.EAI_NONAME,
        getattr(socket, "EAI_NODATA", 0),
    ):
        return "no-such-name"
    return "server-failure" if error.errno == socket.EAI_AGAIN else error.strerror or "unknown"


async def dns_addresses(name: str, *, timeout_s: float, nameserver: Endpoint | None = None) -> Lookup:
    """A and AAAA records, asked of ``nameserver`` (an IP address and a port) or of the system's
    nameservers.
    """
    answers, errors = await _together(name, ("A", "AAAA"), timeout_s, nameserver)
    addresses = [str(record) for answer in answers for record in answer]
    if addresses:
        return Lookup(addresses=tuple(dict.fromkeys(addresses))[:MAXIMUM_RECORDS])
    return Lookup(error=worst_error(errors))


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What CNAME or PTR records lead to. ``error`` is empty when there are names; its words are `Lookup`'s."""

    names: tuple[str, ...] = ()
    error: str = ""


async def dns_aliases(name: str, *, timeout_s: float, nameserver: Endpoint | None = None) -> Names:
    """The chain of CNAME records that begins at ``name``, its last name last; ``no-records`` for no alias."""
    chain: list[str] = []
    while len(chain) < MAXIMUM_ALIASES:
        answer = await query(chain[-1] if chain else name, "CNAME", timeout_s, nameserver)
        if isinstance(answer, str):
            return Names(names=tuple(chain), error="" if chain else answer)
        following = _texts(answer)[0]
        if following in (name, *chain):
            break  # a circle: whoever follows it gets nowhere
        chain.append(following)
    return Names(names=tuple(chain))


async def dns_reverse(address: str, *, timeout_s: float, nameserver: Endpoint | None = None) -> Names:
    """The names of an IP address by its PTR records (RFC 1035 section 3.5, RFC 3596 section 2.5)."""
    answer = await query(ip_address(address).reverse_pointer, "PTR", timeout_s, nameserver)
    return Names(error=answer) if isinstance(answer, str) else Names(names=_texts(answer))


def _texts(answer: "Answer") -> tuple[str, ...]:
    return tuple(record.target.to_text(omit_final_dot=True) for record in answer)[:MAXIMUM_RECORDS]


async def _together(
    name: str, kinds: tuple[str, ...], timeout_s: float, nameserver: Endpoint | None
) -> tuple[list["Answer"], list[str]]:
    results = await asyncio.gather(*(query(name, kind, timeout_s, nameserver) for kind in kinds))
    return (
        [result for result in results if not isinstance(result, str)],
        [result for result in results if isinstance(result, str)],
    )


def worst_error(errors: list[str]) -> str:
    """The error that says most: one that is no plain "there is nothing"."""
    quiet = ("no-records", "no-such-name")
    return max(errors, key=lambda error: quiet.index(error) if error in quiet else len(quiet), default="")


async def query(name: str, kind: str, timeout_s: float, nameserver: Endpoint | None) -> "Answer | str":
    """The answer, or an error in one of our words."""
    import dns.exception
    import dns.resolver

    words: dict[type[Exception], str] = {
        dns.resolver.NXDOMAIN: "no-such-name",
        dns.resolver.NoAnswer: "no-records",
        dns.resolver.NoNameservers: "server-failure",
        dns.resolver.NoResolverConfiguration: "no-nameserver",
        dns.exception.Timeout: "timed-out",
    }
    try:
        resolver = _resolver(nameserver)
        return await resolver.resolve(name.rstrip(".") + ".", kind, lifetime=timeout_s, search=False)
    except dns.exception.DNSException as error:
        return next((word for known, word in words.items() if isinstance(error, known)), type(error).__name__)
    except (OSError, ValueError) as error:
        return type(error).__name__


def _resolver(nameserver: Endpoint | None) -> "Resolver":
    import dns.asyncresolver

    resolver = dns.asyncresolver.Resolver(configure=nameserver is None)
    if nameserver is not None:
        resolver.nameservers = [nameserver.host]
        resolver.port = nameserver.port
    return resolver
