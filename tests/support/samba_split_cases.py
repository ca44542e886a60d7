"""Two domain controllers that differ: what the probe is run against in tests/interop/test_samba_replication.py."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.samba_cases import delete_spn, disable_alice
from tests.support.samba_pair import Pair

SPN = "SMTPSVC/ex1.contoso.lab"


def nothing(_: Pair) -> None:
    """Both know the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitCase:
    """One run of the probe while two controllers differ, or after they replicated again."""

    name: str
    change: Callable[[Pair], None] = nothing
    """What is done while they are cut off from each other."""
    mended: bool = False
    """Whether they replicated since, before the probe runs."""
    receiver_key: str = ""
    """Whose key of EX1$ the receiver has: a controller's, from after ``change``; else the one from before."""
    source: str = "keytab"
    ticket_from: str = ""
    """Whose ticket for the receiver the probe has in its cache; else it logs on where it is answered first."""
    arguments: tuple[str, ...] = ()
    clock: str = ""
    """Moves dc2's."""
    dropped: tuple[str, ...] = ()
    """Rules of nftables at dc2."""
    dropped_at_dc1: tuple[str, ...] = ()
    accepted: bool | None = None
    """Whether the receiver accepts; None when the probe never comes to a log-on."""
    truth: str
    certainty: str = ""
    """As in `samba_cases.Case`."""
    unseen: bool = False
    """The log-on succeeds, and only a measurement that a healthy receiver does not need would show the fault."""
    status: tuple[int, ...]
    """Of the probe's process."""
    names: tuple[str, ...] = ()
    """Whom the verdict's evidence has to name."""


# -- Changes ---------------------------------------------------------------------------------------------------


def delete_spn_on_dc2(pair: Pair) -> None:
    """Known here, unknown there."""
    delete_spn(pair.dc2)


def change_password_on_dc2(pair: Pair) -> None:
    """kvno 2 there, 1 here."""
    pair.dc2.set_password("EX1$", "EX1-Machine-Password-2")


def change_password_on_both(pair: Pair) -> None:
    """kvno 2 on both, with different keys; dc2's is the younger."""
    pair.dc1.set_password("EX1$", "EX1-Machine-Password-A")
    time.sleep(1.1)  # replication compares whole seconds
    pair.dc2.set_password("EX1$", "EX1-Machine-Password-B")


def add_spn_on_both(pair: Pair) -> None:
    """To different accounts: neither controller can see that the other one has it too."""
    for controller, account in ((pair.dc1, "EX1$"), (pair.dc2, "EX2$")):
        delete_spn(controller)
        controller.tool("spn", "add", SPN, account, "-H", controller.sam)


def disable_alice_on_dc2(pair: Pair) -> None:
    """By an administrator who does not know of the split."""
    disable_alice(pair.dc2)


def disable_alice_on_both(pair: Pair) -> None:
    """Here the two agree, although only one of them is asked with the password."""
    for controller in (pair.dc1, pair.dc2):
        disable_alice(controller)


# -- Cases -----------------------------------------------------------------------------------------------------

BOTH = ("192.0.2.11", "192.0.2.12")

CASES = (
    SplitCase(
        name="two controllers that agree",
        accepted=True,
        truth="healthy",
        certainty="certain",
        status=(0,),
    ),
    SplitCase(
        name="SPN deleted on dc2 only, dc2 is heard first",
        change=delete_spn_on_dc2,
        dropped_at_dc1=("udp dport 88 drop",),
        truth="replication-diverged",
        certainty="certain",
        status=(1, 2),
        names=BOTH,
    ),
    SplitCase(
        name="SPN deleted on dc2 only, ticket from dc1",
        change=delete_spn_on_dc2,
        ticket_from="dc1",
        accepted=True,
        truth="replication-diverged",
        certainty="certain",
        status=(1, 2),
        names=BOTH,
    ),
    SplitCase(
        name="SPN deleted on dc2 only, mended",
        change=delete_spn_on_dc2,
        mended=True,
        truth="spn-missing",
        certainty="certain",
        status=(2,),
        names=BOTH,
    ),
    SplitCase(
        name="password changed on dc2, ticket from dc2",
        change=change_password_on_dc2,
        ticket_from="dc2",
        accepted=False,
        truth="replication-diverged",
        certainty="certain",
        status=(2,),
        names=BOTH,
    ),
    SplitCase(
        name="password changed on dc2, ticket from dc1",
        change=change_password_on_dc2,
        ticket_from="dc1",
        accepted=True,
        truth="replication-diverged",
        certainty="certain",
        status=(1, 2),
        names=BOTH,
    ),
    SplitCase(
        name="password changed on dc2, mended",
        change=change_password_on_dc2,
        mended=True,
        accepted=False,
        truth="machine-key-stale",
        status=(2, 3),
    ),
    SplitCase(
        name="password changed on dc2, the receiver has the new one, mended",
        change=change_password_on_dc2,
        mended=True,
        receiver_key="dc2",
        accepted=True,
        truth="healthy",
        certainty="certain",
        status=(0,),
    ),
    SplitCase(
        name="password changed on both, the receiver has dc1's, ticket from dc2",
        change=change_password_on_both,
        receiver_key="dc1",
        ticket_from="dc2",
        accepted=False,
        truth="replication-diverged",
        certainty="certain",
        status=(2,),
        names=("dc1", "dc2"),
    ),
    SplitCase(
        name="password changed on both, the receiver has dc1's, ticket from dc1",
        change=change_password_on_both,
        receiver_key="dc1",
        ticket_from="dc1",
        accepted=True,
        truth="replication-diverged",
        unseen=True,
        status=(0,),
    ),
    SplitCase(
        name="password changed on both, the receiver has dc1's, ticket from dc1, --thorough",
        change=change_password_on_both,
        receiver_key="dc1",
        ticket_from="dc1",
        arguments=("--thorough",),
        accepted=True,
        truth="replication-diverged",
        certainty="certain",
        status=(1, 2),
        names=("dc1", "dc2"),
    ),
    SplitCase(
        name="password changed on both, mended, the receiver has the loser's",
        change=change_password_on_both,
        mended=True,
        receiver_key="dc1",
        accepted=False,
        truth="machine-key-stale",
        status=(2, 3),
    ),
    SplitCase(
        name="password changed on both, mended, the receiver has the winner's",
        change=change_password_on_both,
        mended=True,
        receiver_key="dc2",
        accepted=True,
        truth="healthy",
        certainty="certain",
        status=(0,),
    ),
    SplitCase(
        name="SPN added on both to different accounts",
        change=add_spn_on_both,
        ticket_from="dc2",
        accepted=False,
        truth="replication-diverged",
        status=(2, 3),
    ),
    SplitCase(
        name="SPN added on both to different accounts, mended",
        change=add_spn_on_both,
        mended=True,
        truth="spn-duplicate",
        certainty="certain",
        status=(2,),
        names=("EX1$", "EX2$"),
    ),
    SplitCase(
        name="user disabled on dc2 only, dc2 is heard first",
        change=disable_alice_on_dc2,
        source="password",
        dropped_at_dc1=("udp dport 88 drop",),
        truth="credentials-rejected",
        certainty="likely",
        status=(2,),
    ),
    SplitCase(
        name="user disabled on both",
        change=disable_alice_on_both,
        source="password",
        truth="credentials-rejected",
        certainty="likely",
        status=(2,),
    ),
    SplitCase(
        name="dc2's clock 10 min ahead, ticket from dc1",
        clock="+10m",
        ticket_from="dc1",
        accepted=True,
        truth="clock-skew-kdc",
        certainty="certain",
        status=(1, 2),
        names=("192.0.2.12",),
    ),
    SplitCase(
        name="dc2's clock 10 min ahead, ticket from dc2",
        clock="+10m",
        ticket_from="dc2",
        accepted=False,
        truth="clock-skew-kdc",
        certainty="certain",
        status=(2,),
        names=("192.0.2.12",),
    ),
    SplitCase(
        name="all of dc2's 88 dropped",
        dropped=("udp dport 88 drop", "tcp dport 88 drop"),
        accepted=True,
        truth="kdc-unreachable",
        certainty="likely",
        status=(1,),
    ),
)
