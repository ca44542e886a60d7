"""The state folder of a running lab: files that MIT's own tools, the probe and a reader can use."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from simulator.directory.store import Account
from simulator.lab.accounts import Accounts
from simulator.tickets.files import keytab, krb5_conf, password_file, write_private


class StateFolder:
    """Names and writes the files. Secrets are readable by their owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.krb5_conf = path / "krb5.conf"

    def keytab(self, account: str) -> Path:
        """The account's keys, under its name and each of its SPNs."""
        return self.path / f"{account.rstrip('$')}.keytab"

    def password(self, account: str) -> Path:
        """One line: the user's password."""
        return self.path / f"{account}.password"

    def ccache(self, account: str) -> Path:
        """A ticket cache, for whoever asks the lab for one."""
        return self.path / f"{account.rstrip('$')}.ccache"

    def mail(self, server: str) -> Path:
        """A Maildir: what was delivered to the server."""
        return self.path / "mail" / server

    def create(self) -> None:
        """Make the folder, for its owner alone. Raises OSError."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)

    def write_accounts(self, accounts: Accounts, *, timestamp: int) -> None:
        """A keytab for every account, a password file for every user. Raises OSError."""
        for account in accounts.accounts:
            write_private(self.keytab(account.name), keytab(account, timestamp=timestamp))
        for name, password in accounts.passwords.items():
            write_private(self.password(name), password_file(password))

    def write_krb5_conf(
        self,
        realm: str,
        kdcs: Sequence[tuple[str, int]],
        *,
        others: Mapping[str, Sequence[tuple[str, int]]] | None = None,
    ) -> None:
        """What MIT's tools read with ``KRB5_CONFIG``; ``others`` are other realms' KDCs. Raises OSError."""
        self.krb5_conf.write_text(krb5_conf(realm, kdcs, others=others), encoding="utf-8")

    def principal(self, account: Account, *, password: bool) -> dict[str, str]:
        """The entry of READY."""
        entry = {"name": account.name, "keytab": str(self.keytab(account.name))}
        return entry | ({"password_file": str(self.password(account.name))} if password else {})
