from simulator.faults.stripped_keywords import StrippedKeywords
from simulator.faults.values import Place
from simulator.net.actions import Reset, Send

REPLY = Send(
    data=b"250-ex1.contoso.lab Hello [192.0.2.1]\r\n250-SIZE\r\n250-STARTTLS\r\n250-X-ANONYMOUSTLS\r\n"
    b"250-AUTH NTLM\r\n250-X-EXPS GSSAPI NTLM\r\n250-CHUNKING\r\n250 XRDST\r\n",
    delay_s=1.0,
)


def test_what_begins_with_x_is_gone_in_clear() -> None:
    left = StrippedKeywords(on="EX1").on_send("EX1", Place.EHLO, REPLY)
    assert left == Send(
        data=b"250-ex1.contoso.lab Hello [192.0.2.1]\r\n250-SIZE\r\n250-STARTTLS\r\n250-AUTH NTLM\r\n"
        b"250 CHUNKING\r\n",
        delay_s=1.0,
    )


def test_starttls_may_go_as_well() -> None:
    left = StrippedKeywords(on="EX1", starttls=False).on_send("EX1", Place.EHLO, REPLY)
    assert isinstance(left, Send)
    assert b"TLS" not in left.data


def test_a_reply_of_one_line_stays_whole() -> None:
    refused = Send(data=b"501 5.5.4 Invalid domain name\r\n")
    assert StrippedKeywords(on="EX1").on_send("EX1", Place.EHLO, refused) == refused


def test_nothing_is_seen_inside_tls_or_at_another_server() -> None:
    fault = StrippedKeywords(on="EX1")
    assert fault.on_send("EX1", Place.EHLO_AFTER_TLS, REPLY) is REPLY
    assert fault.on_send("EX2", Place.EHLO, REPLY) is REPLY
    assert fault.on_send("EX1", Place.EHLO, Reset()) == Reset()
