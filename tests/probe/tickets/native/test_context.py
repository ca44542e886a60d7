"""Native tickets with a scripted system: tokens, refusals, silence. The tokens are MIT's (gss_context.json)."""

import asyncio
import json
import threading
from functools import partial
from typing import Any

import pytest

from probe.tickets.client.results import Problem
from probe.tickets.native.context import (
    NativeInitiator,
    NativeTicket,
    NativeUnavailable,
    Target,
    check_available,
    request_ticket,
)
from probe.tickets.native.errors import NativeError
from probe.wire.der import object_identifier
from probe.wire.gssapi import frame as gss
from probe.wire.gssapi.initiator import ContextError, Malformed, NotMutual, PeerError
from probe.wire.sasl.gssapi import TokenSource
from tests.support.scripted_native import ScriptedContext, ScriptedSystem, gss_failure, sspi_failure
from tests.support.vectors import VECTOR_FOLDER

CONTEXTS = json.loads((VECTOR_FOLDER / "gss_context.json").read_text("utf-8"))
CASE = CONTEXTS["cases"][0]
AP_REQ, AP_REP = bytes.fromhex(CASE["ap_req"]), bytes.fromhex(CASE["ap_rep"])
SKEWED = bytes.fromhex(CONTEXTS["skewed"]["ap_rep"])
SPN = "SMTPSVC/ex1.contoso.lab"


def initiator(**settings: Any) -> tuple[NativeInitiator, ScriptedContext]:
    context = ScriptedContext(first=AP_REQ, **settings)
    context.step()
    return NativeInitiator(context, AP_REQ), context


async def ask(context: ScriptedContext, *, timeout_s: float = 10.0, mutual: bool = True) -> NativeTicket:
    return await request_ticket(
        SPN, timeout_s=timeout_s, mutual=mutual, open_context=ScriptedSystem({SPN: lambda: context})
    )


# -- The ticket -----------------------------------------------------------------------------------------------


async def test_a_ticket_is_read_from_the_ap_req() -> None:
    ticket = await ask(ScriptedContext(first=AP_REQ))
    assert ticket.initiator.token() == AP_REQ
    assert str(ticket.server) == "SMTPSVC/ex1.contoso.lab"
    # The vector's own figures: MIT's KDC gave this ticket and its session key.
    assert ticket.octets == len(CASE["ticket"]) // 2
    assert (ticket.etype, ticket.session_etype) == (CASE["etype"], CASE["etype"])
    assert ticket.cipher in AP_REQ


async def test_the_name_is_taken_apart_and_mutual_authentication_is_passed_on() -> None:
    system = ScriptedSystem({SPN: partial(ScriptedContext, first=AP_REQ)})
    ticket = await request_ticket(SPN, timeout_s=10, open_context=system)
    await ticket.again(mutual=False)
    assert system.opened == [
        Target(service="SMTPSVC", host="ex1.contoso.lab", mutual=True),
        Target(service="SMTPSVC", host="ex1.contoso.lab", mutual=False),
    ]


async def test_the_session_key_has_the_type_of_the_authenticator() -> None:
    key = (await ask(ScriptedContext(first=AP_REQ, session_key=b"k" * 16))).session_key()
    assert (key.etype, key.contents) == (CASE["etype"], b"k" * 16)
    assert "6b6b" not in repr(key)
    assert "kkkk" not in repr(key)


@pytest.mark.parametrize("name", ["EX1$", "SMTPSVC/"])
async def test_a_name_without_a_host_is_not_asked_for(name: str) -> None:
    system = ScriptedSystem({})
    with pytest.raises(NativeError) as caught:
        await request_ticket(name, timeout_s=10, open_context=system)
    assert caught.value.problem is Problem.SYSTEM_REFUSED
    assert system.opened == []


@pytest.mark.parametrize(
    "token",
    [
        b"NTLMSSP\0\1\0\0\0",  # MS-NLMP section 2.2.1.1
        b"",
        None,
        AP_REQ[:-1],
        AP_REP,
        gss.frame(b"", b"NTLMSSP\0", object_identifier(gss.NTLMSSP)),
    ],
)
async def test_a_token_that_is_no_ap_req_is_malformed(token: bytes | None) -> None:
    with pytest.raises(NativeError) as caught:
        await ask(ScriptedContext(first=token))
    assert caught.value.problem is Problem.MALFORMED


# -- Refusals -------------------------------------------------------------------------------------------------


async def test_an_unknown_name_is_error_7() -> None:
    with pytest.raises(NativeError) as caught:
        await request_ticket("SMTPSVC/ex9.contoso.lab", timeout_s=10, open_context=ScriptedSystem({}))
    error = caught.value
    assert (error.problem, error.error and error.error.code) == (Problem.UNKNOWN_SERVER, 7)
    assert error.detail == "Server SMTPSVC/ex9.contoso.lab@CONTOSO.LAB not found in Kerberos database"


async def test_windows_status_is_read_too() -> None:
    # SEC_E_TARGET_UNKNOWN, MS-ERREF section 2.1, as .NET and Python print it.
    failure = sspi_failure(-2146893053, "The specified target is unknown or unreachable")
    with pytest.raises(NativeError) as caught:
        await ask(ScriptedContext(first=failure))
    assert caught.value.problem is Problem.UNKNOWN_SERVER
    assert caught.value.detail.startswith("SEC_E_TARGET_UNKNOWN: The specified target")


async def test_an_error_without_a_number_keeps_its_words() -> None:
    from spnego.exceptions import InvalidCredentialError

    failure = InvalidCredentialError(context_msg="No applicable credentials available")
    with pytest.raises(NativeError) as caught:
        await request_ticket(SPN, timeout_s=10, open_context=ScriptedSystem({SPN: failure}))
    assert caught.value.problem is Problem.SYSTEM_REFUSED
    assert "No applicable credentials" in caught.value.detail


async def test_what_nobody_foresaw_is_not_disguised() -> None:
    with pytest.raises(AttributeError):
        await ask(ScriptedContext(first=AttributeError("a bug of the library")))


# -- Silence --------------------------------------------------------------------------------------------------


async def test_a_silent_kdc_ends_at_the_deadline_and_its_answer_is_thrown_away() -> None:
    silent = threading.Event()
    context = ScriptedContext(first=AP_REQ, silent=silent)
    with pytest.raises(NativeError) as caught:
        await ask(context, timeout_s=0.01)
    [thread] = [each for each in threading.enumerate() if each.name == "native-tickets"]
    assert thread.daemon
    silent.set()
    await asyncio.to_thread(thread.join, 10)
    assert not thread.is_alive()
    assert caught.value.problem is Problem.NO_KDC
    assert "within 0.01 s" in caught.value.detail


async def test_the_loop_goes_on_while_the_system_blocks() -> None:
    silent = threading.Event()
    asking = asyncio.create_task(ask(ScriptedContext(first=AP_REQ, silent=silent)))
    await asyncio.sleep(0)
    silent.set()
    assert str((await asking).server) == SPN


def test_a_local_call_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probe.tickets.native.context.LOCAL_TIMEOUT_S", 0.01)
    source, context = initiator(second=b"")
    context.silent = threading.Event()
    with pytest.raises(NotMutual, match="within"):
        source.accept(AP_REP)
    context.silent.set()


# -- The context ----------------------------------------------------------------------------------------------


def test_it_is_a_token_source() -> None:
    source: TokenSource = initiator()[0]
    assert source.token() == source.token() == AP_REQ


@pytest.mark.parametrize("answer", [AP_REP, gss.unframe(AP_REP).body], ids=["framed", "bare"])
def test_the_system_gets_the_ap_rep_in_its_frame(answer: bytes) -> None:
    source, context = initiator()
    source.accept(answer)
    assert context.steps == [None, AP_REP]


@pytest.mark.parametrize("answer", [SKEWED, gss.unframe(SKEWED).body], ids=["framed", "bare"])
def test_a_krb_error_is_read_by_us_and_kept_from_the_system(answer: bytes) -> None:
    source, context = initiator()
    with pytest.raises(PeerError) as caught:
        source.accept(answer)
    assert caught.value.krb_error.error_code == 37  # the vector is MIT's refusal of a skewed clock
    assert context.steps == [None]


@pytest.mark.parametrize(
    "answer", [b"", b"\x60", AP_REP[:-1], AP_REP + b"\0", AP_REQ, b"NTLMSSP\0", b"\x7e\0", b"\x6f\0"]
)
def test_anything_else_is_malformed(answer: bytes) -> None:
    source, context = initiator()
    with pytest.raises(Malformed):
        source.accept(answer)
    assert context.steps == [None]


def test_an_ap_rep_that_the_system_refuses_proves_nothing() -> None:
    # 31 is KRB_AP_ERR_BAD_INTEGRITY, 2529638912 the beginning of the table.
    source, _ = initiator(second=gss_failure(2529638912 + 31, "Decrypt integrity check failed"))
    with pytest.raises(NotMutual, match="integrity check failed"):
        source.accept(AP_REP)


def test_a_context_that_wants_more_proves_nothing() -> None:
    source, _ = initiator(completes=3)
    with pytest.raises(NotMutual, match="another token"):
        source.accept(AP_REP)


def test_a_second_ap_rep_proves_nothing() -> None:
    source, _ = initiator()
    source.accept(AP_REP)
    with pytest.raises(NotMutual, match="complete"):
        source.accept(AP_REP)


def test_messages_are_protected_by_the_system() -> None:
    source, _ = initiator()
    source.accept(AP_REP)
    assert source.wrap(b"data") == b"signed data"
    assert source.wrap(b"data", confidential=True) == b"sealed data"
    assert source.unwrap(b"data") == b"opened data"
    with pytest.raises(ContextError, match="Integrity"):
        source.unwrap(b"altered")


def test_there_are_no_keys_before_the_ap_rep() -> None:
    source, _ = initiator()
    for call in (source.wrap, source.unwrap):
        with pytest.raises(RuntimeError, match="no keys"):
            call(b"data")


# -- Availability ---------------------------------------------------------------------------------------------


def test_a_host_without_kerberos_says_why() -> None:
    def missing(_: Target) -> ScriptedContext:
        raise ImportError("GSSAPIProxy requires the Python gssapi library")

    with pytest.raises(NativeUnavailable, match="gssapi library"):
        check_available(missing)


@pytest.mark.parametrize(
    "context", [ScriptedContext(), gss_failure(2529639053, "No Kerberos credentials available")]
)
def test_a_host_without_tickets_is_available(context: ScriptedContext | Exception) -> None:
    made = context if isinstance(context, Exception) else lambda: context
    check_available(ScriptedSystem({"host/localhost": made}))
