"""RemoteIPRanges: which addresses a receive connector serves, and which connector's range is the closest (PURE)."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRange:
    """From ``first`` to ``last``, both included and of one family."""

    first: Address
    last: Address

    def holds(self, address: Address) -> bool:
        """Whether the address is one of them."""
        return address.version == self.first.version and int(self.first) <= int(address) <= int(self.last)

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    @property
    def size(self) -> int:
        """How many addresses: the fewer, the more specific."""
        return int(self.last) - int(self.first) + 1


def parse_range(text: str) -> AddressRange:
    """The forms that ``Set-ReceiveConnector -RemoteIPRanges`` takes. Raises ValueError that says which.

    ``192.0.2.17``, ``192.0.2.0/24``, ``192.0.2.0(255.255.255.0)``, ``192.0.2.1-192.0.2.9``; IPv6 likewise.
    """
    try:
        if "-" in text:
            first, last = (ip_address(part.strip()) for part in text.split("-", 1))
            if first.version == last.version and int(first) <= int(last):
                return AddressRange(first=first, last=last)
        else:
            network = ip_network(text.removesuffix(")").replace("(", "/"), strict=False)
            return AddressRange(first=network[0], last=network[-1])
    except ValueError:
        pass
    raise ValueError(f'"{text}" is no range: write 192.0.2.17, 192.0.2.0/24 or 192.0.2.1-192.0.2.9')


EVERYBODY = (parse_range("0.0.0.0-255.255.255.255"), parse_range("::/0"))
"""What a Default connector has."""


def parse_client(text: str) -> Address | None:
    """A socket's peer address; an IPv4 address inside IPv6 (RFC 4291 section 2.5.5.2) is the IPv4 one."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def closest(ranges: Iterable[AddressRange], address: Address) -> int | None:
    """The size of the smallest range that holds the address; None when none does."""
    return min((one.size for one in ranges if one.holds(address)), default=None)
