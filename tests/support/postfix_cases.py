"""What the probe is run against in tests/interop/test_postfix.py: each case with what is true about it."""

from dataclasses import dataclass

HOSTS = ("mail", "ahead", "behind", "older", "newer", "rekeyed", "keyless", "nameless", "stranger")
"""A postfix each, with its own name and its own fault; `mail` has none."""
WITHOUT_SPN = ("nameless", "stranger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run of the probe, and what is true about it."""

    name: str
    host: str = "mail"
    arguments: tuple[str, ...] = ()
    source: str = "keytab"
    kdc: str = "running"
    reply: str = "535"
    """How postfix's last reply to AUTH begins; empty when it never came to AUTH."""
    logged: str = ""
    """What postfix gives as its reason, in its own log; empty when it has nothing to complain about."""
    truth: str = ""
    """The cause, if there is one outside the probe."""
    certainty: str = ""
    """How sure the verdict is of it; empty where an honest `undetermined` that names it is right too."""


WRAPPINGS = {"Kerberos": "kerberos", "SPNEGO": "spnego"}
LAYERS = {"in clear": "none", "STARTTLS": "starttls"}

HEALTHY = tuple(
    Case(
        name=f"healthy: {source}, {wrapping}, {layer}",
        source=source,
        arguments=("--wrapping", WRAPPINGS[wrapping], "--tls", LAYERS[layer]),
        reply="235 2.7.0",
        truth="healthy",
        certainty="certain",
    )
    for source in ("password", "keytab", "ccache")
    for wrapping in WRAPPINGS
    for layer in LAYERS
)

REFUSED = (
    Case(
        name="server's clock 10 min ahead",
        host="ahead",
        logged="Clock skew too great",
        truth="clock-skew-receiver",
    ),
    Case(
        name="server's clock 10 min behind",
        host="behind",
        logged="Ticket not yet valid",
        truth="clock-skew-receiver",
    ),
    Case(
        name="server's clock 10 min ahead, SPNEGO, STARTTLS",
        host="ahead",
        arguments=("--wrapping", "spnego", "--tls", "starttls"),
        logged="Clock skew too great",
        truth="clock-skew-receiver",
    ),
    Case(
        name="keytab older than the ticket",
        host="older",
        logged="keytab is likely out of date",
        truth="machine-key-stale",
    ),
    Case(
        name="keytab newer than the ticket in the cache",
        host="newer",
        source="old-ccache",
        logged="ticket is likely out of date",
        truth="ticket-stale",
    ),
    Case(
        name="keytab with the same kvno and another key",
        host="rekeyed",
        logged="cannot decrypt ticket",
        truth="machine-key-stale",
    ),
    Case(
        name="server without a keytab",
        host="keyless",
        reply="454 4.7.0 Temporary authentication failure",
        logged="keytab. not found",
        truth="machine-key-stale",
        certainty="likely",
    ),
)

NO_TICKET = (
    Case(name="unknown SPN", host="nameless", reply="", truth="spn-missing", certainty="likely"),
    Case(
        name="unknown SPN, and no other name of the host is known",
        host="stranger",
        reply="",
        truth="spn-missing",
        certainty="likely",
    ),
    Case(name="KDC stopped", kdc="stopped", reply="", truth="kdc-unreachable", certainty="certain"),
    Case(
        name="KDC silent",
        kdc="silent",
        arguments=("--timeout", "1"),
        reply="",
        truth="kdc-unreachable",
        certainty="certain",
    ),
    Case(
        name="wrong password",
        source="wrong-password",
        reply="",
        truth="credentials-rejected",
        certainty="certain",
    ),
)

INJECTED = tuple(
    Case(
        name=f"--inject {fault}, {layer}",
        arguments=("--inject", fault, "--tls", LAYERS[layer]),
        logged=logged,
    )
    for fault, logged in (
        ("skew=+6m", "Clock skew too great"),
        ("skew=-6m", "Clock skew too great"),
        ("wrong-spn", "krbtgt/MIT.TEST@MIT.TEST.* not found in keytab"),
        ("cut-token", "."),
        ("corrupt-token", "cannot decrypt ticket"),
        ("replay", "Request is a replay"),
    )
    for layer in LAYERS
)

CASES = (*HEALTHY, *REFUSED, *NO_TICKET, *INJECTED)
