"""Whose clock is wrong, when all that is known is who is apart from whom (PURE).

Parties are the sender, the receiver and each group of a realm's domain controllers that agree. Two that are apart by
more than the limit are joined by an edge; a wrong clock covers its edges, and the explanations are the covers. The
smallest are right. Beside them: members follow their domain, but a domain that is alone against its members is not
proven wrong by them, so a cover that leaves all controllers alone is as good as one that blames the only group of a
realm. Controllers of one realm follow one clock, hence groups.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from simulator.faults.surroundings import LIMIT_S, PROBE, Surroundings

SENDER, RECEIVER, KDC = "clock-skew-sender", "clock-skew-receiver", "clock-skew-kdc"
UNDECIDED_S = 2.0
"""As near to the limit as this, both answers are right: a run takes time, and no clock is read at once."""
NEAR_S = 200.0
"""From here on a warning is no accusation: a clock that drifts gives no other sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """What may be said of a lab's clocks."""

    acceptable: frozenset[str]
    """Every cause that some good cover has."""
    provable: frozenset[str]
    """Those that all of them have: only they may be called certain."""
    near: frozenset[str]
    """Those that may be warned of, because a limit is near."""
    undecided: bool = False
    """Some two are so near to the limit that one run finds them apart and the next does not."""


@dataclass(frozen=True, slots=True)
class _Vertex:
    cause: str
    realm: str
    offsets: tuple[float, ...]

    def apart(self, other: "_Vertex", limit: float) -> bool:
        return any(abs(mine - theirs) > limit for mine in self.offsets for theirs in other.offsets)


def judge_clocks(lab: Surroundings) -> Clocks:
    """What the declared offsets of all parties come to."""
    surely, maybe = _covers(lab, LIMIT_S + UNDECIDED_S), _covers(lab, LIMIT_S - UNDECIDED_S)
    acceptable = _united((*surely, *maybe))
    provable = acceptable
    for cover in (*surely, *maybe):
        provable &= _causes(cover)
    if not surely:
        provable = frozenset()
    return Clocks(
        acceptable=acceptable,
        provable=provable,
        near=acceptable | _united(_covers(lab, NEAR_S)),
        undecided=surely != maybe,
    )


def _united(covers: Iterable[Sequence[_Vertex]]) -> frozenset[str]:
    return frozenset(vertex.cause for cover in covers for vertex in cover)


def _causes(cover: Sequence[_Vertex]) -> frozenset[str]:
    return frozenset(vertex.cause for vertex in cover)


def _covers(lab: Surroundings, limit: float) -> list[tuple[_Vertex, ...]]:
    """Every good cover; none where nobody is apart from anybody."""
    vertices = _vertices(lab, limit)
    edges = [pair for pair in combinations(vertices, 2) if pair[0].apart(pair[1], limit)]
    if not edges:
        return []
    covers: list[tuple[_Vertex, ...]] = []
    for size in range(1, len(vertices) + 1):
        for chosen in combinations(vertices, size):
            covering = all(a in chosen or b in chosen for a, b in edges)
            if covering and not any(set(found) <= set(chosen) for found in covers):
                covers.append(chosen)
    least = min(map(len, covers))
    smallest = [cover for cover in covers if len(cover) == least]
    if any(vertex.cause == KDC and _is_alone(vertex, vertices) for cover in smallest for vertex in cover):
        smallest += [
            cover for cover in covers if cover not in smallest and all(each.cause != KDC for each in cover)
        ]
    return smallest


def _is_alone(vertex: _Vertex, vertices: Sequence[_Vertex]) -> bool:
    return sum(each.realm == vertex.realm for each in vertices if each.cause == KDC) == 1


def _vertices(lab: Surroundings, limit: float) -> list[_Vertex]:
    offsets: Mapping[str, float] = lab.offsets
    found = [
        _Vertex(SENDER, "", (offsets.get(PROBE, 0.0),)),
        _Vertex(RECEIVER, "", (offsets.get(lab.receiver, 0.0),)),
    ]
    for realm in lab.on_the_way():
        group: list[float] = []
        for offset in sorted(offsets.get(kdc, 0.0) for kdc in lab.kdcs.get(realm, ())):
            if group and offset - group[0] > limit:
                found.append(_Vertex(KDC, realm, tuple(group)))
                group = []
            group.append(offset)
        found.append(_Vertex(KDC, realm, tuple(group)))
    return found
