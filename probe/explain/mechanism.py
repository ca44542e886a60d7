"""The mechanism that an event 1035 or a protocol log names: whether its log-on was Kerberos at all (PURE)."""

import re
from dataclasses import replace

from probe.explain import entries
from probe.explain.matching import fold

_NAMES = r"(?P<name>exchangeauth|gssapi|ntlm|login|plain|basicauth(?:overtls)?|basic)"
# Spanish mecanismo, German ...mechanismus, French mécanisme, Italian meccanismo, Polish mechanizm, Turkish mekanizma,
# Russian; Japanese and Chinese.
_STATED = re.compile(
    rf"(?:mec+h?ani[sz]m\w*|mekanizma\w*|механизм\w*|{fold('メカニズム')}|机制|機制)"
    rf"[^\w]{{0,3}}(?:[^\W\d_]{{1,20}}[^\w]{{1,3}}){{0,3}}?[^\w]{{0,2}}"
    rf"(?:は|为|為|是)?[^\w]{{0,2}}{_NAMES}(?![a-z])"
)
_FIELD = re.compile(rf"<data(?: name=[^<>]{{1,40}})?> ?{_NAMES} ?</data>")
"""A field of an event as XML, which has names and no words."""
_COMMANDED = re.compile(rf"(?:auth|x-exps) {_NAMES}(?![a-z])")
_ALONE = re.compile(rf"(?<!\w){_NAMES}(?!\w)")
_SHORT = 80
"""Somebody's own summary of an event 1035 names the mechanism alone."""
_PASSWORDS = frozenset({"login", "plain", "basic", "basicauth", "basicauthovertls", "ntlm"})
_OF_KERBEROS = ("machine-key-stale", "spn-on-wrong-account", "spn-duplicate", "replication-diverged")
"""For GSSAPI: no hash of the TLS channel is in play, as it is for EXCHANGEAUTH."""
INBOUND, OUTBOUND = 1035, 2017
"""The receiver's event, and the sender's."""
_RETURN_LEG = ("return-spn-missing", "return-leg-blocked")
"""Causes that only the receiver notes: it has to get a ticket for the sender."""
_WHO = (
    (
        "Find out who sits at the source IP address in the event: a printer, an application, a phone, or somebody who "
        "guesses passwords."
    ),
    "Check the user name and password that it uses; do not try a wrong one again and again, it locks the account.",
    "From the Internet, many of these are an attack: close the connector to it, rather than search Kerberos.",
)
SHOWN = {
    "ntlm": "Ntlm",
    "login": "Login",
    "plain": "Plain",
    "gssapi": "Gssapi",
    "exchangeauth": "ExchangeAuth",
}


def named(folded: str) -> frozenset[str]:
    """The mechanisms that a text names: as the event says it, or as commands of a session."""
    short = (_ALONE,) if len(folded) <= _SHORT and "1035" in folded else ()
    for pattern in (_STATED, _COMMANDED, _FIELD, *short):
        found = frozenset(matched["name"] for matched in pattern.finditer(folded))
        if found:
            return found
    return frozenset()


def sides(folded: str, numbers: frozenset[int]) -> tuple[bool, bool]:
    """Whether a text is the sender's note, and whether the receiver's: by its event's number or its words."""
    short = len(folded) <= _SHORT
    found = numbers | {
        number for number in (INBOUND, OUTBOUND) if short and re.search(rf"(?<!\d){number}(?!\d)", folded)
    }
    outbound = "outbound" in folded or OUTBOUND in found
    return outbound, not outbound and ("inbound" in folded or INBOUND in found)


def a_password(item: entries.Explanation) -> bool:
    """Whether this is a refused password, beside which the reply's code says nothing more."""
    return item.advice == _WHO


def noted_by(status: entries.Explanation, *, sender: bool) -> entries.Explanation:
    """What a status means that the sender or the receiver notes of itself: only a receiver has a way back to make."""
    if sender:
        return replace(status, causes=tuple(code for code in status.causes if code not in _RETURN_LEG))
    return replace(status, causes=tuple(sorted(status.causes, key=lambda code: code not in _RETURN_LEG)))


def judged(refusal: entries.Explanation, mechanisms: frozenset[str]) -> entries.Explanation:
    """What LogonDenied on a receiver means for these mechanisms."""
    if refusal.code not in ("LogonDenied", "UnknownCredentials", "NoCredentials") or not mechanisms:
        return refusal
    if mechanisms <= _PASSWORDS:
        shown = ", ".join(SHOWN.get(one, "Basic") for one in sorted(mechanisms))
        return replace(
            refusal,
            title=f"{refusal.title}, mechanism {shown}",
            meaning=(
                f"Somebody's user name or password was refused (mechanism {shown}): a client's log-on, and no Kerberos "
                "between Exchange servers, which never use this mechanism."
            ),
            causes=(),
            advice=_WHO,
        )
    if mechanisms == {"gssapi"} and refusal.code == "LogonDenied":
        return replace(refusal, causes=_OF_KERBEROS)
    return refusal
