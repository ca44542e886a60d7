"""What RFC 5929 calls a channel, from pyOpenSSL's end, against the standard library's end of the same handshake."""

import contextlib
import hashlib
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from OpenSSL import SSL

from probe.net.tls import channel_name, client_connection
from probe.net.tls_pump import TlsPump

END_POINT, UNIQUE = "tls-server-end-point", "tls-unique"
ALGORITHMS = {"ec-sha256": SHA256(), "ec-sha384": SHA384(), "ed25519": None}


def certificate(folder: Path, kind: str) -> Path:
    """Key and self-signed certificate in one file."""
    key = (
        ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else ec.generate_private_key(ec.SECP256R1())
    )
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ex1.contoso.lab")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, ALGORITHMS[kind])
    )
    path = folder / f"{kind}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def shaken_hands(file: Path, version: ssl.TLSVersion) -> tuple[SSL.Connection, ssl.SSLObject]:
    """The probe's client and the standard library's server, in memory."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.maximum_version = version
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(to_server, to_client, server_side=True)
    client = TlsPump(client_connection("ex1.contoso.lab"))
    for _ in range(4):
        client.shake_hands()
        to_server.write(b"".join(client.outgoing()))
        with contextlib.suppress(ssl.SSLWantReadError):
            server.do_handshake()
        client.receive(to_client.read())
    return client.connection, server


@pytest.mark.parametrize(("kind", "hash_name"), [("ec-sha256", "sha256"), ("ec-sha384", "sha384")])
def test_the_certificate_in_its_own_hash(kind: str, hash_name: str, tmp_path: Path) -> None:
    file = certificate(tmp_path, kind)
    client, _ = shaken_hands(file, ssl.TLSVersion.TLSv1_2)
    der = ssl.PEM_cert_to_DER_cert(file.read_text().partition("-----END PRIVATE KEY-----\n")[2])
    assert channel_name(client, END_POINT) == b"tls-server-end-point:" + hashlib.new(hash_name, der).digest()


def test_a_signature_without_a_hash_names_nothing(tmp_path: Path) -> None:
    client, _ = shaken_hands(certificate(tmp_path, "ed25519"), ssl.TLSVersion.TLSv1_2)
    assert channel_name(client, END_POINT) == b""


def test_the_first_finished_message_is_the_clients(tmp_path: Path) -> None:
    client, server = shaken_hands(certificate(tmp_path, "ec-sha256"), ssl.TLSVersion.TLSv1_2)
    theirs = server.get_channel_binding("tls-unique")
    assert theirs
    assert channel_name(client, UNIQUE) == b"tls-unique:" + theirs


def test_tls_1_3_has_no_unique_name(tmp_path: Path) -> None:
    client, _ = shaken_hands(certificate(tmp_path, "ec-sha256"), ssl.TLSVersion.TLSv1_3)
    assert client.get_protocol_version_name() == "TLSv1.3"
    assert channel_name(client, UNIQUE) == b""
    assert channel_name(client, END_POINT)


def test_a_kind_that_is_not_known_names_nothing(tmp_path: Path) -> None:
    client, _ = shaken_hands(certificate(tmp_path, "ec-sha256"), ssl.TLSVersion.TLSv1_2)
    assert channel_name(client, "none") == b""
