"""Phrases as whole words, with gaps, and however they were written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.explain.matching import GAP, fold, holds, spellings


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Error  de\nAutenticación", "error de autenticacion"),
        ("L\u2019ÉCHEC \u201ctemporaire\u201d", 'l\'echec "temporaire"'),
        ("autenticaci\u00c3\u00b3n", "autenticacion"),
        ("\uff37\uff29\uff24\uff25", "wide"),
        ("Straße", "strasse"),
        ("a\u2013b\u00a0c", "a-b c"),
    ],
)
def test_fold(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("text", "phrase", "alone", "due"),
    [
        ("no access is denied here", "access is denied", False, True),
        ("no access is denied here", "access is denied", True, False),
        ("error: access is denied.", "access is denied", True, True),
        ("421 4.2.1 unable to connect", "unable to connect", True, True),
        ("unable to connected", "unable to connect", False, False),
        ("reunable to connect", "unable to connect", False, False),
        ("あの拒绝访问です", "拒绝访问", False, True),
        ("setup from the computer ex1 failed", "setup from the computer ... failed", False, True),
        (
            "setup from the computer " + "x" * (GAP + 9) + " failed",
            "setup from the computer ... failed",
            False,
            False,
        ),
        ("failed setup from the computer", "setup from the computer ... failed", False, False),
        ("a b a c b", "a ... c ... b", False, True),
    ],
)
def test_holds(text: str, phrase: str, alone: bool, due: bool) -> None:
    assert holds(text, phrase, alone=alone) is due


def test_spellings() -> None:
    assert set(spellings("temporärer fehler")) == {
        "temporarer fehler",
        "temporaerer fehler",
        "tempor?rer fehler",
    }
    assert spellings("plain words") == ("plain words",)


@given(st.text(max_size=200), st.text(min_size=1, max_size=20))
def test_any_text(text: str, phrase: str) -> None:
    folded = fold(text)
    assert fold(folded).split() == folded.split() or "\u00c3" in folded
    if phrase := fold(phrase):
        holds(folded, phrase)
        holds(folded, phrase, alone=True)
