"""KRB-SAFE, KRB-PRIV and KRB-CRED that impacket wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.dissect.gssapi import token
from probe.dissect.node import NamedKey, Settings, TreeNode, Walk, condensed
from probe.wire.crypto import Key, encrypt
from tests.support import foreign_messages as foreign
from tests.support.foreign_kerberos import KEY
from tests.support.foreign_tokens import checked, find, survives_damage

MESSAGES = {
    "KRB-SAFE": foreign.krb_safe(),
    "KRB-PRIV": foreign.krb_priv(),
    "KRB-CRED": foreign.krb_cred(),
    "EncKrbPrivPart": foreign.enc_krb_priv_part(),
    "EncKrbCredPart": foreign.enc_krb_cred_part(),
}


def _tree(data: bytes, walk: Walk | None = None) -> TreeNode:
    return condensed(token(walk or Walk(), data, 0, len(data), 0))


@pytest.mark.parametrize("name", MESSAGES)
def test_named_and_whole(name: str) -> None:
    made = _tree(MESSAGES[name])
    assert (made.name, made.length) == (name, len(MESSAGES[name]))
    assert not list(made.problems())
    assert not [node.name for node in made.walk() if "unknown" in node.name]


@pytest.mark.parametrize("name", MESSAGES)
def test_every_truncation_and_flipped_bits(name: str) -> None:
    survives_damage(_tree, MESSAGES[name])


@pytest.mark.parametrize("name", MESSAGES)
def test_what_follows_is_named(name: str) -> None:
    assert "3 octets follow" in _tree(MESSAGES[name] + b"abc").problem


def test_a_safe_message() -> None:
    made = _tree(MESSAGES["KRB-SAFE"])
    assert find(made, "seq-number").value == "77"
    assert find(made, "timestamp").value == "2026-08-01 00:00:00 UTC"
    assert find(made, "cksumtype").value == "16"
    assert find(made, "user-data").value == "5 octets"


def test_a_kirbi_file_is_plain() -> None:
    made = _tree(MESSAGES["KRB-CRED"])
    assert "whoever has it has the tickets" in repr(made)
    inside = find(made, "EncKrbCredPart")
    assert inside.opens
    assert find(inside, "pname").value == '"alice"'
    assert find(inside, "sname").value == '"krbtgt/CONTOSO.LAB"'
    assert KEY.hex() not in repr(made)


def test_delegated_credentials_open_with_a_session_key() -> None:
    # The key usage is RFC 4120 section 7.5.1's 14; the cipher is this project's own, tested against RFC 8009 and MIT.
    key = Key(18, KEY)
    sealed = foreign.krb_cred(etype=18, cipher=encrypt(key, 14, foreign.enc_krb_cred_part(), b"c" * 16))
    walk = Walk(settings=Settings())
    walk.session_keys.append(NamedKey(label="the key of a test", kvno=0, key=key))
    assert find(_tree(sealed, walk), "decrypted EncKrbCredPart", "pname").value == '"alice"'
    assert "not decrypted" in repr(_tree(sealed))


def test_the_short_one() -> None:
    made = _tree(bytes.fromhex("760c300aa003020105a103020116"))
    assert made.name == "KRB-CRED"
    assert find(made, "msg-type").value == "22"


@given(st.sampled_from([b"\x74", b"\x75", b"\x76", b"\x7c", b"\x7d", MESSAGES["KRB-CRED"][:60]]), st.binary())
def test_any_octets(start: bytes, data: bytes) -> None:
    checked(_tree(start + data), len(start + data))
