from typing import Literal

import pytest

from simulator.faults.tls_broken import TlsBroken
from simulator.faults.values import Place, TlsSettings
from simulator.net.actions import Send

READY = Send(data=b"220 2.0.0 SMTP server ready\r\n")
SETTINGS = TlsSettings()


@pytest.mark.parametrize(
    ("mode", "field"), [("no-cipher", "ciphers"), ("garbage", "garbage"), ("early-data", "early_data")]
)
def test_the_settings_are_damaged_in_one_place(
    mode: Literal["no-cipher", "garbage", "early-data"], field: str
) -> None:
    fault = TlsBroken(on="EX1", mode=mode)
    changed = fault.tls("EX1", SETTINGS)
    differing = {name for name in TlsSettings.__slots__ if getattr(changed, name) != getattr(SETTINGS, name)}
    assert differing == {field}
    assert fault.tls("EX2", SETTINGS) is SETTINGS
    assert fault.on_send("EX1", Place.TLS, READY) is READY


def test_refused_is_a_reply_and_no_setting() -> None:
    fault = TlsBroken(on="EX1", mode="refused")
    assert fault.tls("EX1", SETTINGS) is SETTINGS
    refused = fault.on_send("EX1", Place.TLS, READY)
    assert isinstance(refused, Send)
    assert refused.data.startswith(b"554 5.7.3 ")
    assert fault.on_send("EX1", Place.EHLO, READY) is READY
    assert fault.on_send("EX2", Place.TLS, READY) is READY
