"""Measurements that several checks advise, in the same words, so that they are named once (PURE)."""

EVENT_1035 = (
    "on the receiver: read event 1035; LogonDenied, WrongPrincipal mean the key, IllegalMessage the message, "
    "UnexpectedExchangeAuthBlob..., TimeSkew the clock"
)
LOG_LEVEL = (
    "on the receiver (then read its System log for Kerberos errors, and remove the value afterwards): "
    r"reg add HKLM\SYSTEM\CurrentControlSet\Control\Lsa\Kerberos\Parameters /v LogLevel /t REG_DWORD /d 1 /f"
)
RECEIVER_CLOCK = "on this host or the sender: w32tm /stripchart /computer:{fqdn} /samples:3 /dataonly"
ANOTHER_CLOCK = "on any domain member: w32tm /stripchart /computer:<ANOTHER_DC> /samples:3 /dataonly"
CUT_TOKEN = "on this host: send a token that is cut on purpose and compare the answers: --inject cut-token"  # noqa: S105 - advice
