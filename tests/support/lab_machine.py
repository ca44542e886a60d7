"""A lab server's machine account, and the KDC of impacket's making that knows it."""

import os
from typing import Any

from impacket.krb5 import crypto

from probe.wire.crypto import Key
from simulator.directory.store import Account, KeySet
from simulator.tickets.client import Machine
from tests.support.scripted_kdc import NOW, S2KPARAMS, ScriptedKdc

REALM = "CONTOSO.LAB"
SPN = "SMTPSVC/ex2.contoso.lab"
SALT = "a salt of its own"


def own_keys(*etypes: int) -> KeySet:
    """The keys that impacket makes of the scripted KDC's password."""
    made = {
        etype: crypto.string_to_key(etype, "secret", SALT, None if etype == 23 else S2KPARAMS)
        for etype in etypes
    }
    return KeySet(kvno=1, keys={etype: Key(etype, key.contents) for etype, key in made.items()})


def machine(now: float = NOW, *, etypes: tuple[int, ...] = (18, 17, 23), **account: Any) -> Machine:
    fields: dict[str, Any] = {
        "name": "EX1$",
        "realm": REALM,
        "key_sets": (own_keys(*etypes),),
        "etypes": etypes,
    }
    return Machine(account=Account(**(fields | account)), now=now, randomness=os.urandom)


def kdc(**changes: Any) -> ScriptedKdc:
    fields: dict[str, Any] = {
        "passwords": {"EX1$": "secret"},
        "services": {SPN: 3},
        "offered": (2, 19),
        "uses_subkey": False,
    }
    return ScriptedKdc(**(fields | changes))
