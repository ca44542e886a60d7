"""This host's own name, and what DNS says of the realm (PURE)."""

from probe.addresses import is_loopback
from probe.doctor.observation import Notes, Observation, do, listed
from probe.doctor.values import HostFacts, Names


def judge_names(facts: HostFacts) -> list[Observation]:
    """The full name, forward and back, and the hosts file."""
    notes = Notes("names")
    names = facts.names
    if "." not in names.full.strip("."):
        notes.notice(
            "name-short",
            f"this host calls itself {names.full or names.host!r}, without a domain; the probe gives that name in "
            "EHLO unless --ehlo names another",
            do("Give this host its full name in DNS or in the hosts file, or use --ehlo."),
        )
    else:
        notes.ok("name", f"this host is {names.full}")
    _judge_forward(names, notes)
    _judge_reverse(names, notes)
    _judge_hosts(names, notes)
    return notes.items


def _judge_forward(names: Names, notes: Notes) -> None:
    words = {"no-such-name": "does not know", "no-records": "has no address for"}
    if names.dns_addresses:
        notes.ok("name-forward", f"DNS has {names.full} at {listed(names.dns_addresses)}")
    elif names.dns_error in words:
        notes.ok("name-not-in-dns", f"DNS {words[names.dns_error]} {names.full}: no matter for a jump host")
    elif names.dns_error:
        notes.notice("name-dns-failed", f"DNS gave no answer about {names.full}: {names.dns_error}")


def _judge_reverse(names: Names, notes: Notes) -> None:
    own = names.full.casefold().rstrip(".")
    for address, name in names.reverse.items():
        if not name:
            notes.ok("name-reverse-none", f"{address} has no name (no PTR record)")
        elif name.casefold().rstrip(".") == own:
            notes.ok("name-reverse", f"{address} leads back to {name}")
        elif is_loopback(address):
            notes.ok("name-reverse", f"{address} leads back to {name} (loopback)")
        else:
            notes.notice("name-reverse-differs", f"{address} leads back to {name} and not to {names.full}")


def _judge_hosts(names: Names, notes: Notes) -> None:
    given = {line.split()[0] for line in names.hosts_lines}
    other = {address for address in given if not is_loopback(address)}
    if not given:
        notes.ok("hosts", f"{names.hosts_file or 'the hosts file'} does not name this host")
    elif names.dns_addresses and other and not other & set(names.dns_addresses):
        notes.notice(
            "hosts-differ",
            f"{names.hosts_file} has this host at {listed(tuple(sorted(other)))}, DNS at {listed(names.dns_addresses)}",
            do("Make the two agree, or remove the line from the hosts file."),
            cause="name-not-resolved",
        )
    else:
        notes.ok("hosts", f"{names.hosts_file}: {listed(names.hosts_lines, 3)}")


def judge_dns(facts: HostFacts) -> list[Observation]:
    """The resolver and the realm's SRV records."""
    notes = Notes("dns")
    dns = facts.dns
    if dns.nameservers:
        notes.ok("nameservers", f"name servers: {listed(dns.nameservers)}")
    else:
        notes.notice(
            "nameservers-none",
            "no name server is configured",
            do("Use the domain controllers as name servers."),
        )
    if dns.asked:
        _judge_srv(facts, notes)
    return notes.items


def _judge_srv(facts: HostFacts, notes: Notes) -> None:
    dns = facts.dns
    for transport, kdcs in (("udp", dns.udp_kdcs), ("tcp", dns.tcp_kdcs)):
        if kdcs:
            notes.ok("srv", f"_kerberos._{transport}.{facts.realm}: {listed(kdcs)}")
    if not dns.udp_kdcs and not dns.tcp_kdcs:
        _judge_no_srv(facts, notes)
    elif not dns.udp_kdcs or not dns.tcp_kdcs:
        missing = "udp" if dns.tcp_kdcs else "tcp"
        notes.notice(
            "srv-one-transport",
            f"_kerberos._{missing}.{facts.realm} has no records, though the other transport has: Active Directory "
            "registers both",
            do("Let the domain controllers register again.", "nltest /dsregdns", "each domain controller"),
        )


def _judge_no_srv(facts: HostFacts, notes: Notes) -> None:
    error = facts.dns.error
    says = (
        f"DNS has no _kerberos records of {facts.realm}"
        if error in ("no-such-name", "no-records", "")
        else (f"DNS gave no answer about {facts.realm}'s KDCs: {error}")
    )
    if facts.kdcs.source in ("option", "krb5.conf"):
        notes.ok("srv-none", f"{says}; they are known from {facts.kdcs.source}")
    else:
        notes.problem(
            "srv-none",
            f"{says}, and no other source has them",
            do("Ask a name server that knows the domain, or name the KDCs with --kdc."),
            cause="kdc-unreachable",
        )
