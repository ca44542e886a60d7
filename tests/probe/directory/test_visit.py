"""One controller asked from its root to its last question, by way of MIT's recorded context."""

import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from spnego._spnego import NegState as ForeignState
from spnego._spnego import NegTokenResp as ForeignResp

from probe.trace.facts import DirectoryAccount, Outcome
from tests.support import foreign_ldap
from tests.support.certificates import write_certificate
from tests.support.directory_run import OneTicket, examine
from tests.support.hostile import Peer
from tests.support.ldap_controller import GOOD_BIND, NOW, ROOT, Controller, holding, read_clear
from tests.support.mit_receiver import AP_REP, KRB_ERROR, MS_KRB5, credential

EX1 = {
    "sAMAccountName": ("EX1$",),
    "dNSHostName": ("ex1.contoso.lab",),
    "servicePrincipalName": ("SMTPSVC/ex1.contoso.lab", "HOST/ex1.contoso.lab"),
    "msDS-KeyVersionNumber": ("3",),
    "pwdLastSet": ("133444735930000000",),
    "userAccountControl": ("4098",),
    "msDS-SupportedEncryptionTypes": ("28",),
    "memberOf": ("CN=Exchange Servers,OU=x,DC=contoso,DC=lab", "CN=a\\,b\\2b,DC=lab"),
}
DN = "CN=EX1,CN=Computers,DC=contoso,DC=lab"
KNOWN = holding({"EX1$": (DN, EX1), "SMTPSVC/ex1.contoso.lab": (DN, EX1)})


async def test_a_controller_that_answers() -> None:
    ticket_service, controller = OneTicket(credential()), Controller(answer=KNOWN)
    root, *rest = await examine(controller, ticket_service=ticket_service)
    assert ticket_service.asked == ["ldap/dc1.contoso.lab"]
    assert (root.outcome, root.facts.host, root.facts.protection) == (Outcome.OK, "dc1.contoso.lab", "none")
    assert root.facts.clock is not None
    assert (root.facts.clock.who, root.facts.clock.source) == ("dc1.contoso.lab", "ldap-current-time")
    assert abs(root.facts.clock.offset_s) <= root.facts.clock.uncertainty_s
    asked = [(step.facts.question, step.facts.subject) for step in rest]
    assert asked == [
        ("account", "EX1$"),
        ("account", "EX2$"),
        ("owners", "SMTPSVC/ex1.contoso.lab"),
        ("owners", "SMTPSVC/ex1"),
        ("owners", "SMTP/ex1.contoso.lab"),
        ("owners", "SMTP/ex1"),
        ("owners", "HOST/ex1.contoso.lab"),
        ("owners", "SMTPSVC/ex2.contoso.lab"),
        ("trusts", ""),
    ]
    assert {(step.outcome, step.facts.protection, step.facts.complete) for step in rest} == {
        (Outcome.OK, "sealed", True)
    }
    known = DirectoryAccount(
        name="EX1$",
        dn=DN,
        dns_host_name="ex1.contoso.lab",
        spns=("SMTPSVC/ex1.contoso.lab", "HOST/ex1.contoso.lab"),
        kvno=3,
        password_set=1_699_999_993.0,
        account_control=4098,
        disabled=True,
        etypes=28,
        groups=("Exchange Servers", "a,b+"),
    )
    assert [step.facts.accounts for step in rest[:4]] == [(known,), (), (known,), ()]
    assert controller.heard == ["searchRequest", "bindRequest", *["searchRequest"] * 9, "unbindRequest"]


async def test_the_same_controllers_trusts_are_asked_for_once() -> None:
    steps = await examine(Controller(), Controller())
    assert sum(step.facts.question == "trusts" for step in steps) == 1
    assert sum(step.facts.question == "owners" for step in steps) == 12


async def test_a_dead_controller_costs_the_others_nothing() -> None:
    async def silent(peer: Peer) -> None:
        await peer.stay()

    steps = await examine(silent, Controller(answer=KNOWN), timeout_s=1.0)
    dead = [step for step in steps if step.facts.error]
    assert [(step.outcome, step.facts.error, step.facts.question) for step in dead] == [
        (Outcome.TIMEOUT, "timed-out", "root")
    ]
    assert any(step.facts.accounts for step in steps)


async def test_a_clock_that_is_far_off_is_followed() -> None:
    ahead = {**ROOT, "currentTime": ("20300101000000.0Z",)}
    root, account, *_ = await examine(Controller(root=ahead))
    assert root.facts.clock is not None
    assert root.facts.clock.offset_s > 86_400
    # The recorded AP-REP answers an authenticator of the recording's time, and ours shows the controller's.
    assert (account.facts.error, account.facts.detail) == (
        "malformed",
        "the controller's token: the AP-REP is the answer to another authenticator",
    )


@pytest.mark.parametrize(
    ("root", "detail"),
    [
        ({**ROOT, "dnsHostName": ("dc1 contoso lab",)}, "no Active Directory"),
        ({"namingContexts": ("dc=contoso",)}, "no Active Directory"),
    ],
)
async def test_another_kind_of_directory(root: dict[str, Any], detail: str) -> None:
    (step,) = await examine(Controller(root=root))
    assert (step.outcome, step.facts.error, detail in step.facts.detail) == (
        Outcome.MALFORMED,
        "malformed",
        True,
    )


def refused(code: int, text: str = "", credentials: bytes | None = None) -> Callable[[int], bytes]:
    return lambda number: foreign_ldap.bind_response(number, code, text, credentials)


@pytest.mark.parametrize(
    ("bind", "error", "detail"),
    [
        (refused(49, "80090308: data 57"), "bind-refused", "invalid-credentials (49): 80090308: data 57"),
        (
            refused(49, "", ForeignResp(ForeignState.reject, MS_KRB5, KRB_ERROR).pack()),
            "bind-refused",
            "KRB_AP_ERR_SKEW (37); invalid-credentials (49)",
        ),
        (refused(0), "bind-refused", "the controller did not prove who it is"),
        (refused(0, "", b"\xff"), "malformed", "the controller's token"),
        (
            refused(0, "", ForeignResp(ForeignState.accept_complete, MS_KRB5, AP_REP[:-1]).pack()),
            "malformed",
            "token",
        ),
        (refused(14, "", GOOD_BIND), "bind-refused", "sasl-bind-in-progress (14)"),
        (foreign_ldap.done, "malformed", "another answer than a bind's"),
        (lambda number: foreign_ldap.bind_response(number + 1), "malformed", "another request"),
        (lambda number: foreign_ldap.extended_response(0, 52, "bye"), "closed", "result (52): bye"),
        (
            lambda number: foreign_ldap.bind_response(number, credentials=GOOD_BIND) + b"0",
            "malformed",
            "octets came before the protection began",
        ),
    ],
)
async def test_binds_that_go_wrong(bind: Callable[[int], bytes], error: str, detail: str) -> None:
    root, step = await examine(Controller(bind=bind))
    assert root.outcome is Outcome.OK
    assert (step.facts.question, step.facts.error, step.facts.complete) == ("account", error, False)
    assert detail in step.facts.detail


async def test_answers_in_clear_behind_the_bind_are_not_taken() -> None:
    _, step = await examine(Controller(sealed=False, answer=KNOWN))
    assert step.facts.error in ("malformed", "closed")
    assert step.facts.accounts == ()


@pytest.mark.parametrize(
    ("tail", "complete", "error"),
    [
        (lambda number: foreign_ldap.done(number, 4), False, ""),
        (lambda number: foreign_ldap.done(number, 11), False, ""),
        (lambda number: foreign_ldap.done(number, 32), True, ""),
        (lambda number: foreign_ldap.done(number, 50, "no"), False, "refused"),
        (
            lambda number: foreign_ldap.reference(number, "ldap://x/DC=y") + foreign_ldap.done(number),
            True,
            "",
        ),
    ],
)
async def test_ends_of_a_search(tail: Callable[[int], bytes], complete: bool, error: str) -> None:
    def answer(number: int, request: Any) -> bytes:
        return foreign_ldap.entry(number, DN, EX1) + tail(number)

    _, step, *_ = await examine(Controller(answer=answer))
    assert (step.facts.complete, step.facts.error, len(step.facts.accounts)) == (complete, error, 1)


async def test_more_entries_than_asked_for_are_not_taken() -> None:
    def answer(number: int, request: Any) -> bytes:
        return foreign_ldap.entry(number, DN, {"cn": ("EX1",)}) * 60 + foreign_ldap.done(number)

    _, step = await examine(Controller(answer=answer))
    assert (step.facts.error, step.facts.detail) == ("malformed", "more came than was asked for")


async def test_a_cut_entry_is_no_complete_answer() -> None:
    many = {**EX1, "memberOf": [f"CN=g{number},DC=lab" for number in range(101)]}
    _, step, *_ = await examine(Controller(answer=holding({"EX1$": (DN, many)})))
    assert (len(step.facts.accounts[0].groups), step.facts.complete) == (100, False)


# ---- TLS


class Insisting:
    """A controller that binds only inside TLS: the second connection asks for it."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.context = context
        self.connections = 0

    async def __call__(self, peer: Peer) -> None:
        self.connections += 1
        if self.connections == 1:
            await Controller(bind=refused(8, "confidentiality"))(peer)
            return
        request = foreign_ldap.read(await read_clear(peer))
        assert str(request["protocolOp"]["extendedReq"]["requestName"]) == "1.3.6.1.4.1.1466.20037"
        code = 0 if self.context else 52
        await peer.say(foreign_ldap.extended_response(int(request["messageID"]), code))
        if self.context is None:
            await peer.stay()
            return
        await peer.writer.start_tls(self.context)
        await Controller(sealed=False, answer=KNOWN)(peer)


async def test_start_tls_where_the_directory_insists(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*write_certificate(tmp_path, "dc1.contoso.lab"))
    _, step, *_ = await examine(Insisting(context), timeout_s=5.0)
    assert (step.facts.protection, step.facts.error, len(step.facts.accounts)) == ("tls", "", 1)


async def test_no_tls_to_be_had() -> None:
    controller = Insisting(None)
    _, step = await examine(controller)
    assert (step.facts.error, step.facts.detail) == ("refused", "StartTLS: result (52)")
    assert controller.connections == 2


async def test_without_a_ticket_there_is_the_root_alone() -> None:
    root, step = await examine(Controller(), ticket_service=OneTicket(None))
    assert root.outcome is Outcome.OK
    assert (step.outcome, step.facts.error, step.facts.complete) == (Outcome.SKIPPED, "no-ticket", False)


async def test_a_session_key_of_no_use() -> None:
    useless = credential()
    broken = replace(useless, session_key=replace(useless.session_key, etype=3))
    _, step = await examine(Controller(), ticket_service=OneTicket(broken))
    assert step.facts.error == "bind-refused"


def test_the_recording_is_of_the_time_that_the_controller_tells() -> None:
    assert NOW == 1_795_470_293.25
