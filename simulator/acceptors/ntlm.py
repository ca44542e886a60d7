"""NTLM as a server speaks it: the challenge with its own names and clock, and NTLMv2 verified (PURE; MS-NLMP).

A member server would ask a domain controller whether the answer is right (Netlogon); here the account's NT hash,
which is its RC4 key (RFC 4757 section 2), is at hand. Older answers, LM and NTLMv1, are refused, as Windows does
with LmCompatibilityLevel 5. Written with ``struct`` and apart from the probe's codec; only RC4 and HMAC are shared.
"""

import hmac
import struct
from collections.abc import Callable
from dataclasses import dataclass

from probe.wire.crypto import EncryptionType, hmac_md5, rc4
from simulator.acceptors.messages import TokenError
from simulator.directory.store import Account
from simulator.faults.values import Acceptance, ComputerNames

SIGNATURE = b"NTLMSSP\0"
NEGOTIATE, CHALLENGE, AUTHENTICATE = 1, 2, 3

UNICODE, OEM, REQUEST_TARGET = 0x00000001, 0x00000002, 0x00000004
SIGN, SEAL, NTLM, ALWAYS_SIGN = 0x00000010, 0x00000020, 0x00000200, 0x00008000
TARGET_TYPE_DOMAIN, EXTENDED_SESSIONSECURITY = 0x00010000, 0x00080000
TARGET_INFO, VERSION = 0x00800000, 0x02000000
KEY_128, KEY_EXCH, KEY_56 = 0x20000000, 0x40000000, 0x80000000
"""MS-NLMP section 2.2.2.5."""

_ECHOED = SIGN | SEAL | ALWAYS_SIGN | EXTENDED_SESSIONSECURITY | KEY_128 | KEY_EXCH | KEY_56
_ALWAYS = REQUEST_TARGET | NTLM | TARGET_TYPE_DOMAIN | TARGET_INFO | VERSION

_NETBIOS_LENGTH = 15
_FILETIME_OF_1970 = 116_444_736_000_000_000
"""MS-DTYP section 2.3.3: units of 100 ns since 1601."""
_AV_EOL, _AV_FLAGS, _AV_TIMESTAMP = 0, 6, 7
_MIC_PROVIDED = 2
"""MsvAvFlags (MS-NLMP section 2.2.2.1): the AUTHENTICATE message has a MIC at octet 72."""
_MIC_AT = 72
_RESPONSE_V2_LEAST = 44
"""NTProofStr, and NTLMv2_CLIENT_CHALLENGE without its pairs (MS-NLMP sections 2.2.2.7 and 2.2.2.8)."""
_NTLMSSP_REVISION = 15

# Builds of Windows Server that the versions of Exchange run on; each may run on others too.
WINDOWS: dict[str, tuple[int, int, int]] = {
    "2003": (5, 2, 3790),
    "2007": (6, 0, 6002),
    "2010": (6, 1, 7601),
    "2013": (6, 3, 9600),
    "2016": (10, 0, 14393),
    "2019": (10, 0, 17763),
    "se": (10, 0, 26100),
    "edge": (10, 0, 17763),
}


def names_of(server: str, realm: str) -> ComputerNames:
    """What a member of a one-domain forest calls itself; NetBIOS names are in capitals, and cut."""
    domain = realm.lower()
    return ComputerNames(
        computer=server.upper()[:_NETBIOS_LENGTH],
        domain=domain.partition(".")[0].upper()[:_NETBIOS_LENGTH],
        dns_computer=f"{server.lower()}.{domain}",
        dns_domain=domain,
        forest=domain,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """An AUTHENTICATE message."""

    user: str
    domain: str
    response: bytes
    session_key: bytes
    flags: int
    raw: bytes


class NtlmAcceptor:
    """One context: ``challenge``, then ``accept``. ``account`` finds an account by its name.

    ``clock`` is the server's own, in seconds since the epoch; ``profile`` is a version of Exchange.
    """

    def __init__(
        self,
        *,
        names: ComputerNames,
        realm: str,
        account: Callable[[str], Account | None],
        clock: Callable[[], float],
        randomness: Callable[[int], bytes],
        profile: str = "2016",
    ) -> None:
        self._names, self._realm, self._account = names, realm, account
        self._clock, self._randomness = clock, randomness
        self._version = WINDOWS.get(profile, WINDOWS["2016"])
        self._nonce = self._negotiate = self._challenge = b""

    def challenge(self, negotiate: bytes) -> bytes:
        """The CHALLENGE to a NEGOTIATE message. Raises TokenError."""
        asked = _flags(negotiate, kind=NEGOTIATE, at=12)
        if not asked & (UNICODE | OEM):
            # MS-NLMP section 3.2.5.1.1: SEC_E_INVALID_TOKEN.
            raise TokenError("InvalidToken", "the client names no character set")
        text = UNICODE if asked & UNICODE else OEM
        flags = text | _ALWAYS | asked & _ECHOED
        self._nonce = self._randomness(8)
        target = self._names.domain.encode("utf-16-le" if text == UNICODE else "cp1252")
        info = self._target_info()
        header = SIGNATURE + struct.pack("<I", CHALLENGE)
        at = 56
        header += struct.pack("<HHII", len(target), len(target), at, flags) + self._nonce + bytes(8)
        header += struct.pack("<HHI", len(info), len(info), at + len(target))
        header += struct.pack("<BBH3xB", *self._version, _NTLMSSP_REVISION)
        self._negotiate, self._challenge = negotiate, header + target + info
        return self._challenge

    def _target_info(self) -> bytes:
        """AV pairs in the order in which Windows gives them (MS-NLMP section 2.2.2.1)."""
        names = self._names
        texts = ((2, names.domain), (1, names.computer), (4, names.dns_domain), (3, names.dns_computer))
        pairs = [(identifier, text.encode("utf-16-le")) for identifier, text in (*texts, (5, names.forest))]
        ticks = round(self._clock() * 10_000_000) + _FILETIME_OF_1970
        pairs += [(_AV_TIMESTAMP, struct.pack("<Q", ticks)), (_AV_EOL, b"")]
        return b"".join(struct.pack("<HH", number, len(value)) + value for number, value in pairs)

    def accept(self, authenticate: bytes) -> Acceptance:
        """Judge an AUTHENTICATE message; whatever its octets are, nothing is raised."""
        try:
            answer = _read(authenticate)
        except TokenError as error:
            return Acceptance(status=error.status, reason=str(error))
        client = f"{answer.user}@{answer.domain}" if answer.domain else answer.user
        reason = self._refusal(answer)
        if reason:
            return Acceptance(status="LogonDenied", client=client[:256], reason=reason)
        return Acceptance(status="OK", client=f"{answer.user.partition('@')[0]}@{self._realm}")

    def _refusal(self, answer: _Answer) -> str:
        """Why the log-on is denied; empty when it is not. A client learns none of this."""
        if not self._challenge:
            return "no challenge was sent"
        name, at, realm = answer.user.partition("@")
        if not name or name.lower() == "krbtgt":
            return "anonymous" if not name else "an account that nobody logs on with"
        domains = (self._names.domain, self._realm)
        if (realm if at and not answer.domain else answer.domain).lower() not in _lower("", *domains):
            return f"not a domain of ours: {answer.domain[:256] or realm[:256]}"
        if len(answer.response) < _RESPONSE_V2_LEAST:
            return "not NTLMv2"
        account = self._account(name)
        if account is None or account.disabled:
            return "no such account" if account is None else "the account is disabled"
        return self._proof(answer, account) or (f"limited: {account.limit}" if account.limit else "")

    def _proof(self, answer: _Answer, account: Account) -> str:
        """NTLMv2 (MS-NLMP section 3.3.2), and the MIC where the client says that there is one (3.2.5.1.2)."""
        key = account.newest().keys.get(EncryptionType.RC4_HMAC)
        if key is None:
            return "the account has no NT hash"
        owf = hmac_md5(key.contents, (answer.user.upper() + answer.domain).encode("utf-16-le"))
        proof, rest = answer.response[:16], answer.response[16:]
        if not hmac.compare_digest(hmac_md5(owf, self._nonce + rest), proof):
            return "wrong password"
        if not _av_flags(rest[28:]) & _MIC_PROVIDED:
            return ""
        exported = hmac_md5(owf, proof)
        if answer.flags & KEY_EXCH and answer.flags & (SIGN | SEAL):
            exported = rc4(exported, answer.session_key)
        mic = answer.raw[_MIC_AT : _MIC_AT + 16]
        bare = answer.raw[:_MIC_AT] + bytes(16) + answer.raw[_MIC_AT + 16 :]
        right = hmac_md5(exported, self._negotiate + self._challenge + bare)
        return "" if hmac.compare_digest(mic, right) else "the messages were altered on their way (MIC)"


def _lower(*names: str) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)


def _flags(message: bytes, *, kind: int, at: int) -> int:
    """The flags of a message of that type. Raises TokenError."""
    if not message.startswith(SIGNATURE + struct.pack("<I", kind)) or len(message) < at + 4:
        raise TokenError("IllegalMessage", f"no NTLM message of type {kind}")
    return int.from_bytes(message[at : at + 4], "little")


def _read(message: bytes) -> _Answer:
    """An AUTHENTICATE message (MS-NLMP section 2.2.1.3). Raises TokenError."""
    flags = _flags(message, kind=AUTHENTICATE, at=60)
    encoding = "utf-16-le" if flags & UNICODE else "cp1252"
    return _Answer(
        user=_value(message, 36).decode(encoding, "replace"),
        domain=_value(message, 28).decode(encoding, "replace"),
        response=_value(message, 20),
        session_key=_value(message, 52),
        flags=flags,
        raw=message,
    )


def _value(message: bytes, at: int) -> bytes:
    length, _, offset = struct.unpack_from("<HHI", message, at)
    if length and offset + length > len(message):
        raise TokenError("IllegalMessage", "an NTLM field ends behind the message")
    return message[offset : offset + length]


def _av_flags(pairs: bytes) -> int:
    """MsvAvFlags in the pairs that the client sends back, which its proof covers."""
    at = 0
    while at + 4 <= len(pairs):
        identifier, length = struct.unpack_from("<HH", pairs, at)
        if identifier == _AV_EOL:
            return 0
        if identifier == _AV_FLAGS:
            return int.from_bytes(pairs[at + 4 : at + 4 + length], "little")
        at += 4 + length
    return 0
