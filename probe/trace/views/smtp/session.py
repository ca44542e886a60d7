"""What several checks ask of the SMTP side of a trace (PURE)."""

from probe.addresses import is_ip_address
from probe.trace import Step, Trace
from probe.trace.facts import Ehlo, Greeting, Handshake, Outcome, SmtpReply, Ticket
from probe.trace.views.evidence import Evidence
from probe.trace.wording import reply_line

_NOT_TRIED = (Outcome.SKIPPED, Outcome.PROBE_BUG)
NTLM = "NTLM"
EXCHANGEAUTH = "EXCHANGEAUTH"
UNKNOWN_COMMAND = (500, 502)
"""RFC 5321 section 4.2.4: the command is not recognized, or not implemented."""
AUTHENTICATION_REFUSALS = (454, 535)
"""How receivers refuse an authentication: Exchange 454 for X-EXPS and 535 for AUTH; others 535."""


def handshakes(trace: Trace) -> tuple[Step[Handshake], ...]:
    """Every authentication with a ticket that was really tried, deliberate faults included."""
    return tuple(step for step in _tried(trace) if step.facts.mechanism != NTLM)


def ntlm_log_ons(trace: Trace) -> tuple[Step[Handshake], ...]:
    """Every log-on by NTLM, which shows no ticket: what it ends in says nothing about Kerberos."""
    return tuple(step for step in _tried(trace) if step.facts.mechanism == NTLM)


def _tried(trace: Trace) -> tuple[Step[Handshake], ...]:
    return tuple(
        step for step in trace.of(Handshake) if step.outcome not in _NOT_TRIED and not step.facts.contrast
    )


def contrasts(trace: Trace, name: str = "") -> tuple[Step[Handshake], ...]:
    """The authentications of the measurement ``name``, or of all: never a sender's own way, only a comparison."""
    return tuple(
        step
        for step in trace.of(Handshake)
        if step.outcome not in _NOT_TRIED
        and step.facts.contrast
        and (not name or step.facts.contrast == name)
    )


def honest(trace: Trace) -> tuple[Step[Handshake], ...]:
    """The authentications in which we committed no deliberate fault."""
    return tuple(step for step in handshakes(trace) if not step.facts.injected)


def accepted(step: Step[Handshake]) -> bool:
    """The receiver said 235, whether or not it proved who it is."""
    return step.facts.reply is not None and step.facts.reply.code == 235


def verified(step: Step[Handshake]) -> bool:
    """The receiver said 235 and proved that it holds the service's key.

    By its AP-REP, or in EXCHANGEAUTH by a hash that only the holder of both session keys can make.
    """
    return accepted(step) and (step.facts.ap_rep_verified or step.facts.return_leg == "verified")


def succeeded(trace: Trace) -> bool:
    """Every honest authentication ended well, and one of them proved the receiver's key.

    EXCHANGEAUTH without our machine key is ``unproven``; the X-EXPS GSSAPI behind it brings the proof. A run
    with a deliberate fault only is judged by that one.
    """
    tried = honest(trace) or handshakes(trace)
    well = all(verified(step) or unproven(step) for step in tried)
    return well and any(verified(step) for step in tried)


def unproven(step: Step[Handshake]) -> bool:
    """235 with a well-formed half of EXCHANGEAUTH that nobody can verify without our machine key."""
    return accepted(step) and step.facts.return_leg == "unproven"


def refusals(trace: Trace) -> tuple[Step[Handshake], ...]:
    """Honest authentications that the receiver refused as such, after it had our token.

    An EXCHANGEAUTH beside a log-on that was verified is none of them: ticket, key, clocks and messages were good, and
    what it needs beyond those (the TLS channel, the ticket back) is for the checks of EXCHANGEAUTH.
    """
    good = any(verified(step) for step in honest(trace))
    return tuple(
        step
        for step in honest(trace)
        if step.facts.token_octets
        and not (good and step.facts.mechanism == EXCHANGEAUTH)
        and (
            (step.facts.reply is not None and step.facts.reply.code in AUTHENTICATION_REFUSALS)
            # SPNEGO's own "reject" (RFC 4178 section 4.2.2); what SMTP then says answers our cancelling.
            or step.facts.problem == "negotiation-rejected"
        )
    )


def chose_ntlm(facts: Handshake) -> bool:
    """The receiver's negotiation ended at NTLM, which is named or given by its object identifier."""
    chosen = facts.chosen_mechanism.casefold()
    return "ntlm" in chosen or chosen == "1.3.6.1.4.1.311.2.2.10"


def greetings(trace: Trace) -> tuple[Step[Greeting], ...]:
    """The banners that came."""
    return tuple(step for step in trace.of(Greeting) if step.facts.reply is not None)


def offers(trace: Trace) -> tuple[Step[Ehlo], ...]:
    """The EHLO replies (not HELO's) that were a 250."""
    return tuple(
        step
        for step in trace.of(Ehlo)
        if step.facts.verb.upper() == "EHLO" and step.facts.reply is not None and step.facts.reply.code == 250
    )


def served_unoffered(trace: Trace) -> tuple[Step[Handshake], ...]:
    """X-EXPS was used without any offer, and answered as by who has it: the offer was lost on its way."""
    seen = offers(trace)
    if not seen or any(step.facts.exps for step in seen):
        return ()
    return tuple(
        step
        for step in handshakes(trace)
        if step.facts.verb == "X-EXPS"
        and step.facts.reply is not None
        and step.facts.reply.code in (*AUTHENTICATION_REFUSALS, 235)
    )


def is_exchange(trace: Trace) -> bool:
    """The banner or the keywords are those of Exchange."""
    return any(step.facts.software == "exchange" for step in greetings(trace)) or any(
        step.facts.is_exchange for step in trace.of(Ehlo)
    )


def is_masked(trace: Trace) -> bool:
    """Something between here and the receiver replaced the banner or a keyword."""
    return any(step.facts.masked for step in greetings(trace)) or any_keyword_masked(trace)


def any_keyword_masked(trace: Trace) -> bool:
    """Something between here and the receiver replaced a keyword of its EHLO reply, and not its banner alone."""
    return any(step.facts.masked for step in trace.of(Ehlo))


def advertised_name(trace: Trace) -> str:
    """The first word of the last EHLO reply: what a sender makes the SPN of; empty if none came."""
    names = [step.facts.advertised_name for step in trace.of(Ehlo) if step.facts.advertised_name]
    return names[-1] if names else ""


def is_address(name: str) -> bool:
    """An IP address or an address literal in place of a host name."""
    return is_ip_address(name.strip("[]").removeprefix("IPv6:"))


def receiver_name(trace: Trace) -> str:
    """The best name that we have for the receiver."""
    return advertised_name(trace) or trace.target.name


def wanted_spns(trace: Trace) -> tuple[str, ...]:
    """The SPNs of which one must be known for a sender to get through.

    A sending Exchange asks for ``SMTPSVC/<advertised FQDN>`` and nothing else; ``smtp/`` is for others.
    """
    if trace.request.spn:
        return (trace.request.spn,)
    name = receiver_name(trace)
    if is_exchange(trace) and name:
        return (f"SMTPSVC/{name}",)
    # What was asked for on purpose in another's name is not what a sender needs.
    tickets = () if trace.request.inject.startswith("wrong-spn") else trace.of(Ticket)
    requested = [spn for step in tickets for spn in step.facts.requested]
    return tuple(dict.fromkeys(requested)) or ((f"SMTPSVC/{name}", f"smtp/{name}") if name else ())


def ticket_in_hand(trace: Trace) -> bool:
    """A service ticket came, from wherever."""
    return any(step.facts.token_octets for step in handshakes(trace)) or any(
        step.facts.etype is not None and step.facts.error is None and not step.facts.problem
        for step in trace.of(Ticket)
    )


def replies(trace: Trace) -> tuple[tuple[str, SmtpReply], ...]:
    """Every SMTP reply of the run with the step it belongs to."""
    found = ((step.id, getattr(step.facts, "reply", None)) for step in trace.steps)
    return tuple((step_id, reply) for step_id, reply in found if isinstance(reply, SmtpReply))


def answer(step: Step[Handshake]) -> Evidence:
    """What the receiver said to an authentication, as evidence."""
    facts = step.facts
    said = reply_line(facts.reply) if facts.reply else f"nothing ({step.outcome.value})"
    return Evidence(
        step=step.id, says=f"{facts.verb} {facts.mechanism}".strip() + f" was answered with: {said}"
    )
