"""A place to connect to, as it was named to us (PURE)."""

from dataclasses import dataclass
from typing import Self


class EndpointError(ValueError):
    """A text that names no place to connect to."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``host`` is a name or an address without brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @classmethod
    def parse(cls, text: str, default_port: int) -> Self:
        """``HOST``, ``HOST:PORT``, ``[V6]:PORT`` or ``V6``. Raises EndpointError, which quotes the text."""
        host, port = _host_and_port(text.strip())
        number = default_port if port is None else int(port) if port.isdecimal() and len(port) < 6 else 0
        if not host or not 0 < number < 65536 or any(character in "/[] \t@" for character in host):
            raise EndpointError(f"{text!r} is no HOST, HOST:PORT or [IPV6]:PORT")
        return cls(host, number)


def _host_and_port(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            return "", None
        return host, rest[1:] if rest else None
    if text.count(":") > 1:  # an IPv6 address without brackets has no port
        return text, None
    host, colon, port = text.partition(":")
    return host, port if colon else None
