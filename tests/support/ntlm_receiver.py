"""What a receiver says to an NTLM question; the CHALLENGE is pyspnego's."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from spnego._ntlm_raw.messages import AvId, Challenge, FileTime, NegotiateFlags, TargetInfo, Version

NTLM_SUPPORTED = b"334 NTLM supported\r\n"
CANCELLED = b"501 5.5.4 Authentication cancelled\r\n"


def packed_challenge(*, at: float | None = None, computer: str = "ex1", **changes: Any) -> bytes:
    """A CHALLENGE of ``computer`` in contoso.lab, with its clock (UTC seconds) unless ``at`` is None."""
    info = TargetInfo()
    info[AvId.nb_domain_name], info[AvId.nb_computer_name] = "CONTOSO", computer.upper()
    info[AvId.dns_domain_name], info[AvId.dns_computer_name] = "contoso.lab", f"{computer}.contoso.lab"
    info[AvId.dns_tree_name] = "contoso.lab"
    if at is not None:
        info[AvId.timestamp] = FileTime.from_datetime(datetime.fromtimestamp(at, UTC))
    settings: dict[str, Any] = {
        "flags": int(NegotiateFlags.unicode | NegotiateFlags.extended_session_security),
        "server_challenge": b"\x01\x23\x45\x67\x89\xab\xcd\xef",
        "target_name": "CONTOSO",
        "target_info": info,
        "version": Version(major=10, minor=0, build=14393),
    }
    packed: bytes = Challenge(**(settings | changes)).pack()
    return packed


def challenge_line(token: bytes) -> bytes:
    """A 334 line."""
    return b"334 " + b64encode(token) + b"\r\n"
