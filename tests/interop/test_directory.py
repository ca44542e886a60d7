"""The directory of a real domain controller, read by the probe and compared with what its own database holds."""

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.samba import PROGRAMS, Controller
from tests.support.samba_cases import delete_spn
from tests.support.samba_files import REALM
from tests.support.samba_site import PORTS, TARGET, Site

pytestmark = pytest.mark.interop(*PROGRAMS)

FILETIME_EPOCH_S = 11_644_473_600
Step = dict[str, Any]


@contextlib.contextmanager
def with_tls(site: Site, strong_auth: str) -> Iterator[Controller]:
    """A controller with a certificate of its own, and its wish about the protection of binds."""
    made = Controller(name="dc1", network=site.network, folder=site.folder / "dc1")
    made.copy_from(site.snapshot)
    settings = made.configuration.read_text().replace(
        "tls enabled = no", f"tls enabled = yes\n    ldap server require strong auth = {strong_auth}"
    )
    made.configuration.write_text(settings)
    try:
        made.start()
        site.network.await_port("dc1", 636)
        yield made
    finally:
        made.stop()
        shutil.rmtree(made.folder)


def asked(site: Site, controller: Controller, *arguments: str) -> list[Step]:
    """What the directory said when the SPN that is needed is gone."""
    site.receiver("exchange")
    delete_spn(controller)
    ended = site.probe(
        *("probe", f"{TARGET}:{PORTS['exchange']}", "--realm", REALM, "--ehlo", "ex2.contoso.lab"),
        *("--kdc", controller.address, "--json", *site.credentials("keytab"), *arguments),
    )
    steps: list[Step] = [step["detail"] for step in ended.report()["steps"] if step["kind"] == "directory"]
    assert steps
    return steps


def test_what_the_probe_reads_is_what_the_controller_holds(samba_site: Site) -> None:
    with samba_site.controller() as controller:
        controller.set_password("EX1$", "EX1-Machine-Password-2")
        steps = asked(samba_site, controller)
        held = controller.search(
            "(sAMAccountName=EX1$)",
            *("msDS-KeyVersionNumber", "pwdLastSet", "userAccountControl", "msDS-SupportedEncryptionTypes"),
        )
    root = steps[0]
    assert (root["question"], root["host"], root["protection"]) == ("root", "dc1.contoso.lab", "none")
    assert abs(root["clock"]["offset_s"]) <= root["clock"]["uncertainty_s"] + 1
    account = next(step for step in steps if step["subject"] == "EX1$")["accounts"][0]
    assert account["kvno"] == int(held["msDS-KeyVersionNumber"]) == 2
    assert account["password_set"] == pytest.approx(int(held["pwdLastSet"]) / 1e7 - FILETIME_EPOCH_S)
    assert account["account_control"] == int(held["userAccountControl"])
    assert account["etypes"] == int(held["msDS-SupportedEncryptionTypes"])
    assert {step["protection"] for step in steps[1:]} == {"sealed"}
    owners = {
        (step["subject"], step["forest_wide"]): [account["name"] for account in step["accounts"]]
        for step in steps
        if step["question"] == "owners"
    }
    for forest_wide in (False, True):
        assert owners["SMTPSVC/ex1.contoso.lab", forest_wide] == []
        assert owners["HOST/ex1.contoso.lab", forest_wide] == ["EX1$"]
        assert owners["SMTPSVC/ex2.contoso.lab", forest_wide] == ["EX2$"]
    assert all(step["complete"] and not step["error"] for step in steps)


@pytest.mark.parametrize(
    ("strong_auth", "protection", "error"),
    [("allow_sasl_over_tls", "tls", ""), ("yes", "tls", "bind-refused")],
)
def test_ldaps(samba_site: Site, strong_auth: str, protection: str, error: str) -> None:
    with with_tls(samba_site, strong_auth) as controller:
        steps = asked(samba_site, controller, "--directory", f"{controller.address}:636")
    assert {step["protection"] for step in steps if step["question"] != "root"} == {protection}
    assert {step["error"] for step in steps[1:]} == {error}
    # Samba's default takes no SASL without a layer of its own, and inside TLS it takes no such layer.
    assert error == "" or steps[1]["detail"].startswith("stronger-auth-required (8)")
    assert {step["dc"].rpartition(":")[2] for step in steps} == ({"636"} if error else {"636", "3269"})
