"""The way to every KDC, and the program's own surroundings (PURE)."""

from probe.codes.lookup import krb_error
from probe.doctor.observation import Notes, Observation, do, listed
from probe.doctor.values import HostFacts, KdcWay, PortKnock

PORTS = {464: "password change", 389: "LDAP", 445: "SMB", 3268: "global catalog"}
"""What Active Directory has beside port 88, by TCP."""

_OTHER_REALM = (7, 68)
"""An answer to "a TGT of REALM, please" that says: not my realm. S_PRINCIPAL_UNKNOWN is about krbtgt/REALM."""

EXTRAS = {
    "lab": ("aiosmtpd", "aiosmtplib", "impacket"),
    "directory": ("impacket",),
}
"""Extra -> the distributions that make it; ``native`` is tried, not looked up."""


def judge_kdcs(facts: HostFacts) -> list[Observation]:
    """Each KDC over UDP and TCP, then the other ports."""
    notes = Notes("kdcs")
    ways: dict[str, list[KdcWay]] = {}
    for way in facts.kdcs.ways:
        ways.setdefault(way.kdc, []).append(way)
    answering = [kdc for kdc, both in ways.items() if any(not way.error for way in both)]
    for kdc, both in ways.items():
        _judge_kdc(kdc, both, facts.realm, notes)
    if ways and not answering:
        notes.problem(
            "kdcs-unreachable",
            f"no KDC of {facts.realm} answers",
            do("Open 88 udp and tcp to the domain controllers, and see that their KDC service runs."),
            cause="kdc-unreachable",
        )
    elif not ways and facts.realm:
        notes.problem(
            "kdcs-unknown",
            f"no KDC of {facts.realm} is known",
            do("Name one with --kdc, or use a name server of the domain."),
            cause="kdc-unreachable",
        )
    _judge_ports(facts.kdcs.knocks, notes)
    return notes.items


def _judge_kdc(kdc: str, ways: list[KdcWay], realm: str, notes: Notes) -> None:
    told = "; ".join(_way(way) for way in ways)
    good = {way.transport for way in ways if not way.error}
    dead = {way.transport for way in ways if way.error}
    codes = {way.code for way in ways if way.code is not None}
    if codes and codes <= set(_OTHER_REALM):
        notes.problem(
            "kdc-other-realm", f"{kdc} is a KDC, but not of {realm}: {told}", do("Name the right realm.")
        )
    elif any(way.problem and not way.error for way in ways):
        notes.problem("kdc-malformed", f"{kdc} answers with something that is not Kerberos: {told}")
    elif not dead:
        notes.ok("kdc", f"{kdc}: {told}")
    elif good == {"udp"}:
        notes.problem(
            "kdc-tcp",
            f"{kdc}: {told}. Answers that do not fit a datagram are lost",
            do("Open 88/tcp to the domain controllers."),
            cause="kdc-tcp-blocked",
        )
    elif good:
        notes.notice(
            "kdc-udp",
            f"{kdc}: {told}. Programs that ask by UDP first wait a second each time",
            do("Open 88/udp to the domain controllers."),
        )
    else:
        notes.notice("kdc-dead", f"{kdc}: {told}", cause="kdc-unreachable")


def _way(way: KdcWay) -> str:
    if way.error:
        return f"{way.transport} {way.error}" + (f" ({way.problem})" if way.problem else "")
    said = way.problem or ("" if way.code is None else krb_error(way.code).name)
    normal = way.code in (None, 6, 25)  # nobody of that name, or prove yourself first: both are a KDC at work
    return f"{way.transport} {way.milliseconds:.0f} ms" + (f" ({said})" if said and not normal else "")


def _judge_ports(knocks: tuple[PortKnock, ...], notes: Notes) -> None:
    hosts = dict.fromkeys(knock.host for knock in knocks)
    for host in hosts:
        own = [knock for knock in knocks if knock.host == host]
        if all(knock.error == "unreachable" for knock in own):
            continue  # the Kerberos attempt has said so
        parts = tuple(f"{knock.port} {knock.error or f'{knock.milliseconds:.0f} ms'}" for knock in own)
        silent = [
            f"{knock.port} ({PORTS.get(knock.port, 'tcp')})" for knock in own if knock.error == "timed-out"
        ]
        if silent:
            notes.notice(
                "port-silent",
                f"{host}, TCP: {listed(parts)}. Silence looks like a firewall: {listed(tuple(silent))}",
                do("Open these ports to the domain controllers, where the directory is to be asked."),
            )
        else:
            notes.ok("ports", f"{host}, TCP: {listed(parts)}")


def judge_installed(facts: HostFacts) -> list[Observation]:
    """What of exps is there. A missing extra is no fault."""
    notes = Notes("installed")
    own = facts.installed
    base = tuple(f"{name} {number}" for name, number in own.packages.items() if number)
    notes.ok("versions", f"Python {own.python}, {own.openssl or 'OpenSSL unknown'}, {listed(base, 20)}")
    for extra, needed in EXTRAS.items():
        missing = tuple(name for name in needed if not own.packages.get(name))
        state = (
            f"is not installed (no {listed(missing)}): pip install exps[{extra}]"
            if missing
            else "is installed"
        )
        notes.ok(f"extra-{extra}", f"the extra {extra} {state}")
    if own.native:
        notes.ok("native", f"--native works with {own.library or 'the Kerberos of this host'}")
    else:
        library = f"{own.library} is there" if own.library else "no Kerberos library was found"
        reason = f" ({own.native_error})" if own.native_error else ""
        notes.ok("native", f"--native does not work{reason}; {library}: pip install exps[native]")
    return notes.items
