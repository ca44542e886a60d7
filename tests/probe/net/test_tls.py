import json
from pathlib import Path

import pytest
from cryptography import x509

from probe.net.tls import describe_certificate, subject_public_key

VECTORS = json.loads(Path("tests/vectors/exchangeauth.json").read_text())["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_subject_public_key_is_what_dotnet_calls_the_public_key(vector: dict[str, str]) -> None:
    # P was cut out of the certificate by openssl
    certificate = x509.load_der_x509_certificate(bytes.fromhex(vector["certificate_der"]))
    assert subject_public_key(certificate).hex() == vector["P"]


def test_a_certificate_is_described() -> None:
    # openssl x509: DNS:ex1.contoso.lab, DNS:EX1, RSA 2048, notAfter=Nov 20 14:25:15 2036 GMT
    certificate = x509.load_der_x509_certificate(bytes.fromhex(VECTORS[0]["certificate_der"]))
    described = describe_certificate(certificate)
    assert described.names == ("ex1.contoso.lab", "EX1")
    assert (described.key_type, described.key_bits) == ("rsa", 2048)
    assert described.self_signed
    assert described.not_after == 2_110_803_915.0
