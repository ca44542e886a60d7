"""A port that is bound and never answers, as behind a firewall that drops what it does not like."""

import contextlib
import socket
from collections.abc import Iterator

PORTS_TRIED = 20


@contextlib.contextmanager
def silent_port() -> Iterator[int]:
    """A port of 127.0.0.1 where TCP connections and datagrams arrive and nothing ever comes back."""
    with contextlib.ExitStack() as stack:
        yield next(filter(None, (_bound(stack) for _ in range(PORTS_TRIED))))


def _bound(stack: contextlib.ExitStack) -> int | None:
    """A port for both; None where somebody else has it for TCP."""
    udp = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
    tcp = stack.enter_context(socket.socket())
    udp.bind(("127.0.0.1", 0))
    try:
        tcp.bind(udp.getsockname())
    except OSError:
        return None
    tcp.listen(128)
    return int(udp.getsockname()[1])
