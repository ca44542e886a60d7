"""The probe's SMB2 client against a real smbd that holds a keytab of MIT's KDC."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from probe.trace.facts import Outcome
from tests.support.mit import MitRealm, mit_realm
from tests.support.opinion import FQDN, password, smb_session_check
from tests.support.smbd import smbd

pytestmark = pytest.mark.interop("krb5kdc", "kdb5_util", "kadmin.local", "smbd", "root")

ALICE = password("alice", "alice's password")
LOGON_FAILURE = 0xC000006D
"""MS-ERREF section 2.3.1."""


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MitRealm]:
    with mit_realm(tmp_path_factory.mktemp("mit"), "CONTOSO.LAB") as made:
        made.add_principal("alice", "alice's password")
        # A PAC belongs to a domain, and a standalone smbd refuses it.
        made.add_principal(f"cifs/{FQDN}", options="+no_auth_data_required")
        yield made


@pytest.fixture
def users(tmp_path: Path) -> str:
    """smbd wants a user of the system for everybody who logs on."""
    path = tmp_path / "users"
    path.write_text("nobody = *\n")
    return f"username map = {path}"


@pytest.mark.parametrize("dialect", ["SMB2_02", "SMB2_10", "SMB3_00", "SMB3_02", "SMB3_11"])
async def test_a_ticket_is_accepted_and_the_key_proven(
    realm: MitRealm, tmp_path: Path, users: str, dialect: str
) -> None:
    keytab = realm.keytab(f"cifs/{FQDN}")
    more = f"{users}\n    server max protocol = {dialect}"
    with smbd(tmp_path / "smb", realm, keytab, more=more) as port:
        asked, shown = await smb_session_check(port=port, kdcs=(realm.kdc,), credentials=ALICE)
    names = {"SMB2_02": "2.0.2", "SMB2_10": "2.1", "SMB3_00": "3.0", "SMB3_02": "3.0.2", "SMB3_11": "3.1.1"}
    assert asked.facts.dialect == names[dialect]
    assert asked.outcome is Outcome.OK
    # One machine, one clock.
    assert abs(asked.facts.clock.offset_s) <= asked.facts.clock.uncertainty_s + 0.01
    assert shown.facts.problem == ""
    assert (shown.facts.status, shown.facts.accepted, shown.facts.ap_rep_verified) == (0, True, True)
    assert (shown.facts.server, shown.facts.ticket_kvno) == (f"cifs/{FQDN}", 1)


async def test_a_stale_keytab_is_a_failed_log_on_without_a_token(
    realm: MitRealm, tmp_path: Path, users: str
) -> None:
    keytab = realm.keytab(f"cifs/{FQDN}")
    realm.change_keys(f"cifs/{FQDN}")
    with smbd(tmp_path / "smb", realm, keytab, more=users) as port:
        asked, shown = await smb_session_check(port=port, kdcs=(realm.kdc,), credentials=ALICE)
    assert asked.outcome is Outcome.OK
    assert shown.outcome is Outcome.REFUSED
    assert (shown.facts.status, shown.facts.accepted, shown.facts.ap_rep_verified) == (
        LOGON_FAILURE,
        False,
        False,
    )
    assert shown.facts.peer_error is None
    assert shown.facts.problem == ""


async def test_without_credentials_the_clock_is_read(realm: MitRealm, tmp_path: Path) -> None:
    with smbd(tmp_path / "smb", realm, realm.keytab(f"cifs/{FQDN}")) as port:
        (asked,) = await smb_session_check(port=port)
    assert (asked.facts.stage, asked.facts.clock.source) == ("negotiate", "smb-system-time")


async def test_a_server_that_requires_signing_is_left_without_a_log_off(
    realm: MitRealm, tmp_path: Path, users: str
) -> None:
    keytab = realm.keytab(f"cifs/{FQDN}")
    with smbd(tmp_path / "smb", realm, keytab, more=f"{users}\n    server signing = mandatory") as port:
        _, shown = await smb_session_check(port=port, kdcs=(realm.kdc,), credentials=ALICE)
    assert shown.facts.ap_rep_verified
