"""The names under which a receiver may be registered, and which of them the KDCs know (PURE).

KB 979174: SMTPSVC/ and SMTP/, each with the full and with the short name. HOST/ is every computer's own.
"""

import re
from collections.abc import Iterable

from probe.trace import Step, Trace
from probe.trace.facts import Facts, KdcExchange
from probe.trace.views.kerberos.answers import bare, views_of
from probe.trace.views.smtp.session import is_address

REGISTERED = ("SMTPSVC", "SMTP")
"""What Exchange's transport service registers when it starts."""
SERVICES = (*REGISTERED, "HOST")
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,255}")
"""What may be a host's part of a name; an EHLO reply or a command line may hold anything."""


def forms_of(host: str, services: Iterable[str] = SERVICES) -> tuple[str, ...]:
    """Each service with the full and the short name of ``host``; none for an address or for what names no host."""
    if not _HOST.fullmatch(host) or is_address(host) or not host.strip("."):
        return ()
    full = host.rstrip(".")
    hosts = dict.fromkeys((full, full.partition(".")[0] or full))
    return tuple(f"{service}/{name}" for service in services for name in hosts)


def all_forms(hosts: Iterable[str], ehlo_name: str) -> tuple[str, ...]:
    """Every form for each of ``hosts``, and the name of the way back (SMTPSVC/<our EHLO name>).

    Each once, without regard to case, as Active Directory compares.
    """
    back = forms_of(ehlo_name, ("SMTPSVC",))[:1]
    return _once((*(form for host in hosts for form in forms_of(host)), *back))


def forms_left(forms: Iterable[str], steps: Iterable[Step[Facts]]) -> tuple[str, ...]:
    """Those of ``forms`` about which the KDCs were not asked side by side."""
    asked = {
        bare(step.facts.server).casefold()
        for step in steps
        if isinstance(step.facts, KdcExchange) and step.facts.purpose == "spn"
    }
    return tuple(form for form in forms if form.casefold() not in asked)


def registered(trace: Trace, spn: str) -> dict[str, bool]:
    """For each of the four forms of the host in ``spn`` of which a KDC was asked: does any know it?"""
    host = bare(spn).partition("/")[2].partition(":")[0]
    found: dict[str, bool] = {}
    for form in forms_of(host, REGISTERED):
        seen = views_of(trace, (form,))
        if seen:
            found[form] = any(view.known for view in seen)
    return found


def _once(names: Iterable[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.casefold(), name)
    return tuple(first.values())
