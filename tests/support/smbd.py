"""Samba's smbd as a standalone file server on loopback, with a keytab and nothing of the machine's own set-up.

It has to be started by root: smbd changes its user. One process serves one connection after the other.
"""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.mit import MitRealm, find, free_port

_SMB_CONF = """\
[global]
    server role = standalone server
    netbios name = EX1
    workgroup = CONTOSO
    realm = {realm}
    security = user
    map to guest = never
    kerberos method = dedicated keytab
    dedicated keytab file = FILE:{keytab}
    bind interfaces only = yes
    interfaces = 127.0.0.1
    smb ports = {port}
    disable netbios = yes
    load printers = no
    log level = 3
    log file = {folder}/log.smbd
    lock directory = {folder}
    state directory = {folder}
    cache directory = {folder}
    private dir = {folder}
    pid directory = {folder}
    ncalrpc dir = {folder}/ncalrpc
    {more}
"""


@contextlib.contextmanager
def smbd(folder: Path, realm: MitRealm, keytab: Path, *, more: str = "") -> Iterator[int]:
    """The port of a server that accepts tickets with the keys of ``keytab``."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    configuration = folder / "smb.conf"
    text = _SMB_CONF.format(realm=realm.realm, keytab=keytab, port=port, folder=folder, more=more)
    configuration.write_text(text)
    command = [find("smbd"), "--foreground", "--no-process-group", f"--configfile={configuration}"]
    process = subprocess.Popen(
        command,
        env=realm.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # it ends its whole process group when it ends
    )
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(500):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None, f"smbd ended at once with {process.returncode}"
        time.sleep(0.02)
    raise TimeoutError("smbd does not listen")
