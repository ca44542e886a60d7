"""Texts of TLS that failed, by Schannel, .NET, OpenSSL and GnuTLS: what they mean, as data (PURE).

Sources: Microsoft Learn on Schannel's events, RFC 5246 section 7.2.2 and RFC 8446 section 6.2 (alerts).
"""

from probe.explain.phrases.shape import Phrase

_TLS = ("tls-failed",)
_BOTH = ("Compare what both sides can: exps probe <RECEIVER> shows version, cipher and certificate.",)
_CERTIFICATE = (
    "Look at the certificate: Get-ExchangeCertificate | Format-List Thumbprint, Services, NotAfter, CertificateDomains",
)

PHRASES: tuple[Phrase, ...] = (
    Phrase(
        "none of the cipher suites supported by the client application are supported by the server",
        "Schannel: client and server have no cipher in common.",
        _TLS,
        _BOTH,
        first=True,
    ),
    Phrase(
        "a fatal alert was generated",
        "Schannel: this side ended a TLS handshake; the alert's number says why (40 no common cipher, 42 to 46 and 48 "
        "the certificate, 70 the version).",
        _TLS,
        _BOTH,
        pattern=r"a fatal alert was (?:generated|received)|the following fatal alert was (?:generated|received)"
        r"|tls protocol defined fatal (?:error|alert) code",
        first=True,
    ),
    Phrase(
        "fatal error occurred while creating a tls credential",
        "Schannel: the certificate, its key or the allowed versions cannot be used for TLS.",
        _TLS,
        _CERTIFICATE,
        pattern=r"fatal error occurred (?:while|when) (?:creating|attempting to (?:create|access))"
        r" (?:a|an|the) (?:tls|ssl)",
        first=True,
    ),
    Phrase(
        "the certificate received from the remote server was issued by an untrusted certificate authority",
        "Schannel: the other side's certificate is of an authority that is not trusted here.",
        _TLS,
        _CERTIFICATE,
        first=True,
    ),
    Phrase(
        "the remote certificate is invalid according to the validation procedure",
        ".NET: the other side's certificate does not pass: its name, its issuer or its time.",
        _TLS,
        _CERTIFICATE,
        pattern=r"the remote certificate (?:is|was) (?:invalid|rejected)",
        first=True,
    ),
    Phrase(
        "tls 1.0 and 1.1 are not supported",
        "The server takes no TLS as old as the client's.",
        _TLS,
        (
            "Let the client use TLS 1.2: SchUseStrongCrypto and the SChannel settings of its Windows, or a newer one.",
        ),
        pattern=r"tls ?1\.[01]\b.{0,24} (?:is|are) (?:not|no longer) supported",
        first=True,
    ),
    Phrase(
        "certificate verify failed",
        "OpenSSL: the other side's certificate does not pass: its issuer, its name or its time.",
        _TLS,
        _CERTIFICATE,
    ),
    Phrase(
        "alert handshake failure",
        "The other side ended the TLS handshake: no common version, cipher or signature.",
        _TLS,
        _BOTH,
        pattern=r"alert (?:handshake failure|protocol version|insufficient security|internal error|bad certificate"
        r"|unknown ca|certificate (?:expired|unknown|required))|tlsv1 alert \w+",
    ),
    Phrase(
        "no shared cipher",
        "OpenSSL: client and server have no version or cipher in common.",
        _TLS,
        _BOTH,
        pattern=r"no shared cipher|unsupported protocol|wrong version number|no protocols available"
        r"|wrong signature type|dh key too small|ee key too small|legacy sigalg disallowed",
    ),
    Phrase(
        "tls negotiation failed",
        "A protocol log: the TLS handshake failed for the reason that stands behind it.",
        _TLS,
        _BOTH,
        first=True,
    ),
)
"""`unsupported protocol` and the like are OpenSSL's reasons (`SSL routines:...`); they are no common words together."""
