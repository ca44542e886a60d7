from probe.checks import Status
from probe.checks.receiver_account_refused import examine
from tests.support.directories import account, found
from tests.support.traces import bound_refused, failing, handshake, healthy, refused

DISABLED = found(account(disabled=True))
ENABLED = found(account(disabled=False))


def test_disabled_everywhere_and_exchangeauth_alone_refused_is_proof() -> None:
    finding = examine(failing(DISABLED, bound_refused(), handshake()))
    assert (finding.status, finding.breaks) == (Status.CONFIRMED, True)
    assert finding.names["account"] == "EX1$"


def test_disabled_at_one_controller_depends_on_whom_the_receiver_asks() -> None:
    finding = examine(failing(DISABLED, ENABLED, bound_refused(), handshake()))
    assert finding.status is Status.SUSPECT
    assert "some domain controllers" in finding.says


def test_what_refuses_a_ticket_is_not_this() -> None:
    assert examine(failing(DISABLED, refused())).status is Status.NOTICE


def test_an_enabled_account_passes_and_an_unknown_one_does_not_apply() -> None:
    assert examine(failing(ENABLED, bound_refused(), handshake())).status is Status.PASS
    assert examine(healthy()).status is Status.NOT_APPLICABLE
