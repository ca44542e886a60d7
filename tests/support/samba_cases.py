"""What the probe is run against in tests/interop/test_samba.py: each case with what is true about it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.samba import Controller

AES256, RC4 = "16", "4"
"""msDS-SupportedEncryptionTypes."""
SHORT_WAIT = ("--timeout", "3")
"""Where something is dropped, so that the probe waits in vain."""

_WORKSTATION, _DISABLED = 0x1000, 0x2
"""userAccountControl (MS-ADTS section 2.2.16)."""


def nothing(_: Controller) -> None:
    """The directory stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run of the probe, and what is true about it."""

    name: str
    receiver: str = "exchange"
    """Who accepts, with the keys of EX1$ as they were before ``change``."""
    source: str = "keytab"
    kdc: bool = True
    """Whether the probe is told where the KDC is; else it asks the controller's DNS."""
    arguments: tuple[str, ...] = ()
    change: Callable[[Controller], None] = nothing
    clock: str = ""
    dropped: tuple[str, ...] = ()
    """Rules of nftables at the controller."""
    stopped: bool = False
    """Whether the controller's processes are gone."""
    reason: str = ""
    """How the receiver's own log begins about the first log-on; empty when it never came to one."""
    truth: str
    """The cause; ``undetermined`` where there is no name for it."""
    certainty: str = ""
    """How sure the verdict is of it; empty where the wire cannot tell, and naming it among others is right too."""


# -- Changes ---------------------------------------------------------------------------------------------------


def delete_spn(controller: Controller) -> None:
    """What Exchange's own SPN is when somebody cleaned up too much."""
    controller.tool("spn", "delete", "SMTPSVC/ex1.contoso.lab", "EX1$", "-H", controller.sam)


def delete_every_smtp_spn(controller: Controller) -> None:
    """Only HOST is left."""
    controller.replace("EX1", "servicePrincipalName", "HOST/ex1.contoso.lab", "HOST/ex1")


def move_spn(controller: Controller) -> None:
    """The SPN goes to an account that the receiver does not run as."""
    delete_spn(controller)
    controller.tool("spn", "add", "SMTPSVC/ex1.contoso.lab", "EX2$", "-H", controller.sam)


def change_receiver_password(controller: Controller) -> None:
    """The receiver does not know of it: its keytab is stale."""
    controller.set_password("EX1$", "EX1-Machine-Password-2")


def change_own_password(controller: Controller) -> None:
    """The probe's own keytab is stale."""
    controller.set_password("EX2$", "EX2-Machine-Password-2")


def rc4_only(controller: Controller) -> None:
    """As before 2008, or as somebody set it by hand."""
    controller.replace("EX1", "msDS-SupportedEncryptionTypes", RC4)


def aes256_only(controller: Controller) -> None:
    """As hardening guides ask for."""
    controller.replace("EX1", "msDS-SupportedEncryptionTypes", AES256)


def disable_alice(controller: Controller) -> None:
    """By an administrator."""
    controller.tool("user", "disable", "alice", "-H", controller.sam)


def disable_sender(controller: Controller) -> None:
    """The probe's own machine account."""
    controller.replace("EX2", "userAccountControl", str(_WORKSTATION | _DISABLED))


def disable_receiver(controller: Controller) -> None:
    """Samba still gives tickets for it."""
    controller.replace("EX1", "userAccountControl", str(_WORKSTATION | _DISABLED))


# -- Cases -----------------------------------------------------------------------------------------------------

HEALTHY = tuple(
    Case(
        name=f"healthy: {source}, {name}",
        receiver=receiver,
        source=source,
        arguments=arguments,
        reason="OK" if receiver == "exchange" else "",
        truth="healthy",
        certainty="certain",
    )
    for receiver, name, arguments in (
        ("exchange", "EXCHANGEAUTH", ()),
        ("exchange", "X-EXPS GSSAPI", ("--mechanism", "exps-gssapi")),
        ("postfix", "AUTH GSSAPI of postfix", ()),
    )
    for source in ("keytab", "password", "ccache")
)

BY_DNS = Case(name="healthy: the KDC from DNS", kdc=False, reason="OK", truth="healthy", certainty="certain")

NAMES = (
    Case(name="SPN deleted", change=delete_spn, truth="spn-missing", certainty="certain"),
    Case(
        name="all SMTP SPNs deleted",
        change=delete_every_smtp_spn,
        truth="spn-missing",
        certainty="certain",
    ),
    Case(
        name="SPN deleted, postfix",
        receiver="postfix",
        change=delete_every_smtp_spn,
        truth="spn-missing",
        certainty="certain",
    ),
    Case(
        name="SPN on another account",
        change=move_spn,
        reason="LogonDenied",
        truth="spn-on-wrong-account",
        certainty="certain",
    ),
)

KEYS = (
    Case(
        name="receiver's password changed",
        change=change_receiver_password,
        reason="LogonDenied: the ticket needs kvno 2, held: 1",
        truth="machine-key-stale",
    ),
    Case(
        name="receiver's password changed, X-EXPS GSSAPI",
        change=change_receiver_password,
        arguments=("--mechanism", "exps-gssapi"),
        reason="LogonDenied: the ticket needs kvno 2, held: 1",
        truth="machine-key-stale",
    ),
    Case(
        name="receiver's password changed, postfix",
        receiver="postfix",
        change=change_receiver_password,
        reason="Request ticket server smtp/ex1.contoso.lab@CONTOSO.LAB kvno 2 not found in keytab",
        truth="machine-key-stale",
    ),
    Case(
        name="sender's own password changed",
        change=change_own_password,
        truth="credentials-rejected",
        certainty="certain",
    ),
    Case(
        name="receiver restricted to rc4",
        change=rc4_only,
        reason="OK",
        truth="healthy",
        certainty="certain",
    ),
    Case(
        name="receiver restricted to rc4 in the directory, holds aes only",
        receiver="exchange-aes",
        change=rc4_only,
        reason="KdcUnknownEncryptionType",
        truth="etype-unsupported",
    ),
    Case(
        name="receiver restricted to rc4 in the directory, holds aes only, postfix",
        receiver="postfix-aes",
        change=rc4_only,
        reason="Request ticket server smtp/ex1.contoso.lab@CONTOSO.LAB kvno 1 found in keytab but not with",
        truth="etype-unsupported",
    ),
    Case(
        name="receiver restricted to aes256",
        change=aes256_only,
        reason="OK",
        truth="healthy",
        certainty="certain",
    ),
    Case(
        name="receiver restricted to aes256 in the directory, holds rc4 only",
        receiver="exchange-rc4",
        change=aes256_only,
        reason="KdcUnknownEncryptionType",
        truth="machine-key-stale",
    ),
)

ACCOUNTS = (
    Case(
        name="user disabled",
        source="password",
        change=disable_alice,
        truth="credentials-rejected",
        certainty="certain",
    ),
    Case(
        name="user disabled after kinit",
        source="ccache",
        change=disable_alice,
        truth="credentials-rejected",
    ),
    Case(
        name="sender's machine account disabled",
        change=disable_sender,
        truth="credentials-rejected",
        certainty="certain",
    ),
    Case(
        name="receiver's machine account disabled, X-EXPS GSSAPI: Samba gives tickets all the same",
        change=disable_receiver,
        arguments=("--mechanism", "exps-gssapi"),
        reason="OK",
        truth="healthy",
        certainty="certain",
    ),
    Case(
        name="receiver's machine account disabled, EXCHANGEAUTH",
        change=disable_receiver,
        reason="LogonDenied: return leg: ",
        truth="receiver-account-refused",
        certainty="certain",
    ),
    Case(
        name="wrong password",
        source="wrong-password",
        truth="credentials-rejected",
        certainty="certain",
    ),
)

NETWORK = (
    Case(
        name="KDC's clock 10 min ahead",
        clock="+10m",
        reason="TimeSkew: the ticket starts in",
        truth="clock-skew-kdc",
    ),
    Case(
        name="KDC's clock 10 min behind",
        clock="-10m",
        reason="TimeSkew: return leg: ",
        truth="clock-skew-kdc",
    ),
    Case(
        name="UDP 88 dropped",
        dropped=("udp dport 88 drop",),
        arguments=SHORT_WAIT,
        reason="OK",
        truth="healthy",
        certainty="certain",
    ),
    Case(
        name="TCP 88 dropped",
        dropped=("tcp dport 88 drop",),
        arguments=SHORT_WAIT,
        truth="kdc-tcp-blocked",
        certainty="certain",
    ),
    Case(
        name="all of 88 dropped",
        dropped=("udp dport 88 drop", "tcp dport 88 drop"),
        arguments=SHORT_WAIT,
        truth="kdc-unreachable",
        certainty="certain",
    ),
    Case(
        name="all of 88 dropped, no credentials",
        source="none",
        dropped=("udp dport 88 drop", "tcp dport 88 drop"),
        arguments=SHORT_WAIT,
        truth="kdc-unreachable",
        certainty="certain",
    ),
    Case(
        name="TCP 88 dropped, no credentials",
        source="none",
        dropped=("tcp dport 88 drop",),
        arguments=SHORT_WAIT,
        truth="kdc-tcp-blocked",
        certainty="certain",
    ),
    Case(name="KDC stopped", stopped=True, truth="kdc-unreachable", certainty="certain"),
)

CASES = (*HEALTHY, BY_DNS, *NAMES, *KEYS, *ACCOUNTS, *NETWORK)
