"""Octets of text files in the encodings that Windows, its editors and shells write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.cli.text_files import WINDOWS, Text, decoded

# Octets: PowerShell 5.1 (`"Gr\u00f6\u00dfe" > file`), Notepad, and Windows-1252's own table.
KNOWN = [
    (b"", "", "UTF-8"),
    (b"Gr\xc3\xb6\xc3\x9fe", "Gr\u00f6\u00dfe", "UTF-8"),
    (b"\xef\xbb\xbfGr\xc3\xb6\xc3\x9fe", "Gr\u00f6\u00dfe", "UTF-8"),
    (b"\xff\xfeG\0r\0\xf6\0\xdf\0e\0", "Gr\u00f6\u00dfe", "UTF-16"),
    (b"\xfe\xff\0G\0r\0\xf6\0\xdf\0e", "Gr\u00f6\u00dfe", "UTF-16"),
    (b"G\0r\0e\0", "Gre", "UTF-16"),
    (b"\0G\0r\0e", "Gre", "UTF-16"),
    (b"Gr\xf6\xdfe \x80", "Gr\u00f6\u00dfe \u20ac", WINDOWS),
]


@pytest.mark.parametrize(("octets", "text", "encoding"), KNOWN)
def test_known(octets: bytes, text: str, encoding: str) -> None:
    assert decoded(octets) == Text(text=text, encoding=encoding)


@pytest.mark.parametrize("octets", [b"\xff\xfea", b"\xfe\xff\xd8\x00", b"a\x81\xff"])
def test_what_is_no_text(octets: bytes) -> None:
    with pytest.raises(ValueError, match="neither") as caught:
        decoded(octets)
    assert not isinstance(caught.value, UnicodeError), "whose words quote octets"


@given(st.binary(max_size=100))
def test_any_octets(octets: bytes) -> None:
    try:
        found = decoded(octets)
    except ValueError as error:
        said = str(error)
    else:
        said = found.encoding
    assert said in {"UTF-8", "UTF-16", WINDOWS} or said.startswith("neither")
