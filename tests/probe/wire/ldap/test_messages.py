"""What servers send: a real controller's octets, impacket's, and what nobody should send."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.wire.ldap import messages as ldap_messages
from probe.wire.ldap.messages import (
    BindResponse,
    Entry,
    ExtendedResponse,
    LdapError,
    Message,
    Reference,
    Result,
    SearchDone,
    Unknown,
    decode,
    message_octets,
)
from tests.support import foreign_ldap

# The rootDSE of Samba 4.17.12 (Debian), asked for seven attributes without credentials, as it came on 2026-11-25.
SAMBA = bytes.fromhex(
    "308201050201016481ff04003081fa302b041464656661756c744e616d696e67436f6e746578743113041144433d636f6e746f736f2c44"
    "433d6c6162302e0417726f6f74446f6d61696e4e616d696e67436f6e746578743113041144433d636f6e746f736f2c44433d6c61623020"
    "040b646e73486f73744e616d653111040f6463312e636f6e746f736f2e6c61623022040b63757272656e7454696d653113041132303236"
    "313132353137333232322e305a30350417737570706f727465645341534c4d656368616e69736d73311a040a4753532d53504e45474f04"
    "0647535341504904044e544c4d301e04146973476c6f62616c436174616c6f6752656164793106040454525545"
)
SAMBA_DONE = bytes.fromhex("300c02010165070a010004000400")
# Its refusal of StartTLS where it has no certificate for it, likewise.
SAMBA_NO_TLS = bytes.fromhex("3024020102781f0a0100040004008a16312e332e362e312e342e312e313436362e3230303337")


def test_a_real_controllers_root() -> None:
    message = decode(SAMBA)
    assert isinstance(message.operation, Entry)
    assert (message.number, message.operation.dn, message.operation.cut) == (1, "", False)
    assert message.operation.attributes == {
        "defaultnamingcontext": (b"DC=contoso,DC=lab",),
        "rootdomainnamingcontext": (b"DC=contoso,DC=lab",),
        "dnshostname": (b"dc1.contoso.lab",),
        "currenttime": (b"20261125173222.0Z",),
        "supportedsaslmechanisms": (b"GSS-SPNEGO", b"GSSAPI", b"NTLM"),
        "isglobalcatalogready": (b"TRUE",),
    }
    assert decode(SAMBA_DONE) == Message(number=1, operation=SearchDone(result=Result(code=0)))
    assert decode(SAMBA_NO_TLS) == Message(number=2, operation=ExtendedResponse(result=Result(code=0)))


def test_lengths_that_are_not_minimal() -> None:
    # Active Directory writes all lengths of constructed values in four octets (MS-ADTS section 3.1.1.3.1.1).
    long = bytes.fromhex("3084000000 10 020101 6584000000 07 0a0100 0400 0400".replace(" ", ""))
    assert message_octets(long[:6]) == len(long)
    assert decode(long) == decode(SAMBA_DONE)


def test_each_operation() -> None:
    bound = decode(foreign_ldap.bind_response(3, 49, "80090308: LdapErr", b"\1\2"))
    assert bound.operation == BindResponse(
        result=Result(code=49, text="80090308: LdapErr"), credentials=b"\1\2"
    )
    assert decode(foreign_ldap.bind_response(3)).operation == BindResponse(result=Result(code=0))
    referred = decode(foreign_ldap.reference(4, "ldap://a/DC=a", "ldap://b/DC=b"))
    assert referred.operation == Reference(uris=("ldap://a/DC=a", "ldap://b/DC=b"))
    assert decode(bytes.fromhex("3005020105790 0".replace(" ", ""))).operation == Unknown(tag=25)
    assert decode(bytes.fromhex("30050201050400")).operation == Unknown(tag=4)


def test_ranges_and_options() -> None:
    ranged = foreign_ldap.entry(
        1, "CN=a", {"memberOf": (), "memberOf;range=0-1": ("CN=x", "CN=y"), "cn;lang-de": ("ä",)}
    )
    seen = decode(ranged).operation
    assert seen == Entry(
        dn="CN=a", attributes={"memberof": (b"CN=x", b"CN=y"), "cn": ("ä".encode(),)}, cut=True
    )
    last = decode(foreign_ldap.entry(1, "CN=a", {"memberOf;range=0-*": ("CN=x",)})).operation
    assert isinstance(last, Entry)
    assert last.cut is False


def test_everything_is_bounded() -> None:
    long = b"x" * (ldap_messages.MAXIMUM_VALUE_BYTES + 1)
    many = [b"v"] * (ldap_messages.MAXIMUM_VALUES + 1)
    for values, kept in ((many, ldap_messages.MAXIMUM_VALUES), ([long], 1)):
        seen = decode(foreign_ldap.entry(1, "CN=" + "a" * 600, {"cn": values})).operation
        assert isinstance(seen, Entry)
        assert (len(seen.attributes["cn"]), seen.cut, len(seen.dn)) == (kept, True, 512)
        assert max(map(len, seen.attributes["cn"])) <= ldap_messages.MAXIMUM_VALUE_BYTES
    wide = decode(foreign_ldap.entry(1, "", {f"a{n}": (b"v",) for n in range(65)})).operation
    assert isinstance(wide, Entry)
    assert (len(wide.attributes), wide.cut) == (64, True)
    text = decode(foreign_ldap.done(1, 1, "e" * 2000)).operation
    assert isinstance(text, SearchDone)
    assert len(text.result.text) == ldap_messages.MAXIMUM_TEXT_BYTES


def test_the_length_is_known_as_soon_as_it_can_be() -> None:
    assert [message_octets(SAMBA[:count]) for count in range(5)] == [None, None, None, None, len(SAMBA)]
    assert message_octets(SAMBA_DONE[:2]) == len(SAMBA_DONE)


@pytest.mark.parametrize("begin", ["31", "16030100", "3080", "308901", "3084ffffffff", "3083080001"])
def test_what_begins_no_message(begin: str) -> None:
    with pytest.raises(LdapError):
        message_octets(bytes.fromhex(begin))


@pytest.mark.parametrize(
    "octets",
    [
        "3000",  # nothing
        "3003020101",  # no operation
        "30050201016500",  # a result without its parts
        "30050201016100",
        "30050201016400",  # an entry without its parts
        "300902010164040400 0400".replace(" ", ""),  # attributes that are no sequence
        "300b020101640604003002 3000".replace(" ", ""),  # an attribute without its parts
        "300c0201016507 0a0100 0400 0401".replace(" ", ""),  # a text that ends elsewhere
        "300c02010165070a01000400040000",  # octets behind it
    ],
)
def test_what_is_malformed(octets: str) -> None:
    with pytest.raises(LdapError):
        decode(bytes.fromhex(octets))


@given(st.binary(max_size=200) | st.integers(0, len(SAMBA) - 1).map(lambda end: SAMBA[:end]))
def test_garbage_is_an_error_and_nothing_else(data: bytes) -> None:
    with contextlib.suppress(LdapError):
        message_octets(data)
    with contextlib.suppress(LdapError):
        decode(data)


@given(st.integers(0, len(SAMBA) - 1), st.integers(1, 255))
def test_a_damaged_answer_is_read_or_refused(position: int, change: int) -> None:
    damaged = bytearray(SAMBA)
    damaged[position] ^= change
    with contextlib.suppress(LdapError):
        decode(bytes(damaged))
