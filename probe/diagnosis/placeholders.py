"""What a trace fills into the placeholders of remedies (PURE)."""

from probe.causes import POSIX
from probe.trace import Trace
from probe.trace.facts import Ehlo, KdcExchange
from probe.trace.views.kerberos.kdc_names import kdc_names


def placeholders(trace: Trace) -> dict[str, str]:
    """What every remedy may name; a finding's own names go before these."""
    advertised = [step.facts.advertised_name for step in trace.of(Ehlo) if step.facts.advertised_name]
    fqdn = advertised[-1] if advertised else trace.target.name
    realm = trace.request.realm or next((step.facts.realm for step in trace.of(KdcExchange)), "")
    short = fqdn.partition(".")[0].upper()
    kdc = next((s.facts.kdc for s in trace.of(KdcExchange) if s.facts.transport != "native"), "")
    names = {
        "target": trace.target.name,
        "port": str(trace.target.port),
        "address": trace.target.address,
        "fqdn": fqdn,
        "short": short,
        "account": f"{short}$",
        "spn": trace.request.spn or f"SMTPSVC/{fqdn}",
        "realm": realm,
        "domain": (_service_realm(trace) or realm).lower(),
        "kdc": kdc_names(trace).get(kdc, kdc),
        "sender": trace.request.ehlo_name,
        "sender_short": trace.request.ehlo_name.partition(".")[0].upper(),
        "principal": trace.request.principal,
        "principal_name": trace.request.principal.partition("@")[0],
        "platform": POSIX if trace.tool.get("platform", "win32") != "win32" else "windows",
    }
    if not fqdn or fqdn.replace(".", "").isdigit() or ":" in fqdn or "[" in fqdn:
        # An address has no account and no SPN.
        for key in ("fqdn", "short", "account", "spn"):
            names[key] = ""
    return names


def _service_realm(trace: Trace) -> str:
    """The realm that gave the ticket: the receiver's, which need not be ours."""
    gave = [
        step.facts.realm
        for step in trace.of(KdcExchange)
        if step.facts.purpose == "tgs"
        and step.facts.ticket_etype is not None
        and not step.facts.referral_realm
    ]
    return gave[-1] if gave else ""


def with_hosts(names: dict[str, str]) -> dict[str, str]:
    """``kdc_host`` beside ``kdc``, and the short name and account of a finding's own ``fqdn``."""
    host, colon, port = names.get("kdc", "").rpartition(":")
    short = names.get("fqdn", "").partition(".")[0].upper()
    named = {"short": short, "account": f"{short}$"} if short else {}
    return {
        **names,
        **named,
        "kdc_host": (host if colon and port.isdigit() else names.get("kdc", "")).strip("[]"),
    }
