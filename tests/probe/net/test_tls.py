import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast

import pytest
from cryptography import x509
from OpenSSL import SSL

from probe.net.connection import Address, Connection
from probe.net.tls import describe_certificate, peer_certificate, subject_public_key
from probe.wire.sasl.exchangeauth_blob import EAP_KEY_BLOCK_BYTES, EXPORTER_LABEL
from tests.support.certificates import write_certificate
from tests.support.vectors import VECTOR_FOLDER

FILE = json.loads((VECTOR_FOLDER / "exchangeauth.json").read_text())
VECTORS = FILE["vectors"]

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None and not os.environ.get("CI"), reason="openssl is not installed"
)


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


# ---- keys of every kind, made and taken apart by openssl


def openssl(*arguments: str, given: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def made_by_openssl(folder: Path, *, algorithm: str, options: tuple[str, ...]) -> x509.Certificate:
    key = folder / "odd.pem"
    settings = [word for option in options for word in ("-pkeyopt", option)]
    openssl("genpkey", "-algorithm", algorithm, *settings, "-out", str(key))
    pem = openssl("req", "-new", "-x509", "-key", str(key), "-subj", "/CN=ex1", "-days", "1")
    return x509.load_pem_x509_certificate(pem)


@needs_openssl
@pytest.mark.parametrize(
    ("algorithm", "options", "key_type"),
    [
        ("ed25519", (), "ed25519publickey"),
        ("EC", ("ec_paramgen_curve:P-256",), "ec-secp256r1"),
        # .NET gives the octets that stand there, and so must we: not the point, written out
        ("EC", ("ec_paramgen_curve:P-256", "point-format:compressed"), "ec-secp256r1"),
        ("EC", ("ec_paramgen_curve:P-256", "ec_param_enc:explicit"), None),
        ("EC", ("ec_paramgen_curve:secp112r1",), "unreadable"),
        ("RSA-PSS", ("rsa_keygen_bits:2048",), None),
    ],
    ids=["ed25519", "ec", "compressed", "explicit", "tiny-curve", "rsa-pss"],
)
def test_a_key_of_any_kind_gives_its_octets(
    tmp_path: Path, algorithm: str, options: tuple[str, ...], key_type: str | None
) -> None:
    certificate = made_by_openssl(tmp_path, algorithm=algorithm, options=options)
    public = openssl("pkey", "-in", str(tmp_path / "odd.pem"), "-pubout", "-outform", "DER")
    # The last line of asn1parse is the BIT STRING: "88:d=1  hl=2 l=  33 prim: BIT STRING"
    last = openssl("asn1parse", "-inform", "DER", given=public).decode().strip().splitlines()[-1]
    place = re.fullmatch(r"\s*(\d+):d=1\s+hl=(\d+) l=\s*(\d+) prim: BIT STRING\s*", last)
    assert place is not None, last
    assert subject_public_key(certificate) == public[int(place[1]) + int(place[2]) + 1 :]
    described = describe_certificate(certificate)
    assert key_type in (None, described.key_type)
    assert described.public_key_sha256 == hashlib.sha256(subject_public_key(certificate)).hexdigest()


# ---- the "EAP key block"


def prf(digest: str, secret: bytes, label: bytes, seed: bytes) -> Iterator[bytes]:
    """P_hash of RFC 5246 section 5, block after block."""
    chain = label + seed
    while True:
        chain = hmac.digest(secret, chain, digest)
        yield hmac.digest(secret, chain + label + seed, digest)


def test_the_key_block_is_the_tls_1_2_prf_of_rfc_5216() -> None:
    """openssl printed E, and the secrets of the same session with -keylogfile; the randoms in RFC 5216's order."""
    block = FILE["eap_key_block"]
    secret, *randoms = (
        bytes.fromhex(block[name]) for name in ("master_secret", "client_random", "server_random")
    )
    blocks = prf(block["prf"], secret, EXPORTER_LABEL, b"".join(randoms))
    made = b"".join(next(blocks) for _ in range(3))[:EAP_KEY_BLOCK_BYTES]
    assert made.hex() == block["E"] == VECTORS[0]["E"]
    assert (EXPORTER_LABEL.decode(), EAP_KEY_BLOCK_BYTES) == (block["label"], block["length"])


@contextlib.asynccontextmanager
async def s_server(
    folder: Path, *options: str, kind: str
) -> AsyncIterator[tuple[Address, asyncio.StreamReader]]:
    """openssl's own server, which prints the keying material of its connection; and what it prints."""
    certificate, key = write_certificate(folder, "ex1.contoso.lab", kind=kind)
    command = (
        "s_server",
        "-accept",
        "127.0.0.1:0",
        "-naccept",
        "1",
        "-cert",
        str(certificate),
        "-key",
        str(key),
    )
    export = ("-keymatexport", "client EAP encryption", "-keymatexportlen", "128")
    process = await asyncio.create_subprocess_exec(
        "openssl",
        *command,
        *export,
        *options,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        accepting = await printed(process.stdout, r"ACCEPT 127\.0\.0\.1:(\d+)")
        yield Address(host="127.0.0.1", port=int(accepting)), process.stdout
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def printed(output: asyncio.StreamReader, pattern: str) -> str:
    """The group of the first line that matches."""
    async with asyncio.timeout(20):
        while line := await output.readline():
            if found := re.search(pattern, line.decode()):
                return found[1]
    raise AssertionError(f"openssl ended without {pattern}")


@needs_openssl
@pytest.mark.parametrize("kind", ["rsa", "ec"])
# openssl and we agree on TLS 1.3 too; whether Exchange does is not known.
@pytest.mark.parametrize("version", ["-tls1", "-tls1_2", "-tls1_3"])
async def test_openssl_prints_the_same_key_block(tmp_path: Path, kind: str, version: str) -> None:
    async with s_server(tmp_path, version, "-cipher", "ALL:@SECLEVEL=0", kind=kind) as (address, output):
        connection = await Connection.open(address, timeout_s=10)
        assert connection.channel() is None
        await connection.start_tls("ex1.contoso.lab")
        channel = connection.channel()
        assert channel is not None
        assert channel.eap_key_block.hex().upper() == await printed(
            output, r"Keying material: ([0-9A-F]{256})$"
        )
        await connection.close()
    certificate = x509.load_pem_x509_certificate((tmp_path / "certificate.pem").read_bytes())
    assert channel.public_key == subject_public_key(certificate)


@needs_openssl
async def test_each_channel_has_a_key_block_of_its_own(tmp_path: Path) -> None:
    blocks = set()
    for _ in range(2):
        async with s_server(tmp_path, "-tls1_2", kind="ec") as (address, _output):
            connection = await Connection.open(address, timeout_s=10)
            await connection.start_tls("ex1.contoso.lab")
            channel = connection.channel()
            assert channel is not None
            blocks.add(channel.eap_key_block)
            assert connection.channel() == channel
            await connection.close()
    assert len(blocks) == 2


class Presents:
    """A connection whose peer presented this; octets that are no certificate end in ValueError, as pyOpenSSL's do."""

    def __init__(self, der: bytes) -> None:
        self._der = der

    def get_peer_certificate(self, *, as_cryptography: bool) -> x509.Certificate:
        assert as_cryptography
        return x509.load_der_x509_certificate(self._der)


@needs_openssl
def test_a_serial_number_of_zero_is_no_reason_to_warn_anybody(tmp_path: Path) -> None:
    """Samba's own certificate has it; pytest would make an error of a warning."""
    out = tmp_path / "zero.der"
    command = (
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-set_serial",
        "0",
        "-subj",
        "/CN=dc1",
    )
    subprocess.run(
        [*command, "-keyout", str(tmp_path / "key.pem"), "-outform", "DER", "-out", str(out)],
        check=True,
        capture_output=True,
    )
    found = peer_certificate(cast("SSL.Connection", Presents(out.read_bytes())))
    assert found is not None
    assert describe_certificate(found).subject == "CN=dc1"


def test_a_certificate_that_cannot_be_read_is_none() -> None:
    assert peer_certificate(cast("SSL.Connection", Presents(b"0\x03\x02\x01\x00"))) is None
