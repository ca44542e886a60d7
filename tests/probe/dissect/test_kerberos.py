"""Trees of what MIT's programs and impacket wrote, compared with what those programs say is inside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.dissect.gssapi import token
from probe.dissect.node import NamedKey, Settings, TreeNode, Walk, condensed
from probe.wire.crypto import Key
from tests.support import foreign_kerberos as foreign
from tests.support.foreign_tokens import checked, find, kerberos, mit, mit_settings, survives_damage, vector

KERBEROS = kerberos()
NOT_QUITE = {"impacket_authenticator"}
"""Its authorization data is one letter, which is no DER."""
WITHOUT_LENGTHS = {"wrap_plain", "wrap_sealed"}
"""Nothing in an RFC 4121 token says how long it should be."""
SECRETS = [bytes.fromhex(value) for value in vector("mit_exchange")["keys"].values()]


def _tree(data: bytes, settings: Settings | None = None, walk: Walk | None = None) -> TreeNode:
    walk = walk or Walk(settings=settings or Settings())
    return condensed(token(walk, data, 0, len(data), 0))


def _decrypted(data: bytes) -> TreeNode:
    return _tree(data, mit_settings())


@pytest.mark.parametrize("name", sorted(KERBEROS.keys() - NOT_QUITE))
def test_nothing_is_wrong_with_what_others_wrote(name: str) -> None:
    made = _tree(KERBEROS[name])
    assert not list(made.problems())
    assert not [node.name for node in made.walk() if "unknown" in node.name]
    assert (made.offset, made.length) == (0, len(KERBEROS[name]))


@pytest.mark.parametrize("name", KERBEROS)
def test_every_truncation_and_flipped_bits(name: str) -> None:
    survives_damage(_tree, KERBEROS[name], says_so=name not in WITHOUT_LENGTHS)


@pytest.mark.parametrize("name", ["ap_req", "as_req_with_timestamp"])
def test_damage_with_keys_at_hand(name: str) -> None:
    survives_damage(_decrypted, KERBEROS[name])


def test_ap_req_without_keys() -> None:
    made = _tree(bytes.fromhex(vector("gss_context")["cases"][1]["ap_req"]))
    assert find(made, "mechanism").meaning == "Kerberos V5 (RFC 4121)"
    assert find(made, "ap-options").meaning == "mutual-required"
    assert find(made, "ticket", "sname").value == '"SMTPSVC/ex1.contoso.lab"'
    assert find(made, "ticket", "kvno").value == "3"
    assert find(made, "ticket", "etype").meaning == "aes256-cts-hmac-sha1-96"
    assert "no ticket was decrypted" not in find(made, "authenticator").meaning
    assert "--keytab" in find(made, "authenticator").meaning


def test_ap_req_decrypted() -> None:
    made = _decrypted(mit("ap_req"))
    part = find(made, "decrypted EncTicketPart")
    assert part.value == "with the key of service"
    # klist of that run: alice@CONTOSO.LAB, one day from 2026-11-23T21:51:55Z (mit_exchange.json, "now").
    assert find(part, "cname").value == '"alice"'
    assert find(part, "authtime").value == "2026-11-23 21:51:55 UTC"
    assert find(part, "endtime").value == "2026-11-24 21:51:55 UTC"
    assert "pre-authent" in find(part, "flags").meaning
    inside = find(made, "decrypted Authenticator")
    assert find(inside, "ctime").value == "2026-11-23 21:51:56 UTC"
    assert find(inside, "Flags").meaning.endswith("integrity, confidentiality, mutual")
    assert find(inside, "Bnd").meaning == "no channel bindings"
    assert find(inside, "subkey").value == "etype 18 aes256-cts-hmac-sha1-96, 32 octets"


def test_pac_buffers_are_listed_by_type_and_size() -> None:
    buffers = [node for node in _decrypted(mit("ap_req")).walk() if node.name.startswith("buffer type")]
    # MS-PAC section 2.8: signatures of 12 octets behind a type of 4, for aes256-cts-hmac-sha1-96.
    assert [(node.name, node.value.split(" at ")[0]) for node in buffers] == [
        ("buffer type 10", "20 octets"),
        ("buffer type 16", "16 octets"),
        ("buffer type 6", "16 octets"),
        ("buffer type 7", "16 octets"),
    ]


def test_usage_7_in_a_tgs_req() -> None:
    made = _decrypted(mit("tgs_req"))
    assert find(made, "decrypted Authenticator", "cksumtype").value == "16"
    assert find(made, "req-body", "sname").value == '"SMTPSVC/ex1.contoso.lab"'


def test_the_rest_of_the_run_opens_with_what_was_learnt() -> None:
    walk = Walk(settings=mit_settings())
    run = {name: _tree(mit(name), walk=walk) for name in ("as_rep", "tgs_req", "tgs_rep", "ap_req", "ap_rep")}
    unopened = {
        name: [node.name for node in made.walk() if "not decrypted" in node.meaning]
        for name, made in run.items()
    }
    # The reply to a request with FAST is under a strengthened key (RFC 6113 section 5.4.3), which stays unknown.
    assert unopened == {"as_rep": [], "tgs_req": [], "tgs_rep": ["[6] enc-part"], "ap_req": [], "ap_rep": []}
    assert find(run["ap_rep"], "decrypted EncAPRepPart", "cusec").value == "6397"


def test_the_client_clock_in_a_pre_authentication() -> None:
    made = _decrypted(mit("as_req_with_timestamp"))
    assert find(made, "decrypted PA-ENC-TS-ENC", "patimestamp").value == "2026-11-23 21:51:55 UTC"


def test_what_is_said_of_a_key_that_does_not_fit() -> None:
    wrong = Settings(keys=(NamedKey(label="x", kvno=1, key=Key(18, bytes(32))),))
    assert "but it is another one" in find(_tree(mit("ap_req"), wrong), "ticket", "enc-part").meaning
    other = Settings(keys=(NamedKey(label="x", kvno=9, key=Key(18, bytes(32))),))
    assert (
        "another account or key version than kvno 1"
        in find(_tree(mit("ap_req"), other), "ticket", "enc-part").meaning
    )
    none = Settings(keys=(NamedKey(label="x", kvno=1, key=Key(17, bytes(16))),))
    made = _tree(mit("ap_req"), none)
    assert "no key of etype 18" in find(made, "ticket", "enc-part").meaning
    assert "no ticket was decrypted" in find(made, "authenticator").meaning


def test_method_data_of_preauth_required() -> None:
    made = _tree(mit("preauth_required"))
    assert find(made, "error-code").meaning.startswith("KDC_ERR_PREAUTH_REQUIRED")
    assert find(made, "e-data", "entry 1", "salt").value == '"CONTOSO.LABalice"'


def test_e_data_of_microsoft() -> None:
    skew = _tree(foreign.krb_error(e_data=bytes.fromhex("3005a103020102")))
    assert "skew recovery" in find(skew, "e-data").meaning
    # MS-KILE section 2.2.1: 0xC0000072, reserved, flags; under a KERB-ERROR-DATA of type 3.
    status = bytes.fromhex("720000c00000000001000000")
    data = bytes.fromhex("3015a103020103a20e040c") + status
    assert "STATUS_ACCOUNT_DISABLED" in find(_tree(foreign.krb_error(18, data)), "data-value").meaning
    assert "STATUS_ACCOUNT_DISABLED" in find(_tree(foreign.krb_error(18, status)), "e-data").meaning


def test_unknown_numbers_are_kept() -> None:
    error = find(_tree(foreign.krb_error(code=777)), "error-code")
    assert (error.value, error.problem) == ("777", "")
    assert "not an error code" in error.meaning.lower()


@pytest.mark.parametrize("settings", [Settings(), mit_settings()])
@pytest.mark.parametrize("name", KERBEROS)
def test_no_key_and_no_cipher_is_shown(name: str, settings: Settings) -> None:
    shown = repr(_tree(KERBEROS[name], settings)).lower()
    assert not [secret for secret in SECRETS if secret.hex() in shown]
    ciphers = [node for node in _tree(KERBEROS[name], settings).walk() if node.name.endswith("] cipher")]
    assert all(node.value.endswith("octets") for node in ciphers)


def test_secrets_when_asked_for() -> None:
    settings = Settings(keys=mit_settings().keys, include_secrets=True)
    made = _tree(mit("ap_req"), settings)
    assert (
        vector("mit_exchange")["keys"]["service_session"]
        in find(made, "decrypted EncTicketPart", "key").value
    )


def test_a_cut_token_has_one_loss_and_says_where_it_stops() -> None:
    problems = [(node.name, node.problem) for node in _tree(mit("ap_req")[:200]).problems()]
    assert problems == [
        ("AP-REQ", "cut: 686 octets of contents were due, 196 came"),
        ("[2] cipher", "the token stops here"),
    ]


def test_behind_the_length_of_tcp() -> None:
    data = mit("as_req")
    made = _tree(len(data).to_bytes(4, "big") + data)
    assert (made.name, made.offset) == ("AS-REQ", 4)


def test_what_follows_is_named() -> None:
    assert "3 octets follow at offset 690" in _tree(mit("ap_req") + b"abc").problem


def test_bounded_in_depth_and_lines() -> None:
    deep = b"\x30\x80"
    for _ in range(100):
        deep = b"\x30" + len(deep).to_bytes(1, "big") + deep if len(deep) < 126 else deep
    checked(_tree(deep), len(deep))
    wide = b"\x02\x01\x00" * 30_000
    made = checked(_tree(b"\x30\x83" + len(wide).to_bytes(3, "big") + wide), len(wide) + 5)
    assert "too many lines" in made.problem


@given(
    st.sampled_from([b"", b"\x60", b"\x6e", b"\x7e\x30", mit("ap_req")[:60], mit("tgs_req")[:40]]),
    st.binary(max_size=300),
)
def test_any_octets(start: bytes, data: bytes) -> None:
    checked(_decrypted(start + data), len(start + data))
