"""krb5.conf: read at all, and does it say what a diagnosis of Active Directory needs (PURE)."""

from probe.doctor.observation import Notes, Observation, do, listed
from probe.doctor.values import HostFacts
from probe.tickets.files.includes import ConfigFile

SKEW_LIMIT_S = 300
"""RFC 4120 section 5.5.1 and the default of Windows' policy "Maximum tolerance for computer clock synchronization"."""

_LISTS = ("permitted_enctypes", "default_tkt_enctypes", "default_tgs_enctypes")
_AES = ("aes", "default")
"""Beginnings of words that let AES in: ``aes``, ``aes256-cts-hmac-sha1-96``, ``DEFAULT`` (krb5.conf(5))."""


def judge_configuration(facts: HostFacts) -> list[Observation]:
    """The files, the realm, and the settings that decide what native tickets look like."""
    notes = Notes("configuration")
    found = facts.configuration
    for item in found.files:
        _judge_file(item, notes)
    readable = [item for item in found.files if not item.error]
    if not readable:
        _judge_absence(facts, notes)
    _judge_realm(facts, notes)
    if readable:
        _judge_lookup(facts, notes)
        _judge_canonical_names(facts, notes)
        _judge_skew(facts, notes)
        _judge_etypes(facts, notes)
    return notes.items


def _judge_file(item: ConfigFile, notes: Notes) -> None:
    named = item.path + (f" (included by {item.included_by})" if item.included_by else "")
    if item.error:
        notes.problem(
            "config-unreadable",
            f"{named} cannot be read: {item.error}",
            do("Let this user read it, or name another file in KRB5_CONFIG."),
        )
    elif item.damage:
        notes.problem(
            "config-damaged",
            f"{named}, {listed(item.damage, 3)}: MIT's library refuses the whole file",
            do("Mend the line."),
        )
    elif item.notes:
        notes.notice("config-passed-over", f"{named}: {listed(item.notes, 3)}")
    else:
        notes.ok("config-read", f"{named} is readable and well-formed")


def _judge_absence(facts: HostFacts, notes: Notes) -> None:
    if facts.configuration.named_by != "default":
        return  # each missing file is a problem already
    how = "Windows asks its domain" if facts.platform == "win32" else "realm and KDCs come from DNS"
    notes.ok("config-none", f"there is no krb5.conf: {how}")


def _judge_realm(facts: HostFacts, notes: Notes) -> None:
    words = {"option": "given", "krb5.conf": "default_realm", "domain": "from the domain of this host's name"}
    if not facts.realm:
        notes.notice(
            "realm-unknown",
            "no realm is known, so that no KDC can be asked: krb5.conf has no default_realm, and this host's "
            "name has no domain",
            do("Name the realm.", "exps doctor --realm <REALM>"),
        )
    elif facts.realm != facts.realm.upper():
        notes.notice(
            "realm-case",
            f"the realm {facts.realm} is not in capitals; the realms of Active Directory are, and MIT's "
            "library tells them apart",
            do(f"Write {facts.realm.upper()} in krb5.conf."),
        )
    else:
        notes.ok("realm", f"the realm is {facts.realm} ({words.get(facts.realm_from, facts.realm_from)})")


def _judge_lookup(facts: HostFacts, notes: Notes) -> None:
    config = facts.configuration.config
    kdcs = config.realms.get(facts.realm, ())
    count = f"krb5.conf names {len(kdcs)} KDC(s) of {facts.realm}"
    if config.dns_lookup_kdc is False and not kdcs and facts.realm:
        # With --kdc we have one; the other programs of this host still have none.
        say = notes.notice if facts.kdcs.source == "option" else notes.problem
        say(
            "kdcs-nowhere",
            f"dns_lookup_kdc is off and krb5.conf names no KDC of {facts.realm}: programs of this host find none",
            do(f"Set dns_lookup_kdc = true, or add kdc = <KDC> to {facts.realm} in [realms]."),
            cause="kdc-unreachable",
        )
    elif config.dns_lookup_kdc is False:
        notes.ok("kdc-lookup", f"{count}; DNS is not asked (dns_lookup_kdc = false)")
    else:
        notes.ok("kdc-lookup", f"{count}; DNS is asked as well")


def _judge_canonical_names(facts: HostFacts, notes: Notes) -> None:
    config = facts.configuration.config
    canonical = config.libdefaults.get("dns_canonicalize_hostname", "").lower()
    # krb5.conf(5): both are on by default, and without the first the second is not looked at.
    if config.switch("dns_canonicalize_hostname") is False:
        notes.ok(
            "canonical-names", "native tickets are for the name as given (dns_canonicalize_hostname = false)"
        )
    elif canonical == "fallback":
        notes.ok("canonical-names", "native tickets are for the name as given, then for DNS' own (fallback)")
    elif config.switch("rdns") is False:
        notes.ok("canonical-names", "native tickets follow a CNAME, not reverse DNS (rdns = false)")
    else:
        notes.ok(
            "canonical-names",
            "native tickets take a host's name from reverse DNS (rdns, MIT's default): with a wrong PTR record "
            "they are for another SPN; exps' own client does not",
        )


def _judge_skew(facts: HostFacts, notes: Notes) -> None:
    skew = facts.configuration.config.clock_skew_s
    if skew is None or skew == SKEW_LIMIT_S:
        notes.ok("clockskew", f"clockskew is {SKEW_LIMIT_S} s, as on Windows")
    else:
        notes.notice(
            "clockskew",
            f"clockskew is {skew} s here; domain controllers and Exchange servers judge by their own limit, "
            f"{SKEW_LIMIT_S} s unless a policy says otherwise",
            do(f"Set clockskew = {SKEW_LIMIT_S} in krb5.conf."),
        )


def _judge_etypes(facts: HostFacts, notes: Notes) -> None:
    config = facts.configuration.config
    clean = True
    for name in _LISTS:
        words = config.libdefaults.get(name, "").replace(",", " ").lower().split()
        if words and not any(word.startswith(_AES) for word in words):
            clean = False
            notes.problem(
                "enctypes-without-aes",
                f"{name} lists {listed(tuple(words))} and no AES: domain controllers that have RC4 turned off "
                "give this host no ticket",
                do(f"Remove {name} from krb5.conf: MIT's default is right."),
                cause="etype-unsupported",
            )
    for name in ("allow_weak_crypto", "allow_des3"):
        if config.switch(name):
            clean = False
            notes.notice(
                "weak-crypto",
                f"{name} is on: encryption that every party has given up",
                do(f"Remove {name} from krb5.conf."),
            )
    if clean:
        rc4 = "allowed" if config.switch("allow_rc4") else "left to the library's default"
        limited = [name for name in _LISTS if name in config.libdefaults]
        notes.ok("enctypes", f"encryption types: {', '.join(limited) or 'no list'}; RC4 {rc4}")
