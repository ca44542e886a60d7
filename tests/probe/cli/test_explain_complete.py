"""Every table of `exps explain` walked from end to end, and every text of PROTOCOL.md as people paste it."""

import itertools
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from impacket.krb5.constants import ErrorCodes

from probe import causes
from probe.cli import exps
from probe.codes.kerberos import KRB_ERRORS
from probe.codes.smtp import ENHANCED_STATUSES
from probe.codes.windows import NT_STATUSES, SSPI_STATUSES
from probe.explain.advice import KRB_ADVICE, NT_ADVICE, SMTP_ADVICE, SSPI_ADVICE
from probe.explain.entries import Explanation
from probe.explain.events import EVENTS
from probe.explain.events.shape import Event
from probe.explain.lookup import catalogue, explain, nearest
from probe.explain.phrases import PHRASES, kerberos
from probe.explain.tables import NT_CAUSES, REPLY_CODES, SMTP_CAUSES, SSPI_CAUSES

ALL = [pytest.param(item, id=f"{item.kind} {item.code}") for items in catalogue().values() for item in items]


def codes(text: str) -> list[str]:
    return [item.code for item in explain(text)]


def what_to_do(item: Explanation) -> list[str]:
    remedies = [remedy.do for code in item.causes for remedy in causes.load(code).remedies]
    measurements = [text for code in item.causes for text in causes.load(code).next_measurements]
    return [*item.advice, *remedies, *measurements]


@pytest.mark.parametrize("item", ALL)
def test_everything_has_a_meaning_and_says_what_to_do(item: Explanation) -> None:
    assert item.known
    assert item.meaning.rstrip().endswith((".", "!", "?"))
    assert what_to_do(item)
    assert set(item.causes) <= set(causes.codes())
    for text in (item.title, item.meaning, *item.advice):
        assert not re.search(r"\{[a-z_]+\}", text)


@pytest.mark.parametrize("item", ALL)
def test_everything_is_printed_with_what_to_do(item: Explanation) -> None:
    result = CliRunner().invoke(exps, ["explain", "--", item.code], standalone_mode=False)
    assert result.return_value == 0
    assert item.meaning.splitlines()[0][:60] in result.output
    assert any(text[:40] in result.output for text in what_to_do(item))


def test_every_cause_is_pointed_at_by_a_code_or_a_text() -> None:
    pointed = {
        code
        for kind, items in catalogue().items()
        if kind != "cause"
        for item in items
        for code in item.causes
    }
    assert set(causes.codes()) - pointed == {"healthy", "undetermined"}


def test_no_advice_for_what_is_not_there_and_none_twice() -> None:
    assert KRB_ADVICE.keys() <= KRB_ERRORS.keys()
    assert SSPI_ADVICE.keys() <= SSPI_STATUSES.keys()
    assert NT_ADVICE.keys() <= NT_STATUSES.keys()
    assert SMTP_ADVICE.keys() <= ENHANCED_STATUSES.keys()
    assert set(REPLY_CODES.values()) <= ENHANCED_STATUSES.keys()
    texts = [phrase.text for phrase in PHRASES]
    assert len(texts) == len(set(texts))
    assert not SSPI_ADVICE.keys() & SSPI_CAUSES.keys()
    assert not NT_ADVICE.keys() & NT_CAUSES.keys()
    assert SMTP_ADVICE.keys() | SMTP_CAUSES.keys() == ENHANCED_STATUSES.keys()


# RFC 4120 section 7.5.9, RFC 4556 section 3.1.3, RFC 6111, RFC 6113 section 7, RFC 8636: all numbers that are given.
GIVEN = {*range(30), *range(31, 43), *range(44, 53), 60, 61, *range(62, 82), 82, 83, 84, 90, 91, 92, 93, 100}


def test_every_error_of_kerberos_that_the_rfcs_give() -> None:
    assert KRB_ERRORS.keys() >= GIVEN
    for foreign in ErrorCodes:  # impacket's names, among them RFC 4120's own for 62 to 65
        for name in (
            foreign.name,
            foreign.name.lower(),
            foreign.name.replace("_", " "),
            f"KRB5{foreign.name}",
        ):
            assert codes(name) == [str(foreign.value)], name


PROTOCOL_STATUSES = {
    # PROTOCOL.md section 1; the numbers are those of MS-ERREF.
    "OK": None,
    "IllegalMessage": 0x80090326,
    "LogonDenied": 0x8009030C,
    "TargetUnknown": 0x80090303,
    "TimeSkew": 0x80090324,
    "WrongPrincipal": 0x80090322,
    "InvalidToken": 0x80090308,
    "NoAuthenticatingAuthority": 0x80090311,
    "NoCredentials": 0x8009030E,
    "UnknownCredentials": 0x8009030D,
    "InternalError": 0x80090304,
    "Unsupported": 0x80090302,
    "OutOfSequence": 0x80090310,
    "ContextExpired": 0x80090317,
    "MutualAuthFailed": 0x80090363,
    "KdcUnknownEncryptionType": 0x80090342,
    "MessageAltered": 0x8009030F,
    "BadBindings": 0x80090346,
    "CertUnknown": 0x80090327,
    "UnexpectedExchangeAuthBlob": None,
    "UnexpectedExchangeAuthBlobCheckForClockSkew": None,
    "TLS1_0NotSupported": None,
    "ExtendedProtectionMissingSpn": None,
    "ExtendedProtectionWrongSpn": None,
}

WRAPPINGS = ("{}", "[{}]", "({})", "'{}'", "“{}”", " {}. ", "<{}>")


@pytest.mark.parametrize(("name", "number"), PROTOCOL_STATUSES.items())
def test_every_status_by_name_hex_and_signed_decimal_in_any_wrapping(name: str, number: int | None) -> None:
    asked = [name, name.lower(), name.upper(), f"failed with error {name}"]
    if number is not None:
        asked += [
            f"0x{number:08x}",
            f"0x{number:08X}",
            f"{number:08X}",
            f"{number:08x}",
            str(number - (1 << 32)),
            str(number),
        ]
    for text, wrapping in itertools.product(asked, WRAPPINGS):
        assert name in codes(wrapping.format(text)), wrapping.format(text)
    if number is not None:
        for line in (
            f"it ended with 0x{number:08X} today",
            f"HRESULT {number - (1 << 32)} came",
            f"error {number - (1 << 32)}",
        ):
            assert name in codes(line), line


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("error 41", "41"),
        ("Error: 41", "41"),
        ("Kerberos error 37", "37"),
        ("KRB error 0x7", "7"),
        ("KRB_AP_ERR_MODIFIED", "41"),
        ("[krb_ap_err_modified]", "41"),
        ("the client got KRB_AP_ERR_MODIFIED from ex1$", "41"),
        ("SEC_E_TIME_SKEW", "TimeSkew"),
        ("time skew", "TimeSkew"),
        ("Logon Denied", "LogonDenied"),
        ("KRB5KRB_AP_ERR_SKEW", "37"),
        ("KDC_ERR_KEY_TOO_WEAK", "65"),
        ("sec_e_time_skew.", "TimeSkew"),
        ("NT_STATUS_LOGON_FAILURE", "0xC000006D"),
        ("logon status c00002f5", "0xC00002F5"),
        ("logon status 0xC00002F5h", "0xC00002F5"),
        ("-1765328347", "37"),  # KRB5KRB_AP_ERR_SKEW of MIT's krb5_err.et
        ("GSSAPI minor -1765328377 came", "7"),
        ("event 11", "11"),
        ("Event ID: 12014", "12014"),
        ("EventID 1020", "1020"),
        (
            "kinit: Client 'bob@MIT.TEST' not found in Kerberos database while getting initial credentials",
            "6",
        ),
        ("Server SMTPSVC/ex1@MIT.TEST not found in Kerberos database", "7"),
        ("kinit: Clients credentials have been revoked while getting initial credentials", "18"),
        ("kinit: Client's credentials have been revoked while getting initial credentials", "18"),
        ("Credentials for server have been revoked", "19"),
        ("Clock skew too great", "37"),
        (
            "kinit: Cannot contact any KDC for realm 'A' while getting initial credentials",
            "cannot contact any kdc",
        ),
        ('Cannot find KDC for realm "A" while getting initial credentials', "cannot find kdc for"),
    ],
)
def test_as_people_paste_it(text: str, code: str) -> None:
    assert codes(text)[:1] == [code]


SMTP_TEXTS = [
    # PROTOCOL.md section 2, each reply and each note of a sender.
    "454 4.7.0 Temporary authentication failure",
    "535 5.7.3 Authentication unsuccessful",
    "504 5.7.4 Unrecognized authentication type",
    "503 5.5.2 Send hello first",
    "503 5.5.2 Auth command already specified",
    "501 5.5.4 Authentication cancelled",
    "421 4.7.0 Too many errors on this connection, closing transmission channel",
    "454 4.7.0 Temporary authentication failure because negotiated Tls cipher strength is too weak",
    "501 5.5.4 Invalid domain name",
    "501 5.0.0 EHLO requires domain address",
    "500 5.5.2 Command too long",
    "500 5.3.3 Unrecognized command",
    "502 5.3.3 Command not implemented",
    "503 5.5.2 Need mail command",
    "503 5.5.2 Need rcpt command",
    "503 5.5.2 Only one STARTTLS command can be issued per session",
    "221 2.0.0 Service closing transmission channel",
    "250 2.0.0 OK",
    "250 2.0.0 Resetting",
    "354 Start mail input; end with <CRLF>.<CRLF>",
    "250 2.6.0 <id> [InternalId=1, Hostname=ex1] Queued mail for delivery",
    "530 5.7.1 Client was not authenticated",
    "550 5.7.1 Client does not have permissions to submit to this server",
    "550 5.7.1 Unable to relay",
    "554 5.7.3 Unable to initialize security subsystem",
    "454 4.7.0 Cannot accept TLS as maximum TLS rate exceeded for server",
    "454 4.7.5 Certificate validation failure",
    "454 4.7.0 Temporary authorization failure",
    "421 4.3.2 The maximum number of concurrent server connections has exceeded a limit, closing transmission channel",
    "421 4.4.1 Connection timed out",
    "214 This server supports the following commands:",
    "451 5.7.3 Cannot achieve Exchange Server authentication",
    "451 5.7.3 Cannot load Internal Transport Certificate. The certificate is missing",
    "421 4.2.1 Unable to connect",
    "220 mail1.fabrikam.com Microsoft ESMTP MAIL Service ready at Fri, 5 Aug 2016 16:24:41 -0700",
    "220 2.0.0 SMTP server ready",
    "334 GSSAPI supported",
    "334 NTLM supported",
    "235 2.7.0 Authentication successful",
    "554 Permanent scan failure",
    "220 ****************************************",
    "250-XXXXXXXA",
]

FRAMES = (
    "{}",
    '451 4.4.0 Primary target IP address responded with: "{}." Attempted failover to alternate host',
    "451 4.4.395 Target host responded with error. -> {}",
    "[{{LRT=11/23/2026 9:00:00 AM}};{{LED={}}};{{FQDN=ex1.contoso.lab}};{{IP=10.4.7.0}}]",
    "2026-11-23T08:00:00.000Z,EX1\\Default EX1,08D4A1,7,10.5.7.1:25,10.4.7.0:51234,>,{},",
)

FOLDS: tuple[Callable[[str], str], ...] = (str, str.lower, str.upper)


@pytest.mark.parametrize("text", SMTP_TEXTS)
def test_every_reply_alone_in_a_queue_and_in_a_protocol_log(text: str) -> None:
    told = codes(text)
    assert told
    for frame, fold in itertools.product(FRAMES, FOLDS):
        found = codes(fold(frame.format(text)))
        assert found[0] == told[0], frame
        assert set(told) <= set(found)


def test_the_refusal_itself_is_told_with_both_events_and_no_cause() -> None:
    (item,) = explain("454 4.7.0 Temporary authentication failure")
    assert item.causes == ()
    assert "Id=1035" in " ".join(item.advice)
    assert "Id=2017" in " ".join(item.advice)


def test_a_reply_that_says_more_is_not_taken_for_the_refusal() -> None:
    for text in SMTP_TEXTS:
        if " 4.7.0 " in text and text != SMTP_TEXTS[0]:
            assert "4.7.0" not in codes(text), text


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: f"{event.source} {event.number}")
def test_every_event_by_its_source_and_number(event: Event) -> None:
    for text in (f"{event.source} event {event.number}", f"Event ID: {event.number} ({event.source})"):
        found = explain(text)
        assert found[0].kind == "event", text
        assert found[0].code == str(event.number), text
        assert event.source in found[0].title, text


@pytest.mark.parametrize(("pattern", "code"), kerberos.KERBEROS_WORDS)
def test_words_of_mits_library_stand_for_errors_that_are_known(pattern: str, code: int) -> None:
    assert code in KRB_ERRORS
    re.compile(pattern)


def test_words_of_mits_library_are_those_of_mits_library() -> None:
    """On a host with MIT's library its own texts are read; elsewhere the list was made from them."""
    libraries = sorted(Path("/usr/lib").glob("*/libkrb5.so.3"))
    if not libraries:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no libkrb5.so.3 here")
    texts = libraries[0].read_bytes().decode("latin-1").casefold()
    for pattern, _ in kerberos.KERBEROS_WORDS:
        assert re.search(pattern.replace(".{", "[^\0]{"), texts), pattern
    for phrase in kerberos.MIT_PHRASES:
        assert phrase.text in texts, phrase.text


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("KRB_AP_ERR_MODIFYED", "KRB_AP_ERR_MODIFIED"),
        ("TimeSkw", "TimeSkew"),
        ("spn-mising", "spn-missing"),
        ("SEC_E_TIME_SKEWED", "SEC_E_TIME_SKEW"),
        ("STATUS_LOGIN_FAILURE", "STATUS_LOGON_FAILURE"),
    ],
)
def test_what_is_not_known_has_neighbours(text: str, near: str) -> None:
    assert explain(text) == ()
    assert nearest(text)[0] == near
    result: Any = CliRunner().invoke(exps, ["explain", text], standalone_mode=False)
    assert result.exception.exit_code == 3
    assert near in str(result.exception)


@pytest.mark.parametrize(
    "text", ["12345678", "10.4.7.0", "version 15.1.2507.6", "everything is ok", "unsupported"]
)
def test_ordinary_words_and_numbers_are_not_taken_for_codes(text: str) -> None:
    found = codes(text)
    assert found == ([] if text != "unsupported" else ["Unsupported"])
