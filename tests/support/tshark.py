"""tshark as a foreign decoder of single tokens: each is one packet of a capture of its own."""

import json
import os
import struct
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.mit import find

_USER0 = 147
"""LINKTYPE_USER0 (https://www.tcpdump.org/linktypes.html): what a packet is, an option of tshark says."""

Fields = Mapping[str, Sequence[str]]
"""The values that tshark shows, by the names of its fields; a field may occur more than once."""


def dissect(
    tokens: Sequence[bytes], folder: Path, *, dissector: str = "gssapi", keytab: Path | None = None
) -> list[Fields]:
    """What tshark's ``dissector`` reads in each token; with a keytab it decrypts, and learns session keys."""
    capture = folder / "tokens.pcap"
    capture.write_bytes(_capture(tokens))
    options = [f'uat:user_dlts:"User 0 (DLT={_USER0})","{dissector}","0","","0",""']
    if keytab is not None:
        options += ["kerberos.decrypt:TRUE", f"kerberos.file:{keytab}"]
    done = subprocess.run(
        [find("tshark"), "-n", "-r", capture, "-T", "json", *(word for o in options for word in ("-o", o))],
        # The user's own preferences must not change what is shown.
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    packets = json.loads(done.stdout, object_pairs_hook=_pairs)
    return [_fields(packet) for packet in packets]


def _capture(tokens: Sequence[bytes]) -> bytes:
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 0x40000, _USER0)
    packets = [struct.pack("<IIII", second, 0, len(t), len(t)) + t for second, t in enumerate(tokens)]
    return header + b"".join(packets)


class _Pairs(list[tuple[str, Any]]):
    """An object of JSON whose keys may repeat, as tshark writes them."""


def _pairs(pairs: list[tuple[str, Any]]) -> _Pairs:
    return _Pairs(pairs)


def _fields(packet: Any) -> Fields:
    found: dict[str, list[str]] = {}
    for name, value in _leaves("", packet):
        found.setdefault(name, []).append(value)
    return found


def _leaves(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, _Pairs):
        for key, inner in value:
            yield from _leaves(key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(name, inner)
    else:
        yield name, str(value)
