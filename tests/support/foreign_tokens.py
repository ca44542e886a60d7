"""Tokens of foreign origin for the annotated trees, and a damage run that every one of them must pass."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from impacket.krb5 import asn1
from spnego._ntlm_raw.messages import (
    Authenticate,
    AvId,
    Challenge,
    FileTime,
    Negotiate,
    NTClientChallengeV2,
    TargetInfo,
    Version,
)
from spnego._spnego import NegState, NegTokenInit, NegTokenResp

from probe.dissect.node import MAXIMUM_NODES, NamedKey, Settings, TreeNode
from probe.wire.crypto import Key
from tests.support import foreign_kerberos as foreign
from tests.support.damage import flipped
from tests.support.vectors import VECTOR_FOLDER

VECTORS = VECTOR_FOLDER
MS_KRB5, KRB5, NTLM = "1.2.840.48018.1.2.2", "1.2.840.113554.1.2.2", "1.3.6.1.4.1.311.2.2.10"
TICKS = 134399654931234567
"""As a FILETIME 2026-11-24 03:44:53.1234567 UTC: reckoned with date(1) from 1601-01-01."""


@cache
def vector(name: str) -> Any:
    """A file of tests/vectors, which says itself where it is from."""
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def mit(name: str) -> bytes:
    """A message of a run of MIT's programs."""
    return bytes.fromhex(vector("mit_exchange")["messages"][name])


def mit_settings() -> Settings:
    """What a keytab with that run's long-term keys gives."""
    keys = vector("mit_exchange")["keys"]
    return Settings(
        keys=tuple(
            NamedKey(label=f"the key of {name}", kvno=1, key=Key(18, bytes.fromhex(keys[name])))
            for name in ("service", "krbtgt", "alice")
        )
    )


def kerberos() -> dict[str, bytes]:
    """Kerberos messages and decrypted parts of MIT and impacket, and MIT's GSS tokens."""
    tokens = {name: bytes.fromhex(value) for name, value in vector("mit_exchange")["messages"].items()}
    case, skewed = vector("gss_context")["cases"][0], vector("gss_context")["skewed"]
    return tokens | {
        "gss_ap_req": bytes.fromhex(case["ap_req"]),
        "gss_ap_rep": bytes.fromhex(case["ap_rep"]),
        "gss_skewed": bytes.fromhex(skewed["ap_rep"]),
        "wrap_plain": bytes.fromhex(case["from_acceptor"][0]["token"]),
        "wrap_sealed": bytes.fromhex(case["from_acceptor"][1]["token"]),
        "impacket_authenticator": foreign.authenticator(),
        "impacket_enc_tgs_rep_part": foreign.enc_kdc_rep_part(asn1.EncTGSRepPart),
        "impacket_krb_error": foreign.krb_error(e_data=bytes.fromhex("3005a103020102")),
    }


def spnego() -> dict[str, bytes]:
    """SPNEGO as pyspnego packs it, with MIT's tokens inside."""
    case, skewed = vector("gss_context")["cases"][1], vector("gss_context")["skewed"]
    hint = b"not_defined_in_RFC4178@please_ignore"
    return {
        "init": NegTokenInit([MS_KRB5, KRB5, NTLM], None, bytes.fromhex(case["ap_req"])).pack(),
        "init2": NegTokenInit([MS_KRB5, KRB5, NTLM], None, None, hint, None, b"mic").pack(),
        "response": NegTokenResp(NegState.accept_incomplete, MS_KRB5, bytes.fromhex(skewed["ap_rep"])).pack(),
    }


def ntlm() -> dict[str, bytes]:
    """The three NTLM messages as pyspnego packs them."""
    info = TargetInfo()
    info[AvId.nb_computer_name], info[AvId.nb_domain_name] = "EX1", "CONTOSO"
    info[AvId.dns_computer_name], info[AvId.dns_domain_name] = "ex1.contoso.lab", "contoso.lab"
    info[AvId.dns_tree_name] = "forest.lab"
    info[AvId.timestamp] = FileTime.unpack(TICKS.to_bytes(8, "little"))
    version = Version(10, 0, 20348)
    answer = (
        b"P" * 16
        + NTClientChallengeV2(
            time_stamp=FileTime.unpack(TICKS.to_bytes(8, "little")), client_challenge=b"C" * 8, av_pairs=info
        ).pack()
    )
    return {
        "negotiate": Negotiate(0xE2088297, "CONTOSO", "WS1", version).pack(),
        "challenge": Challenge(
            0xE2898235, b"\x01\x23\x45\x67\x89\xab\xcd\xef", "CONTOSO", info, version
        ).pack(),
        "authenticate": Authenticate(
            flags=0xE2888235,
            lm_challenge_response=b"L" * 24,
            nt_challenge_response=answer,
            domain_name="CONTOSO",
            username="alice",
            workstation="WS1",
            encrypted_session_key=b"K" * 16,
            version=version,
            mic=b"M" * 16,
        ).pack(),
    }


def find(tree: TreeNode, *path: str) -> TreeNode:
    """The node below `tree` whose names, one after the other, are those of the path."""
    for name in path:
        tree = next(node for node in tree.walk() if node.name == name or node.name.endswith(f"] {name}"))
    return tree


def survives_damage(build: Callable[[bytes], TreeNode], token: bytes, *, says_so: bool = True) -> None:
    """Each proper beginning and a flipped bit in each octet makes a tree, of bounded size and in bounds.

    `says_so`: a beginning without the rest must have a problem.
    """
    for length in range(len(token)):
        made = checked(build(token[:length]), length)
        assert not says_so or list(made.problems()), f"nothing is wrong with the first {length} octets"
    for damaged in flipped(token):
        checked(build(damaged), len(token))


def checked(made: TreeNode, size: int) -> TreeNode:
    """The tree, when its lines are bounded and lie within the token (a decrypted part has bounds of its own)."""
    nodes = list(made.walk())
    assert len(nodes) <= MAXIMUM_NODES + 1
    opened = any(node.opens for node in nodes)
    for node in nodes:
        if not opened:
            assert 0 <= node.offset <= size
        assert len(node.value) < 4 * size + 400
    return made
