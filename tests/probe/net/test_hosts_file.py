"""The text of Debian's and of Windows' own hosts file, with entries as administrators write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.net.hosts_file import addresses_of, lines_naming

# As Debian's installer (netcfg) writes it.
DEBIAN = """127.0.0.1\tlocalhost
127.0.1.1\tjump.contoso.lab\tjump

# The following lines are desirable for IPv6 capable hosts
::1     localhost ip6-localhost ip6-loopback
ff02::1 ip6-allnodes
"""
# The comments are those of %SystemRoot%\System32\drivers\etc\hosts of Windows Server 2019.
WINDOWS = """\ufeff# Copyright (c) 1993-2009 Microsoft Corp.\r
#\r
#      102.54.94.97     rhino.acme.com          # source server\r
#       38.25.63.10     x.acme.com              # x client host\r
\r
# localhost name resolution is handled within DNS itself.\r
#\t127.0.0.1       localhost\r
192.0.2.10 EX1 ex1.contoso.lab # until the new server stands\r
  192.0.2.11\tex1.contoso.lab\r
fe80::1%12 ex2.contoso.lab\r
"""


@pytest.mark.parametrize(
    ("text", "name", "addresses"),
    [
        (DEBIAN, "localhost", ("127.0.0.1", "::1")),
        (DEBIAN, "jump", ("127.0.1.1",)),
        (DEBIAN, "ip6-loopback", ("::1",)),
        (DEBIAN, "desirable", ()),
        (WINDOWS, "ex1.contoso.lab", ("192.0.2.10", "192.0.2.11")),
        (WINDOWS, "ex1.CONTOSO.lab.", ("192.0.2.10", "192.0.2.11")),
        (WINDOWS, "ex1", ("192.0.2.10",)),
        (WINDOWS, "ex2.contoso.lab", ("fe80::1%12",)),
        (WINDOWS, "localhost", ()),
        (WINDOWS, "until", ()),
        (WINDOWS, "ex3", ()),
        ("192.0.2.1 a\n192.0.2.1 a\n", "a", ("192.0.2.1",)),
        ("", "a", ()),
        ("192.0.2.1", "192.0.2.1", ()),
        ("not-an-address a\n999.1.1.1 a", "a", ()),
        ("192.0.2.1 a", "a", ("192.0.2.1",)),
    ],
)
def test_what_the_file_says(text: str, name: str, addresses: tuple[str, ...]) -> None:
    assert addresses_of(text, name) == addresses


def test_lines_are_kept_as_they_are_but_for_blanks_and_comments() -> None:
    text = "127.0.0.1 localhost\n127.0.1.1  EX2.contoso.lab\tex2 # own\n# 10.0.0.2 ex2\n10.0.0.3 ex20\n"
    assert lines_naming(text, ("ex2", "ex2.contoso.lab", "")) == ("127.0.1.1 EX2.contoso.lab ex2",)
    assert lines_naming(text, ("EX2.contoso.lab.",)) == ("127.0.1.1 EX2.contoso.lab ex2",)
    assert lines_naming("192.0.2.1 a\n" * 1000, ("a",)) == ("192.0.2.1 a",) * 100


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert "192.0.2.1" in addresses_of("192.0.2.1 ex1\n" + text, "ex1")
