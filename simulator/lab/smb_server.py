"""The SMB services of a lab's Exchange servers, each on any free port."""

import itertools
from collections.abc import Callable

from simulator.acceptors.acceptor import Acceptor, ReplayCache
from simulator.acceptors.ntlm import names_of
from simulator.directory.store import Account
from simulator.faults.engine import Faults
from simulator.ledger import Ledger
from simulator.smb.session import SmbService
from simulator.smb.transport import SmbServer


def smb_server(
    server: str,
    *,
    account: Account,
    clock: Callable[[], float],
    randomness: Callable[[int], bytes],
    faults: Faults,
    ledger: Ledger,
    host: str,
    allow_remote: bool,
) -> SmbServer:
    """The service of ``server``, with its keys and its clock after faults; ``account`` is the directory's view."""
    replays, names = ReplayCache(), names_of(server, account.realm)
    numbers = itertools.count(int.from_bytes(randomness(4), "big") | 1)

    def acceptor() -> Acceptor:
        return Acceptor(
            server=server,
            account=lambda: faults.server_account(server, account),
            realm=account.realm,
            clock=clock,
            randomness=randomness,
            replays=replays,
            # Whoever stands behind the name calls itself by its own.
            explains_as=f"{faults.computer_names(server, names).computer}$",
        )

    service = SmbService(
        server=server,
        guid=randomness(16),
        acceptor=acceptor,
        clock=clock,
        session_id=lambda: next(numbers),
        ledger=ledger,
    )
    return SmbServer(service, faults, host=host, allow_remote=allow_remote)
