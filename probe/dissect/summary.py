"""What kinds of message a tree holds, in a few words: `SPNEGO NegTokenInit, Kerberos AP-REQ`. PURE."""

from probe.dissect.node import TreeNode

_FAMILIES = {
    "SPNEGO": ("NegTokenInit", "NegTokenInit2", "NegTokenResp"),
    "Kerberos": (
        "AS-REQ", "AS-REP", "TGS-REQ", "TGS-REP", "AP-REQ", "AP-REP", "KRB-SAFE", "KRB-PRIV", "KRB-CRED", "KRB-ERROR",
    ),
    "user-to-user": ("TGT-REQ", "TGT-REP"),
    "IAKERB": ("IAKERB-HEADER",),
    "GSS-API": ("wrap token", "MIC token"),
}  # fmt: skip
_FAMILY = {name: family for family, names in _FAMILIES.items() for name in names}
_OWN_NAMES = ("NTLM ", "NEGOEX", "EXCHANGEAUTH")
_MOST = 6


def kinds(tree: TreeNode) -> str:
    """The messages of a tree, outermost first; "" when none is known."""
    told: list[str] = []
    for node in tree.walk():
        name = node.name.partition("] ")[2] or node.name
        if name in _FAMILY:
            told.append(f"{_FAMILY[name]} {name.removeprefix('IAKERB-')}")
        elif name.startswith(_OWN_NAMES):
            told.append(name)
    return ", ".join(dict.fromkeys(told[:_MOST]))
