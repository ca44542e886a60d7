import pytest

from simulator.logs.protocol_log_tls import succeeded, tls_records


def test_the_sentence_is_the_published_one() -> None:
    # as many published logs of Exchange 2013 to 2019 have it
    assert succeeded("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", side="SERVER") == (
        "TLS protocol SP_PROT_TLS1_2_SERVER negotiation succeeded using bulk encryption algorithm CALG_AES_256 with "
        "strength 256 bits, MAC hash algorithm CALG_SHA_384 with strength 384 bits and key exchange algorithm "
        "CALG_ECDHE with strength 256 bits"
    )


@pytest.mark.parametrize(
    ("version", "cipher", "words"),
    [
        ("TLSv1", "AES128-SHA", ("TLS1_0_SERVER", "CALG_AES_128", "CALG_SHA with", "160", "CALG_RSA_KEYX")),
        (
            "TLSv1.3",
            "TLS_AES_128_GCM_SHA256",
            ("TLS1_3_SERVER", "CALG_AES_128", "CALG_SHA_256", "CALG_ECDHE"),
        ),
        ("TLSv9", "X-Y", ("protocol TLSv9_SERVER", "algorithm Y")),
    ],
)
def test_other_names_of_openssl(version: str, cipher: str, words: tuple[str, ...]) -> None:
    sentence = succeeded(version, cipher, side="SERVER")
    assert [word for word in words if word not in sentence] == []


def test_the_certificate_comes_first() -> None:
    detail = {
        "outcome": "ok",
        "version": "TLSv1.2",
        "cipher": "ECDHE-RSA-AES256-GCM-SHA384",
        "certificate_subject": "CN=EX1",
        "certificate_thumbprint": "AB12",
    }
    found = list(tls_records(detail, receiving=True, names_cipher=True))
    assert found[:3] == [
        ("*", "", "Sending certificate"),
        ("*", "CN=EX1", "Certificate subject"),
        ("*", "AB12", "Certificate thumbprint"),
    ]
    assert len(found) == 4
    assert list(tls_records(detail, receiving=True, names_cipher=False)) == found[:3]
    sender = list(tls_records(detail, receiving=False, names_cipher=True))
    assert sender[0][2] == "Received certificate"
    assert "SP_PROT_TLS1_2_CLIENT" in sender[-1][2]


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("the client closed the connection in the handshake", "SocketError"),
        ("timed out", "SocketError"),
        ("no shared cipher", "AlgorithmMismatch"),
        ("unsupported protocol version", "AlgorithmMismatch"),
        ("bad record mac", "IllegalMessage"),
    ],
)
def test_a_failure(reason: str, status: str) -> None:
    detail = {"outcome": "failed", "reason": reason}
    assert list(tls_records(detail, receiving=True, names_cipher=True)) == [
        ("*", "", f"TLS negotiation failed with error {status}")
    ]
