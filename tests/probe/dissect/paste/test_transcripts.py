"""Dialogues as programs write them: every token, its line, its verb and who sent it.

What curl and smtplib write was recorded (tests/vectors/transcripts.json); the others are in the form that the
documentation or the output of the program has, with names of this project.
"""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.dissect.paste.find_tokens import Pasted, PasteError, find_tokens
from probe.dissect.paste.transcripts import says
from tests.support.foreign_tokens import mit, ntlm, spnego, vector

TOKENS = {
    name: b64encode(token).decode() for name, token in (ntlm() | spnego() | {"ap_req": mit("ap_req")}).items()
}
NEGOTIATE, CHALLENGE, AUTHENTICATE = (TOKENS[name] for name in ("negotiate", "challenge", "authenticate"))
INIT, RESPONSE = TOKENS["init"], TOKENS["response"]
PROGRAMS = vector("transcripts")["programs"]

TRANSCRIPTS = {
    "swaks": f"""=== Trying ex1.contoso.lab:25...
=== Connected to ex1.contoso.lab.
<-  220 ex1.contoso.lab Microsoft ESMTP MAIL Service ready
 -> EHLO ws1
<-  250-ex1.contoso.lab Hello [10.0.0.1]
<-  250 AUTH NTLM
 -> AUTH NTLM
<-  334 NTLM supported
 -> {NEGOTIATE}
<-  334 {CHALLENGE}
 -> {AUTHENTICATE}
<** 535 5.7.3 Authentication unsuccessful
 -> QUIT
<-  221 2.0.0 Service closing transmission channel
=== Connection closed with remote host.""",
    "swaks within TLS": f""" ~> AUTH NTLM {NEGOTIATE}
<~  334 {CHALLENGE}
 ~> {AUTHENTICATE}
<~* 535 5.7.3 Authentication unsuccessful""",
    "exim as a client": f"""Connecting to ex1.contoso.lab [10.0.0.1]:25 ... connected
  SMTP<< 220 ex1.contoso.lab
  SMTP>> AUTH NTLM
  SMTP<< 334 NTLM supported
  SMTP>> {NEGOTIATE}
  SMTP<< 334 {CHALLENGE}
  SMTP>> {AUTHENTICATE}
  SMTP<< 535 5.7.3 Authentication unsuccessful
  SMTP(close)>>""",
    "exim as a server": f"""12345 SMTP<< EHLO ws1
12345 SMTP>> 250-mx.contoso.lab Hello ws1
12345 SMTP<< AUTH NTLM
12345 SMTP>> 334 NTLM supported
12345 SMTP<< {NEGOTIATE}
12345 SMTP>> 334 {CHALLENGE}
12345 SMTP<< {AUTHENTICATE}
12345 SMTP>> 535 Incorrect authentication data""",
    "postfix as a server": f"""Nov 23 08:00:00 mx postfix/smtpd[12]: connect from unknown[10.0.0.1]
Nov 23 08:00:00 mx postfix/smtpd[12]: < unknown[10.0.0.1]: AUTH NTLM
Nov 23 08:00:00 mx postfix/smtpd[12]: > unknown[10.0.0.1]: 334 NTLM
Nov 23 08:00:00 mx postfix/smtpd[12]: < unknown[10.0.0.1]: {NEGOTIATE}
Nov 23 08:00:00 mx postfix/smtpd[12]: watchdog_pat: 0x55d0c0ffee00
Nov 23 08:00:01 mx postfix/smtpd[12]: > unknown[10.0.0.1]: 334 {CHALLENGE}
Nov 23 08:00:01 mx postfix/smtpd[12]: < unknown[10.0.0.1]: {AUTHENTICATE}
Nov 23 08:00:01 mx postfix/smtpd[12]: > unknown[10.0.0.1]: 535 5.7.8 Error: authentication failed""",
    "postfix as a client": f"""2026-11-23T08:00:00.1+01:00 mx postfix/smtp[9]: < ex1[2001:db8::1]:25: 250 AUTH NTLM
2026-11-23T08:00:00.2+01:00 mx postfix/smtp[9]: > ex1[2001:db8::1]:25: AUTH NTLM {NEGOTIATE}
2026-11-23T08:00:00.3+01:00 mx postfix/smtp[9]: < ex1[2001:db8::1]:25: 334 {CHALLENGE}
2026-11-23T08:00:00.4+01:00 mx postfix/smtp[9]: > ex1[2001:db8::1]:25: {AUTHENTICATE}""",
    "MailKit": f"""Connected to smtp://ex1.contoso.lab:25/?starttls=when-available
S: 220 ex1.contoso.lab
C: EHLO ws1
S: 250 AUTH NTLM
C: AUTH NTLM
S: 334 NTLM supported
C: {NEGOTIATE}
S: 334 {CHALLENGE}
C: {AUTHENTICATE}
S: 535 5.7.3 Authentication unsuccessful""",
    "MailKit with times": f"""2026-11-23T08:00:00Z C: AUTH NTLM {NEGOTIATE}
2026-11-23T08:00:00Z S: 334 {CHALLENGE}
2026-11-23T08:00:01Z C: {AUTHENTICATE}""",
    "PHPMailer": f"""2026-11-23 08:00:00 CLIENT -> SERVER: AUTH NTLM {NEGOTIATE}
2026-11-23 08:00:00 SERVER -> CLIENT: 334 {CHALLENGE}
2026-11-23 08:00:00 CLIENT -> SERVER: {AUTHENTICATE}""",
    "telnet": f"""Trying 10.0.0.1...
Connected to ex1.contoso.lab.
Escape character is '^]'.
220 ex1.contoso.lab
EHLO ws1
250 AUTH NTLM
AUTH NTLM
334 NTLM supported
{NEGOTIATE}
334 {CHALLENGE}
{AUTHENTICATE}
535 5.7.3 Authentication unsuccessful
QUIT""",
    "openssl s_client": f"""CONNECTED(00000003)
---
-----BEGIN CERTIFICATE-----
{b64encode(b"c" * 48).decode()}
{b64encode(b"c" * 30).decode()}
-----END CERTIFICATE-----
    Session-ID: 60820123456789ABCDEF60820123456789ABCDEF60820123456789ABCDEF0001
---
250 XSHADOW
AUTH NTLM
334 NTLM supported
{NEGOTIATE}
334 {CHALLENGE}
{AUTHENTICATE}
535 5.7.3 Authentication unsuccessful""",
    "a log with times and levels": f"""2026-11-23 08:00:00,123 [12] DEBUG Mail.Smtp - C: AUTH NTLM
2026-11-23 08:00:00,124 [12] DEBUG Mail.Smtp - S: 334 NTLM supported
2026-11-23 08:00:00,125 [12] DEBUG Mail.Smtp - C: {NEGOTIATE}
2026-11-23 08:00:00,126 [12] DEBUG Mail.Smtp - S: 334 {CHALLENGE}
2026-11-23 08:00:00,127 [12] DEBUG Mail.Smtp - C: {AUTHENTICATE}""",
    "sent and received": f"""[SENT] AUTH NTLM {NEGOTIATE}
[RECEIVED] 334 {CHALLENGE}
[SENT] {AUTHENTICATE}""",
    "mutt": f"""2> AUTH NTLM {NEGOTIATE}
2< 334 {CHALLENGE}
2> {AUTHENTICATE}""",
    "code of a chat": f"""`C: AUTH NTLM {NEGOTIATE}`
`S: 334 {CHALLENGE}`
`C: {AUTHENTICATE}`""",
    "a log of JSON": f"""{{"level": "debug", "msg": "C: AUTH NTLM {NEGOTIATE}"}}
{{"level": "debug", "msg": "S: 334 {CHALLENGE}"}}
{{"level": "debug", "msg": "C: {AUTHENTICATE}"}}""",
    "a list of JSON": f"""That is it:
["C: AUTH NTLM {NEGOTIATE}", "S: 334 {CHALLENGE}", "C: {AUTHENTICATE}"]
""",
    "one string": f"""That is it:
"C: AUTH NTLM {NEGOTIATE}\\nS: 334 {CHALLENGE}\\nC: {AUTHENTICATE}\\n"
""",
    "HTML": f"""<p>C: AUTH NTLM {NEGOTIATE}<br>S: 334 {CHALLENGE}<br/>C: {AUTHENTICATE}</p>
<p>That is all.</p>""",
    "quoted in a mail": f"""> C: AUTH NTLM {NEGOTIATE}
> S: 334 {CHALLENGE}
> C: {AUTHENTICATE}""",
}


def _said(found: tuple[Pasted, ...]) -> list[str]:
    return [f"{item.sender} {b64encode(item.octets).decode()}" for item in found]


@pytest.mark.parametrize("program", TRANSCRIPTS)
def test_programs(program: str) -> None:
    text = TRANSCRIPTS[program]
    found = find_tokens(text.encode())
    assert _said(found) == [f"client {NEGOTIATE}", f"server {CHALLENGE}", f"client {AUTHENTICATE}"]
    assert [item.head for item in found] == ["AUTH NTLM", "334", "AUTH NTLM"]
    lines = text.splitlines()
    for item in found:
        assert b64encode(item.octets).decode() in lines[item.line - 1]


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_programs_wrote(program: str) -> None:
    found = find_tokens(PROGRAMS[program]["text"].encode())
    assert _said(found) == PROGRAMS[program]["said"]
    assert [item.head for item in found] == ["AUTH NTLM", "334", "AUTH NTLM"]


@pytest.mark.parametrize("program", TRANSCRIPTS)
def test_a_transcript_that_is_cut(program: str) -> None:
    text = TRANSCRIPTS[program]
    text = text[: text.index(AUTHENTICATE) + 100]
    found = find_tokens(text.encode())
    assert len(found) == 3
    assert ntlm()["authenticate"].startswith(found[2].octets)


def test_a_mark_of_a_mail_alone_names_no_sender() -> None:
    half = len(CHALLENGE) // 2
    (found,) = find_tokens(f"> {CHALLENGE[:half]}\n> {CHALLENGE[half:]}".encode())
    assert (b64encode(found.octets).decode(), found.sender) == (CHALLENGE, "")
    (found,) = find_tokens(f"< 220 ex1.contoso.lab\n> {CHALLENGE}".encode())
    assert found.sender == "client"


def test_imap() -> None:
    found = find_tokens(f"a1 AUTHENTICATE GSSAPI\n+ \n{TOKENS['ap_req']}\n+ {RESPONSE}".encode())
    assert _said(found) == [f"client {TOKENS['ap_req']}", f"server {RESPONSE}"]


def test_smtplib_says_it_twice() -> None:
    text = f"reply: b'334 {CHALLENGE}\\r\\n'\nreply: retcode (334); Msg: b'{CHALLENGE}'"
    (found,) = find_tokens(text.encode())
    assert (found.line, found.sender, found.head) == (1, "server", "334")
    (found,) = find_tokens(text.splitlines()[1].encode())
    assert (found.sender, found.head) == ("server", "334")


def test_headers_of_http() -> None:
    text = f"""GET /owa HTTP/1.1\r
\r
HTTP/1.1 401 Unauthorized\r
WWW-Authenticate: Negotiate\r
WWW-Authenticate: NTLM\r
\r
GET /owa HTTP/1.1\r
Authorization: Negotiate {INIT}\r
\r
HTTP/1.1 401 Unauthorized\r
WWW-Authenticate: Negotiate {RESPONSE}\r
Proxy-Authenticate: NTLM {CHALLENGE}
< www-authenticate: negotiate {RESPONSE}
"name": "Authorization", "value": "NTLM {AUTHENTICATE.replace("/", chr(92) + "/")}" }},
curl -H 'Authorization: Negotiate {INIT}' http://ex1.contoso.lab/owa"""
    found = find_tokens(text.encode())
    expected = [INIT, RESPONSE, CHALLENGE, RESPONSE, AUTHENTICATE, INIT]
    assert [b64encode(item.octets).decode() for item in found] == expected
    assert [item.sender for item in found] == ["client", "server", "server", "server", "client", "client"]
    assert [item.line for item in found] == [8, 11, 12, 13, 14, 15]
    assert [item.head for item in found][:2] == ["Authorization: Negotiate", "WWW-Authenticate: Negotiate"]


def test_tokens_in_prose_and_in_other_logs() -> None:
    text = f"""I get {CHALLENGE} from the server. What is that?
auth: Debug: client in: AUTH\t1\tGSSAPI\tservice=smtp\tresp={TOKENS["ap_req"]}
    Request parameter: {INIT}
+ {RESPONSE}"""
    found = find_tokens(text.encode())
    expected = [CHALLENGE, TOKENS["ap_req"], INIT, RESPONSE]
    assert [b64encode(item.octets).decode() for item in found] == expected
    assert [item.line for item in found] == [1, 2, 3, 4]
    assert found[3].sender == "server"


def test_passwords_are_no_tokens() -> None:
    text = f"""AUTH LOGIN
334 VXNlcm5hbWU6
{b64encode(b"administrator@contoso").decode()}
334 UGFzc3dvcmQ6
{b64encode(b"Hunter2Hunter2Hunter2").decode()}
235 2.7.0 Authentication successful
AUTH NTLM {NEGOTIATE}"""
    assert _said(find_tokens(text.encode())) == [f"client {NEGOTIATE}"]
    for cut in (1, 3, 6):
        with pytest.raises(PasteError) as caught:
            find_tokens("\n".join(text.splitlines()[:cut]).encode())
        assert "a name and a password" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("334 abc", "server"),
        ("250-AUTH NTLM", "server"),
        ("X-EXPS GSSAPI", "client"),
        ("www-authenticate: NTLM", "server"),
        ("Authorization: NTLM", "client"),
        ("YIIC", ""),
    ],
)
def test_says(text: str, side: str) -> None:
    assert says(text) == side


@given(
    st.sampled_from([*TRANSCRIPTS.values(), *(entry["text"] for entry in PROGRAMS.values())]),
    st.integers(0, 5000),
    st.text(max_size=60),
)
def test_any_damage(text: str, at: int, junk: str) -> None:
    try:
        found = find_tokens((text[:at] + junk + text[at + len(junk) :]).encode())
    except PasteError:
        return
    assert all(item.line > 0 for item in found)
