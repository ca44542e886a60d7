"""What the KDCs are called: an address that was given to us is a name to nobody at three in the morning (PURE)."""

from collections.abc import Mapping

from probe.trace import Trace
from probe.trace.facts import DirectoryAnswer


def kdc_names(trace: Trace) -> dict[str, str]:
    """KDC as other steps name it (``HOST:PORT``) -> its own DNS name, where the directory on its host told that.

    A name that two of them have tells neither apart, and is left out.
    """
    told = {
        step.facts.kdc: step.facts.host
        for step in trace.of(DirectoryAnswer)
        if step.facts.kdc and step.facts.host
    }
    names = list(told.values())
    return {kdc: name for kdc, name in told.items() if names.count(name) == 1 and not kdc.startswith(name)}


def by_name(text: str, names: Mapping[str, str]) -> str:
    """``text`` with each KDC's name in place of its address and port; longer ones first, as 1.2.3.4:8 begins :88."""
    for kdc in sorted(names, key=len, reverse=True):
        text = text.replace(kdc, names[kdc])
    return text
