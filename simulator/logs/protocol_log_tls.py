"""What a protocol log says of a TLS handshake, in Schannel's words (PURE)."""

import re
from collections.abc import Iterator, Mapping

_PROTOCOLS = {
    "TLSv1": "SP_PROT_TLS1_0",
    "TLSv1.1": "SP_PROT_TLS1_1",
    "TLSv1.2": "SP_PROT_TLS1_2",
    "TLSv1.3": "SP_PROT_TLS1_3",
}
_HASHES = {"SHA": "CALG_SHA", "SHA256": "CALG_SHA_256", "SHA384": "CALG_SHA_384"}
_HASH_BITS = {"SHA": 160, "SHA256": 256, "SHA384": 384}
_CERTIFICATE = {
    "certificate_subject": "Certificate subject",
    "certificate_issuer": "Certificate issuer name",
    "certificate_serial": "Certificate serial number",
    "certificate_thumbprint": "Certificate thumbprint",
    "certificate_names": "Certificate alternate names",
}
"""The ledger's details and the log's contexts, in the log's order."""


def tls_records(
    detail: Mapping[str, str], *, receiving: bool, names_cipher: bool
) -> Iterator[tuple[str, str, str]]:
    """Certificate and outcome, as event, data and context. Before 2013 a success was not described."""
    if detail["outcome"] != "ok":
        yield "*", "", f"TLS negotiation failed with error {_error(detail)}"
        return
    yield "*", "", "Sending certificate" if receiving else "Received certificate"
    for key, context in _CERTIFICATE.items():
        if detail.get(key):
            yield "*", detail[key], context
    if names_cipher:
        side = "SERVER" if receiving else "CLIENT"
        yield "*", "", succeeded(detail["version"], detail["cipher"], side=side)


def succeeded(version: str, cipher: str, *, side: str) -> str:
    """The sentence of 2013 and later [log], made of OpenSSL's names.

    How many bits the key exchange has is not known here: 256 for elliptic curves and 2048 for the others is what
    such servers usually have.
    """
    bits = "128" if "128" in cipher else "256" if "256" in cipher else "0"
    mac = re.split(r"[-_]", cipher)[-1]
    elliptic = "ECDHE" in cipher or cipher.startswith("TLS_")
    exchange = ("CALG_ECDHE", 256) if elliptic else ("CALG_RSA_KEYX", 2048)
    return (
        f"TLS protocol {_PROTOCOLS.get(version, version)}_{side} negotiation succeeded using bulk encryption "
        f"algorithm CALG_AES_{bits} with strength {bits} bits, MAC hash algorithm {_HASHES.get(mac, mac)} with "
        f"strength {_HASH_BITS.get(mac, 0)} bits and key exchange algorithm {exchange[0]} with strength "
        f"{exchange[1]} bits"
    )


def _error(detail: Mapping[str, str]) -> str:
    """Which status names which failure is [?]; the names are SSPI's."""
    reason = detail.get("reason", "").lower()
    if any(word in reason for word in ("closed", "lost", "timed out")):
        return "SocketError"
    return "AlgorithmMismatch" if any(word in reason for word in ("cipher", "version")) else "IllegalMessage"
