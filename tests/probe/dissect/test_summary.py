"""What tokens are, in a few words."""

import pytest

from probe.dissect.gssapi import token
from probe.dissect.node import Walk
from probe.dissect.summary import kinds
from tests.support.foreign_messages import krb_cred, krb_priv, krb_safe, negoex_nego
from tests.support.foreign_tokens import kerberos, ntlm, spnego

TOLD = [
    (spnego()["init"], "SPNEGO NegTokenInit, Kerberos AP-REQ"),
    (spnego()["init2"], "SPNEGO NegTokenInit2"),
    (spnego()["response"], "SPNEGO NegTokenResp, Kerberos KRB-ERROR"),
    (ntlm()["challenge"], "NTLM CHALLENGE"),
    (kerberos()["gss_ap_req"], "Kerberos AP-REQ"),
    (kerberos()["as_rep"], "Kerberos AS-REP"),
    (kerberos()["wrap_plain"], "GSS-API wrap token"),
    (krb_cred(), "Kerberos KRB-CRED"),
    (krb_safe(), "Kerberos KRB-SAFE"),
    (krb_priv(), "Kerberos KRB-PRIV"),
    (negoex_nego(), "NEGOEX, NEGOEX INITIATOR_NEGO"),
    (b"\x30\x03\x02\x01\x05", ""),
]


@pytest.mark.parametrize(("octets", "told"), TOLD, ids=[told for _, told in TOLD])
def test_kinds(octets: bytes, told: str) -> None:
    assert kinds(token(Walk(), octets, 0, len(octets), 0)) == told
