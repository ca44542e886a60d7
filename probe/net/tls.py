"""TLS as a sending Exchange server does it: nothing is verified, old versions are allowed, all is reported.

The probe looks at other people's servers; refusing an old protocol would hide the finding. The channel
carries no secret: Kerberos tokens are bound to their target, and a password never crosses it.
"""

import warnings
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from OpenSSL import SSL

from probe.addresses import is_ip_address
from probe.trace.facts import Certificate
from probe.wire.der import CONTEXT, DerError, read_message
from probe.wire.gssapi import channel_bindings
from probe.wire.sasl.exchangeauth import Channel
from probe.wire.sasl.exchangeauth_blob import EAP_KEY_BLOCK_BYTES, EXPORTER_LABEL

OP_LEGACY_SERVER_CONNECT = 0x4
"""OpenSSL's flag: talk to servers without RFC 5746 (2008-era Exchange)."""


class HandshakeFailure(Exception):
    """The TLS handshake did not complete; ``reason`` is OpenSSL's, e.g. ``no shared cipher``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What was agreed."""

    version: str
    cipher: str
    cipher_bits: int
    certificate: Certificate | None


@cache
def _context() -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_VERSION)
    context.set_cipher_list(b"ALL:!aNULL:!eNULL:@SECLEVEL=0")
    context.set_options(OP_LEGACY_SERVER_CONNECT)
    context.set_verify(SSL.VERIFY_NONE)
    return context


def client_connection(server_name: str) -> SSL.Connection:
    """A client over memory BIOs, ready to shake hands; SNI holds ``server_name`` unless it is an address."""
    connection = SSL.Connection(_context(), None)
    if server_name and not is_ip_address(server_name):
        connection.set_tlsext_host_name(
            server_name.encode("idna" if server_name.isascii() is False else "ascii")
        )
    connection.set_connect_state()
    return connection


def peer_certificate(connection: SSL.Connection) -> x509.Certificate | None:
    """What the peer presented, whatever the library thinks of it; None without one, or one that cannot be read.

    A serial number of 0, which Samba's own certificate has, is worth a warning to cryptography and nothing to us.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            return connection.get_peer_certificate(as_cryptography=True)
        except ValueError:
            return None


def describe(connection: SSL.Connection) -> Session:
    """Version, cipher and certificate of a connection that has shaken hands."""
    certificate = peer_certificate(connection)
    return Session(
        version=connection.get_protocol_version_name(),
        cipher=connection.get_cipher_name() or "",
        cipher_bits=connection.get_cipher_bits() or 0,
        certificate=None if certificate is None else describe_certificate(certificate),
    )


def channel(connection: SSL.Connection) -> Channel | None:
    """Public key and EAP key block of a connection that has shaken hands; None without a certificate.

    Proven for TLS 1.2 against openssl; whether Exchange means the same octets with TLS 1.3 is not known.
    """
    certificate = peer_certificate(connection)
    if certificate is None:
        return None
    block = connection.export_keying_material(EXPORTER_LABEL, EAP_KEY_BLOCK_BYTES)
    return Channel(public_key=subject_public_key(certificate), eap_key_block=block)


def channel_name(connection: SSL.Connection, kind: str) -> bytes:
    """What RFC 5929 calls the channel, for channel bindings of ``kind``; empty where that is not defined."""
    if kind == "tls-unique":
        # RFC 8446 appendix C.5: not with TLS 1.3. The client's Finished is the first one; sessions are not resumed.
        late = connection.get_protocol_version_name() == "TLSv1.3"
        return b"" if late else channel_bindings.unique(connection.get_finished() or b"")
    certificate = peer_certificate(connection)
    if certificate is None or kind != "tls-server-end-point":
        return b""
    return channel_bindings.end_point(certificate.public_bytes(Encoding.DER), _signature_hash(certificate))


def _signature_hash(certificate: x509.Certificate) -> str | None:
    """The hash of the certificate's signature; None for a signature without one, or one that is not known."""
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None
    return None if algorithm is None else algorithm.name


def describe_certificate(certificate: x509.Certificate) -> Certificate:
    """Names, key and lifetime. Odd certificates are described as far as they can be read."""
    key_type, key_bits = _key(certificate)
    return Certificate(
        subject=certificate.subject.rfc4514_string(),
        names=_names(certificate),
        issuer=certificate.issuer.rfc4514_string(),
        self_signed=certificate.subject == certificate.issuer,
        key_type=key_type,
        key_bits=key_bits,
        not_before=certificate.not_valid_before_utc.timestamp(),
        not_after=certificate.not_valid_after_utc.timestamp(),
        sha256=sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        public_key_sha256=sha256(subject_public_key(certificate)).hexdigest(),
    )


def subject_public_key(certificate: x509.Certificate) -> bytes:
    """The contents of the BIT STRING subjectPublicKey (RFC 5280 section 4.1), as .NET's ``GetPublicKey``.

    Verbatim, whatever kind of key it is and whether or not it can be used; empty where there is none.

    TBSCertificate ::= SEQUENCE { version [0] EXPLICIT OPTIONAL, serialNumber, signature, issuer, validity, subject,
        subjectPublicKeyInfo SEQUENCE { algorithm SEQUENCE, subjectPublicKey BIT STRING }, ... }
    """
    try:
        fields = list(read_message(certificate.tbs_certificate_bytes).sequence().children())
        numbered = fields[0].tag_class == CONTEXT
        _, bits = fields[6 if numbered else 5].sequence().children()
        return bits.content[1:]  # behind the count of unused bits
    except (DerError, IndexError, ValueError):
        return b""


def reason(error: SSL.Error) -> str:
    """OpenSSL's own words for what went wrong, without library and function names."""
    if isinstance(error, SSL.SysCallError):
        return "the connection was cut"
    queue = error.args[0] if error.args else ()
    return ", ".join(str(item[2]) for item in queue if len(item) > 2 and item[2]) or type(error).__name__


def _key(certificate: x509.Certificate) -> tuple[str, int]:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return "unreadable", 0
    if isinstance(key, rsa.RSAPublicKey):
        return "rsa", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"ec-{key.curve.name}", key.key_size
    return type(key).__name__.lower(), 0


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    names: list[str] = []
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names += extension.value.get_values_for_type(x509.DNSName)
    except (x509.ExtensionNotFound, ValueError):
        pass
    for attribute in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME):
        if str(attribute.value) not in names:
            names.append(str(attribute.value))
    return tuple(names)
