"""Outputs of the tools that administrators run, and messages of MIT's, Heimdal's and Java's Kerberos."""

import pytest

from probe.explain.lookup import explain


def causes(text: str) -> set[str]:
    return {cause for item in explain(text) for cause in item.causes}


_SHOWREPL = """\
    Default-First-Site-Name\\DC2 via RPC
        DSA object GUID: 0a1b2c3d-1111-2222-3333-444455556666
        Last attempt @ 2026-11-23 08:00:00 failed, result {}:
        24 consecutive failure(s).
        Last success @ 2026-11-20 08:00:00."""


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Duplicate SPN found, aborting operation!", "spn-duplicate"),
        ("found 1 group of duplicate SPNs.", "spn-duplicate"),
        ("found 12 groups of duplicate SPNs.", "spn-duplicate"),
        ("Checking domain DC=contoso,DC=lab\nNo such SPN found.", "spn-missing"),
        ("CN=OLD,DC=contoso,DC=lab\n\tSMTPSVC/ex1\n\nExisting SPN found!", "spn-on-wrong-account"),
        ("Trusted DC Connection Status Status = 1311 0x51f ERROR_NO_LOGON_SERVERS", "kdc-unreachable"),
        ("Trusted DC Connection Status Status = 5 0x5 ERROR_ACCESS_DENIED", "machine-key-stale"),
        ("Getting DC name failed: Status = 1355 0x54b ERROR_NO_SUCH_DOMAIN", "kdc-unreachable"),
        (
            "The secure channel between the local computer and the domain contoso.lab is broken.",
            "machine-key-stale",
        ),
        ("Leap Indicator: 3(not synchronized)", "clock-skew-sender"),
        ("Source: Local CMOS Clock", "clock-skew-sender"),
        ("    NTP: +423.1234567s offset from DC1.contoso.lab", "clock-skew-kdc"),
        ("08:00:00, d:+00.0009s o:-602.0123456s", "clock-skew-sender"),
        ("The computer did not resync because no time data was available.", "clock-skew-sender"),
        (_SHOWREPL.format("1396 (0x574)"), "machine-key-stale"),
        (_SHOWREPL.format("-2146893022 (0x80090322)"), "replication-diverged"),
        (" DC1   03h:12m:05s    3 /   5   60  (8524) The DSA operation", "replication-diverged"),
        ("......................... DC1 failed test Advertising", "kdc-unreachable"),
        ("......................... DC1 failed test Replications", "replication-diverged"),
        ("Kdc Service is stopped on [DC1]", "kdc-unreachable"),
        ("klist failed with 0xc000018b/-1073741429: The SAM database", "machine-key-stale"),
        ("Error calling API LsaCallAuthenticationPackage (GetTicket substatus): 0x51f", "kdc-unreachable"),
        ("KerbTicket Encryption Type: RSADSI RC4-HMAC(NT)", "etype-unsupported"),
        ("  Nov 23 08:00:00 2026  >>>Expired<<<  krbtgt/CONTOSO.LAB@CONTOSO.LAB", "ticket-time"),
        (
            "80090308: LdapErr: DSID-0C0, comment: AcceptSecurityContext error, data 775, v3839",
            "credentials-rejected",
        ),
        ("kinit: krb5_get_init_creds: unable to reach any KDC in realm CONTOSO.LAB", "kdc-unreachable"),
        (
            "GSSException: No valid credentials (Mechanism level: Clock skew too great (37))",
            "clock-skew-receiver",
        ),
        ("javax.security.auth.login.LoginException: Cannot locate KDC", "kdc-unreachable"),
    ],
)
def test_what_it_points_at(text: str, cause: str) -> None:
    assert cause in causes(text)


@pytest.mark.parametrize(
    "text",
    [
        "found 0 group of duplicate SPNs.",
        "Trusted DC Connection Status Status = 0 0x0 NERR_Success",
        "08:00:00, d:+00.0009s o:+00.0123456s",
        "    NTP: -0.0412345s offset from DC1.contoso.lab",
        "Last attempt @ 2026-11-23 08:00:00 was successful.",
        "......................... DC1 passed test Advertising",
        "The trust between contoso.lab and fabrikam.lab has been successfully verified",
        "Leap Indicator: 0(no warning)\nSource: DC1.contoso.lab",
        "SyncAll terminated with no errors.",
        "           DC: \\\\DC1.contoso.lab\n     Dom Guid: 0a1b2c3d-1111-2222-3333-444455556666",
        "Ticket cache: FILE:/tmp/krb5cc_0\nDefault principal: bob@CONTOSO.LAB",
    ],
)
def test_what_is_in_order(text: str) -> None:
    assert explain(text)
    assert causes(text) == set()


def test_a_failure_among_what_is_in_order() -> None:
    text = "DC1 passed test Replications\nDC1 failed test MachineAccount\nDC1 passed test Services"
    assert [item.code for item in explain(text)] == ["failed test machineaccount"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kinit: krb5_get_init_creds: Client (bob@CONTOSO.LAB) unknown", "6"),
        ("kgetcred: krb5_get_creds: Server (SMTPSVC/ex1@CONTOSO.LAB) unknown", "7"),
        ("Kerberos: AS-REQ bob@CONTOSO.LAB: no such entry found in hdb", "6"),
        ("Kerberos: Server not found in database: smtp/a@B: no such entry found in hdb", "7"),
        ("kinit: Password incorrect while getting initial credentials", "24"),
        ("krb5_rd_req: Time skew (601) larger than max (300)", "37"),
        ("GSSException: Failure unspecified at GSS-API level (Mechanism level: Checksum failed)", "41"),
        ("Failed to find HOST/a@B(kvno 5) in keytab FILE:/etc/krb5.keytab (aes256-cts-hmac-sha1-96)", "44"),
        ("Request ticket server a@B kvno 5 not found in keytab; keytab is likely out of date", "44"),
        ("Request ticket server a@B kvno 5 enctype x found in keytab but cannot decrypt ticket", "41"),
        ("Unspecified GSS failure.  Minor code may provide more information (Clock skew too great)", "37"),
        ("-1765328228", "cannot contact any kdc"),
        ("KRB5_KT_NOTFOUND", "key table entry not found"),
    ],
)
def test_messages_of_kerberos_libraries(text: str, code: str) -> None:
    assert [item.code for item in explain(text)] == [code]
