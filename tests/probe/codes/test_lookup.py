"""Numbers and names compared with impacket's tables, which are Microsoft's MS-ERREF and RFC 4120."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impacket import hresult_errors, nt_errors, system_errors
from impacket.krb5.constants import ErrorCodes

from probe.codes import lookup as names
from probe.codes.kerberos import ETYPES, KRB_ERRORS
from probe.codes.smtp import ENHANCED_STATUSES
from probe.codes.win32 import WIN32_ERRORS
from probe.codes.windows import NT_STATUSES, SSPI_STATUSES

# Where RFC 4556 section 3.1.3 renamed what RFC 4120 had only reserved, or impacket spells it differently.
RENAMED = {
    "KDC_ERROR_CLIENT_NOT_TRUSTED": "KDC_ERR_CLIENT_NOT_TRUSTED",
    "KDC_ERROR_KDC_NOT_TRUSTED": "KDC_ERR_KDC_NOT_TRUSTED",
    "KDC_ERROR_INVALID_SIG": "KDC_ERR_INVALID_SIG",
    "KDC_ERR_KEY_TOO_WEAK": "KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED",
}


@pytest.mark.parametrize("code", list(ErrorCodes), ids=lambda code: code.name)
def test_kerberos_errors_have_the_names_that_impacket_has(code: ErrorCodes) -> None:
    name = names.krb_error(code.value)
    assert name.name == RENAMED.get(code.name, code.name)
    assert name.known
    assert name.number == code.value


def test_the_errors_that_protocol_and_diagnosis_speak_of() -> None:
    assert names.krb_error(7).name == "KDC_ERR_S_PRINCIPAL_UNKNOWN"
    assert "two accounts" in names.krb_error(7).meaning
    assert names.krb_error(41).name == "KRB_AP_ERR_MODIFIED"
    assert names.krb_error(68).name == "KDC_ERR_WRONG_REALM"


# Numbers of RFC 3962, RFC 8009, RFC 4757, RFC 6803 and RFC 3961 section 8, as the IANA registry lists them.
@pytest.mark.parametrize(
    ("number", "name"),
    [
        (1, "des-cbc-crc"),
        (3, "des-cbc-md5"),
        (16, "des3-cbc-sha1-kd"),
        (17, "aes128-cts-hmac-sha1-96"),
        (18, "aes256-cts-hmac-sha1-96"),
        (19, "aes128-cts-hmac-sha256-128"),
        (20, "aes256-cts-hmac-sha384-192"),
        (23, "rc4-hmac"),
        (24, "rc4-hmac-exp"),
        (25, "camellia128-cts-cmac"),
        (26, "camellia256-cts-cmac"),
    ],
)
def test_etypes(number: int, name: str) -> None:
    assert names.etype(number).name == name


def test_sspi_numbers_are_those_of_impacket() -> None:
    compared = 0
    for number, symbol, _ in SSPI_STATUSES.values():
        foreign = hresult_errors.ERROR_MESSAGES.get(number)
        if foreign is not None and number:
            assert foreign[0] == symbol
            compared += 1
    # All that have a number but OK and MutualAuthFailed, 0x80090363, which impacket does not have.
    assert compared == 36


def test_nt_statuses_are_those_of_impacket() -> None:
    for number, (symbol, _) in NT_STATUSES.items():
        assert nt_errors.ERROR_MESSAGES[number][0] == symbol


def test_win32_errors_are_those_of_impacket() -> None:
    for number, (symbol, _) in WIN32_ERRORS.items():
        assert system_errors.ERROR_MESSAGES[number][0] == symbol


@pytest.mark.parametrize("asked", [1326, 0x8007052E, 0x8007052E - (1 << 32)])
def test_a_win32_error_alone_and_as_an_hresult(asked: int) -> None:
    assert names.win32_error(asked).name == "ERROR_LOGON_FAILURE"


@pytest.mark.parametrize("asked", [1327000, 0x8009052E, -1, 0x80070000])
def test_a_number_that_is_no_win32_error_says_so(asked: int) -> None:
    assert not names.win32_error(asked).known


@pytest.mark.parametrize(
    "asked",
    [
        "LogonDenied",
        "logondenied",
        " SEC_E_LOGON_DENIED ",
        0x8009030C,
        -2146893044,
        "0x8009030c",
        "-2146893044",
    ],
)
def test_one_sspi_status_by_all_its_names(asked: str | int) -> None:
    name = names.sspi_status(asked)
    assert (name.number, name.name, name.symbol) == (0x8009030C, "LogonDenied", "SEC_E_LOGON_DENIED")


def test_statuses_that_exchange_invented_have_no_number() -> None:
    name = names.sspi_status("UnexpectedExchangeAuthBlob")
    assert (name.number, name.symbol, name.known) == (None, "", True)
    assert "clock" in name.meaning
    assert names.sspi_status("UnexpectedExchangeAuthBlobCheckForClockSkew").known


def test_nt_status_signed_and_unsigned() -> None:
    assert names.nt_status(0xC0000072).symbol == "STATUS_ACCOUNT_DISABLED"
    assert names.nt_status(0xC0000072 - (1 << 32)).number == 0xC0000072


def test_enhanced_statuses() -> None:
    assert names.enhanced_status("4.7.0").known
    assert "1035" in names.enhanced_status(" 4.7.0 ").meaning
    assert "ExchangeServer" in names.enhanced_status("5.7.4").meaning


def test_unknown_numbers_say_so_and_are_kept() -> None:
    assert (names.krb_error(4711).name, names.krb_error(4711).known) == ("4711", False)
    assert (names.etype(-77).number, names.etype(-77).known) == (-77, False)
    assert names.nt_status(0xC0FFEE00).name == "0xC0FFEE00"
    assert names.sspi_status(0x80091234).name == "0x80091234"
    assert names.sspi_status("SomethingNewer").name == "SomethingNewer"
    assert (names.sspi_status("SomethingNewer").known, names.sspi_status(1 << 70).known) == (False, False)


def test_an_unknown_enhanced_status_has_class_and_subject_at_least() -> None:
    name = names.enhanced_status("5.7.99")
    assert not name.known
    assert name.meaning.startswith("Permanent failure, security or policy")
    assert names.enhanced_status("4.999.0").meaning.startswith(
        "Persistent transient failure, unknown subject"
    )
    assert names.enhanced_status("three").meaning == "Not an enhanced status code that this program knows."
    assert len(names.enhanced_status("x" * 5000).name) == 80


@given(st.integers(), st.text(max_size=30))
def test_nothing_that_is_asked_raises(number: int, text: str) -> None:
    for name in (
        names.krb_error(number),
        names.etype(number),
        names.nt_status(number),
        names.win32_error(number),
        names.sspi_status(number),
        names.sspi_status(text),
        names.sspi_status(str(number)),
        names.enhanced_status(text),
    ):
        assert name.meaning


def test_every_entry_is_a_sentence_with_a_source() -> None:
    entries = [
        *[names.krb_error(number) for number in KRB_ERRORS],
        *[names.etype(number) for number in ETYPES],
        *[names.nt_status(number) for number in NT_STATUSES],
        *[names.win32_error(number) for number in WIN32_ERRORS],
        *[names.sspi_status(name) for name in SSPI_STATUSES],
        *[names.enhanced_status(code) for code in ENHANCED_STATUSES],
    ]
    assert len(entries) > 130
    for entry in entries:
        assert entry.known
        assert entry.name
        assert entry.meaning.endswith((".", ")"))
        assert "  " not in entry.meaning
        assert entry.citation
