"""Expected octets: published vectors (tests/vectors/kerberos_crypto.json has the sources), or impacket's."""

import json
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given
from hypothesis import strategies as st
from impacket.krb5 import crypto as foreign

from probe.wire import crypto
from probe.wire.crypto import (
    CryptoError,
    EncryptionType,
    IntegrityError,
    Key,
    UnsupportedEncryptionType,
    arcfour,
)
from probe.wire.crypto.aes import decrypt_cts, encrypt_cts
from tests.support.vectors import VECTOR_FOLDER

VECTORS = json.loads((VECTOR_FOLDER / "kerberos_crypto.json").read_text("utf-8"))
KEY_SIZES = {17: 16, 18: 32, 19: 16, 20: 32, 23: 16}
ETYPES = sorted(KEY_SIZES)
FOREIGN_ETYPES = (17, 18, 23)  # impacket 0.13 has no AES-SHA2

Case = dict[str, Any]


def octets(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


def key_of(case: Case) -> Key:
    return Key(case["etype"], bytes.fromhex(case["key"]))


@pytest.mark.parametrize("case", VECTORS["n_fold"]["cases"])
def test_n_fold(case: Case) -> None:
    folded = bytes.fromhex(case["folded"])
    assert crypto.n_fold(bytes.fromhex(case["data"]), len(folded)) == folded


@given(st.binary(min_size=1, max_size=80), st.integers(1, 48))
def test_n_fold_agrees_with_impacket(data: bytes, size: int) -> None:
    assert crypto.n_fold(data, size) == foreign._nfold(data, size)


@pytest.mark.parametrize("case", VECTORS["string_to_key"]["cases"])
def test_string_to_key(case: Case) -> None:
    key = crypto.string_to_key(
        case["etype"], case["password"], bytes.fromhex(case["salt"]), octets(case["params"])
    )
    assert key == key_of(case)


@pytest.mark.parametrize("etype", FOREIGN_ETYPES)
def test_default_iterations_agree_with_impacket(etype: int) -> None:
    salt = b"CONTOSO.LABhostex1.contoso.lab"
    key = crypto.string_to_key(etype, "P\u00e4ssw\u00f6rd\u20ac", salt)
    assert key.contents == foreign.string_to_key(etype, "P\u00e4ssw\u00f6rd\u20ac", salt).contents


# 0 stands for 2**32 (RFC 3962 section 4).
@pytest.mark.parametrize("params", ["00000000", "ffffffff", "000f4241", "", "001000", "0000001000"])
@pytest.mark.parametrize("etype", [17, 18, 19, 20])
def test_string_to_key_refuses_hostile_params(etype: int, params: str) -> None:
    with pytest.raises(CryptoError):
        crypto.string_to_key(etype, "password", b"salt", bytes.fromhex(params))


@pytest.mark.parametrize("etype", ETYPES)
def test_a_password_that_cannot_be_encoded_stays_out_of_the_error(etype: int) -> None:
    with pytest.raises(CryptoError) as caught:
        crypto.string_to_key(etype, "secret\ud800", b"salt")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("case", VECTORS["stealing"]["cases"])
def test_ciphertext_stealing(case: Case) -> None:
    cipher = Cipher(AES(bytes.fromhex(VECTORS["stealing"]["key"])), CBC(bytes(16)))
    plaintext, ciphertext = bytes.fromhex(case["plaintext"]), bytes.fromhex(case["ciphertext"])
    assert encrypt_cts(cipher, plaintext) == ciphertext
    assert decrypt_cts(cipher, ciphertext) == plaintext


@pytest.mark.parametrize("case", VECTORS["derivation"]["cases"])
def test_derive(case: Case) -> None:
    derived = bytes.fromhex(case["derived"])
    assert crypto.derive(key_of(case), bytes.fromhex(case["constant"]), size=len(derived)) == derived


def test_derive_is_for_aes() -> None:
    with pytest.raises(UnsupportedEncryptionType):
        crypto.derive(Key(23, bytes(16)), b"kerberos")


@pytest.mark.parametrize("case", VECTORS["encryption"]["cases"])
def test_encrypt_with_a_published_confounder(case: Case) -> None:
    plaintext, ciphertext = bytes.fromhex(case["plaintext"]), bytes.fromhex(case["ciphertext"])
    confounder = bytes.fromhex(case["confounder"])
    assert crypto.encrypt(key_of(case), case["usage"], plaintext, confounder) == ciphertext
    assert crypto.decrypt(key_of(case), case["usage"], ciphertext) == plaintext


@pytest.mark.parametrize("case", VECTORS["decryption"]["cases"])
def test_decrypt(case: Case) -> None:
    ciphertext = bytes.fromhex(case["ciphertext"])
    assert crypto.decrypt(key_of(case), case["usage"], ciphertext).hex() == case["plaintext"]


@pytest.mark.parametrize("case", VECTORS["checksum"]["cases"])
def test_checksum(case: Case) -> None:
    key, data, value = key_of(case), bytes.fromhex(case["data"]), bytes.fromhex(case["checksum"])
    assert crypto.checksum(key, case["usage"], data) == value
    crypto.verify_checksum(key, case["usage"], data, value)
    for wrong in (bytes((value[0] ^ 1,)) + value[1:], value[:-1], value + b"\0", b""):
        with pytest.raises(IntegrityError):
            crypto.verify_checksum(key, case["usage"], data, wrong)


def test_mandatory_checksum_types() -> None:
    # RFC 3962 section 7, RFC 8009 section 6, RFC 4757 section 4.
    assert [crypto.checksum_type(etype) for etype in ETYPES] == [15, 16, 19, 20, -138]


@given(
    etype=st.sampled_from(FOREIGN_ETYPES),
    usage=st.integers(0, 1030),
    seed=st.binary(min_size=32, max_size=32),
    confounder=st.binary(min_size=16, max_size=16),
    plaintext=st.binary(max_size=100),
)
def test_agrees_with_impacket(
    etype: int, usage: int, seed: bytes, confounder: bytes, plaintext: bytes
) -> None:
    key = Key(etype, seed[: KEY_SIZES[etype]])
    theirs = foreign.Key(etype, key.contents)
    confounder = confounder[: crypto.confounder_length(etype)]
    ciphertext = foreign.encrypt(theirs, usage, plaintext, confounder)
    assert crypto.encrypt(key, usage, plaintext, confounder) == ciphertext
    assert crypto.decrypt(key, usage, ciphertext) == plaintext
    expected = foreign.make_checksum(crypto.checksum_type(etype), theirs, usage, plaintext)
    assert crypto.checksum(key, usage, plaintext) == expected


def test_rc4_usage_9_falls_back_to_8() -> None:
    # RFC 4757 section 3 says 8 for a TGS-REP under a subkey, Windows uses 9; other usages have no second try.
    contents = bytes(range(16))
    ciphertext = foreign.encrypt(foreign.Key(23, contents), 8, b"reply", bytes(8))
    assert crypto.decrypt(Key(23, contents), 9, ciphertext) == b"reply"
    with pytest.raises(IntegrityError):
        crypto.decrypt(Key(23, contents), 7, ciphertext)


@given(
    etype=st.sampled_from(ETYPES),
    plaintext=st.binary(max_size=70),
    position=st.integers(min_value=0),
    change=st.integers(1, 255),
)
def test_every_changed_octet_is_noticed(etype: int, plaintext: bytes, position: int, change: int) -> None:
    key = Key(etype, bytes(KEY_SIZES[etype]))
    ciphertext = bytearray(crypto.encrypt(key, 11, plaintext, bytes(crypto.confounder_length(etype))))
    ciphertext[position % len(ciphertext)] ^= change
    with pytest.raises(IntegrityError):
        crypto.decrypt(key, 11, bytes(ciphertext))


@given(etype=st.sampled_from(ETYPES), garbage=st.binary(max_size=120))
def test_garbage_is_an_integrity_error(etype: int, garbage: bytes) -> None:
    with pytest.raises(IntegrityError):
        crypto.decrypt(Key(etype, bytes(KEY_SIZES[etype])), 11, garbage)


@pytest.mark.parametrize("etype", ETYPES)
def test_another_key_or_usage_does_not_decrypt(etype: int) -> None:
    key = Key(etype, bytes(KEY_SIZES[etype]))
    other = Key(etype, b"\1" * KEY_SIZES[etype])
    ciphertext = crypto.encrypt(key, 11, b"message", bytes(crypto.confounder_length(etype)))
    for wrong_key, usage in ((other, 11), (key, 12)):
        with pytest.raises(IntegrityError):
            crypto.decrypt(wrong_key, usage, ciphertext)


@pytest.mark.parametrize("etype", ETYPES)
@pytest.mark.parametrize("difference", [-1, 1])
def test_a_key_of_the_wrong_length_is_refused(etype: int, difference: int) -> None:
    # A 16-octet key would do for AES of either type; a KDC may send anything.
    key = Key(etype, bytes(KEY_SIZES[etype] + difference))
    with pytest.raises(CryptoError):
        crypto.encrypt(key, 11, b"", bytes(crypto.confounder_length(etype)))
    with pytest.raises(CryptoError):
        crypto.decrypt(key, 11, bytes(80))
    with pytest.raises(CryptoError):
        crypto.checksum(key, 11, b"")


@pytest.mark.parametrize("etype", ETYPES)
def test_a_confounder_of_the_wrong_length_is_refused(etype: int) -> None:
    with pytest.raises(CryptoError):
        crypto.encrypt(Key(etype, bytes(KEY_SIZES[etype])), 11, b"", b"")


def test_an_unknown_type_is_named() -> None:
    key = Key(3, bytes(8))  # des-cbc-md5
    for attempt in (
        lambda: crypto.encrypt(key, 1, b"", b""),
        lambda: crypto.decrypt(key, 1, b""),
        lambda: crypto.checksum(key, 1, b""),
        lambda: crypto.string_to_key(3, "", b""),
        lambda: crypto.random_key(3, bytes),
        lambda: crypto.confounder_length(3),
        lambda: crypto.checksum_type(3),
    ):
        with pytest.raises(UnsupportedEncryptionType) as caught:
            attempt()
        assert caught.value.etype == 3


def test_an_openssl_without_rc4_is_an_unsupported_type(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise UnsupportedAlgorithm("no legacy provider")

    monkeypatch.setattr(arcfour, "Cipher", refuse)
    with pytest.raises(UnsupportedEncryptionType) as caught:
        crypto.encrypt(Key(23, bytes(16)), 1, b"", bytes(8))
    assert caught.value.etype == 23


def test_random_key_takes_as_many_octets_as_the_type_has() -> None:
    assert [len(crypto.random_key(etype, bytes).contents) for etype in ETYPES] == [16, 32, 16, 32, 16]


def test_a_key_hides_its_contents_and_can_be_a_dictionary_key() -> None:
    key = Key(17, b"sixteen octets!!")
    assert repr(key) == "Key(etype=17)"
    assert {key: 1}[Key(EncryptionType.AES128_CTS_HMAC_SHA1_96, b"sixteen octets!!")] == 1
    with pytest.raises(FrozenInstanceError):
        key.etype = 18  # type: ignore[misc]
