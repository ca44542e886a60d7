"""Expected octets: the RFCs' own vectors, MIT's lib/crypto/crypto_tests, MS-NLMP, and impacket as another implementation."""

from dataclasses import FrozenInstanceError

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given
from hypothesis import strategies as st
from impacket.krb5 import crypto as foreign

from probe.wire import crypto
from probe.wire.crypto import CryptoError, EncryptionType, IntegrityError, Key, UnsupportedEncryptionType
from probe.wire.crypto_aes import decrypt_cts, encrypt_cts

ETYPES = list(EncryptionType)
KEY_SIZES = {17: 16, 18: 32, 19: 16, 20: 32, 23: 16}

# RFC 3961 appendix A.1.
N_FOLD = [
    (b"012345", "be072631276b1955"),
    (b"password", "78a07b6caf85fa"),
    (b"Rough Consensus, and Running Code", "bb6ed30870b7f0e0"),
    (b"password", "59e4a8ca7c0385c3c37b3f6d2000247cb6e6bd5b3e"),
    (b"MASSACHVSETTS INSTITVTE OF TECHNOLOGY", "db3b0d8f0b061e603282b308a50841229ad798fab9540c1b"),
    (b"Q", "518a54a215a8452a518a54a215a8452a518a54a215"),
    (b"ba", "fb25d531ae8974499f52fd92ea9857c4ba24cf297e"),
    (b"kerberos", "6b65726265726f73"),
    (b"kerberos", "6b65726265726f737b9b5b2b93132b93"),
    (b"kerberos", "8372c236344e5f1550cd0747e15d62ca7a5a3bcea4"),
    (b"kerberos", "6b65726265726f737b9b5b2b93132b935c9bdcdad95c9899c4cae4dee6d6cae4"),
]

# RFC 3962 appendix B: password, salt, iterations, key of 128 bits, key of 256 bits.
RFC_3962_STRING_TO_KEY = [
    (
        "password",
        b"ATHENA.MIT.EDUraeburn",
        1,
        "42263c6e89f4fc28b8df68ee09799f15",
        "fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161",
    ),
    (
        "password",
        b"ATHENA.MIT.EDUraeburn",
        2,
        "c651bf29e2300ac27fa469d693bdda13",
        "a2e16d16b36069c135d5e9d2e25f896102685618b95914b467c67622225824ff",
    ),
    (
        "password",
        b"ATHENA.MIT.EDUraeburn",
        1200,
        "4c01cd46d632d01e6dbe230a01ed642a",
        "55a6ac740ad17b4846941051e1e8b0a7548d93b0ab30a8bc3ff16280382b8c2a",
    ),
    (
        "password",
        bytes.fromhex("1234567878563412"),
        5,
        "e9b23d52273747dd5c35cb55be619d8e",
        "97a4e786be20d81a382d5ebc96d5909cabcdadc87ca48f574504159f16c36e31",
    ),
    (
        "X" * 64,
        b"pass phrase equals block size",
        1200,
        "59d1bb789a828b1aa54ef9c2883f69ed",
        "89adee3608db8bc71f1bfbfe459486b05618b70cbae22092534e56c553ba4b34",
    ),
    (
        "X" * 65,
        b"pass phrase exceeds block size",
        1200,
        "cb8005dc5f90179a7f02104c0018751d",
        "d78c5c9cb872a8c9dad4697f0bb5b2d21496c82beb2caeda2112fceea057401b",
    ),
    (
        "\U0001d11e",
        b"EXAMPLE.COMpianist",
        50,
        "f149c1f2e154a73452d43e7fe62a56e5",
        "4b6d9839f84406df1f09cc166db4b83c571848b784a3d6bdc346589a3e393f9e",
    ),
]

# RFC 3962 appendix B: "I would like the General Gau's Chicken, please, and wonton soup." cut to these lengths.
CHICKEN = b"I would like the General Gau's Chicken, please, and wonton soup."
RFC_3962_STEALING = {
    17: "c6353568f2bf8cb4d8a580362da7ff7f97",
    31: "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5",
    32: "39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584",
    47: "97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e39312523a78662d5be7fcbcc98ebf5",
    48: "97687268d6ecccc0c07b25e25ecfe5849dad8bbb96c4cdc03bc103e1a194bbd839312523a78662d5be7fcbcc98ebf5a8",
    64: "97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a84807efe836ee89a526730dbc2f7bc840"
    "9dad8bbb96c4cdc03bc103e1a194bbd8",
}

# RFC 8009 appendix A, "Sample results for key derivation" and all that follows.
KEY_19 = "3705d96080c17728a0e800eab6e0d23c"
KEY_20 = "6d404d37faf79f9df0d33568d320669800eb4836472ea8a026d16b7182460c52"

# (key of usage 2: the last octet of the constant, the derived key). 17 and 18: MIT t_derive.c; 19 and 20: RFC 8009.
DERIVED = [
    (17, "42263c6e89f4fc28b8df68ee09799f15", 0x99, "34280a382bc92769b2da2f9ef066854b"),
    (17, "42263c6e89f4fc28b8df68ee09799f15", 0xAA, "5b14fc4e250e14ddf9dccf1af6674f53"),
    (17, "42263c6e89f4fc28b8df68ee09799f15", 0x55, "4ed31063621684f09ae8d89991af3e8f"),
    (
        18,
        "fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161",
        0x99,
        "bfab388bdcb238e9f9c98d6a878304f04d30c82556375ac507a7a852790f4674",
    ),
    (
        18,
        "fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161",
        0xAA,
        "c7cfd9cd75fe793a586a542d87e0d1396f1134a104bb1a9190b8c90ada3ddf37",
    ),
    (
        18,
        "fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161",
        0x55,
        "97151b4c76945063e2eb0529dc067d97d7bba90776d8126d91f34f3101aea8ba",
    ),
    (19, KEY_19, 0x99, "b31a018a48f54776f403e9a396325dc3"),
    (19, KEY_19, 0xAA, "9b197dd1e8c5609d6e67c3e37c62c72e"),
    (19, KEY_19, 0x55, "9fda0e56ab2d85e1569a688696c26a6c"),
    (20, KEY_20, 0x99, "ef5718be86cc84963d8bbb5031e9f5c4ba41f28faf69e73d"),
    (20, KEY_20, 0xAA, "56ab22bee63d82d7bc5227f6773f8ea7a5eb1c825160c38312980c442e5c7e49"),
    (20, KEY_20, 0x55, "69b16514e3cd8e56b82010d5c73012b622c4d00ffc23ed1f"),
]

# RFC 8009 appendix A, "Sample encryptions": key usage 2, plaintext length, confounder, ciphertext.
RFC_8009_ENCRYPTION = [
    (
        19,
        KEY_19,
        0,
        "7e5895eaf2672435bad817f545a37148",
        "ef85fb890bb8472f4dab20394dca781dad877eda39d50c870c0d5a0a8e48c718",
    ),
    (
        19,
        KEY_19,
        6,
        "7bca285e2fd4130fb55b1a5c83bc5b24",
        "84d7f30754ed987bab0bf3506beb09cfb55402cef7e6877ce99e247e52d16ed4421dfdf8976c",
    ),
    (
        19,
        KEY_19,
        16,
        "56ab21713ff62c0a1457200f6fa9948f",
        "3517d640f50ddc8ad3628722b3569d2ae07493fa8263254080ea65c1008e8fc2"
        "95fb4852e7d83e1e7c48c37eebe6b0d3",
    ),
    (
        19,
        KEY_19,
        21,
        "a7a4e29a4728ce10664fb64e49ad3fac",
        "720f73b18d9859cd6ccb4346115cd336c70f58edc0c4437c5573544c31c813bc"
        "e1e6d072c186b39a413c2f92ca9b8334a287ffcbfc",
    ),
    (
        20,
        KEY_20,
        0,
        "f764e9fa15c276478b2c7d0c4e5f58e4",
        "41f53fa5bfe7026d91faf9be959195a058707273a96a40f0a01960621ac612748b9bbfbe7eb4ce3c",
    ),
    (
        20,
        KEY_20,
        6,
        "b80d3251c1f6471494256ffe712d0b9a",
        "4ed7b37c2bcac8f74f23c1cf07e62bc7b75fb3f637b9f559c7f664f69eab7b6092237526ea0d1f61cb20d69d10f2",
    ),
    (
        20,
        KEY_20,
        16,
        "53bf8a0d105265d4e276428624ce5e63",
        "bc47ffec7998eb91e8115cf8d19dac4bbbe2e163e87dd37f49beca9202776"
        "4f68cf51f14d798c2273f35df574d1f932e40c4ff255b36a266",
    ),
    (
        20,
        KEY_20,
        21,
        "763e65367e864f02f55153c7e3b58af1",
        "40013e2df58e8751957d2878bcd2d6fe101ccfd556cb1eae79db3c3ee86429f2"
        "b2a602ac86fef6ecb647d6295fae077a1feb517508d2c16b4192e01f62",
    ),
]

# MIT t_decrypt.c: etype, key usage, key, plaintext, ciphertext. The confounders are not published.
MIT_CIPHERTEXTS = [
    (
        17,
        0,
        "5a5c0f0ba54f3828b2195e66ca24a289",
        b"",
        "49ff8e11c173d9583a3254fbe7b1f1df36c538e8416784a1672e6676",
    ),
    (
        17,
        2,
        "9062430c8cda3388922e6d6a509f5b7a",
        b"9 bytesss",
        "68fb9679601f45c78857b2bf820fd6e53eca8d42fd4b1d7024a09205abb7cd2ec26c355d2f",
    ),
    (
        17,
        4,
        "dceeb70b3de76562e689226c76429148",
        b"30 bytes bytes bytes bytes byt",
        "c96081032d5d8eeb7e32b4089f789d0faa481d74c0f97cbf3146ddfcf8e800156ecb532fc203e30ff600b63b350939fece510f02d7ff1e7bac",
    ),
    (
        18,
        0,
        "17f275f2954f2ed1f90c377ba7f4d6a369aa0136e0bf0c927ad6133c693759a9",
        b"",
        "e5094c55ee7b38262e2b044280b069379a95bf95bd8376fb3281b435",
    ),
    (
        18,
        3,
        "e5a72be9b7926c1225baf9c1872e7ba4cdb2b17893d84abd90acdd8764d966",
        b"13 bytes byte",
        "d8f1aafeec84587cc3e700a774e56651a6d693e174ec4473b5e6d96f80297a653fb818ad893e719f96",
    ),
    (
        23,
        0,
        "f81fec39255f5784e850c4377c88bd85",
        b"",
        "02c1eb15586144122ec717763dd348bf00434ddc6585954c",
    ),
    (
        23,
        3,
        "4ba2fbf0379faed87a254d3b353d5a7e",
        b"13 bytes byte",
        "612c57568b17a70352bae8cf26fb9459a6f3353cd35fd439db3107cbec765d326dfc04c1dd",
    ),
    (
        23,
        4,
        "68f263db3fce15d031c9ea02 67107a",
        b"30 bytes bytes bytes bytes byt",
        "",
    ),
]
