import mailbox
from email.utils import parsedate_to_datetime
from pathlib import Path

from simulator.smtp.mail import Mail
from simulator.smtp.maildir import Maildir, traced

CONTENT = b"Subject: caf\xc3\xa9\r\nX: \r\n folded\r\n\r\n.\r\nbare\nlf \x00 \xff\r\n"
NOW = 1_754_000_000.0


def test_pythons_own_maildir_reads_what_was_delivered(tmp_path: Path) -> None:
    maildir = Maildir(tmp_path / "mail" / "EX1", host="ex1.contoso.lab")
    assert not maildir.path.exists()
    for _ in range(2):
        maildir.deliver(CONTENT, now=NOW)
    found = mailbox.Maildir(tmp_path / "mail" / "EX1", create=False)
    assert len(found) == 2
    assert {found.get_bytes(key) for key in found.keys()} == {CONTENT}  # noqa: SIM118 - not a dict
    assert list((maildir.path / "tmp").iterdir()) == []


def test_another_writer_of_the_same_folder_overwrites_nothing(tmp_path: Path) -> None:
    names = {Maildir(tmp_path, host="ex1").deliver(CONTENT, now=NOW).name for _ in range(3)}
    assert len(names) == 3
    assert not any(":" in name for name in names)


def test_a_trace_field_comes_in_front_and_the_rest_stays_as_it_is() -> None:
    mail = Mail(
        sender="a@contoso.lab",
        recipients=("b@contoso.lab",),
        content=CONTENT,
        client_name="ex2.contoso.lab",
        client_address="192.0.2.2",
    )
    whole = traced(mail, fqdn="ex1.contoso.lab", number=7, now=NOW)
    assert whole.endswith(CONTENT)
    field = whole.removesuffix(CONTENT).decode()
    assert field.startswith(
        "Received: from ex2.contoso.lab (192.0.2.2) by ex1.contoso.lab\r\n with ESMTP id 7; "
    )
    assert parsedate_to_datetime(field.rpartition(";")[2].strip()).timestamp() == NOW
