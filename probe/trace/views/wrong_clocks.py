"""Which clocks must be wrong for the readings to be as they are: the smallest covers (PURE).

Every party is a vertex: the sender (this host), the receiver, each group of domain controllers of one realm that agree
with each other, each time server outside. Two that cannot both be right, because they are farther apart than the limit
or because one of them said so (KRB_AP_ERR_SKEW), are joined by an edge; a wrong clock accounts for all edges at its
vertex. An explanation is a cheapest set of vertices that touches every edge (a minimal hitting set: Reiter 1987).

Why groups and not single controllers: those of one domain follow one PDC emulator, so ten of them that agree are one
witness and not ten. The domain's time is what members have to follow: a realm's only group is as dear as two members,
so that one member against a domain with which another agrees is that member's fault, and both against their whole
domain are a tie. A member that agrees with a wrong group follows it and is not blamed. A time server outside follows
none of them and is never wrong here: only it can prove a realm's only group wrong. Among equally cheap explanations the
one that moves fewest clocks leads.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from probe.trace import Trace
from probe.trace.facts import KdcExchange
from probe.trace.views.clocks import Clock, Clocks

SENDER, RECEIVER, KDC = "sender", "receiver", "kdc"
MAXIMUM_WRONG = 4
"""Clocks that are held to be wrong at once; with more, nothing is told apart from here anyway."""


class Blame(StrEnum):
    """What the cheapest explanations say of a role: the sender, the receiver, some KDC."""

    NONE = "none"
    """In none of them."""
    POSSIBLE = "possible"
    """In one that is dearer by one, where none of the cheapest is proven."""
    TIED = "tied"
    """In some of them: another explanation is as good."""
    LEADING = "leading"
    """In some of them, and the one that moves fewest clocks is among these."""
    LIKELY = "likely"
    """In all of them, and nobody independent bears it out."""
    PROVEN = "proven"
    """In all of them, and two that agree, or a time server outside, stand against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vertex:
    """A party, or several that are one witness."""

    name: str
    clocks: tuple[Clock, ...]
    realm: str | None = None
    """Of a group of KDCs; None for everybody else."""
    anchor: bool = False
    """Never wrong: a time server that follows none of the parties."""


Cover = tuple[Vertex, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongClocks:
    """Who is blamed, and which KDCs."""

    blames: dict[str, Blame]
    """By role: `SENDER`, `RECEIVER`, `KDC`."""
    kdcs: tuple[Clock, ...] = ()
    """The KDCs that are wrong in the leading explanation that blames any."""
    right: tuple[Clock, ...] = ()
    """The KDCs that are right in it."""

    def of(self, role: str) -> Blame:
        """What is said of a role."""
        return self.blames.get(role, Blame.NONE)


def find_wrong_clocks(
    trace: Trace, clocks: Clocks, *, refused: bool = False, taken: bool = False
) -> WrongClocks:
    """The blame of each role.

    ``refused``: the receiver itself said that clocks differ; ``taken``: it took our time.
    """
    vertices = _vertices(clocks, _groups(trace, clocks))
    edges = _edges(clocks, vertices, refused=refused, taken=taken)
    ranked = _covers(clocks, vertices, edges)
    covers = tuple(cover for cost, cover in ranked if cost == ranked[0][0])
    blames = {role: _blame(clocks, role, covers, vertices) for role in (SENDER, RECEIVER, KDC)}
    if Blame.PROVEN not in blames.values():
        dearer = [cover for cost, cover in ranked if cost == ranked[0][0] + 1]
        second = {_role(one) for cover in dearer if not _has_any(cover, covers) for one in cover}
        blames |= {role: Blame.POSSIBLE for role in second if blames[role] is Blame.NONE}
    groups = (cover for _, cover in ranked if any(vertex.realm is not None for vertex in cover))
    leading = next(groups, ()) if blames[KDC] is not Blame.NONE else ()
    wrong = tuple(clock for vertex in leading if vertex.realm is not None for clock in vertex.clocks)
    return WrongClocks(
        blames=blames,
        kdcs=wrong,
        right=tuple(kdc for kdc in clocks.kdcs if kdc not in wrong),
    )


def _has_any(cover: Cover, covers: tuple[Cover, ...]) -> bool:
    """It only adds to an explanation that is enough."""
    return any(set(cheaper) <= set(cover) for cheaper in covers)


def _role(vertex: Vertex) -> str:
    return vertex.name if vertex.realm is None else KDC


def _groups(trace: Trace, clocks: Clocks) -> tuple[Vertex, ...]:
    """The controllers of each realm, together with those that they agree with; in the order of their names."""
    realms = {step.facts.kdc: step.facts.realm.casefold() for step in trace.of(KdcExchange)}
    found: list[Vertex] = []
    for kdc in clocks.kdcs:
        realm = realms.get(kdc.who, "")
        for position, group in enumerate(found):
            if group.realm == realm and not any(clocks.apart(kdc, one) for one in group.clocks):
                found[position] = Vertex(name=group.name, clocks=(*group.clocks, kdc), realm=realm)
                break
        else:
            found.append(Vertex(name=kdc.who, clocks=(kdc,), realm=realm))
    return tuple(found)


def _vertices(clocks: Clocks, groups: tuple[Vertex, ...]) -> tuple[Vertex, ...]:
    receiver = (Vertex(name=RECEIVER, clocks=clocks.receiver[:1]),) if clocks.receiver else ()
    outside = tuple(Vertex(name=f"server {one.who}", clocks=(one,), anchor=True) for one in clocks.servers)
    return (Vertex(name=SENDER, clocks=(clocks.host,)), *receiver, *groups, *outside)


def _are_apart(clocks: Clocks, one: Vertex, other: Vertex) -> bool:
    """Every clock of the one from every clock of the other."""
    return all(clocks.apart(left, right) for left in one.clocks for right in other.clocks)


Edges = frozenset[frozenset[str]]


def _edges(clocks: Clocks, vertices: tuple[Vertex, ...], *, refused: bool, taken: bool) -> Edges:
    """What a party says of itself beats our arithmetic, in both directions."""
    pair = frozenset({SENDER, RECEIVER})
    found = {
        frozenset({one.name, other.name})
        for one, other in combinations(vertices, 2)
        if not (one.anchor and other.anchor) and _are_apart(clocks, one, other)
    }
    if taken:
        found.discard(pair)
    elif refused and any(vertex.name == RECEIVER for vertex in vertices):
        found.add(pair)
    return frozenset(found)


def _covers(clocks: Clocks, vertices: tuple[Vertex, ...], edges: Edges) -> tuple[tuple[int, Cover], ...]:
    """Who went wrong by itself in each set that touches every edge, with its cost; the leading one first.

    None when nothing is apart, or where even `MAXIMUM_WRONG` wrong parties do not explain it.
    """
    touched = [one for one in vertices if not one.anchor and any(one.name in edge for edge in edges)]
    found: list[tuple[int, int, int, Cover]] = []
    for size in range(1, min(len(touched), MAXIMUM_WRONG) + 1):
        for chosen in combinations(touched, size):
            names = {vertex.name for vertex in chosen}
            if all(edge & names for edge in edges):
                blamed = tuple(one for one in chosen if not _follows(clocks, one, chosen))
                cost = sum(_cost(vertex, vertices) for vertex in blamed)
                clocks_moved = sum(len(one.clocks) for one in chosen)
                found.append((cost, clocks_moved, _minutes(clocks, chosen), blamed))
    found.sort(key=lambda one: one[:3])
    return tuple((cost, blamed) for cost, _, _, blamed in found)


def _follows(clocks: Clocks, vertex: Vertex, chosen: Cover) -> bool:
    """A member that agrees with a group that is wrong itself."""
    return vertex.realm is None and any(
        group.realm is not None and not _are_apart(clocks, vertex, group) for group in chosen
    )


def _cost(vertex: Vertex, vertices: tuple[Vertex, ...]) -> int:
    """A realm's only group is as dear as two members, unless somebody outside is there to tell."""
    groups = [other for other in vertices if other.realm is not None and other.realm == vertex.realm]
    outside = any(other.anchor for other in vertices)
    return 2 if len(groups) == 1 and not outside else 1


def _minutes(clocks: Clocks, chosen: Cover) -> int:
    """By how much the clocks of a cover are away from the nearest one that is right in it: no tie hangs on seconds."""
    wrong = {clock for vertex in chosen for clock in vertex.clocks}
    everyone = (clocks.host, *clocks.receiver[:1], *clocks.kdcs, *clocks.servers)
    right = [clock for clock in everyone if clock not in wrong]
    moved = sum(min((abs(one.offset - other.offset) for other in right), default=0.0) for one in wrong)
    return round(min(moved, 1e9) / 60)


def _blame(clocks: Clocks, role: str, covers: tuple[Cover, ...], vertices: tuple[Vertex, ...]) -> Blame:
    inside = [role in {_role(vertex) for vertex in cover} for cover in covers]
    if not any(inside):
        return Blame.NONE
    if not all(inside):
        return Blame.LEADING if inside[0] else Blame.TIED
    wrong = [vertex for vertex in covers[0] if _role(vertex) == role]
    proven = all(_is_borne_out(clocks, vertex, covers[0], vertices) for vertex in wrong)
    return Blame.PROVEN if proven else Blame.LIKELY


def _is_borne_out(clocks: Clocks, wrong: Vertex, cover: Cover, vertices: tuple[Vertex, ...]) -> bool:
    """Against it stand two that agree, or a time server outside."""
    right = [other for other in vertices if other not in cover and _are_apart(clocks, wrong, other)]
    if any(other.anchor for other in right):
        return True
    return any(not _are_apart(clocks, one, other) for one, other in combinations(right, 2))
