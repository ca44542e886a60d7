"""Octets that MIT's library put into its authenticators, and pyspnego's own structure."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spnego.channel_bindings import GssChannelBindings

from probe.wire.gssapi import channel_bindings
from probe.wire.gssapi.channel_bindings import bnd
from tests.support.vectors import VECTOR_FOLDER

VECTORS = json.loads((VECTOR_FOLDER / "channel_bindings.json").read_text("utf-8"))
NAMED = [case for case in VECTORS["cases"] if case["application_data"]]
CERTIFICATE = b"a certificate"


@pytest.mark.parametrize("case", NAMED, ids=lambda case: case["what"])
def test_the_field_as_mit_fills_it(case: dict[str, Any]) -> None:
    assert bnd(bytes.fromhex(case["application_data"])).hex() == case["bnd"]


def test_mit_leaves_the_field_zero_without_bindings() -> None:
    (without,) = [case for case in VECTORS["cases"] if not case["application_data"]]
    assert without["bnd"] == "00" * 16


@given(st.binary(max_size=300))
def test_the_structure_is_pyspnegos(name: bytes) -> None:
    assert bnd(name) == _md5(GssChannelBindings(application_data=name).pack())


@pytest.mark.parametrize(
    ("signature_hash", "strong"),
    # RFC 5929 section 4.1.
    [("md5", "sha256"), ("sha1", "sha256"), ("sha256", "sha256"), ("sha384", "sha384"), ("sha512", "sha512")],
)
def test_the_certificate_is_hashed_as_it_is_signed_but_never_weakly(signature_hash: str, strong: str) -> None:
    name = channel_bindings.end_point(CERTIFICATE, signature_hash)
    assert name == b"tls-server-end-point:" + hashlib.new(strong, CERTIFICATE).digest()


def test_it_is_what_the_vectors_name_is() -> None:
    names = {case["what"]: bytes.fromhex(case["application_data"]) for case in NAMED}
    assert channel_bindings.end_point(CERTIFICATE, "sha1") == names["tls-server-end-point"]
    assert channel_bindings.end_point(CERTIFICATE, "sha384") == names["tls-server-end-point of 48 octets"]
    assert channel_bindings.unique(bytes(range(12))) == names["tls-unique"]


@pytest.mark.parametrize("signature_hash", [None, "", "shake256", "gost94"])
def test_a_signature_without_a_hash_of_its_own_names_nothing(signature_hash: str | None) -> None:
    assert channel_bindings.end_point(CERTIFICATE, signature_hash) == b""


def test_no_finished_message_names_nothing() -> None:
    assert channel_bindings.unique(b"") == b""


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()
