"""The receiver's own account may not log on, so it gets no ticket for its half of EXCHANGEAUTH (PURE)."""

from functools import partial

from probe.checks import Finding, Status
from probe.trace import Trace
from probe.trace.views.directory.ownership import answers, controller, host_account
from probe.trace.views.evidence import Evidence
from probe.trace.views.kerberos.answers import same_name
from probe.trace.views.smtp.exchangeauth import others_verified, refused
from probe.trace.views.smtp.session import EXCHANGEAUTH, answer, refusals, succeeded

CHECK = CAUSE = "receiver-account-refused"
TITLE = "The receiver's computer account may log on"
CITATION = (
    "MS-ADTS section 2.2.16 (ADS_UF_ACCOUNT_DISABLE); KDCs go on issuing tickets *for* a disabled account"
)

finding = partial(Finding, check=CHECK, cause=CAUSE)


def examine(trace: Trace) -> Finding:
    """Disabled at every controller that was asked, and EXCHANGEAUTH alone refused, is proof."""
    account = host_account(trace)
    if account is None:
        return finding(status=Status.NOT_APPLICABLE, says="no directory showed the receiver's account")
    seen = [
        (step, one)
        for step in answers(trace, "account")
        for one in step.facts.accounts
        if same_name(one.name, account.name)
    ]
    disabled = [(step, one) for step, one in seen if one.disabled]
    if not disabled:
        return finding(status=Status.PASS, says=f"{account.name} is enabled")
    turned_down, others = refused(trace), others_verified(trace)
    everywhere = len(disabled) == len(seen)
    bound_alone = bool(turned_down) and bool(others)
    return finding(
        status=Status.CONFIRMED
        if everywhere and bound_alone
        else Status.SUSPECT
        if bound_alone
        else Status.NOTICE,
        says=f"{account.name} is disabled{'' if everywhere else ' on some domain controllers'}, so that "
        f"{'no KDC gives' if everywhere else 'these do not give'} the receiver a ticket for its half of {EXCHANGEAUTH}",
        evidence=(
            *(
                Evidence(step=step.id, says=f"{controller(step.facts)}: {one.name} is disabled")
                for step, one in disabled
            ),
            *(answer(step) for step in (*turned_down, *others)),
        ),
        names={"account": account.name},
        breaks=not succeeded(trace) and (bound_alone or not refusals(trace)),
    )
