"""Every name and address that some source gives for the receiver, side by side (PURE)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from probe.trace import Trace
from probe.trace.facts import DirectoryAnswer, Ehlo, Greeting, Look, Ntlm, Outcome, Resolve, Tls
from probe.trace.views.smtp.session import advertised_name, is_address, wanted_spns

MAXIMUM_CERTIFICATE_NAMES = 8
ADDRESS_SOURCES = ("hosts", "system", "dns")
NETBIOS_LENGTH = 15
"""Characters of a NetBIOS computer name (MS-NBTE section 2.2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one source says."""

    source: str
    """``target``, ``hosts``, ``system``, ``dns``, ``cname``, ``ptr``, ``banner``, ``ehlo``, ``ehlo-in-tls``,
    ``certificate``, ``ntlm``, ``look``, ``spn-owner`` or ``ehlo-name`` (our own)."""
    step: str = ""
    about: str = ""
    """What was asked for, where that is not the target: an address, an SPN."""
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    error: str = ""
    contradicts: bool = False
    """None of the names is the meant host's; none of the addresses is one that DNS gives."""


def read_names(trace: Trace) -> tuple[Said, ...]:
    """What each source says, in the order of the way to the receiver; the same words of one source once."""
    first: dict[Said, str] = {}
    for said in (*_looked_up(trace), *_told(trace), *_owners(trace)):
        first.setdefault(replace(said, step=""), said.step)
    meant, known = meant_names(trace), addresses(trace, "dns")
    judged = (
        replace(said, step=step, contradicts=_contradicts(said, meant, known)) for said, step in first.items()
    )
    ours = (Said(source="ehlo-name", names=(trace.request.ehlo_name,)),) if trace.request.ehlo_name else ()
    return (Said(source="target", names=(trace.target.name,)), *judged, *ours)


def meant_names(trace: Trace) -> tuple[str, ...]:
    """The name that was asked for and what it is an alias of; the EHLO reply's where an address was asked for."""
    target = trace.target.name.rstrip(".")
    if not target or is_address(target):
        name = advertised_name(trace)
        return (name,) if name else ()
    return (target, *aliases(trace))


def aliases(trace: Trace) -> tuple[str, ...]:
    """What the target's CNAME records lead to, the last name last."""
    return tuple(
        name for step in trace.of(Resolve) if step.facts.record == "CNAME" for name in step.facts.names
    )


def addresses(trace: Trace, *sources: str) -> set[str]:
    """The addresses that these sources give for the target."""
    return {
        address
        for step in trace.of(Resolve)
        if step.facts.source in sources and not step.facts.record
        for address in step.facts.addresses
    }


def same_host(one: str, other: str) -> bool:
    """The same name, or one of them is the other's first label (a NetBIOS name has at most 15 characters)."""
    left, right = one.casefold().rstrip("."), other.casefold().rstrip(".")
    short, long = sorted((left, right), key=len)
    label = long.partition(".")[0]
    return left == right or ("." not in short and short in (label, label[:NETBIOS_LENGTH]))


def _fits(name: str, meant: Iterable[str]) -> bool:
    """``name`` may be a certificate's ``*.contoso.com`` (RFC 6125 section 6.4.3)."""
    star, dot, parent = name.partition(".")
    for host in meant:
        if same_host(name, host) or (
            star == "*" and dot and parent.casefold() == host.partition(".")[2].casefold()
        ):
            return True
    return False


def _contradicts(said: Said, meant: tuple[str, ...], known: set[str]) -> bool:
    if said.source in ADDRESS_SOURCES:
        return bool(said.addresses) and bool(known) and known.isdisjoint(said.addresses)
    if said.source == "cname":
        return False  # an alias is another name on purpose
    return bool(said.names) and bool(meant) and not any(_fits(name, meant) for name in said.names)


def _looked_up(trace: Trace) -> Iterator[Said]:
    for step in trace.of(Resolve):
        facts = step.facts
        if step.outcome is Outcome.SKIPPED or (not facts.record and facts.source not in ADDRESS_SOURCES):
            continue
        yield Said(
            source=facts.record.casefold() or facts.source,
            step=step.id,
            about=facts.name if facts.record == "PTR" else "",
            names=facts.names,
            addresses=facts.addresses,
            error=facts.error,
        )


def _told(trace: Trace) -> Iterator[Said]:
    """What the receiver says of itself, on whichever connection."""
    for greeting in trace.of(Greeting):
        yield from _said("banner", greeting.id, greeting.facts.name)
    for ehlo in trace.of(Ehlo):
        source = "ehlo" if ehlo.facts.tls == "none" else "ehlo-in-tls"
        yield from _said(source, ehlo.id, ehlo.facts.advertised_name)
    for tls in trace.of(Tls):
        if tls.facts.certificate is not None:
            names = tls.facts.certificate.names[:MAXIMUM_CERTIFICATE_NAMES]
            yield from _said("certificate", tls.id, *names)
    for ntlm in trace.of(Ntlm):
        yield from _said("ntlm", ntlm.id, ntlm.facts.dns_computer, ntlm.facts.computer)
    for look in trace.of(Look):
        for said in _said("look", look.id, look.facts.banner_name, look.facts.advertised_name):
            yield replace(said, about=look.facts.address)


def _owners(trace: Trace) -> Iterator[Said]:
    """Whose the SPN is in the directory, of those that a sender asks for."""
    needed = {spn.casefold() for spn in wanted_spns(trace)}
    for step in trace.of(DirectoryAnswer):
        if step.facts.question == "owners" and step.facts.subject.casefold() in needed:
            owners = [account.dns_host_name or account.name.rstrip("$") for account in step.facts.accounts]
            for said in _said("spn-owner", step.id, *owners):
                yield replace(said, about=step.facts.subject)


def _said(source: str, step: str, *names: str) -> Iterator[Said]:
    known = tuple(dict.fromkeys(name for name in names if name))
    if known:
        yield Said(source=source, step=step, names=known)
