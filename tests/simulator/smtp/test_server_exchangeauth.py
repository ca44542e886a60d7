"""EXCHANGEAUTH on the wire: AP-REQs of impacket's making, blobs and hashes made here, TLS by pyOpenSSL."""

import asyncio
import hashlib
import socket
from base64 import b64encode
from collections.abc import Callable

import pytest

from simulator.faults.clock_skew import ClockSkew
from simulator.faults.illegal_message import IllegalMessage
from simulator.faults.values import Seconds, TlsSettings
from simulator.tickets.client import Initiated, TicketError
from tests.support.foreign_wire import Wire, client_context, public_key
from tests.support.impacket_initiator import FLAGS, MUTUAL, REALM, Initiator
from tests.support.receive_server import Running, receive_server

TEMPORARY = ("454 4.7.0 Temporary authentication failure",)
UNRECOGNIZED = ("504 5.7.4 Unrecognized authentication type",)
SERVER = Initiated(token=b"the server's token", session_key=bytes(range(32)))

Talk = Callable[[Wire], None]


async def session(lab: Running, talk: Talk, *, verb: str = "X-ANONYMOUSTLS", hello: bool = True) -> None:
    """Inside TLS, after EHLO when ``hello``."""

    def run() -> None:
        with socket.create_connection(("127.0.0.1", lab.port), 10.0) as sock:
            wire = Wire(sock)
            wire.reply()
            wire.ask("EHLO ex2.contoso.lab")
            assert wire.ask(verb)[0].startswith("220")
            wire.start_tls(client_context(), server=False)
            if hello:
                wire.ask("EHLO ex2.contoso.lab")
            talk(wire)

    await asyncio.to_thread(run)


def channel(wire: Wire) -> tuple[bytes, bytes]:
    assert wire.tls is not None
    certificate = wire.tls.get_peer_certificate(as_cryptography=True)
    assert certificate is not None
    return public_key(certificate), wire.tls.export_keying_material(b"client EAP encryption", 128)


def field(value: bytes) -> str:
    return f"{len(b64encode(value)):08X}{b64encode(value).decode()}"


def command(wire: Wire, initiator: Initiator, token: bytes | None = None) -> str:
    key, block = channel(wire)
    digest = hashlib.sha256(key + initiator.key.contents + block).digest()
    return f"X-EXPS EXCHANGEAUTH SHA256 {field(initiator.token() if token is None else token)}{field(digest)}"


class Asked:
    """The server's way to its ticket, noting what it was asked for."""

    def __init__(self, error: TicketError | None = None) -> None:
        self.spns: list[str] = []
        self._error = error

    async def __call__(self, spn: str) -> Initiated:
        self.spns.append(spn)
        if self._error is not None:
            raise self._error
        return SERVER


@pytest.mark.parametrize("with_subkey", [True, False])
@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
async def test_one_round_trip(with_subkey: bool, version: str) -> None:
    asked = Asked()
    settings = TlsSettings(maximum=version, key_type="ec-p256")
    async with receive_server(initiate=asked, tls=settings) as lab:
        initiator = lab.initiator(with_subkey=with_subkey)

        def talk(wire: Wire) -> None:
            key, block = channel(wire)
            due = hashlib.sha256(key + initiator.key.contents + block + SERVER.session_key).digest()
            (reply,) = wire.ask(command(wire, initiator))
            assert reply == f"235 {field(SERVER.token)}{field(due)}"
            assert wire.ask("X-EXPS GSSAPI") == ("503 5.5.2 Auth command already specified",)
            assert wire.ask("MAIL FROM:<a@b>") == ("250 2.1.0 Sender OK",)

        await session(lab, talk)
        assert asked.spns == ["SMTPSVC/ex2.contoso.lab"]
        auth = lab.ledger.of("auth")[0].detail
        assert (auth["mechanism"], auth["status"], auth["client"]) == (
            "X-EXPS EXCHANGEAUTH",
            "OK",
            f"EX2$@{REALM}",
        )
        assert lab.errors() == []


async def test_no_blob_is_in_the_ledger() -> None:
    async with receive_server(initiate=Asked()) as lab:
        sent: list[str] = []

        def talk(wire: Wire) -> None:
            sent.append(command(wire, lab.initiator()))
            sent.extend(wire.ask(sent[0]))

        await session(lab, talk)
        lines = [str(entry.detail.get("line")) for entry in lab.ledger.entries]
        assert f"X-EXPS EXCHANGEAUTH SHA256 <{len(sent[0]) - 27} octets>" in lines
        assert f"235 <{len(sent[1]) - 4} octets>" in lines
        shown = str(lab.ledger.entries)
        assert not [blob for blob in sent if blob[40:80] in shown]


@pytest.mark.parametrize("verb", ["STARTTLS", "X-ANONYMOUSTLS"])
async def test_only_inside_x_anonymoustls(verb: str) -> None:
    async with receive_server(initiate=Asked()) as lab:

        def talk(wire: Wire) -> None:
            assert wire.ask(command(wire, lab.initiator())) == ("503 5.5.2 Send hello first",)
            offered = wire.ask("EHLO ex2.contoso.lab")
            assert ("250-X-EXCHANGEAUTH SHA256" in offered) == (verb == "X-ANONYMOUSTLS")
            reply = wire.ask(command(wire, lab.initiator()))
            assert reply == UNRECOGNIZED if verb == "STARTTLS" else reply[0].startswith("235 ")

        await session(lab, talk, verb=verb, hello=False)


@pytest.mark.parametrize(
    "line",
    [
        "X-EXPS EXCHANGEAUTH",
        "X-EXPS EXCHANGEAUTH ",
        "X-EXPS EXCHANGEAUTH MD5 00000004AAAA00000004AAAA",
        "X-EXPS EXCHANGEAUTH 00000004AAAA00000004AAAA",
        "AUTH EXCHANGEAUTH SHA256 00000004AAAA00000004AAAA",
    ],
)
async def test_another_hash_or_verb_is_not_recognized_and_the_session_goes_on(line: str) -> None:
    async with receive_server(initiate=Asked()) as lab:

        def talk(wire: Wire) -> None:
            assert wire.ask(line) == UNRECOGNIZED
            assert wire.ask(command(wire, lab.initiator()).replace("SHA256", "sha256"))[0].startswith("235 ")

        await session(lab, talk)
        assert lab.errors() == []


async def refused(lab: Running, line: Callable[[Wire], str]) -> dict[str, object]:
    """Expect 454 and the end; what the ledger says of the log-on."""

    def talk(wire: Wire) -> None:
        assert wire.ask(line(wire)) == TEMPORARY
        with pytest.raises(EOFError):
            wire.line()

    await session(lab, talk)
    auth: dict[str, object] = dict(lab.ledger.of("auth")[-1].detail)
    event = lab.ledger.of("event")[-1].detail
    assert (event["id"], event["error"], event["mechanism"]) == (1035, auth["status"], "ExchangeAuth")
    assert auth["context"] == f"Inbound ExchangeAuth negotiation failed because of {auth['status']}"
    return auth


@pytest.mark.parametrize(
    "blob",
    [
        "",
        "x",
        "0000000",
        "00000004AAAA",
        "00000004AAAA00000004AAA",
        "00000004AAAA00000004AAAA0",
        "0000000gAAAA",
    ],
)
async def test_a_blob_that_is_none(blob: str) -> None:
    async with receive_server() as lab:
        auth = await refused(lab, lambda _: f"X-EXPS EXCHANGEAUTH SHA256 {blob}")
        assert auth["status"] == "IllegalMessage"


@pytest.mark.parametrize("token", [b"", b"NTLMSSP\0\1\0\0\0", b"\x60\x00", b"\xa1\x03\x30\x01\x00"])
async def test_a_token_that_is_not_kerberos(token: bytes) -> None:
    async with receive_server() as lab:
        auth = await refused(lab, lambda wire: command(wire, lab.initiator(), token))
        assert auth["status"] == "IllegalMessage"


async def test_spnego_is_another_package() -> None:
    from spnego._spnego import NegTokenInit

    async with receive_server() as lab:
        wrapped = NegTokenInit(mech_types=["1.2.840.113554.1.2.2"], mech_token=lab.initiator().token()).pack()
        auth = await refused(lab, lambda wire: command(wire, lab.initiator(), wrapped))
        assert auth["status"] == "IllegalMessage"


async def test_the_hash_of_another_channel() -> None:
    async with receive_server() as lab:
        first = lab.initiator()
        lines: list[str] = []
        await session(lab, lambda wire: lines.append(command(wire, first)))
        auth = await refused(lab, lambda _: lines[0])
        assert (auth["status"], auth["client"]) == ("LogonDenied", f"EX2$@{REALM}")
        assert auth["reason"] == "the hash is not over this TLS channel and this context"


async def test_a_replay() -> None:
    async with receive_server(initiate=Asked()) as lab:
        initiator = lab.initiator()
        token = initiator.token()
        await session(lab, lambda wire: wire.send(command(wire, initiator, token)))
        auth = await refused(lab, lambda wire: command(wire, initiator, token))
        assert auth["status"] == "LogonDenied"
        assert "was here before" in str(auth["reason"])


@pytest.mark.parametrize(
    ("profile", "status"),
    [("2010", "UnexpectedExchangeAuthBlob"), ("2016", "UnexpectedExchangeAuthBlobCheckForClockSkew")],
)
async def test_a_context_that_wants_another_leg(profile: str, status: str) -> None:
    async with receive_server(ClockSkew(on="EX1", offset=Seconds(600.0)), profile=profile) as lab:
        auth = await refused(lab, lambda wire: command(wire, lab.initiator()))
        assert (auth["status"], "s behind ours" in str(auth["reason"])) == (status, True)
    async with receive_server(profile=profile) as lab:
        mutual = lab.initiator(flags=FLAGS | MUTUAL)
        auth = await refused(lab, lambda wire: command(wire, mutual))
        assert (auth["status"], auth["reason"]) == (status, "mutual authentication asked for")


async def test_a_fault_has_the_last_word() -> None:
    async with receive_server(IllegalMessage(on="EX1"), initiate=Asked()) as lab:
        auth = await refused(lab, lambda wire: command(wire, lab.initiator()))
        assert (auth["status"], auth["reason"]) == ("IllegalMessage", "declared: every token is rejected")


async def test_no_return_ticket() -> None:
    asked = Asked(TicketError("TargetUnknown", "nobody has it"))
    async with receive_server(initiate=asked) as lab:
        auth = await refused(lab, lambda wire: command(wire, lab.initiator()))
        assert (auth["status"], auth["reason"]) == ("TargetUnknown", "return leg: nobody has it")
        assert asked.spns == ["SMTPSVC/ex2.contoso.lab"]


async def test_a_server_without_a_domain_controller() -> None:
    async with receive_server() as lab:
        auth = await refused(lab, lambda wire: command(wire, lab.initiator()))
        assert auth["status"] == "NoAuthenticatingAuthority"


async def test_a_client_that_leaves_before_the_return_leg_is_done() -> None:
    begun = asyncio.Event()

    async def never(_: str) -> Initiated:
        begun.set()
        await asyncio.Event().wait()
        return SERVER

    async with receive_server(initiate=never) as lab:
        await session(lab, lambda wire: wire.send(command(wire, lab.initiator())))
        async with asyncio.timeout(10):
            await begun.wait()
        await lab.server.stop()
        auth = lab.ledger.of("auth")[0].detail
        assert (auth["cancelled"], auth["status"]) == (True, "OK")
        assert lab.errors() == []
        await lab.server.start()
