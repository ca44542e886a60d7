"""``HOST:PORT`` as the lab's command line takes it (PURE), and where a lab may listen: on loopback, unless told."""

import ipaddress
from dataclasses import dataclass


def is_loopback(host: str) -> bool:
    """Whether ``host`` is an IP address to which only this host gets; False for a name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenAddress:
    """Where a server listens: an IP address and a port, 0 for any that is free."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Only this host gets there."""
        return is_loopback(self.host)

    def nth(self, number: int) -> "ListenAddress":
        """The address of server ``number``, counted from 0: the next port each, or any free one each."""
        return ListenAddress(host=self.host, port=self.port + number if self.port else 0)


LOOPBACK = ListenAddress(host="127.0.0.1", port=0)


def parse_address(text: str) -> ListenAddress:
    """``127.0.0.1:2525``, ``[::1]:2525`` or ``localhost:2525``. Raises ValueError with what is allowed."""
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if bare == "localhost":
        bare = "127.0.0.1"
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        colon = ""
    if not colon or (":" in bare) != host.startswith("[") or not port.isascii() or not port.isdigit():
        raise ValueError(f"{text!r} is no address: write 127.0.0.1:2525, localhost:2525 or [::1]:2525")
    if int(port) > 65_535:
        raise ValueError(f"{text!r}: a port is at most 65535")
    return ListenAddress(host=bare, port=int(port))
