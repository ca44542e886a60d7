"""The receiver's AP-REQs are impacket's and pyasn1's; only what reads them is ours."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spnego._spnego import InitialContextToken

from probe.wire.crypto import Key
from probe.wire.sasl.return_leg import SKEW_LIMIT_S, ReturnContext, ReturnLegError, accept, read
from tests.support.impacket_initiator import NOW, Initiator, frame, service_account

ACCOUNT = service_account(kvno=3)
OTHER = service_account(kvno=3)
RETURN_SPN = "SMTPSVC/ex2.contoso.lab"


def keys_of(*kvnos: int, account: Any = ACCOUNT) -> list[tuple[int, Key]]:
    return [(kvno, key) for kvno in kvnos for key in account.newest().keys.values()]


def receiver(kind: type[Initiator] = Initiator, **changes: Any) -> Initiator:
    """EX1$ with a ticket for us."""
    settings: dict[str, Any] = {
        "account": ACCOUNT,
        "service": RETURN_SPN,
        "client": "EX1$",
        "claimed_client": "EX1$",
    }
    return kind(**(settings | changes))


def accepted(token: bytes, keys: list[tuple[int, Key]] | None = None, *, now: float = NOW) -> ReturnContext:
    return accept(read(token)[1], keys_of(3) if keys is None else keys, now=now)


@pytest.mark.parametrize("etype", [17, 18, 23])
def test_what_everybody_can_read(etype: int) -> None:
    ticket, _ = read(receiver(etype=etype).token())
    assert (ticket.server, ticket.etype, ticket.kvno) == (RETURN_SPN, etype, 3)
    assert read(receiver(kvno=None).token())[0].kvno is None


@pytest.mark.parametrize("etype", [17, 18, 23])
@pytest.mark.parametrize("with_subkey", [True, False])
def test_our_key_opens_it_and_the_session_key_is_what_sspi_gives(etype: int, with_subkey: bool) -> None:
    other_end = receiver(etype=etype, with_subkey=with_subkey)
    context = accepted(other_end.token())
    assert context.client == "EX1$@CONTOSO.LAB"
    assert context.session_key == (other_end.subkey if with_subkey else other_end.session_key)


def test_microsofts_name_of_kerberos_will_do() -> None:
    # 1.2.840.48018.1.2.2 in place of 1.2.840.113554.1.2.2, by pyasn1's encoder: 2a864882f712010202
    token = (
        receiver().token().replace(bytes.fromhex("2a864886f712010202"), bytes.fromhex("2a864882f712010202"))
    )
    assert accepted(token).client == "EX1$@CONTOSO.LAB"


@pytest.mark.parametrize("service", ["SMTPSVC/EX2", "HOST/ex2.contoso.lab", "cifs/other.contoso.lab"])
def test_any_name_of_the_account_will_do(service: str) -> None:
    """The name is outside what is encrypted: the key decides, as with SSPI and a machine's credential."""
    token = receiver(service=service).token()
    assert read(token)[0].server == service
    assert accepted(token).client == "EX1$@CONTOSO.LAB"


def test_the_key_of_the_tickets_own_version_is_taken() -> None:
    keys = [*keys_of(2, account=OTHER), *keys_of(3), *keys_of(4, account=OTHER)]
    assert accepted(receiver().token(), keys).client == "EX1$@CONTOSO.LAB"


@pytest.mark.parametrize("order", [1, -1])
def test_without_a_version_every_key_of_the_type_is_tried(order: int) -> None:
    keys = [*keys_of(2, account=OTHER), *keys_of(3)][::order]
    assert accepted(receiver(kvno=None).token(), keys).client == "EX1$@CONTOSO.LAB"


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        (keys_of(2), "no key of type 18 with kvno 3"),
        ([(3, ACCOUNT.newest().keys[17])], "no key of type 18 with kvno 3"),
        ([], "no key of type 18"),
        (keys_of(3, account=OTHER), "does not decrypt"),
    ],
)
def test_a_key_that_does_not_fit(keys: list[tuple[int, Key]], why: str) -> None:
    with pytest.raises(ReturnLegError, match=why):
        accepted(receiver().token(), keys)


def test_no_key_of_the_type_opens_a_ticket_without_a_version() -> None:
    with pytest.raises(ReturnLegError, match="does not decrypt"):
        accepted(receiver(kvno=None).token(), [*keys_of(2, account=OTHER), *keys_of(3, account=OTHER)])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"now": NOW + 301}, "authenticator is of another time"),
        ({"now": NOW - 301}, "authenticator is of another time"),
        ({"end": -301.0}, "ticket is not valid now"),
        ({"start": 301.0}, "ticket is not valid now"),
        ({"claimed_client": "EX3$"}, "another principal's than its ticket"),
    ],
)
def test_what_an_acceptor_has_to_refuse(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ReturnLegError, match=why):
        accepted(receiver(**changes).token())


@pytest.mark.parametrize(
    "changes", [{"now": NOW + 298}, {"now": NOW - 299}, {"end": -299.0}, {"start": 299.0}]
)
def test_what_is_within_the_limit(changes: dict[str, Any]) -> None:
    assert SKEW_LIMIT_S == 300.0
    assert accepted(receiver(**changes).token()).client == "EX1$@CONTOSO.LAB"


class Flagged(Initiator):
    """A ticket with the flag INVALID, number 7 (RFC 4120 section 5.3)."""

    def _ticket_part(self) -> Any:
        part = super()._ticket_part()
        part["flags"] = [int(bit == 7) for bit in range(32)]
        return part


class OddKey(Initiator):
    """A ticket whose session key is of a type that nobody has, or too short."""

    odd: tuple[int, bytes] = (99, b"x")

    def _ticket_part(self) -> Any:
        part = super()._ticket_part()
        part["key"]["keytype"], part["key"]["keyvalue"] = self.odd
        return part


class ShortKey(OddKey):
    odd = (18, b"short")


class NoTicketPart(Initiator):
    """The right key, around something else."""

    def _ticket_part(self) -> Any:
        return self._authenticator()


class NoAuthenticator(Initiator):
    def _authenticator(self) -> Any:
        return self._ticket_part()


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (Flagged, "has the flag INVALID"),
        (OddKey, "does not decrypt"),
        (ShortKey, "does not decrypt"),
        (NoTicketPart, "does not decrypt"),
        (NoAuthenticator, "does not decrypt"),
    ],
)
def test_what_is_odd_inside(kind: type[Initiator], why: str) -> None:
    with pytest.raises(ReturnLegError, match=why):
        accepted(receiver(kind).token())


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (b"", "a tag and a length was due"),
        (receiver().ap_req(), "GSS-API frame"),
        (frame(receiver().ap_req(), b"\x02\x00"), "no AP-REQ of Kerberos: .* token id 0200"),
        (frame(receiver().ap_req(), b""), "no AP-REQ"),
        (receiver().token() + b"\0", "no AP-REQ"),
        (receiver().token()[:-1], "no AP-REQ"),
        # SPNEGO's object identifier, 1.3.6.1.5.5.2, by hand
        (b"\x60\x0a\x06\x06\x2b\x06\x01\x05\x05\x02\x30\x00", "mechanism 1.3.6.1.5.5.2, token id none"),
        # user-to-user has token ids too (RFC 4121 section 4.1): framed by pyspnego
        (
            InitialContextToken("1.2.840.113554.1.2.2.3", b"\x01\x00" + receiver().ap_req()).pack(),
            "mechanism 1.2.840.113554.1.2.2.3, token id 0100",
        ),
    ],
)
def test_what_is_no_ap_req(token: bytes, why: str) -> None:
    with pytest.raises(ReturnLegError, match=why):
        read(token)


WHOLE = receiver().token()


@given(st.binary(max_size=200) | st.integers(0, len(WHOLE)).map(lambda size: WHOLE[:size]))
def test_no_octets_upset_the_reader(token: bytes) -> None:
    if token == WHOLE:
        return
    with pytest.raises(ReturnLegError):
        read(token)


@given(st.integers(0, len(WHOLE) * 8 - 1))
def test_a_token_with_one_bit_turned_is_refused_or_means_the_same(bit: int) -> None:
    """What is in clear (names, options, tags that nobody reads) is nobody's proof; ciphers and keys are."""
    token = bytearray(WHOLE)
    token[bit // 8] ^= 1 << bit % 8
    with contextlib.suppress(ReturnLegError):
        assert accepted(bytes(token)) == accepted(WHOLE)


def test_no_secret_is_in_a_repr_or_an_error() -> None:
    other_end = receiver()
    context = accepted(other_end.token())
    assert repr(context) == "ReturnContext(client='EX1$@CONTOSO.LAB')"
    with pytest.raises(ReturnLegError) as caught:
        accepted(other_end.token(), keys_of(3, account=OTHER))
    assert ACCOUNT.newest().keys[18].contents.hex() not in repr(caught.value)
    assert caught.value.__suppress_context__
