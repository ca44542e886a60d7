"""Whom the measurement asks, about what, and when it does not."""

import asyncio
import socket
from typing import cast

import pytest

from probe.measurements import directory, registry
from probe.net.endpoint import Endpoint
from probe.settings.options import Credentials
from probe.tickets.native.context import NativeTicket
from probe.trace.facts import Outcome
from probe.wire.kerberos import PrincipalName
from tests.support.directory_run import OneTicket, examine, options, perform
from tests.support.ldap_controller import Controller
from tests.support.mit_receiver import credential
from tests.support.traces import FQDN, asked, ehlo, trace


def test_it_is_registered() -> None:
    known = {measurement.name: measurement for measurement in registry()}
    assert (known["directory"].cost, known["directory"].refusals) == (14, 0)


def test_it_is_wanted_where_there_is_a_name_and_a_realm() -> None:
    assert directory.wanted(trace(ehlo()))
    assert not directory.wanted(trace(ehlo(), request=asked(realm="")))
    assert not directory.wanted(trace(ehlo(advertised_name="[192.0.2.1]")))


@pytest.mark.parametrize(("kdcs", "changes"), [((), {}), (("127.0.0.1:10088", "the system's KDC"), {})])
async def test_nobody_to_ask(kdcs: tuple[str, ...], changes: dict[str, bool]) -> None:
    assert await perform(options(**changes), kdcs=kdcs) == ()


async def test_not_when_it_is_switched_off() -> None:
    ticket_service = OneTicket(credential())
    assert await examine(Controller(), ask_directory=False, ticket_service=ticket_service) == ()
    assert ticket_service.asked == []


async def test_the_kdcs_on_port_88_are_asked_on_389() -> None:
    steps = await perform(options(), kdcs=("127.0.0.1:88", "127.0.0.2:10088"))
    assert [(step.facts.dc, step.facts.kdc, step.facts.question) for step in steps] == [
        ("127.0.0.1:389", "127.0.0.1:88", "root")
    ]


async def test_controllers_by_option_know_their_kdc_only_where_it_is_the_only_one() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        chosen = options(directory=(Endpoint("127.0.0.1", port),))
        (one,) = await perform(chosen, kdcs=("127.0.0.1:88",))
        (several,) = await perform(chosen, kdcs=("127.0.0.1:88", "127.0.0.1:10088"))
    assert (one.facts.kdc, one.facts.error, one.outcome) == ("127.0.0.1:88", "refused", Outcome.REFUSED)
    assert several.facts.kdc == ""


async def test_the_systems_own_tickets_cannot_sign() -> None:
    ticket_service = OneTicket(cast("NativeTicket", object()))
    native = Credentials(source="native")
    root, step = await examine(Controller(), ticket_service=ticket_service, credentials=native)
    assert (root.facts.error, step.facts.error, step.outcome) == ("", "no-ticket", Outcome.SKIPPED)
    assert ticket_service.asked == []


async def test_the_principal_and_every_host_are_looked_up() -> None:
    user = Credentials(source="password", principal=PrincipalName.parse("alice"))
    steps = await examine(Controller(), credentials=user, ehlo_name="jump.contoso.lab", spn=f"smtp/{FQDN}")
    subjects = [(step.facts.question, step.facts.subject) for step in steps]
    assert [subject for question, subject in subjects if question == "account"] == ["EX1$", "JUMP$", "alice"]
    assert [subject for question, subject in subjects if question == "owners"] == [
        f"smtp/{FQDN}",  # as it was given, and only once
        f"SMTPSVC/{FQDN}",
        "SMTPSVC/ex1",
        "SMTP/ex1",
        f"HOST/{FQDN}",
        "SMTPSVC/jump.contoso.lab",
    ]


async def test_an_address_has_no_account() -> None:
    assert await examine(Controller(), name="192.0.2.1", ehlo_name="[192.0.2.9]") == ()


async def test_many_controllers_are_not_all_asked() -> None:
    async with asyncio.timeout(20):
        steps = await examine(*[Controller() for _ in range(10)], timeout_s=10.0)
    assert sum(step.facts.question == "root" for step in steps) == 8
