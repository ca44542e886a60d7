"""Two Exchange servers' machine accounts in a realm of MIT's, for the foreign EXCHANGEAUTH pair."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.certificates import write_certificate
from tests.support.foreign_exchange_server import ForeignServer, foreign_server
from tests.support.foreign_exchangeauth import Damage, Identity
from tests.support.mit import MitRealm, mit_realm

REALM = "CONTOSO.LAB"
# An account's SPNs have the account's key in Active Directory. MIT's database has no aliases, so the salt has to be
# the same for all names.
ONE_KEY = "aes256-cts-hmac-sha1-96:onlyrealm"
EX1, EX2 = "ex1.contoso.lab", "ex2.contoso.lab"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """EX1 receives, EX2 sends."""

    realm: MitRealm
    ex1: Identity
    ex2: Identity
    certificate: Path
    key: Path

    @contextlib.contextmanager
    def server(self, damage: Damage = "") -> Iterator[ForeignServer]:
        """EX1 listens; ``damage`` is what is wrong with its answers."""
        with foreign_server(
            self.ex1, fqdn=EX1, certificate=self.certificate, key=self.key, damage=damage
        ) as server:
            yield server


@contextlib.contextmanager
def exchange_pair(folder: Path, *, certificate: str = "ec") -> Iterator[Pair]:
    """Make the realm; both accounts hold a ticket-granting ticket."""
    with mit_realm(folder / "realm", REALM) as realm:
        identities = []
        for account, host in (("EX1$", EX1), ("EX2$", EX2)):
            for name in (account, f"SMTPSVC/{host}"):
                realm.admin(f'addprinc -e "{ONE_KEY}" -pw "password of {account}" {name}')
            keytab = realm.keytab(account, f"SMTPSVC/{host}")
            own = Identity(env=realm.env, keytab=keytab, ccache=folder / f"{account}.ccache", realm=REALM)
            kinit(own, account)
            identities.append(own)
        certificate_file, key = write_certificate(folder, EX1, kind=certificate)
        yield Pair(realm=realm, ex1=identities[0], ex2=identities[1], certificate=certificate_file, key=key)


def kinit(own: Identity, account: str) -> None:
    """Fill the account's cache with MIT's kinit."""
    command = ["kinit", "-c", f"FILE:{own.ccache}", "-kt", str(own.keytab), f"{account}@{own.realm}"]
    done = subprocess.run(command, env=own.env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
