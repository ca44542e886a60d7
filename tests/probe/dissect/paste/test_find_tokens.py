"""What people paste, with tokens of MIT and pyspnego in it."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.dissect.node import MAXIMUM_INPUT, Walk
from probe.dissect.paste.find_tokens import PasteError, described, find_tokens, tree
from tests.support.foreign_tokens import mit, ntlm, vector

TOKEN = mit("ap_req")
BASE64 = b64encode(TOKEN).decode()
BLOB = vector("exchangeauth")["vectors"][0]["blob_c"]


@pytest.mark.parametrize(
    ("text", "head", "form"),
    [
        (BASE64, "", "base64"),
        (f"  {BASE64}\r\n", "", "base64"),
        ("\n".join(BASE64[i : i + 76] for i in range(0, len(BASE64), 76)), "", "base64"),
        (BASE64.rstrip("="), "", "base64"),
        (TOKEN.hex(), "", "hex"),
        ("0x" + TOKEN.hex().upper(), "", "hex"),
        (TOKEN.hex(" "), "", "hex"),
        (TOKEN.hex(":"), "", "hex"),
        (f"334 {BASE64}", "334", "base64"),
        (f"235 {BASE64}", "235", "base64"),
        (f"S: 334 {BASE64}", "334", "base64"),
        (f"X-EXPS GSSAPI {BASE64}", "X-EXPS GSSAPI", "base64"),
        (f"C: auth gssapi {BASE64}", "auth gssapi", "base64"),
        (f"334 {BASE64[:400]}\n{BASE64[400:]}", "334", "base64"),
    ],
)
def test_ways_to_paste_one_token(text: str, head: str, form: str) -> None:
    (pasted,) = find_tokens(text.encode())
    assert (pasted.head, pasted.form, pasted.octets) == (head, form, TOKEN)
    assert described(pasted).endswith(f"{form}, 690 octets")


def test_raw_octets() -> None:
    (pasted,) = find_tokens(TOKEN)
    assert (pasted.octets, pasted.form) == (TOKEN, "raw octets")


@pytest.mark.parametrize("text", [BLOB, f"X-EXPS EXCHANGEAUTH SHA256 {BLOB}", f"235 {BLOB}", f"> 235 {BLOB}"])
def test_blobs(text: str) -> None:
    (pasted,) = find_tokens(text.encode())
    assert pasted.blob == BLOB
    assert tree(Walk(), pasted).name == "EXCHANGEAUTH blob"


def test_a_dialogue() -> None:
    lines = [
        "220 ex1.contoso.lab Microsoft ESMTP MAIL Service ready",
        "250-ex1.contoso.lab Hello [10.0.0.1]",
        "X-EXPS GSSAPI",
        "334 GSSAPI supported",
        BASE64,
        f"334 {b64encode(mit('ap_rep')).decode()}",
        "",
        "235 2.7.0 Authentication successful",
    ]
    found = find_tokens("\r\n".join(lines).encode())
    assert [item.octets for item in found] == [TOKEN, mit("ap_rep")]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (BASE64[:401], "its last character is left out"),
        (BASE64[:402], "lacks its padding, or is cut"),
        (BASE64[:400] + "!" + BASE64[400:], "no base64 from character 400 on"),
        (TOKEN.hex()[:401], "odd count of hex digits"),
    ],
)
def test_damaged_text_is_read_as_far_as_it_goes(text: str, note: str) -> None:
    (pasted,) = find_tokens(text.encode())
    assert note in pasted.note
    assert TOKEN.startswith(pasted.octets[:200])
    assert list(tree(Walk(), pasted).problems())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n ",
        "hello",
        "no token at all",
        "334 NTLM supported",
        "235 2.7.0 Authentication successful",
        "235 <authentication response>",
        "X-EXPS EXCHANGEAUTH SHA256 ",
        "X-EXPS GSSAPI",
        "AUTH GSSAPI =",
        "454 4.7.0 Temporary authentication failure",
    ],
)
def test_no_token(text: str) -> None:
    with pytest.raises(PasteError):
        find_tokens(text.encode())


def test_too_large() -> None:
    with pytest.raises(PasteError, match="larger than"):
        find_tokens(b"A" * (MAXIMUM_INPUT + 1))


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.sampled_from([f"334 {BASE64}", BLOB, b64encode(ntlm()["challenge"]).decode()]).flatmap(
            lambda text: st.integers(0, len(text)).map(lambda cut: text[:cut].encode())
        ),
    )
)
def test_any_input(data: bytes) -> None:
    try:
        found = find_tokens(data)
    except PasteError:
        return
    for item in found:
        assert tree(Walk(), item).length >= 0
        assert described(item)
