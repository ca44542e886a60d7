import pkgutil

import pytest

import simulator.faults
from simulator.directory.store import Account, Directory
from simulator.faults import ABOUT_ITSELF, Fault, hooks_of, registry
from simulator.faults.clock_skew import ClockSkew
from simulator.faults.cut_path import CutPath
from simulator.faults.engine import Faults
from simulator.faults.kdc_down import KdcDown
from simulator.faults.masked_banner import MaskedBanner
from simulator.faults.missing_name import MissingName
from simulator.faults.smtp_down import SmtpDown
from simulator.faults.values import Acceptance, Place, Record, Seconds, TlsSettings
from simulator.ledger import Ledger
from simulator.net.actions import Listen, Reset, Send


def test_every_module_of_the_package_is_in_the_registry() -> None:
    modules = [module.name for module in pkgutil.iter_modules(simulator.faults.__path__)]
    assert len(registry()) == len(set(modules) - {"engine", "values", "surroundings", "covers"}) >= 18


def test_a_kind_is_its_modules_name_with_hyphens() -> None:
    for kind, fault in registry().items():
        assert fault.__module__ == "simulator.faults." + kind.replace("-", "_")
        assert fault.__doc__


def test_the_base_fault_is_the_identity(ledger: Ledger, directory: Directory, ex1: Account) -> None:
    faults = Faults([Fault()], ledger)
    reply = Send(data=b"250 OK\r\n")
    settings = TlsSettings()
    acceptance = Acceptance(status="OK", client="EX2$@CONTOSO.LAB")
    assert faults.clock_offset("EX1") == 0.0
    assert faults.clock_offset("EX1", running_s=60.0) == 0.0
    assert faults.directory("DC1", directory) is directory
    assert faults.server_account("EX1", ex1) is ex1
    assert faults.kdc_port("DC1", "udp") is Listen.SERVE
    assert faults.server_kdc_port("EX1", "DC1", "udp") is Listen.SERVE
    assert faults.kdc_answer("DC1", "udp", 1, reply) is reply
    assert faults.smtp_port("EX1") is Listen.SERVE
    assert faults.resolvable("ex1.contoso.lab", "127.0.0.1") == "127.0.0.1"
    records = (Record(name="ex1.contoso.lab", kind="A", data="127.0.0.1"),)
    assert faults.dns_port() is Listen.SERVE
    assert faults.dns_failure("ex1.contoso.lab") == ""
    assert faults.dns_records("ex1.contoso.lab", 1, records) is records
    assert faults.advertised_name("EX1", "ex1.contoso.lab") == "ex1.contoso.lab"
    assert faults.banner("EX1", "hello") == "hello"
    assert faults.offered("EX1", ("DSN",), "none") == ("DSN",)
    assert faults.tls("EX1", settings) is settings
    assert faults.earlier_failures("EX1") == 0
    assert faults.on_receive("EX1", b"QUIT") == b"QUIT"
    assert faults.on_send("EX1", Place.EHLO, reply) is reply
    assert faults.on_accept("EX1", b"token", acceptance) is acceptance
    assert faults.path("smtp", "EX1") is None
    assert ledger.entries == []


def test_offsets_add_up_and_are_noted_once_a_fault_and_party(ledger: Ledger) -> None:
    faults = Faults(
        [ClockSkew(on="EX1", offset=Seconds(60.0)), ClockSkew(on="EX1", offset=Seconds(-20.0))], ledger
    )
    assert faults.clock_offset("EX1") == 40.0
    assert faults.clock_offset("EX1") == 40.0
    assert faults.clock_offset("DC1") == 0.0
    noted = [(entry.party, entry.detail["number"], entry.detail["offset_s"]) for entry in ledger.of("fault")]
    assert noted == [("EX1", 0, 60.0), ("EX1", 1, -20.0)]


def test_a_change_is_written_down_with_its_fault_and_hook(ledger: Ledger) -> None:
    faults = Faults([MissingName(name="ex1.contoso.lab"), MaskedBanner(on="EX1")], ledger)
    assert faults.resolvable("ex1.contoso.lab", "127.0.0.1") == ""
    assert faults.banner("EX2", "hello") == "hello"
    assert faults.banner("EX1", "hello world") == "*********ld"
    fired = [(entry.detail["fault"], entry.party, entry.detail["hook"]) for entry in ledger.of("fault")]
    assert fired == [("missing-name", "ex1.contoso.lab", "resolvable"), ("masked-banner", "EX1", "banner")]


def test_a_change_is_written_down_with_its_place_and_its_connection(ledger: Ledger) -> None:
    faults = Faults([MissingName(name="x"), MaskedBanner(on="EX1"), MaskedBanner(on="EX1")], ledger)
    faults.within("08DF").banner("EX1", "hello world")
    faults.banner("EX1", "hello world")
    noted = [(entry.detail["number"], entry.detail.get("session")) for entry in ledger.of("fault")]
    # The second one masks what the first has left, which changes nothing.
    assert noted == [(1, "08DF"), (1, None)]


def test_a_clock_is_noted_once_for_all_connections(ledger: Ledger) -> None:
    faults = Faults([ClockSkew(on="EX1", offset=Seconds(60.0))], ledger)
    assert faults.within("1").clock_offset("EX1") == faults.within("2").clock_offset("EX1") == 60.0
    assert len(ledger.of("fault")) == 1


def test_hooks_are_what_a_fault_overrides_and_not_what_it_says_of_itself() -> None:
    assert hooks_of(ClockSkew) == ("clock_offset",)
    assert hooks_of(KdcDown) == ("kdc_port", "kdc_answer")
    assert hooks_of(Fault) != ()
    assert not set(hooks_of(Fault)) & ABOUT_ITSELF


@pytest.mark.parametrize("order", [1, -1])
def test_a_port_that_one_fault_closes_no_other_opens(ledger: Ledger, order: int) -> None:
    declared: list[Fault] = [
        KdcDown(on="DC1", mode="refuse"),
        ClockSkew(on="DC1", offset=Seconds(1.0)),
        SmtpDown(on="EX1", mode="drop"),
    ]
    faults = Faults(declared[::order], ledger)
    assert faults.kdc_port("DC1", "tcp") is Listen.REFUSE
    assert faults.smtp_port("EX1") is Listen.DROP


def test_the_connections_to_each_port_are_counted(ledger: Ledger) -> None:
    faults = Faults([CutPath(on="EX1", service="smtp", after=1)], ledger)
    smtp, smb = faults.path("smtp", "EX1"), faults.path("smb", "EX1")
    assert smtp is not None
    assert smb is not None
    piece = Send(data=b"220 EX1\r\n")
    first, second, other = smtp("tcp"), smtp("tcp"), smb("tcp")
    assert [judge("from", 0, piece) for judge in (second, first, other)] == [Reset(), piece, piece]
    fired = [(entry.detail["fault"], entry.party, entry.detail["hook"]) for entry in ledger.of("fault")]
    assert fired == [("cut-path", "EX1", "on_path smtp from")]
