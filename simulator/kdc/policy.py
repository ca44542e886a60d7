"""Who may log on, and who may have a ticket for whom: refusals with the reason that Windows adds (PURE).

The numbers are as Samba's domain controller maps them for Windows' clients: what concerns the account as a whole is
error 18, a password that is over is 23, everything else that a policy forbids is 12; the NTSTATUS goes into the e-data
(MS-KILE section 2.2.1).
"""

from simulator.directory.store import Account, LogonLimit
from simulator.kerberos import encode_windows_status
from simulator.kerberos.refusal import ErrorCode, Refusal

STATUS_ACCOUNT_DISABLED = 0xC0000072
STATUS_AUTHENTICATION_FIREWALL_FAILED = 0xC0000413
"""NTSTATUS, MS-ERREF section 2.3.1."""

_LIMITS = {
    LogonLimit.LOCKED_OUT: (ErrorCode.CLIENT_REVOKED, 0xC0000234, "the account is locked out"),
    LogonLimit.ACCOUNT_EXPIRED: (ErrorCode.CLIENT_REVOKED, 0xC0000193, "the account has expired"),
    LogonLimit.LOGON_HOURS: (ErrorCode.CLIENT_REVOKED, 0xC000006F, "not at this hour"),
    LogonLimit.WORKSTATION: (ErrorCode.POLICY, 0xC0000070, "not from this workstation"),
    LogonLimit.PASSWORD_EXPIRED: (ErrorCode.KEY_EXPIRED, 0xC0000071, "the password has expired"),
    LogonLimit.PASSWORD_MUST_CHANGE: (ErrorCode.KEY_EXPIRED, 0xC0000224, "the password must be changed"),
}


def check_account(account: Account) -> None:
    """Before any proof: an account that nobody may use is refused whoever asks. Raises Refusal."""
    if account.disabled:
        raise _refusal(ErrorCode.CLIENT_REVOKED, STATUS_ACCOUNT_DISABLED, "the account is disabled")
    _check_limit(account, before_proof=True)


def check_logon(account: Account) -> None:
    """After the proof: a stranger must not learn that a password is over. Raises Refusal."""
    _check_limit(account, before_proof=False)


def check_service(account: Account, *, foreign: bool) -> None:
    """Whether a client may have a ticket for the service; ``foreign``: of another realm. Raises Refusal."""
    if account.admits == "nobody" or (foreign and account.admits == "own-realm"):
        reason = f"{account.name} does not let this client authenticate"
        raise _refusal(ErrorCode.POLICY, STATUS_AUTHENTICATION_FIREWALL_FAILED, reason)


def _check_limit(account: Account, *, before_proof: bool) -> None:
    if account.limit is None:
        return
    code, status, text = _LIMITS[account.limit]
    if (code is ErrorCode.CLIENT_REVOKED) is before_proof:
        raise _refusal(code, status, text)


def _refusal(code: ErrorCode, status: int, text: str) -> Refusal:
    return Refusal(code, text, data=encode_windows_status(status))
