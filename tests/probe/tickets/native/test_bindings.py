"""The channel's name on its way to the system, which makes the bindings itself."""

import json
from typing import Any

import pytest
import spnego
from spnego.channel_bindings import GssChannelBindings

from probe.tickets.native.context import NativeContext, Target, platform_context, request_ticket
from tests.support.scripted_native import ScriptedContext
from tests.support.vectors import VECTOR_FOLDER

VECTORS = json.loads((VECTOR_FOLDER / "gss_context.json").read_text("utf-8"))
AP_REQ = bytes.fromhex(VECTORS["cases"][0]["ap_req"])
NAME = b"tls-unique:" + bytes(12)


async def test_another_context_is_bound_and_the_next_one_is_not() -> None:
    opened: list[Target] = []

    def open_context(target: Target) -> NativeContext:
        opened.append(target)
        return ScriptedContext(first=AP_REQ)

    ticket = await request_ticket("SMTPSVC/ex1.contoso.lab", timeout_s=10.0, open_context=open_context)
    await ticket.again(mutual=True, channel=NAME)
    await ticket.again(mutual=False)
    assert [(target.channel, target.mutual) for target in opened] == [(b"", True), (NAME, True), (b"", False)]


@pytest.mark.parametrize("name", [b"", NAME])
def test_pyspnego_is_given_its_own_structure(name: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(spnego, "client", lambda **settings: given.update(settings))
    platform_context(Target(service="SMTPSVC", host="ex1.contoso.lab", mutual=True, channel=name))
    assert given["channel_bindings"] == (GssChannelBindings(application_data=name) if name else None)
