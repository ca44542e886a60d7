from dataclasses import replace

import pytest

from simulator.directory.store import Directory
from simulator.faults.trust_etype import TrustEtype


@pytest.mark.parametrize("to", ["", "FABRIKAM.LAB"])
def test_what_goes_out_over_the_trust_is_limited(trusting: Directory, to: str) -> None:
    (found,) = TrustEtype(realm="CONTOSO.LAB", etypes=(23,), to=to).directory("DC1", trusting).trusts
    (true,) = trusting.trusts
    assert found.outgoing.etypes == (23,)
    assert replace(found, outgoing=true.outgoing) == true
    assert found.outgoing.key_sets == true.outgoing.key_sets


@pytest.mark.parametrize(
    "fault",
    [
        TrustEtype(realm="FABRIKAM.LAB", etypes=(23,)),
        TrustEtype(realm="CONTOSO.LAB", etypes=(23,), on="DC2"),
        TrustEtype(realm="CONTOSO.LAB", etypes=(23,), to="SALES.LAB"),
    ],
)
def test_elsewhere_nothing_changes(trusting: Directory, fault: TrustEtype) -> None:
    assert fault.directory("DC1", trusting) == trusting
