"""What `--native` is run against in tests/interop/test_native.py, beside our own client with the same ticket cache."""

from dataclasses import dataclass

INTRODUCTION = """\
`exps probe TARGET --native` takes its tickets from this host's own Kerberos instead of a password, a keytab or a cache
file: on Windows SSPI with the log-on session, elsewhere GSSAPI with the default ticket cache (`kinit`). As SYSTEM on
the sending server these are the computer account's tickets, the very ones that Exchange presents.

- Windows: nothing to install, pyspnego brings SSPI. As SYSTEM: `psexec -s -i cmd`, or a scheduled task.
- Linux: `pip install exps[native]`, which compiles gssapi and krb5 (about four minutes; needs a C compiler and
  libkrb5-dev). Without them `--native` says so in one line and ends with status 3.
- The system asks its KDC itself: `--kdc` and `--realm` only say which KDCs the probe asks for their clocks. The report
  calls the other one "the system's KDC"; a ticket that it had in its cache already looks the same as a new one.
- Only Kerberos is asked for, never `negotiate`, which would fall back to NTLM without a word.
- The system's calls block and cannot be cancelled. Each runs in a thread that nothing waits for after `--timeout`
  seconds (default 10): MIT's library would wait 27 s for one silent KDC, 40 s for two.
- The AP-REQ shows in clear the service, the ticket's encryption type and kvno, its length, and the session key's
  encryption type. The client's name and the ticket's times stay with the system.
- `--inject skew` and `wrong-spn` without a name need a ticket of our own client.

## What was run, and what was not

The table is made with MIT krb5 1.20 (Debian 12): pyspnego 0.12 over Debian's own gssapi 1.8, real KDCs, real receivers.
pyspnego also imports PyPI's krb5, of which `--native` calls nothing; in the tests an empty module stands for it.

**Not run: Windows.** SSPI has never been called by these tests. Its part is four calls of pyspnego (open a context,
step, wrap, unwrap) and the session key, behind the interface `NativeContext` of `probe/tickets/native/`, and a table
of statuses in its `errors.py`, which is tested with numbers from MS-ERREF. Unproven there: which
status SSPI gives for which fault, that SSPI frames the AP-REQ as GSSAPI does, that a context may be used from several
threads one after the other, the log-on session of SYSTEM, and EXCHANGEAUTH with SSPI's session key. Not run either:
Heimdal, macOS, and gssapi and krb5 as PyPI has them.

## The same verdicts as our own client

Each case is run twice with the same tickets of MIT's kinit: with `--native`, and with `--ccache`, where our own client
asks the KDC. `tests/interop/test_native.py` makes this table (`UPDATE_GOLDEN=1`) and compares it at every run.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One receiver, one state of the KDC, and what is true about it."""

    name: str
    peer: str
    """``lab`` or ``postfix``."""
    where: str
    """The scenario, or the host."""
    kdc: str = "running"
    """``running``, ``stopped`` or ``silent``, as the client's krb5.conf has it."""
    arguments: tuple[str, ...] = ()
    cache: str = "fresh"
    truth: str = ""
    """The cause."""
    problem: str = ""
    """Why there is no ticket, in the words of `probe.trace.facts.Ticket`."""
    own_sees_more: bool = False
    """The system does not tell what our own client reads in the cache: its verdict may be weaker."""


SHORT = ("--timeout", "1")

CASES = (
    Case(name="lab, healthy", peer="lab", where="healthy", truth="healthy"),
    Case(
        name="lab, healthy, X-EXPS GSSAPI",
        peer="lab",
        where="healthy",
        arguments=("--mechanism", "exps-gssapi"),
        truth="healthy",
    ),
    Case(
        name="lab, healthy, AUTH GSSAPI",
        peer="lab",
        where="healthy",
        arguments=("--mechanism", "auth-gssapi"),
        truth="healthy",
    ),
    Case(
        name="lab, missing SPN",
        peer="lab",
        where="spn-missing",
        truth="spn-missing",
        problem="unknown-server",
    ),
    Case(
        name="lab, receiver's clock off", peer="lab", where="clock-skew-receiver", truth="clock-skew-receiver"
    ),
    Case(name="lab, stale key", peer="lab", where="machine-key-changed", truth="machine-key-stale"),
    Case(
        name="lab, KDC stopped",
        peer="lab",
        where="healthy",
        kdc="stopped",
        truth="kdc-unreachable",
        problem="no-kdc",
    ),
    Case(
        name="lab, KDC silent",
        peer="lab",
        where="healthy",
        kdc="silent",
        arguments=SHORT,
        truth="kdc-unreachable",
        problem="no-kdc",
    ),
    Case(
        name="lab, ticket-granting ticket expired",
        peer="lab",
        where="healthy",
        cache="expired",
        truth="ticket-time",
        problem="expired",
    ),
    Case(name="postfix, healthy", peer="postfix", where="mail", truth="healthy"),
    Case(
        name="postfix, healthy, SPNEGO, STARTTLS",
        peer="postfix",
        where="mail",
        arguments=("--wrapping", "spnego", "--tls", "starttls"),
        truth="healthy",
    ),
    Case(
        name="postfix, missing SPN",
        peer="postfix",
        where="nameless",
        truth="spn-missing",
        problem="unknown-server",
    ),
    Case(
        name="postfix, server's clock 10 min ahead",
        peer="postfix",
        where="ahead",
        truth="clock-skew-receiver",
    ),
    Case(name="postfix, stale key", peer="postfix", where="older", truth="machine-key-stale"),
    Case(
        name="postfix, old ticket in the cache",
        peer="postfix",
        where="newer",
        cache="old",
        truth="machine-key-stale",
        own_sees_more=True,
    ),
    Case(
        name="postfix, KDC stopped",
        peer="postfix",
        where="mail",
        kdc="stopped",
        truth="kdc-unreachable",
        problem="no-kdc",
    ),
    Case(
        name="postfix, KDC silent",
        peer="postfix",
        where="mail",
        kdc="silent",
        arguments=SHORT,
        truth="kdc-unreachable",
        problem="no-kdc",
    ),
)
