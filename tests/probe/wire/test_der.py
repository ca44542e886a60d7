"""Expected octets: examples printed in ITU-T X.690, and pyasn1's DER encoder as the foreign one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.der import encoder  # type: ignore[import-untyped]
from pyasn1.type import char, univ, useful  # type: ignore[import-untyped]

from probe.wire import der
from probe.wire.der import DerError, Node, read_message, read_node
from tests.support.damage import refuses_every_truncation, survives


def foreign(value: Any) -> bytes:
    return bytes(encoder.encode(value))


# pyasn1 0.6 writes these with a needless octet of ones, against X.690 section 8.3.2.
NOT_MINIMAL = {-(1 << bits) for bits in range(7, 64, 8)}


@given(st.integers(min_value=-(1 << 63), max_value=(1 << 63) - 1).filter(lambda v: v not in NOT_MINIMAL))
def test_integer_as_pyasn1(value: int) -> None:
    expected = foreign(univ.Integer(value))
    assert der.integer(value) == expected
    assert read_message(expected).integer() == value


# X.690 section 8.3: as few octets as two's complement needs.
@pytest.mark.parametrize(
    ("value", "octets"), [(-128, "020180"), (-32768, "02028000"), (-(1 << 31), "020480000000")]
)
def test_integer_at_the_lower_end_of_its_octets(value: int, octets: str) -> None:
    assert der.integer(value).hex() == octets
    assert read_message(bytes.fromhex(octets)).integer() == value


@given(st.integers(min_value=-(1 << 31), max_value=(1 << 32) - 1))
def test_unsigned32_takes_the_negative_form_for_the_upper_half(value: int) -> None:
    assert read_message(foreign(univ.Integer(value))).unsigned32() == value % (1 << 32)


def test_integer_bounds() -> None:
    with pytest.raises(DerError):
        read_message(b"\x02\x09" + bytes(9)).integer()
    with pytest.raises(DerError):
        read_message(b"\x02\x00").integer()


@given(st.integers(min_value=0, max_value=1 << 31))
def test_enumerated_as_pyasn1(value: int) -> None:
    expected = foreign(univ.Enumerated(value))
    assert der.enumerated(value) == expected
    assert read_message(expected).enumerated() == value
    assert read_message(foreign(univ.Integer(value))).enumerated() == value


@pytest.mark.parametrize("length", [0, 1, 127, 128, 255, 256, 65535, 65536, 200000])
def test_octet_string_and_its_length_as_pyasn1(length: int) -> None:
    content = b"\xa5" * length
    expected = foreign(univ.OctetString(content))
    assert der.octet_string(content) == expected
    node = read_message(expected)
    assert (node.octets(), node.header_length, node.raw) == (content, len(expected) - length, expected)


@given(st.text())
def test_general_string_as_pyasn1(value: str) -> None:
    expected = foreign(char.GeneralString(value.encode()))
    assert der.general_string(value) == expected
    assert read_message(expected).text() == value


def test_text_that_is_not_utf8_is_latin1() -> None:
    assert read_message(b"\x1b\x03\x66\xfc\x72").text() == "für"


@pytest.mark.parametrize("tag", [0x0C, 0x16, 0x1A, 0x1B])
def test_other_character_strings_are_text_too(tag: int) -> None:
    assert read_message(bytes((tag, 2)) + b"ab").text() == "ab"


@pytest.mark.parametrize("data", [b"\x04\x02ab", b"\x9b\x02ab", b"\x3b\x02\x05\x00"])
def test_what_is_no_text(data: bytes) -> None:
    with pytest.raises(DerError):
        read_message(data).text()


# Seconds by `date -u -d ... +%s` of GNU coreutils.
TIMES = [
    ("19700101000000Z", 0.0),
    ("20260801000000Z", 1785542400.0),
    ("20240229235959Z", 1709251199.0),
    ("19691231235959Z", -1.0),
    ("00010101000000Z", -62135596800.0),
    ("99991231235959Z", 253402300799.0),
]


@pytest.mark.parametrize(("text", "seconds"), TIMES)
def test_time(text: str, seconds: float) -> None:
    expected = foreign(useful.GeneralizedTime(text))
    assert der.generalized_time(seconds) == expected
    assert read_message(expected).time() == seconds


def test_the_fraction_of_a_time_is_cut_off_in_writing_and_kept_in_reading() -> None:
    assert der.generalized_time(1785542400.999999) == foreign(useful.GeneralizedTime("20260801000000Z"))
    assert read_message(b"\x18\x1120260801000000.5Z").time() == 1785542400.5
    assert read_message(b"\x18\x0f20161231235960Z").time() == 1483228800.0  # a leap second


@pytest.mark.parametrize("seconds", [-62135596801.0, 253402300800.0, 1e300])
def test_a_time_that_cannot_be_written(seconds: float) -> None:
    with pytest.raises(ValueError):
        der.generalized_time(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Z",
        "20260801000000",
        "20260801000000+0100",
        "2026080100000Z",
        "00000801000000Z",
        "20261301000000Z",
        "20260230000000Z",
        "20260801240000Z",
        "20260801006000Z",
        "20260801000061Z",
        "-0260801000000Z",
        "20260801 00000Z",
        "20260801000000.xZ",
    ],
)
def test_a_time_that_is_none(text: str) -> None:
    with pytest.raises(DerError) as caught:
        read_message(bytes((0x18, len(text))) + text.encode()).time()
    assert caught.value.offset == 0


@given(st.integers(min_value=0, max_value=0xFFFFFFFF))
def test_flags_as_pyasn1(flags: int) -> None:
    expected = foreign(univ.BitString(tuple(int(bit) for bit in f"{flags:032b}")))
    assert der.bit_string(flags) == expected
    assert read_message(expected).flags() == flags


def test_shorter_and_longer_flags() -> None:
    assert read_message(foreign(univ.BitString((0, 1)))).flags() == 0x40000000
    assert read_message(foreign(univ.BitString((0, 1) + (0,) * 40))).flags() == 0x40000000
    with pytest.raises(DerError):
        read_message(b"\x03\x00").flags()
    with pytest.raises(DerError):
        read_message(b"\x03\x02\x08\x00").flags()


@pytest.mark.parametrize(
    "dotted",
    [
        "1.2.840.113554.1.2.2",
        "1.2.840.48018.1.2.2",
        "1.3.6.1.5.5.2",
        "1.3.6.1.4.1.311.2.2.10",
        "2.999.3",  # X.690 section 8.19.5's own example: 06 03 88 37 03
        "0.0",
        "2.39.4294967296",
    ],
)
def test_object_identifier_as_pyasn1(dotted: str) -> None:
    expected = foreign(univ.ObjectIdentifier(dotted))
    assert der.object_identifier(dotted) == expected
    assert read_message(expected).oid() == dotted


def test_the_example_of_x690() -> None:
    assert der.object_identifier("2.999.3") == bytes.fromhex("0603883703")


@pytest.mark.parametrize("data", [b"\x06\x00", b"\x06\x02\x2a\x86", b"\x06\x81\x81" + b"\x01" * 129])
def test_object_identifiers_that_are_none(data: bytes) -> None:
    with pytest.raises(DerError):
        read_message(data).oid()


def test_a_node_knows_where_it_is() -> None:
    data = b"\xff" + der.sequence(der.context(1, der.integer(7)), der.context(40 & 0x1F, der.integer(8)))
    node = read_node(data, 1)
    first = node.fields()[1]
    assert (first.tag_class, first.constructed, first.offset, first.start, first.end) == (2, True, 3, 5, 8)
    assert first.inner().integer() == 7
    assert first.inner().content == b"\x07"
    assert repr(first) == "Node(context tag 1, offset=3, length=3)"


def test_tag_numbers_above_thirty() -> None:
    # X.690 section 8.1.2.4: 31 in the low bits, then groups of seven bits.
    node = read_message(b"\xbf\x81\x01\x03\x02\x01\x05")
    assert (node.tag_class, node.tag_number, node.header_length, node.inner().integer()) == (2, 129, 4, 5)
    refuses_every_truncation(read_message, b"\xbf\x81\x01\x03\x02\x01\x05")
    with pytest.raises(DerError):
        read_message(b"\xbf\x81\x81\x81\x81\x01\x00")


def test_a_length_that_is_not_minimal_is_tolerated() -> None:
    assert read_message(b"\x02\x84\x00\x00\x00\x01\x05").integer() == 5


def test_the_indefinite_length_is_refused() -> None:
    with pytest.raises(DerError, match="definite"):
        read_message(b"\x30\x80\x00\x00")


def test_a_length_beyond_the_buffer_says_how_much_was_due() -> None:
    with pytest.raises(DerError) as caught:
        read_message(b"\x04\x84\x7f\xff\xff\xffabc")
    assert (caught.value.offset, caught.value.due) == (0, "2147483647 octets of contents")
    assert str(caught.value) == "at octet 0: 2147483647 octets of contents was due, 3 came"


def test_a_child_may_not_reach_out_of_its_parent() -> None:
    with pytest.raises(DerError) as caught:
        list(read_node(b"\x30\x03\x04\x02ab").children())
    assert caught.value.offset == 2


def test_octets_behind_a_message_are_refused_and_located() -> None:
    with pytest.raises(DerError) as caught:
        read_message(b"\x05\x00\x00")
    assert caught.value.offset == 2


def test_a_primitive_has_no_children() -> None:
    with pytest.raises(DerError):
        list(read_message(b"\x05\x00").children())


def test_an_explicit_tag_holds_one_thing() -> None:
    with pytest.raises(DerError):
        read_message(b"\xa0\x00").inner()
    with pytest.raises(DerError):
        read_message(b"\xa0\x04\x05\x00\x05\x00").inner()
    with pytest.raises(DerError):
        read_message(b"\x80\x02\x05\x00").inner()


def test_of_a_repeated_field_the_first_counts_and_others_are_skipped() -> None:
    node = read_message(
        der.sequence(der.integer(9), der.context(0, der.integer(1)), der.context(0, der.integer(2)))
    )
    fields = node.fields()
    assert list(fields) == [0]
    assert fields[0].inner().integer() == 1


def test_a_missing_field_is_named() -> None:
    node = read_message(der.sequence())
    with pytest.raises(DerError, match=r"field \[3\] crealm"):
        der.required(node.fields(), 3, "crealm", node)
    assert der.optional(node.fields(), 3) is None


def _descend(node: Node) -> None:
    for child in node.children():
        if child.constructed:
            _descend(child)


def test_depth_is_bounded() -> None:
    data = b""
    for _ in range(der.MAXIMUM_DEPTH + 2):
        data = der.sequence(data)
    with pytest.raises(DerError, match="levels"):
        _descend(read_message(data))


def _everything(data: bytes) -> None:
    node = read_message(memoryview(data))
    readers = (
        node.integer,
        node.unsigned32,
        node.enumerated,
        node.octets,
        node.text,
        node.time,
        node.flags,
        node.oid,
        node.fields,
        node.inner,
    )
    for reader in readers:
        try:
            reader()
        except DerError:
            continue
    if node.constructed:
        _descend(node)


@given(st.binary(max_size=300))
def test_no_octets_raise_anything_but_a_der_error(data: bytes) -> None:
    survives(_everything, data)


@given(st.sampled_from([2, 3, 4, 6, 10, 12, 16, 24, 27, 0x30, 0x60, 0xA0]), st.binary(max_size=120))
def test_no_contents_raise_anything_but_a_der_error(tag: int, content: bytes) -> None:
    survives(_everything, der.tlv(tag, content))
