"""A port that is bound and never answers, as behind a firewall that drops what it does not like."""

import contextlib
import socket
from collections.abc import Iterator

from tests.support.mit import free_port


@contextlib.contextmanager
def silent_port() -> Iterator[int]:
    """A port of 127.0.0.1 where TCP connections and datagrams arrive and nothing ever comes back."""
    port = free_port()
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", port))
        tcp.listen(128)
        udp.bind(("127.0.0.1", port))
        yield port
