"""The computer that answers is not the one that was meant: its own name is neither ours nor the EHLO reply's (PURE).

A connector may advertise any name, and a banner or a certificate may be made to please others. What a computer
says of itself in an NTLM challenge is its own name, so that decides; the rest is evidence beside it.
"""

from collections.abc import Iterable
from functools import partial

from probe.checks import Finding, Status
from probe.trace import Step, Trace
from probe.trace.facts import Ehlo, Greeting, Ntlm, Resolve, Tls
from probe.trace.views.clocks import read_clocks
from probe.trace.views.evidence import Evidence
from probe.trace.views.names import addresses, aliases, same_host
from probe.trace.views.smb_session_check import SmbOutcome, with_opinion
from probe.trace.views.smb_session_check import says as opinion_says
from probe.trace.views.smtp.connections import different_keys, different_names
from probe.trace.views.smtp.session import advertised_name, is_address, refusals, succeeded

CHECK = CAUSE = "wrong-server-answers"
TITLE = "The server that answers is the one that was meant"
CITATION = "MS-NLMP section 2.2.2.1 (MsvAvDnsComputerName); Set-ReceiveConnector -Fqdn, -Banner"

finding = partial(Finding, check=CHECK, cause=CAUSE)
AGAIN = (
    "on this host: connect several times and compare the names, "
    "Test-NetConnection {fqdn} -Port 25 -InformationLevel Detailed"
)


def examine(trace: Trace) -> Finding:
    """Different names on repeated connections, or a computer that is neither the target nor the advertised one."""
    asked = [step for step in trace.of(Ntlm) if step.facts.dns_computer or step.facts.computer]
    changed = different_names(trace)
    if changed:
        return _suspect(trace, "repeated connections meet different servers", changed)
    keys = different_keys(trace)
    if keys:
        return _suspect(trace, "repeated connections meet servers with different certificates", keys)
    clocks = _two_clocks(trace)
    if clocks:
        return _suspect(trace, "what the receiver says of its time cannot be one computer's", clocks)
    elsewhere = with_opinion(trace, SmbOutcome.ELSEWHERE)
    if not asked and elsewhere:
        # Another computer may have port 445 of the address alone, so an NTLM challenge of SMTP itself goes before.
        error = elsewhere[0].facts.peer_error
        return _suspect(
            trace,
            f"a computer behind the receiver's address calls itself {error.server if error else 'something else'}",
            (*(opinion_says(step) for step in elsewhere), *_others(trace)),
        )
    if not asked:
        return _by_certificate(trace)
    facts = asked[-1].facts
    own = _own_name(facts)
    if any(_names(facts, name) for name in _meant(trace)):
        return _another_than_asked(trace, asked[-1]) or finding(
            status=Status.PASS, says=f"the computer that answers is {own}"
        )
    return _suspect(
        trace,
        f"the computer that answers calls itself {own}, and none of the names that led to it",
        (_challenge(asked[-1]), *_others(trace)),
    )


def _another_than_asked(trace: Trace, asked: Step[Ntlm]) -> Finding | None:
    """It is whom its connector says it is, and not whom we asked for: a reason only where it refuses the ticket."""
    meant = [
        name for name in (trace.target.name.rstrip("."), *aliases(trace)) if name and not is_address(name)
    ]
    if not meant or any(_names(asked.facts, name) for name in meant) or not refusals(trace):
        return None
    return _suspect(
        trace,
        f"{meant[0]} was asked for, and {_own_name(asked.facts)} answers, by its own word and its connector's",
        (_challenge(asked), *_others(trace)),
    )


def _by_certificate(trace: Trace) -> Finding:
    """Where nothing else names the computer: the certificate that Exchange made for itself holds its own names.

    One that somebody else signed may be for any name that mail is known by, and accuses nobody.
    """
    for tls in trace.of(Tls)[-1:]:
        made = tls.facts.certificate
        if made is None or not made.self_signed or not made.names:
            continue
        if not any(not name or same_host(name, own) for name in _meant(trace) for own in made.names):
            own = ", ".join(made.names[:3])
            says = f"the server's own certificate is for {own}, and for none of the names that led to it"
            return _suspect(trace, says, tuple(_others(trace)))
    return finding(status=Status.NOT_APPLICABLE, says="the receiver did not say who it is")


def _suspect(trace: Trace, says: str, evidence: tuple[Evidence, ...]) -> Finding:
    return finding(
        status=Status.SUSPECT,
        says=says,
        evidence=evidence,
        # A ticket that was accepted was for whoever answered, whatever the names.
        breaks=not succeeded(trace),
        would_decide=(AGAIN,),
    )


def _two_clocks(trace: Trace) -> tuple[Evidence, ...]:
    """A banner of one time and an NTLM challenge of another: a proxy's banner, or another machine."""
    pairs = read_clocks(trace).contradictions()
    return tuple(clock.evidence() for clock in pairs[0]) if pairs else ()


def _meant(trace: Trace) -> list[str]:
    """The name that was asked for, what it is an alias of, and the one that the ticket is made out to."""
    names = (trace.target.name.rstrip("."), *aliases(trace), advertised_name(trace))
    return [name for name in names if name and not is_address(name)] or [""]


def _own_name(facts: Ntlm) -> str:
    return facts.dns_computer or facts.computer


def _names(facts: Ntlm, name: str) -> bool:
    """Whether ``name`` is one of the computer's own; without a name to compare nobody is wrong."""
    return not name or any(same_host(name, own) for own in (facts.dns_computer, facts.computer) if own)


def _challenge(step: Step[Ntlm]) -> Evidence:
    facts = step.facts
    names = (facts.dns_computer, facts.computer, facts.dns_domain or facts.domain)
    return Evidence(
        step=step.id, says="the NTLM challenge names " + ", ".join(name for name in names if name)
    )


def _others(trace: Trace) -> Iterable[Evidence]:
    """What the other sources say, each once."""
    file, dns = addresses(trace, "hosts"), addresses(trace, "dns")
    for resolved in [step for step in trace.of(Resolve) if step.facts.source == "hosts"][:1]:
        if file and dns and file.isdisjoint(dns):
            led = ", ".join(resolved.facts.addresses)
            yield Evidence(step=resolved.id, says=f"the hosts file leads to {led}, DNS does not")
    for greeting in [step for step in trace.of(Greeting) if step.facts.name][:1]:
        yield Evidence(step=greeting.id, says=f"the banner names {greeting.facts.name}")
    for ehlo in [step for step in trace.of(Ehlo) if step.facts.advertised_name][-1:]:
        yield Evidence(step=ehlo.id, says=f"EHLO is answered by {ehlo.facts.advertised_name}")
    for tls in trace.of(Tls)[-1:]:
        if tls.facts.certificate is not None and tls.facts.certificate.names:
            names = ", ".join(tls.facts.certificate.names[:3])
            yield Evidence(step=tls.id, says=f"the certificate is for {names}")
