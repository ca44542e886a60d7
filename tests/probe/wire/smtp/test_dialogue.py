"""Replies: Exchange's published protocol logs ([log] in the project's notes); postfix, Dovecot and exim as they were
seen to refuse."""

from base64 import b64encode
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.wire.sasl.gssapi import BareNegotiation
from probe.wire.smtp.dialogue import (
    MAXIMUM_UNSOLICITED,
    Answered,
    Closed,
    Dialogue,
    EarlyData,
    Event,
    State,
    Unsolicited,
    Verb,
    redact,
    redact_reply,
)
from probe.wire.smtp.replies import LocalProtocolError, Unreadable

BANNER = b"220 mail1.fabrikam.com Microsoft ESMTP MAIL Service ready at Fri, 5 Aug 2016 16:24:41 -0700\r\n"
EHLO = b"250-mail1.fabrikam.com Hello [172.16.0.5]\r\n250-X-ANONYMOUSTLS\r\n250 X-EXPS GSSAPI NTLM\r\n"
TLS_READY = b"220 2.0.0 SMTP server ready\r\n"
SUPPORTED = b"334 GSSAPI supported\r\n"
REFUSED = b"454 4.7.0 Temporary authentication failure\r\n"
ACCEPTED = b"235 2.7.0 Authentication successful\r\n"
MECHANISM = BareNegotiation("X-EXPS", octets=0)


def answered(events: list[Event]) -> Answered:
    (event,) = events
    assert isinstance(event, Answered)
    return event


def ready() -> Dialogue:
    dialogue = Dialogue()
    dialogue.receive(BANNER)
    dialogue.send(Verb.EHLO, "ex2.contoso.lab")
    dialogue.receive(EHLO)
    assert dialogue.state is State.READY
    return dialogue


def challenged() -> Dialogue:
    dialogue = ready()
    assert dialogue.send(Verb.AUTHENTICATE, mechanism=MECHANISM) == b"X-EXPS GSSAPI\r\n"
    answered(dialogue.receive(SUPPORTED))
    assert dialogue.state is State.CHALLENGED
    return dialogue


def tls_asked(verb: Verb = Verb.X_ANONYMOUSTLS) -> Dialogue:
    dialogue = ready()
    dialogue.send(verb)
    return dialogue


def test_a_whole_session() -> None:
    dialogue = Dialogue()
    assert dialogue.waiting
    assert answered(dialogue.receive(BANNER)).state is State.GREETING
    assert dialogue.send(Verb.EHLO, "ex2.contoso.lab") == b"EHLO ex2.contoso.lab\r\n"
    assert answered(dialogue.receive(EHLO)).reply.lines[2] == "X-EXPS GSSAPI NTLM"
    assert dialogue.send(Verb.X_ANONYMOUSTLS) == b"X-ANONYMOUSTLS\r\n"
    assert answered(dialogue.receive(TLS_READY)).state is State.TLS_ASKING
    dialogue.tls_started()
    dialogue.send(Verb.EHLO, "ex2.contoso.lab")
    dialogue.receive(EHLO)
    dialogue.send(Verb.AUTHENTICATE, mechanism=MECHANISM)
    dialogue.receive(SUPPORTED)
    assert dialogue.send(Verb.RESPOND, "YII=") == b"YII=\r\n"
    dialogue.receive(b"334 oYG2\r\n")
    assert dialogue.send(Verb.RESPOND, "") == b"\r\n"  # the empty line before 235
    answered(dialogue.receive(ACCEPTED))
    assert dialogue.state is State.AUTHENTICATED
    assert dialogue.send(Verb.QUIT) == b"QUIT\r\n"
    dialogue.receive(b"221 2.0.0 Service closing transmission channel\r\n")
    assert dialogue.receive_end() == Closed(expected=True, pending=0)


def test_byte_by_byte_as_whole() -> None:
    whole, pieces = Dialogue(), Dialogue()
    for sent, came in ((None, BANNER), (Verb.EHLO, EHLO), (Verb.QUIT, b"221 bye\r\n")):
        if sent is not None:
            argument = "ex2" if sent is Verb.EHLO else ""
            assert whole.send(sent, argument) == pieces.send(sent, argument)
        single = [event for octet in came for event in pieces.receive(bytes((octet,)))]
        assert single == whole.receive(came)
        assert whole.state is pieces.state


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (REFUSED, State.READY),
        (b"535 5.7.3 Authentication unsuccessful\r\n", State.READY),
        (b"504 5.7.4 Unrecognized authentication type\r\n", State.READY),
        (b"535 5.7.8 Error: authentication failed: (reason unavailable)\r\n", State.READY),
        (b"535 Incorrect authentication data\r\n", State.READY),
        (b"421 4.7.0 Too many errors on this connection, closing transmission channel\r\n", State.OVER),
        (ACCEPTED, State.AUTHENTICATED),
        (b"334 \r\n", State.CHALLENGED),
        (b"035 Authentication successful\r\n", State.OVER),
        (b"023 Authentication successful\r\n", State.OVER),
        (b"150 odd\r\n", State.OVER),
    ],
)
def test_where_a_reply_to_an_authentication_leads(reply: bytes, state: State) -> None:
    dialogue = ready()
    assert dialogue.send(Verb.AUTHENTICATE, "YII=", mechanism=MECHANISM) == b"X-EXPS GSSAPI YII=\r\n"
    assert answered(dialogue.receive(reply)).state is State.AUTHENTICATING
    assert dialogue.state is state


def test_helo_after_a_refused_ehlo() -> None:
    dialogue = Dialogue()
    dialogue.receive(BANNER)
    dialogue.send(Verb.EHLO, "ex2")
    assert answered(dialogue.receive(b"500 5.3.3 Unrecognized command\r\n")).reply.code == 500
    assert dialogue.send(Verb.HELO, "ex2") == b"HELO ex2\r\n"
    dialogue.receive(b"250 mail1.fabrikam.com Hello [172.16.0.5]\r\n")
    assert dialogue.state is State.READY


@pytest.mark.parametrize("verb", [Verb.STARTTLS, Verb.X_ANONYMOUSTLS])
@pytest.mark.parametrize(
    "late", [b"250 injected\r\n", b"2", b"no reply\r\nmore\r\n", b"\x15\x03\x01\0\x02\x02\x28"]
)
def test_octets_behind_the_220_are_counted_and_never_parsed(verb: Verb, late: bytes) -> None:
    # The injection that was published in 2011 and 2021: a reply in clear that counts after the handshake.
    dialogue = tls_asked(verb)
    events = dialogue.receive(TLS_READY + late)
    assert [type(event) for event in events] == [Answered, EarlyData]
    assert events[1] == EarlyData(octets=len(late))
    assert dialogue.state is State.OVER
    assert dialogue.receive(b"\r\n250 injected\r\n") == []
    with pytest.raises(LocalProtocolError):
        dialogue.tls_started()


def test_early_octets_in_a_later_packet() -> None:
    dialogue = tls_asked()
    answered(dialogue.receive(TLS_READY))
    assert dialogue.receive(b"250 injected\r\n") == [EarlyData(octets=14)]


def test_a_refused_tls_command_leaves_the_session_in_clear() -> None:
    dialogue = tls_asked()
    answered(dialogue.receive(b"454 4.7.0 Cannot accept TLS as maximum TLS rate exceeded for server\r\n"))
    assert dialogue.state is State.READY
    with pytest.raises(LocalProtocolError):
        dialogue.tls_started()


def test_tls_forgets_what_was_said_before() -> None:
    dialogue = tls_asked()
    dialogue.receive(TLS_READY)
    dialogue.tls_started()
    with pytest.raises(LocalProtocolError):
        dialogue.send(Verb.AUTHENTICATE, mechanism=MECHANISM)
    dialogue.send(Verb.EHLO, "ex2")
    assert answered(dialogue.receive(EHLO)).state is State.HELLOING


ALLOWED = {  # RFC 5321 section 3.1, RFC 3207 section 4, RFC 4954 section 4
    State.GREETING: set(),
    State.GREETED: {Verb.EHLO, Verb.HELO, Verb.QUIT},
    State.READY: {Verb.EHLO, Verb.STARTTLS, Verb.X_ANONYMOUSTLS, Verb.AUTHENTICATE, Verb.QUIT},
    State.CHALLENGED: {Verb.RESPOND, Verb.CANCEL},
    State.AUTHENTICATED: {Verb.QUIT},
}


@pytest.mark.parametrize(("state", "verb"), list(product(State, Verb)))
def test_which_command_may_be_sent_when(state: State, verb: Verb) -> None:
    dialogue = Dialogue()
    dialogue.state = state
    mechanism = MECHANISM if verb is Verb.AUTHENTICATE else None
    if verb in ALLOWED.get(state, set()):
        assert dialogue.send(verb, mechanism=mechanism).endswith(b"\r\n")
        assert dialogue.waiting
    else:
        with pytest.raises(LocalProtocolError):
            dialogue.send(verb, mechanism=mechanism)
        assert dialogue.state is state


def test_a_command_that_cannot_be_written_changes_nothing() -> None:
    dialogue = ready()
    with pytest.raises(LocalProtocolError):
        dialogue.send(Verb.EHLO, "ex2\r\nMAIL FROM:<>")
    with pytest.raises(LocalProtocolError):
        dialogue.send(Verb.AUTHENTICATE)
    assert dialogue.state is State.READY


def test_cancelling() -> None:
    dialogue = challenged()
    assert dialogue.send(Verb.CANCEL) == b"*\r\n"
    assert answered(dialogue.receive(b"501 5.5.4 Authentication cancelled\r\n")).reply.enhanced == "5.5.4"
    assert dialogue.state is State.READY


def test_more_replies_than_commands() -> None:
    dialogue = ready()
    (event,) = dialogue.receive(b"421 4.4.1 Connection timed out\r\n")
    assert isinstance(event, Unsolicited)
    assert event.reply.enhanced == "4.4.1"
    assert dialogue.receive_end() == Closed(expected=False, pending=0)


def test_unasked_replies_are_bounded() -> None:
    dialogue = ready()
    events = dialogue.receive(b"250 again\r\n" * 10_000)
    assert [type(event) for event in events] == [Unsolicited] * MAXIMUM_UNSOLICITED + [Unreadable]
    assert dialogue.state is State.OVER
    assert dialogue.receive(b"250 again\r\n") == []


@pytest.mark.parametrize("pending", [b"", b"250-half", b"250-a\r\n25"])
def test_a_peer_that_closes(pending: bytes) -> None:
    dialogue = ready()
    assert dialogue.receive(pending) == []
    assert dialogue.receive_end() == Closed(expected=False, pending=len(pending))
    with pytest.raises(LocalProtocolError):
        dialogue.send(Verb.EHLO, "ex2")


def test_what_is_no_reply_ends_the_session() -> None:
    dialogue = Dialogue()
    (event,) = dialogue.receive(b"SSH-2.0-OpenSSH_9.2\r\n220 mx\r\n")
    assert isinstance(event, Unreadable)
    assert dialogue.state is State.OVER
    with pytest.raises(LocalProtocolError):
        dialogue.send(Verb.QUIT)


@given(
    st.lists(
        st.one_of(st.binary(max_size=30), st.sampled_from([BANNER, EHLO, TLS_READY, SUPPORTED, REFUSED]))
    )
)
def test_no_peer_makes_it_raise(pieces: list[bytes]) -> None:
    dialogue = tls_asked()
    for piece in pieces:
        before = dialogue.state
        for event in dialogue.receive(piece):
            assert not isinstance(event, Answered) or before is State.TLS_ASKING
    assert isinstance(dialogue.receive_end(), Closed)


TOKEN = b64encode(bytes(range(256))).decode()
PASSWORD = b64encode("םסיסמה".encode()).decode()


def test_the_password_looks_like_a_reply() -> None:
    assert PASSWORD.startswith("153")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("EHLO ex2.contoso.lab", "EHLO ex2.contoso.lab"),
        ("X-EXPS GSSAPI", "X-EXPS GSSAPI"),
        (f"X-EXPS GSSAPI {TOKEN}", "X-EXPS GSSAPI <344 octets>"),
        (f"AUTH GSSAPI {TOKEN}", "AUTH GSSAPI <344 octets>"),
        ("AUTH PLAIN AGFsaWNlAHB3", "AUTH PLAIN <12 octets>"),
        (TOKEN, "<344 octets>"),
        (PASSWORD, f"<{len(PASSWORD)} octets>"),
        ("*", "*"),
        ("", ""),
        ("QUIT", "QUIT"),
        ("334 GSSAPI supported", "334 GSSAPI supported"),
        (f"334 {TOKEN}", "334 <344 octets>"),
        ("334 VXNlcm5hbWU6", "334 <12 octets>"),
        (f"235 {TOKEN}", "235 <344 octets>"),
        ("235 2.7.0 Authentication successful", "235 2.7.0 Authentication successful"),
        ("454 4.7.0 Temporary authentication failure", "454 4.7.0 Temporary authentication failure"),
        ("250-SIZE 37748736", "250-SIZE 37748736"),
        (f"500 5.5.2 unknown: {TOKEN}", "500 5.5.2 unknown: <344 octets>"),
        ("MAIL FROM:<alice@contoso.lab>", "<29 octets>"),
    ],
)
def test_only_what_is_known_to_be_harmless_is_shown(line: str, shown: str) -> None:
    assert redact(line.encode() + b"\r\n") == shown


@given(st.binary(min_size=9), st.sampled_from(["", "X-EXPS GSSAPI ", "AUTH LOGIN ", "334 ", "235 "]))
def test_no_token_is_ever_shown(token: bytes, before: str) -> None:
    text = b64encode(token).decode()
    assert redact(f"{before}{text}".encode()) == f"{before}<{len(text)} octets>"


@given(
    st.integers(100, 599), st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=200)
)
def test_the_quick_way_shows_what_the_general_one_does(code: int, text: str) -> None:
    assert redact_reply(code, text) == redact(f"{code} {text}".encode("latin-1"))


@given(st.binary(min_size=48), st.sampled_from([235, 334, 250, 454, 535]), st.sampled_from(["", "no: "]))
def test_no_token_in_a_reply_is_shown(token: bytes, code: int, before: str) -> None:
    assert b64encode(token).decode() not in redact_reply(code, before + b64encode(token).decode())
