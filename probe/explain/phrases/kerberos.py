"""Texts of MIT's, Heimdal's and Java's Kerberos: patterns -> error-code, and texts that no KDC sends (PURE)."""

from probe.explain.phrases.shape import Phrase

KERBEROS_WORDS: tuple[tuple[str, int], ...] = (
    # MIT's texts of errors (libkrb5 1.20), as kinit, kvno and GSSAPI programs print them, as patterns -> error-code.
    (r"client\b.{0,260} not found in kerberos database", 6),
    (r"server\b.{0,260} not found in kerberos database", 7),
    (r"principal has multiple entries in kerberos database", 8),
    (r"kdc has no support for encryption type", 14),
    (r"clients?'?s? credentials have been revoked", 18),
    (r"credentials for server have been revoked", 19),
    (r"password has expired", 23),
    (r"preauthentication failed", 24),
    (r"server principal valid for user2user only", 27),
    (r"decrypt integrity check failed", 31),
    (r"ticket expired", 32),
    (r"ticket not yet valid", 33),
    (r"request is a replay", 34),
    (r"the ticket isn't for us", 35),
    (r"clock skew too great", 37),
    (r"key version is not available", 44),
    (r"response too big for udp", 52),
    (r"client's entry in database has expired", 1),
    (r"server's entry in database has expired", 2),
    (r"requested effective lifetime is negative or too short", 11),
    (r"kdc policy rejects request", 12),
    (r"kdc can't fulfill requested option", 13),
    (r"additional pre-authentication required", 25),
    (r"ticket/authenticator don't match", 36),
    (r"incorrect net address", 38),
    (r"message stream modified", 41),
    (r"found in keytab but cannot decrypt ticket", 41),
    (r"key version number for principal in key table is incorrect", 44),
    (r"request ticket server .{1,260}kvno .{1,12}not found in keytab", 44),
    (r"request ticket server (?:(?!kvno).){1,260}not found in keytab", 45),
    (r"wrong principal in request", 35),
    (r"found in keytab but does not match server principal", 35),
    (r"server principal .{1,260} does not match any keys in keytab", 35),
    (r"generic error \(see e-text\)", 60),
    (r"realm not local to kdc", 68),
)

FOREIGN_WORDS: tuple[tuple[str, int], ...] = (
    # Heimdal's (krb5_err.et, context.c, keytab.c), Java's (sun.security.krb5.KrbException) and kinit's own texts.
    (r"krb5_get_init_creds: client \(.{1,260}\) unknown", 6),
    (r"client \(.{1,260}\) unknown", 6),
    (r"server \(.{1,260}\) unknown", 7),
    (r"server not found in kerberos database", 7),
    (r"client not found in kerberos database", 6),
    (r"as-req \S{1,260}: no such entry found in hdb", 6),
    (r"server not found in database: \S{1,260}: no such entry found in hdb", 7),
    (r"password incorrect", 24),
    (r"preauth(?:entication)? failed", 24),
    (r"pre-authentication information was invalid", 24),
    (r"encryption type \S{1,60} not supported", 14),
    (r"kdc has no support for (?:the )?encryption type", 14),
    (r"time skew \(-?[0-9]{1,12}\) larger than max", 37),
    (r"mechanism level: clock skew too great", 37),
    (r"mechanism level: checksum failed", 41),
    (r"integrity check on decrypted field failed", 31),
    (r"mechanism level: request is a replay", 34),
    (r"failed to find .{1,260}\(kvno [0-9]{1,10}\) in keytab", 44),
    (r"specified version of key is not available", 44),
    (r"cannot find key for .{1,260}kvno [0-9]{1,10} in keytab", 44),
    (r"cannot find key of appropriate type to decrypt ap.re[qp]", 45),
    (r"cannot find key for type/kvno to decrypt", 44),
    (r"ticket (?:has )?expired", 32),
)

MIT_PHRASES: tuple[Phrase, ...] = (
    # MIT's texts that no KDC sends.
    Phrase(
        "cannot contact any kdc",
        "No KDC of the realm gave an answer.",
        ("kdc-unreachable", "kdc-tcp-blocked"),
    ),
    Phrase("cannot find kdc for", "Neither DNS nor krb5.conf names a KDC.", ("kdc-unreachable",)),
    Phrase(
        "key table entry not found",
        "The keytab has no key of this name, version or type.",
        ("machine-key-stale", "spn-on-wrong-account"),
    ),
    Phrase(
        "no key table entry found",
        "The keytab has no key of this name, version or type.",
        ("machine-key-stale", "spn-on-wrong-account"),
    ),
    Phrase(
        "kdc reply did not match expectations",
        "The KDC answered for another name than was asked for: the realm is written in small letters, as a rule.",
        advice=("Write the realm in capitals.",),
    ),
    Phrase(
        "no credentials cache found",
        "There are no tickets yet, or KRB5CCNAME names another cache.",
        advice=("Log on: kinit <USER>@<REALM>, and look: exps doctor.",),
    ),
    Phrase(
        "improper format of kerberos configuration file",
        "MIT's library refuses krb5.conf.",
        advice=("exps doctor names the file and the line.",),
    ),
    Phrase(
        "included profile directory could not be read",
        "MIT's library cannot read a folder that krb5.conf includes.",
        advice=("exps doctor names the file and the line: look at includedir in krb5.conf.",),
    ),
    Phrase(
        "found in keytab but not with enctype",
        "The keytab has this version of the key, and not of the ticket's encryption type.",
        ("etype-unsupported", "machine-key-stale"),
        ("Make the keytab anew with all types that the account has: klist -ke shows those that are there.",),
    ),
    Phrase(
        "kdc returned error string",
        "MIT: the KDC refused with a word of its own, which is for its programmers; the error stands beside it or in "
        "the KDC's log.",
        advice=("KRB5_TRACE=/dev/stderr shows the error's number: give that to exps explain.",),
    ),
    Phrase(
        "cannot resolve network address for kdc",
        "A KDC is named, and its name has no address.",
        ("kdc-unreachable", "name-not-resolved"),
    ),
    Phrase(
        "cannot determine realm for host",
        "Nothing says in which realm the host is: domain_realm of krb5.conf, or DNS.",
        advice=("Look at krb5.conf: exps doctor.",),
    ),
    Phrase(
        "no credentials found with supported encryption types",
        "The cache has tickets of other encryption types than are allowed here.",
        ("etype-unsupported",),
    ),
    Phrase(
        "no supported encryption types (config file error?)",
        "The encryption types in krb5.conf leave none that the library has.",
        ("etype-unsupported",),
        ("Look at permitted_enctypes and default_tkt_enctypes in krb5.conf; best leave them out.",),
    ),
    Phrase(
        "bad encryption type",
        "The library does not know the encryption type, or has it turned off.",
        ("etype-unsupported",),
        alone=True,
    ),
    Phrase(
        "encryption type not permitted",
        "krb5.conf or the library does not allow the type.",
        ("etype-unsupported",),
    ),
    Phrase(
        "keytab contains no suitable keys for",
        "The keytab has keys, and none for this name of a type that is asked for.",
        ("etype-unsupported", "spn-on-wrong-account"),
    ),
    Phrase(
        "no kerberos credentials available",
        "There is no ticket and no key to log on with.",
        advice=("Log on: kinit <USER>@<REALM>, and look: exps doctor.",),
    ),
    Phrase(
        "matching credential not found",
        "The cache has no ticket that fits what was asked.",
        advice=("Log on: kinit <USER>@<REALM>, and look: klist.",),
    ),
    Phrase(
        "illegal cross-realm ticket",
        "The way through the realms is not one that is allowed.",
        ("trust-broken",),
    ),
    Phrase(
        "cannot find ticket for requested realm",
        "There is no ticket for the other realm: no trust, or no way to it.",
        ("trust-broken", "kdc-unreachable"),
    ),
    Phrase(
        "included profile file could not be read",
        "MIT's library cannot read a file that krb5.conf includes.",
        advice=("exps doctor names the file and the line.",),
    ),
)

FOREIGN_PHRASES: tuple[Phrase, ...] = (
    # Texts of GSSAPI, Heimdal, Samba, Java and older libraries of MIT that libkrb5 does not have.
    Phrase(
        "cannot resolve servers for kdc in realm",
        "KDCs are named, and their names have no address.",
        ("kdc-unreachable", "name-not-resolved"),
    ),
    Phrase(
        "unable to reach any kdc in realm",
        "Heimdal: no KDC of the realm gave an answer.",
        ("kdc-unreachable", "kdc-tcp-blocked"),
    ),
    Phrase("cannot locate kdc", "Java: neither DNS nor krb5.conf names a KDC.", ("kdc-unreachable",)),
    Phrase(
        "cannot locate default realm",
        "Java: krb5.conf names no realm.",
        advice=("Look at krb5.conf: exps doctor.",),
    ),
    Phrase(
        "no credentials cache file found",
        "There are no tickets yet, or KRB5CCNAME names another cache.",
        advice=("Log on: kinit <USER>@<REALM>, and look: exps doctor.",),
    ),
    Phrase(
        "no valid credentials provided",
        "There is no ticket to log on with; what stands behind it says why.",
        advice=("Log on: kinit <USER>@<REALM>; give exps explain the text behind `Mechanism level`.",),
    ),
    Phrase(
        "cannot read password",
        "MIT's kinit got no password: nobody typed one, or there is no terminal.",
        advice=("Give it a keytab: kinit -k -t <KEYTAB> <PRINCIPAL>.",),
    ),
    Phrase(
        "illegal key size",
        "Java: this runtime is not allowed to use AES-256 (old policy files).",
        ("etype-unsupported",),
        ("Use a newer Java, or its unlimited policy; AES-256 is etype 18.",),
        alone=True,
    ),
    Phrase(
        "join to domain is not valid",
        "Samba: this machine's own password is not the directory's.",
        ("machine-key-stale",),
    ),
    Phrase(
        "identifier doesn't match expected value",
        "Java: the KDC answered with an error or another message than was due.",
        advice=("Look at the error in front of it, or trace: -Dsun.security.krb5.debug=true.",),
    ),
    Phrase(
        "unspecified gss failure",
        "GSSAPI's frame around another error: the minor code or text behind it counts.",
        advice=("Give exps explain the text or number behind `Minor`; KRB5_TRACE=/dev/stderr shows more.",),
    ),
    Phrase(
        ">>>expired<<<",
        "The ticket in this list has ended: a new one has to be asked for.",
        ("ticket-time",),
        pattern=r">{0,3} ?expired ?<<<",
    ),
)

MIT_CODES: tuple[tuple[str, int, str], ...] = (
    # Symbols and numbers of libkrb5's own errors (krb5_err.et), which no KDC sends -> the text above.
    ("KRB5_KDC_UNREACH", -1765328228, "cannot contact any kdc"),
    ("KRB5_REALM_UNKNOWN", -1765328230, "cannot find kdc for"),
    ("KRB5_REALM_CANT_RESOLVE", -1765328164, "cannot resolve network address for kdc"),
    ("KRB5_KT_NOTFOUND", -1765328203, "key table entry not found"),
    ("KRB5_FCC_NOFILE", -1765328189, "no credentials cache found"),
    ("KRB5_CC_NOTFOUND", -1765328243, "matching credential not found"),
)
