"""IP addresses as they stand in texts: whether one is there, and whether it leads back to this host (PURE)."""

from ipaddress import IPv4Address, IPv6Address, ip_address


def is_ip_address(text: str) -> bool:
    """Whether ``text`` is an IPv4 or IPv6 address and no name, with a zone (RFC 4007 section 11) or without.

    A zone is what stands behind ``%``: printable ASCII, and never empty. Brackets belong to an address literal or a
    URL, not to the address.
    """
    return _parse(text) is not None


def is_loopback(text: str) -> bool:
    """Whether ``text`` is an address at which a host reaches itself; False for a name."""
    address = _parse(text)
    return address is not None and address.is_loopback


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    # Not left to `ipaddress`, which knows zones since 3.9: it takes control characters in one.
    address, percent, zone = text.partition("%")
    if percent and not (zone.isascii() and zone.isprintable() and zone):
        return None
    try:
        return ip_address(address)
    except ValueError:
        return None
