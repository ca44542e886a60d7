"""Texts as people paste them, and what has to be said of each first (tests/vectors/pasted_texts.json)."""

import json
import re
from typing import Any

import pytest

from probe import causes
from probe.cli.explain import shown
from probe.explain.lookup import explain, nearest
from tests.support.vectors import VECTOR_FOLDER

TEXTS: list[dict[str, Any]] = json.loads((VECTOR_FOLDER / "pasted_texts.json").read_text(encoding="utf-8"))[
    "texts"
]
NONE, UNKNOWN = ["none"], ["unknown"]


@pytest.mark.parametrize("row", TEXTS, ids=lambda row: row["name"])
def test_what_is_said_first(row: dict[str, Any]) -> None:
    found = explain(row["text"])
    due = row.get("first")
    if due == UNKNOWN:
        assert not found
        nearest(row["text"])
        return
    assert found, "nothing is known of it"
    if due == NONE:
        assert not [code for item in found for code in item.causes]
    elif due is not None:
        assert found[0].causes
        assert found[0].causes[0] in due
    text = "\n".join(shown(found))
    assert re.search(row.get("says", ""), text, re.IGNORECASE)
    assert not ("not" in row and re.search(row["not"], text, re.IGNORECASE | re.MULTILINE))


def test_the_table_is_sound() -> None:
    assert len({row["name"] for row in TEXTS}) == len(TEXTS)
    known = {*causes.codes(), *NONE, *UNKNOWN}
    assert all(set(row.get("first", [])) <= known for row in TEXTS)
