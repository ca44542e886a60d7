"""Exchange's protocol log: both kinds, whole, cut, from a spreadsheet, with several sessions."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.dissect.paste.find_tokens import find_tokens
from probe.dissect.paste.protocol_log import Columns
from tests.support.foreign_tokens import ntlm, spnego, vector

INIT, RESPONSE = (b64encode(spnego()[name]).decode() for name in ("init", "response"))
NEGOTIATE, CHALLENGE = (b64encode(ntlm()[name]).decode() for name in ("negotiate", "challenge"))
HEADER = """#Software: Microsoft Exchange Server
#Version: 15.0.0.0
#Log-type: SMTP {} Protocol Log
#Date: 2026-11-23T08:00:00.000Z
#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context
"""
_RECEIVES, _SENDS = "10.5.7.1:25,10.4.7.0:51234", "10.4.7.0:51234,10.5.7.1:25"


def _record(event: str, data: str, ends: str = _RECEIVES, session: str = "08D4A1", context: str = "") -> str:
    return f"2026-11-23T08:00:00.000Z,EX1\\Default EX1,{session},7,{ends},{event},{data},{context}"


def _log(kind: str, *records: str) -> bytes:
    return (HEADER.format(kind) + "\r\n".join(records)).encode()


def _said(data: bytes) -> list[tuple[int, str, str, str]]:
    return [
        (item.line, item.sender, item.head, item.blob or b64encode(item.octets).decode())
        for item in find_tokens(data)
    ]


def test_a_receive_log() -> None:
    records = [
        _record("+", ""),
        _record(
            ">", '"220 ex1.contoso.lab Microsoft ESMTP MAIL Service ready at Mon, 23 Nov 2026 08:00:00 +0000"'
        ),
        _record("<", "EHLO ex2.contoso.lab"),
        _record("<", "X-EXPS GSSAPI"),
        _record(">", "334 GSSAPI supported"),
        _record("<", INIT),
        _record(">", f"334 {RESPONSE}"),
        _record("*", "", context="Inbound Negotiate failed because of LogonDenied"),
        _record("*", "", context="User Name: NULL"),
        _record(">", "454 4.7.0 Temporary authentication failure"),
        _record("-", "", context="Local"),
    ]
    expected = [(11, "client", "X-EXPS GSSAPI", INIT), (12, "server", "334", RESPONSE)]
    assert _said(_log("Receive", *records)) == expected


def test_a_send_log() -> None:
    records = [
        _record("<", "220 ex1.contoso.lab", _SENDS),
        _record(">", "X-EXPS GSSAPI", _SENDS),
        _record("<", "334 GSSAPI supported", _SENDS),
        _record(">", INIT, _SENDS),
        _record("<", f"334 {RESPONSE}", _SENDS),
    ]
    expected = [(9, "client", "X-EXPS GSSAPI", INIT), (10, "server", "334", RESPONSE)]
    assert _said(_log("Send", *records)) == expected


@pytest.mark.parametrize(
    ("line", "sender"),
    [
        (_record("<", INIT), "client"),
        (_record(">", INIT), "server"),
        (_record(">", INIT, _SENDS), "client"),
        (_record("<", INIT, _SENDS), "server"),
        (_record("<", INIT).replace(",", "\t"), "client"),
        (_record("<", INIT).replace(",", ";"), "client"),
        (f"\ufeff{_record('<', INIT)}", "client"),
        (_record("<", f'"{INIT}"', context='"a ""quoted"" word, and more"'), "client"),
        (_record("<", INIT).replace("Default", "Standard f\u00fcr Gr\u00f6\u00dfe"), "client"),
        (f"25,10.4.7.0:51234,>,334 {INIT},", "server"),
        (f",<,{INIT},", ""),
    ],
)
def test_one_line(line: str, sender: str) -> None:
    (found,) = find_tokens(line.encode())
    assert (b64encode(found.octets).decode(), found.sender) == (INIT, sender)


def test_the_code_page_of_windows() -> None:
    line = _record("<", INIT).replace("Default", "Gr\u00f6\u00dfe").encode("cp1252")
    assert [said[3] for said in _said(line)] == [INIT]


@pytest.mark.parametrize(("kind", "sender"), [("Receive", "client"), ("Send", "server")])
def test_the_kind_of_log_tells(kind: str, sender: str) -> None:
    assert [said[1] for said in _said(_log(kind, _record("<", INIT, "a,b")))] == [sender]


def test_sessions_do_not_mix() -> None:
    records = [
        _record("<", "AUTH NTLM", session="A"),
        _record("<", "X-EXPS GSSAPI", session="B"),
        _record("<", NEGOTIATE, session="A"),
        _record("<", INIT, session="B"),
        _record(">", f"334 {CHALLENGE}", session="A"),
    ]
    heads = [said[2:] for said in _said(_log("Receive", *records))]
    assert heads == [("AUTH NTLM", NEGOTIATE), ("X-EXPS GSSAPI", INIT), ("334", CHALLENGE)]


def test_exchangeauth() -> None:
    blobs = vector("exchangeauth")["vectors"][0]
    records = [
        _record("<", f"X-EXPS EXCHANGEAUTH SHA256 {blobs['blob_c']}"),
        _record(">", f"235 {blobs['blob_s']}"),
        _record("<", "X-EXPS EXCHANGEAUTH SHA256 "),
        _record(">", "235 <authentication response>"),
    ]
    assert _said(_log("Receive", *records)) == [
        (6, "client", "X-EXPS EXCHANGEAUTH SHA256", blobs["blob_c"]),
        (7, "server", "235", blobs["blob_s"]),
    ]


def test_a_record_that_a_mail_broke() -> None:
    text = _record(">", f"334 {RESPONSE}")
    broken = "\n".join(text[at : at + 100] for at in range(0, len(text), 100))
    assert [said[3] for said in _said(broken.encode())] == [RESPONSE]


def test_format_list() -> None:
    text = f"event      : >\ndata       : 334 {CHALLENGE}\ncontext    :\n\nevent : <\ndata  : {INIT}"
    assert [said[3] for said in _said(text.encode())] == [CHALLENGE, INIT]


def test_columns_in_another_order() -> None:
    columns = Columns()
    assert columns.header("#Fields: date-time,event,data")
    record = columns.record("2026-11-23T08:00:00.000Z,<,X-EXPS GSSAPI")
    assert record is not None
    assert (record.event, record.data, record.session, record.writer) == ("<", "X-EXPS GSSAPI", "", "")


@given(st.text(max_size=200), st.text(alphabet=',;\t"<>*+-\n 2026:TZ', max_size=200))
def test_any_line(text: str, more: str) -> None:
    columns = Columns()
    for line in (text, more, _record(text, more), "#Fields:" + text):
        columns.header(line)
        columns.record(line)
