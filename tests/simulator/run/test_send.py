"""A message through the lab's queue, and whether the probe tells apart what the queue cannot."""

import mailbox
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from simulator.lab import Lab, LabError
from simulator.run.runner import run_scenario
from simulator.run.send import SendOptions, SendResult, lab_message, send_in_lab
from simulator.scenario import find, load, parse
from simulator.scenario.values import Scenario

REFUSED = "454 4.7.0 Temporary authentication failure"
BODY = b"one\r\n.\r\n..two\r\n\r\nFrom the last line\r\n"


def scenario(name: str) -> Scenario:
    return load(find(name), causes=frozenset())


def small(tables: str) -> Scenario:
    end = '[expect]\ncause = "healthy"\n[lesson]\nexplain = "e"\n'
    return parse(f'title = "t"\nstory = "s"\n{tables}{end}', name="small", file="small.toml")


def message() -> EmailMessage:
    built = lab_message("contoso.lab")
    built.set_content(BODY.decode().replace("\r\n", "\n"))
    return built


async def send(given: Scenario, folder: Path, **options: Any) -> SendResult:
    async with Lab(given, folder) as lab:
        return await send_in_lab(lab, message(), SendOptions(**options))


async def test_a_healthy_receiver_gets_the_message_as_it_was(tmp_path: Path) -> None:
    sent = await send(scenario("healthy"), tmp_path)
    assert sent.delivered
    assert (sent.queue.status, sent.queue.message_count, sent.queue.last_error) == ("Ready", 0, "")
    assert sent.events(of_sender=True) == sent.events(of_sender=False) == ()
    box = mailbox.Maildir(tmp_path / "mail" / "EX1", create=False)
    (key,) = box.keys()
    octets = box.get_bytes(key)
    assert octets.partition(b"\r\n\r\n")[2] == BODY
    assert box[key]["From"] == "alice@contoso.lab"
    assert [str(tmp_path / "mail" / "EX1" / "new" / key)] == list(sent.delivered_to)
    (reply,) = sent.receipts
    assert reply == (
        f"250 2.6.0 {box[key]['Message-ID']} [InternalId=1, Hostname=ex1.contoso.lab] Queued mail for delivery"
    )


async def test_it_was_exchange_authentication_and_both_logs_tell_of_it(tmp_path: Path) -> None:
    sent = await send(scenario("healthy"), tmp_path)
    on_accept = [entry.detail for entry in sent.entries if entry.kind == "auth"]
    assert [(one["mechanism"], one["status"], one["client"]) for one in on_accept] == [
        ("X-EXPS EXCHANGEAUTH", "OK", "EX2$@CONTOSO.LAB")
    ]
    (log,) = (tmp_path / "SmtpSend").iterdir()
    text = log.read_text()
    assert ",>,X-EXPS EXCHANGEAUTH SHA256 ,\n" in text
    assert ",<,235 <authentication response>,\n" in text
    assert "CN=ex1.contoso.lab,Certificate subject" in text
    assert text.count(",-,,Local") == 1
    assert "Queued mail for delivery" in text
    assert "two" not in text


# name of the scenario, event 2017 on the sender, event 1035 on the receiver
STUCK = [
    ("spn-missing", "TargetUnknown", ""),
    ("clock-skew-kdc", "TimeSkew", ""),
    ("clock-skew-sender", "TimeSkew", ""),
    ("kdc-unreachable", "NoAuthenticatingAuthority", ""),
    ("clock-skew-receiver", "", "UnexpectedExchangeAuthBlobCheckForClockSkew"),
    ("illegal-message", "", "IllegalMessage"),
    ("machine-key-stale", "", "LogonDenied"),
    ("return-spn-missing", "", "TargetUnknown"),
]


@pytest.mark.parametrize(("name", "sender", "receiver"), STUCK, ids=[row[0] for row in STUCK])
async def test_the_queue_says_454_whichever_side_failed_and_the_events_say_which(
    tmp_path: Path, name: str, sender: str, receiver: str
) -> None:
    sent = await send(scenario(name), tmp_path, style="2013")
    assert not sent.delivered
    assert (sent.queue.status, sent.queue.message_count) == ("Retry", 1)
    assert sent.queue.last_error.startswith(
        f'451 4.4.0 Primary target IP address responded with: "{REFUSED}." Attempted failover'
    )
    assert [
        event.startswith(f"2017 Outbound authentication failed with error {sender} ")
        for event in sent.events(of_sender=True)
    ] == [True] * bool(sender)
    assert [
        event.startswith(f"1035 Inbound authentication failed with error {receiver} ")
        for event in sent.events(of_sender=False)
    ] == [True] * bool(receiver)
    # What stands in the queue as the receiver's answer was on the wire only if the receiver gave it.
    replies = [entry.detail["line"] for entry in sent.entries if entry.kind == "send-in"]
    assert (REFUSED in replies) is bool(receiver)
    assert any(
        "X-EXPS" in str(entry.detail.get("line")) for entry in sent.entries if entry.kind == "smtp-in"
    ) is (bool(receiver))
    assert not (tmp_path / "mail").exists()


async def test_the_probe_tells_apart_what_the_queue_cannot(tmp_path: Path) -> None:
    names = ("spn-missing", "clock-skew-receiver", "illegal-message")
    errors, causes = set(), {}
    for number, name in enumerate(names):
        sent = await send(scenario(name), tmp_path / str(number), style="2013")
        errors.add(sent.queue.last_error)
        causes[name] = (await run_scenario(scenario(name))).report["verdict"]["cause"]
    assert len(errors) == 1
    assert causes == {name: name for name in names}


@pytest.mark.parametrize(("profile", "begins"), [("2010", "451 4.4.0 Primary"), ("2019", "[{LRT=")])
async def test_the_receivers_version_decides_how_the_error_reads(
    tmp_path: Path, profile: str, begins: str
) -> None:
    tables = f'[[connector]]\nname = "C"\nserver = "EX1"\nprofile = "{profile}"\n'
    stale = '[[fault]]\nkind = "stale-key"\non = "EX1"\n'
    sent = await send(small(tables + stale), tmp_path)
    assert sent.queue.last_error.startswith(begins)


async def test_every_attempt_asks_for_tickets_and_fails_anew(tmp_path: Path) -> None:
    sent = await send(scenario("spn-missing"), tmp_path, attempts=3)
    assert len(sent.events(of_sender=True)) == 3
    assert sent.queue.message_count == 1


async def test_a_downgrade_has_to_be_allowed(tmp_path: Path) -> None:
    suppressed = scenario("suppressed-x-anonymoustls")
    given_up = await send(suppressed, tmp_path / "a")
    assert "451 5.7.3 Cannot achieve Exchange Server authentication" in given_up.queue.last_error
    allowed = await send(suppressed, tmp_path / "b", downgrade=True)
    assert allowed.delivered
    (auth,) = [entry.detail["mechanism"] for entry in allowed.entries if entry.kind == "auth"]
    assert auth == "X-EXPS GSSAPI"


DOWNGRADED = '[[connector]]\nname = "C"\nserver = "EX1"\nsuppress_x_anonymous_tls = true\n'


@pytest.mark.parametrize(
    ("fault", "own", "receivers"),
    [
        # The receiver hands back a KRB-ERROR, which the sender reads: both log the reason.
        ('kind = "clock-skew"\non = "EX1"\noffset = "-10m"', "TimeSkew", "TimeSkew"),
        ('kind = "stale-key"\non = "EX1"', "", "LogonDenied"),
        ('kind = "missing-spn"\nspn = "SMTPSVC/ex1.contoso.lab"', "TargetUnknown", ""),
    ],
)
async def test_a_downgraded_log_on_fails_for_the_same_reasons(
    tmp_path: Path, fault: str, own: str, receivers: str
) -> None:
    sent = await send(small(f"{DOWNGRADED}[[fault]]\n{fault}\n"), tmp_path, downgrade=True)
    assert REFUSED in sent.queue.last_error
    logged = [
        (str(entry.detail["id"]), entry.detail["error"], entry.detail["mechanism"])
        for entry in sent.entries
        if entry.kind == "event"
    ]
    due = [("1035", receivers, "Gssapi")] * bool(receivers) + [("2017", own, "Gssapi")] * bool(own)
    assert sorted(logged, key=str) == due


async def test_ntlm_alone_never_will_do(tmp_path: Path) -> None:
    sent = await send(scenario("edge-ntlm-only"), tmp_path, downgrade=True)
    assert "451 5.7.3 Cannot achieve Exchange Server authentication" in sent.queue.last_error
    assert not [entry for entry in sent.entries if entry.kind == "auth"]


async def test_no_name_no_port(tmp_path: Path) -> None:
    unknown = await send(scenario("name-not-resolved"), tmp_path / "a")
    assert "451 4.4.0 DNS query failed" in unknown.queue.last_error
    closed = await send(scenario("target-unreachable"), tmp_path / "b")
    assert "451 4.4.397 Error communicating with target host. -> 421 4.2.1 Unable to connect" in (
        closed.queue.last_error
    )


async def test_a_lab_without_the_senders_account_says_so(tmp_path: Path) -> None:
    whole = scenario("healthy")
    without = tuple(account for account in whole.accounts if account.name != "EX2$")
    with pytest.raises(LabError, match=r"no account EX2\$ that could send"):
        await send(replace(whole, accounts=without), tmp_path)


async def test_nothing_is_relayed(tmp_path: Path) -> None:
    stranger = message()
    del stranger["To"]
    stranger["To"] = "bob@example.com"
    async with Lab(scenario("healthy"), tmp_path) as lab:
        with pytest.raises(LabError, match="Unable to relay"):
            await send_in_lab(lab, stranger)
