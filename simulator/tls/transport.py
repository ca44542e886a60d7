"""TLS for a stream that began in clear: pyOpenSSL over memory BIOs, between a transport and its protocol.

The standard library's ``ssl`` has no exporter of keying material, and makes TLS 1.0 hard to allow.
"""

import asyncio
import contextlib
import ipaddress
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from simulator.acceptors.channel_bindings import TlsNames
from simulator.acceptors.exchangeauth import KEY_BLOCK_BYTES, KEY_BLOCK_LABEL, Channel, public_key_of
from simulator.faults.values import TlsSettings
from simulator.tls.pump import TlsPump, reason

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_VERSIONS = {
    "TLSv1": SSL.TLS1_VERSION,
    "TLSv1.1": SSL.TLS1_1_VERSION,
    "TLSv1.2": SSL.TLS1_2_VERSION,
    "TLSv1.3": SSL.TLS1_3_VERSION,
}


class HandshakeFailure(Exception):
    """The handshake did not complete; the text is OpenSSL's reason."""


def server_context(settings: TlsSettings, *, fqdn: str, now: float) -> SSL.Context:
    """The TLS of one connector, with a self-signed certificate as Exchange's set-up makes one.

    ``now`` is UTC seconds since the epoch; the names are those of the settings, else the full and the short
    name. Raises ValueError for a version or key type that is not known, or ciphers that OpenSSL lacks.
    """
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    try:
        context.set_min_proto_version(_VERSIONS[settings.minimum])
        context.set_max_proto_version(_VERSIONS[settings.maximum])
        context.set_cipher_list(settings.ciphers.encode())
    except KeyError as error:
        raise ValueError(f"TLS version {error} is none of {', '.join(_VERSIONS)}") from None
    except SSL.Error:
        raise ValueError(f"ciphers {settings.ciphers!r}: OpenSSL has none of them") from None
    # A renegotiation costs the server much and the client little.
    context.set_options(SSL.OP_NO_RENEGOTIATION)
    names = settings.names or tuple(dict.fromkeys((fqdn, fqdn.partition(".")[0])))
    key = private_key(settings.key_type, fqdn)
    context.use_privatekey(key)
    context.use_certificate(_certificate(key, names, now + settings.not_before_s, now + settings.not_after_s))
    return context


def client_context() -> SSL.Context:
    """The TLS of a client that verifies nothing and takes every version and cipher, as X-ANONYMOUSTLS has it."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE)
    context.set_cipher_list(b"ALL:!aNULL:!eNULL:@SECLEVEL=0")
    context.set_min_proto_version(SSL.TLS1_VERSION)
    return context


@cache
def private_key(key_type: str, owner: str) -> PrivateKey:
    """A key, made once a process for each owner: an RSA key takes a good part of a second."""
    del owner
    if key_type == "rsa-2048":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if key_type == "ec-p256":
        return ec.generate_private_key(ec.SECP256R1())
    raise ValueError(f"key type {key_type!r} is neither rsa-2048 nor ec-p256")


def _certificate(
    key: PrivateKey, names: tuple[str, ...], not_before: float, not_after: float
) -> x509.Certificate:
    # A common name has at most 64 characters (RFC 5280 appendix A.1).
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    start = datetime.fromtimestamp(not_before, UTC)
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(seconds=not_after - not_before))
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def described(found: x509.Certificate) -> dict[str, str]:
    """A certificate in the words of a protocol log."""
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        names = x509.SubjectAlternativeName([])
    return {
        "certificate_subject": found.subject.rfc4514_string(),
        "certificate_issuer": found.issuer.rfc4514_string(),
        "certificate_serial": found.serial_number.to_bytes(20).hex().upper(),  # RFC 5280: 20 octets at most
        "certificate_thumbprint": found.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303 - Windows' name for it
        "certificate_names": ";".join(names.get_values_for_type(x509.DNSName)),
    }


class TlsTransport(asyncio.Transport, asyncio.Protocol):
    """The transport of the protocol above, the protocol of the transport below.

    Whatever arrives after ``take_over`` is TLS. ``handshake`` ends when the handshake does, or raises
    HandshakeFailure; then ``start`` lets what is decrypted flow to ``application``.
    """

    _raw: asyncio.Transport

    def __init__(self, context: SSL.Context, application: asyncio.Protocol) -> None:
        super().__init__()
        self._application = application
        self._started = False
        self._closing = False
        self._pump = TlsPump(context, server=True)
        self.connection = self._pump.connection
        self.handshake: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def take_over(self, raw: asyncio.WriteTransport) -> None:
        """Become the protocol of ``raw``. TypeError for a transport that cannot read."""
        if not isinstance(raw, asyncio.Transport):
            raise TypeError("TLS needs a transport in both directions")
        self._raw = raw
        raw.set_protocol(self)

    def start(self) -> None:
        """Begin to deliver: octets that came right behind the client's Finished are delivered now."""
        self._started = True
        self._deliver()

    def channel(self) -> Channel:
        """What EXCHANGEAUTH and channel bindings bind to. After the handshake.

        Up to TLS 1.2 this is what Exchange's peers compute; with 1.3 the exporter works as well, but that
        Exchange uses it there is unproven.
        """
        certificate = self.connection.get_certificate(as_cryptography=True)
        if certificate is None:
            raise RuntimeError("a server without a certificate")
        info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        key_block = self.connection.export_keying_material(KEY_BLOCK_LABEL, KEY_BLOCK_BYTES)
        algorithm = certificate.signature_hash_algorithm
        names = TlsNames(
            certificate=certificate.public_bytes(Encoding.DER),
            signature_hash="" if algorithm is None else algorithm.name,
            finished=self._finished(),
        )
        return Channel(public_key=public_key_of(info), key_block=key_block, names=names)

    def _finished(self) -> bytes:
        """The client's Finished; of no use as a name with TLS 1.3."""
        if self.connection.get_protocol_version_name() == "TLSv1.3":
            return b""
        return self.connection.get_peer_finished() or b""

    def certificate(self) -> dict[str, str]:
        """The certificate that was presented, in the words of a protocol log; empty without one."""
        found = self.connection.get_certificate(as_cryptography=True)
        return {} if found is None else described(found)

    # ---- the protocol of the raw transport

    def data_received(self, data: bytes) -> None:
        """Decrypt."""
        self._pump.receive(data)
        if not self.handshake.done():
            self._shake_hands()
        if self._started:
            self._deliver()

    def _shake_hands(self) -> None:
        try:
            done = self._pump.shake_hands()
        except SSL.Error as error:
            self._flush()  # the alert that tells the client why
            self._fail(reason(error))
            return
        self._flush()
        if done:
            self.handshake.set_result(None)

    def _fail(self, reason: str) -> None:
        if not self.handshake.done():
            self.handshake.set_exception(HandshakeFailure(reason))

    def _deliver(self) -> None:
        while not self._closing:
            try:
                plain = self._pump.read()
            except SSL.Error:
                self.abort()
                return
            if plain is None:
                self._flush()  # a key update or an alert may have to go out
                return
            if not plain:
                self._application.eof_received()
                return
            self._application.data_received(plain)

    def eof_received(self) -> bool:
        """The end without close_notify is common, and no error."""
        self._fail("the client closed the connection in the handshake")
        if self._started:
            self._application.eof_received()
        return True  # what the protocol above still has to say goes out before it closes

    def connection_lost(self, exc: Exception | None) -> None:
        """Both ends are gone."""
        self._closing = True
        self._fail("the connection was lost in the handshake")
        # Nobody may be waiting any more; an exception that is never fetched would be reported.
        if not self.handshake.cancelled():
            self.handshake.exception()
        self._application.connection_lost(exc)

    def pause_writing(self) -> None:
        """The raw transport's buffer is full."""
        self._application.pause_writing()

    def resume_writing(self) -> None:
        """The raw transport's buffer has room again."""
        self._application.resume_writing()

    # ---- the transport of the application

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Encrypt and send."""
        if self._closing or not data:
            return
        try:
            self._pump.write(bytes(data))
        except SSL.Error:
            self.abort()
        else:
            self._flush()

    def close(self) -> None:
        """Say so, and close when all is sent."""
        if self._closing:
            return
        self._closing = True
        with contextlib.suppress(SSL.Error):
            self._pump.close()
        self._flush()
        self._raw.close()

    def abort(self) -> None:
        """Drop the connection."""
        self._closing = True
        self._raw.abort()

    def is_closing(self) -> bool:
        """Whether it is closed or about to be."""
        return self._closing or self._raw.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Addresses and socket are the raw transport's."""
        return self._raw.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Flow control is the raw transport's."""
        self._raw.pause_reading()

    def resume_reading(self) -> None:
        """Flow control is the raw transport's."""
        self._raw.resume_reading()

    def get_write_buffer_size(self) -> int:
        """Octets that are encrypted and not sent."""
        return self._raw.get_write_buffer_size()

    def can_write_eof(self) -> bool:
        """TLS has no half-closed connections worth the name."""
        return False

    def _flush(self) -> None:
        for ready in self._pump.outgoing():
            if not self._raw.is_closing():
                self._raw.write(ready)
