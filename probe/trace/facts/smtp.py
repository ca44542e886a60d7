"""The way to the receiver and what was said there (PURE)."""

from dataclasses import dataclass
from typing import ClassVar

from probe.trace.facts.common import ClockReading, SmtpReply


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """A name looked up in one source."""

    KIND: ClassVar[str] = "resolve"
    name: str
    source: str
    """``system`` (hosts file and the resolver), ``dns``, ``hosts`` (the file alone), ``literal`` or
    ``connect-option``."""
    record: str = ""
    """``PTR`` or ``CNAME`` where that was asked for; empty for addresses (A and AAAA)."""
    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """What a PTR or CNAME record leads to."""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """A TCP connection to one address of the target."""

    KIND: ClassVar[str] = "connect"
    name: str
    address: str
    port: int
    family: str
    """``ipv4`` or ``ipv6``."""
    error: str = ""
    """``refused``, ``timed-out``, ``unreachable``, ``reset`` or the system's own word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """The 220 banner. Exchange's own carries the server's clock to one second."""

    KIND: ClassVar[str] = "greeting"
    reply: SmtpReply | None = None
    name: str = ""
    software: str = ""
    """``exchange``, ``postfix``, ``exim``, ``dovecot`` or empty."""
    masked: bool = False
    """Characters of the banner were replaced by ``*`` or ``X``, as inspecting firewalls do."""
    clock: ClockReading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ehlo:
    """EHLO (or HELO, after a refused EHLO) and what the connector offers."""

    KIND: ClassVar[str] = "ehlo"
    verb: str
    name_sent: str
    tls: str
    """``none``, ``starttls`` or ``x-anonymoustls``: the protection at the time of the command."""
    reply: SmtpReply | None = None
    advertised_name: str = ""
    keywords: tuple[str, ...] = ()
    auth: tuple[str, ...] = ()
    exps: tuple[str, ...] = ()
    exchangeauth_hash: tuple[str, ...] = ()
    starttls: bool = False
    x_anonymoustls: bool = False
    is_exchange: bool = False
    """Keywords that only Exchange gives (X-EXPS, X-ANONYMOUSTLS, XRDST, XEXCH50, XSHADOW ...)."""
    masked: tuple[str, ...] = ()
    """Keywords replaced by runs of X, as inspecting firewalls do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The certificate that the peer presented; it was not required to verify."""

    subject: str
    names: tuple[str, ...]
    issuer: str
    self_signed: bool
    key_type: str
    key_bits: int
    not_before: float
    not_after: float
    sha256: str
    public_key_sha256: str
    """SHA-256 of the contents of subjectPublicKey, in hex: tells a TLS-terminating box apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """STARTTLS or X-ANONYMOUSTLS: the command and the handshake behind it."""

    KIND: ClassVar[str] = "tls"
    verb: str
    reply: SmtpReply | None = None
    version: str = ""
    cipher: str = ""
    cipher_bits: int = 0
    certificate: Certificate | None = None
    early_octets: int = 0
    error: str = ""
    """The alert or library reason of a failed handshake, e.g. ``no shared cipher``."""
    contrast: str = ""
    """The measurement that asked for it where a sender would not have; empty for the main way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quit:
    """QUIT, and whether the peer said goodbye."""

    KIND: ClassVar[str] = "quit"
    reply: SmtpReply | None = None
