"""Traces put together step by step, for checks, verdicts and reports; the healthy one is where they begin."""

from dataclasses import replace
from typing import Any

from probe.trace import Request, Step, Target, Trace
from probe.trace.facts import (
    ClockReading,
    Connect,
    Ehlo,
    Facts,
    Greeting,
    Handshake,
    KdcExchange,
    KerberosError,
    Negotiation,
    Ntlm,
    Outcome,
    Quit,
    Resolve,
    SmbSessionCheck,
    SmtpReply,
    Ticket,
    Tls,
    TokenRound,
)

FQDN = "ex1.contoso.lab"
SPN = f"SMTPSVC/{FQDN}"
RETURN_SPN = "SMTPSVC/ex2.contoso.lab"
REALM = "CONTOSO.LAB"
DC1, DC2, DC3 = "dc1.contoso.lab:88", "dc2.contoso.lab:88", "dc3.contoso.lab:88"
KEYWORDS = ("SIZE", "X-ANONYMOUSTLS", "AUTH", "X-EXPS", "XRDST")
NAMES = {7: "KDC_ERR_S_PRINCIPAL_UNKNOWN", 24: "KDC_ERR_PREAUTH_FAILED", 37: "KRB_AP_ERR_SKEW"}

TEMPORARY = SmtpReply(code=454, enhanced="4.7.0", lines=("4.7.0 Temporary authentication failure",))
SUCCESS = SmtpReply(code=235, enhanced="2.7.0", lines=("2.7.0 Authentication successful",))


def reply(code: int, text: str = "") -> SmtpReply:
    return SmtpReply(code=code, lines=(text,) if text else ())


def error(code: int, **more: Any) -> KerberosError:
    return KerberosError(code=code, name=NAMES.get(code, f"ERR_{code}"), **more)


def reading(who: str, offset: float, uncertainty: float = 0.5, source: str = "kdc-stime") -> ClockReading:
    return ClockReading(who=who, source=source, offset_s=offset, uncertainty_s=uncertainty)


def step(facts: Facts, outcome: Outcome = Outcome.OK, step_id: str = "") -> Step[Facts]:
    return Step(id=step_id, outcome=outcome, start_ms=0.0, duration_ms=1.0, facts=facts)


def trace(*steps: Facts | Step[Facts], request: Request | None = None, target: Target | None = None) -> Trace:
    """A trace of these steps, each a millisecond after the other, numbered by kind as the recorder does."""
    count: dict[str, int] = {}
    kept: list[Step[Facts]] = []
    for position, item in enumerate(steps):
        whole = item if isinstance(item, Step) else step(item)
        number = count[whole.kind] = count.get(whole.kind, 0) + 1
        named = whole.id or f"{whole.kind}-{number}"
        kept.append(replace(whole, id=named, start_ms=float(position)))
    return Trace(
        target=target or Target(name=FQDN, host=FQDN, port=25, address="192.0.2.10"),
        request=request or asked(),
        started=1_700_000_000.0,
        duration_ms=float(len(kept)),
        steps=tuple(kept),
        tool={"name": "exps", "version": "0"},
    )


def asked(**changes: Any) -> Request:
    settings: dict[str, Any] = {
        "realm": REALM,
        "principal": f"EX2$@{REALM}",
        "credentials": "keytab",
        "ehlo_name": "ex2.contoso.lab",
    }
    return Request(**(settings | changes))


def clock(kdc: str = DC1, offset: float | None = 0.0, **changes: Any) -> KdcExchange:
    """The AS-REQ that needs no secret; ``offset=None`` for an answer without a clock."""
    settings: dict[str, Any] = {
        "realm": REALM,
        "kdc": kdc,
        "transport": "udp",
        "purpose": "clock",
        "client": "probe",
        "sent_octets": 180,
        "received_octets": 150,
        "error": error(25),
        "clock": None if offset is None else reading(kdc, offset),
    }
    return KdcExchange(**(settings | changes))


def dead(kdc: str = DC1, transport: str = "udp", why: str = "timed-out", **changes: Any) -> KdcExchange:
    return clock(
        kdc, None, transport=transport, transport_error=why, error=None, received_octets=0, **changes
    )


def logon(kdc: str = DC1, code: int | None = None, **changes: Any) -> KdcExchange:
    """An AS exchange with preauthentication: a TGT, or an error."""
    got: dict[str, Any] = (
        {"error": error(code)} if code is not None else {"ticket_etype": 18, "ticket_kvno": 2}
    )
    settings = {"purpose": "as-preauth", "client": "EX2$", "error": None, **got}
    return clock(kdc, None, **(settings | changes))


def asks(spn: str = SPN, kdc: str = DC1, code: int | None = None, **changes: Any) -> KdcExchange:
    """A TGS exchange for an SPN: a ticket, or an error."""
    got: dict[str, Any] = (
        {"error": error(code)}
        if code is not None
        else {"ticket_etype": 18, "ticket_kvno": 3, "ticket_octets": 1400, "session_etype": 18}
    )
    settings = {"purpose": "spn", "server": spn, "client": "EX2$", "error": None, **got}
    return clock(kdc, None, **(settings | changes))


def ticket(**changes: Any) -> Ticket:
    settings: dict[str, Any] = {
        "source": "keytab",
        "client": "EX2$",
        "server": SPN,
        "requested": (SPN,),
        "etype": 18,
        "kvno": 3,
        "octets": 1400,
        "session_etype": 18,
    }
    return Ticket(**(settings | changes))


def no_ticket(code: int | None = None, problem: str = "", **changes: Any) -> Ticket:
    refused = error(code) if code is not None else None
    return ticket(
        etype=None, kvno=None, octets=None, session_etype=None, error=refused, problem=problem, **changes
    )


def connect(**changes: Any) -> Connect:
    settings: dict[str, Any] = {"name": FQDN, "address": "192.0.2.10", "port": 25, "family": "ipv4"}
    return Connect(**(settings | changes))


def greeting(offset: float | None = 0.0, **changes: Any) -> Greeting:
    settings: dict[str, Any] = {
        "reply": reply(220, f"{FQDN} Microsoft ESMTP MAIL Service ready at Tue, 14 Nov 2023 22:13:20 +0000"),
        "name": FQDN,
        "software": "exchange",
        "clock": None if offset is None else reading(FQDN, offset, 0.6, "smtp-banner"),
    }
    return Greeting(**(settings | changes))


def ehlo(**changes: Any) -> Ehlo:
    settings: dict[str, Any] = {
        "verb": "EHLO",
        "name_sent": "ex2.contoso.lab",
        "tls": "none",
        "reply": reply(250, f"{FQDN} Hello [192.0.2.20]"),
        "advertised_name": FQDN,
        "keywords": KEYWORDS,
        "auth": ("NTLM",),
        "exps": ("GSSAPI", "NTLM"),
        "x_anonymoustls": True,
        "is_exchange": True,
    }
    return Ehlo(**(settings | changes))


def postfix(**changes: Any) -> tuple[Greeting, Ehlo]:
    """Banner and EHLO of a server that is not Exchange: no clock, no X- keywords."""
    banner = greeting(None, reply=reply(220, f"{FQDN} ESMTP Postfix"), software="postfix")
    offer: dict[str, Any] = {
        "keywords": ("PIPELINING", "AUTH"),
        "auth": ("GSSAPI",),
        "exps": (),
        "x_anonymoustls": False,
        "is_exchange": False,
    }
    return banner, ehlo(**(offer | changes))


def tls(**changes: Any) -> Tls:
    settings: dict[str, Any] = {
        "verb": "X-ANONYMOUSTLS",
        "reply": reply(220, "2.0.0 SMTP server ready"),
        "version": "TLSv1.2",
        "cipher": "ECDHE-RSA-AES256-GCM-SHA384",
        "cipher_bits": 256,
    }
    return Tls(**(settings | changes))


def handshake(**changes: Any) -> Handshake:
    settings: dict[str, Any] = {
        "verb": "X-EXPS",
        "mechanism": "GSSAPI",
        "wrapping": "spnego",
        "tls": "x-anonymoustls",
        "server": SPN,
        "initial_response": False,
        "token_octets": 1700,
        "rounds": (
            TokenRound(direction="sent", kind="spnego-init", octets=1700),
            TokenRound(direction="received", kind="spnego-resp", octets=180),
            TokenRound(direction="sent", kind="empty", octets=0),
        ),
        "reply": SUCCESS,
        "ap_rep_verified": True,
        "chosen_mechanism": "krb5",
    }
    return Handshake(**(settings | changes))


def refused(said: SmtpReply | None = TEMPORARY, **changes: Any) -> Handshake:
    settings: dict[str, Any] = {
        "reply": said,
        "ap_rep_verified": False,
        "disconnected": True,
        "chosen_mechanism": "",
        "rounds": (TokenRound(direction="sent", kind="spnego-init", octets=1700),),
    }
    return handshake(**(settings | changes))


def inside(**changes: Any) -> Ehlo:
    """The EHLO reply inside X-ANONYMOUSTLS."""
    settings: dict[str, Any] = {
        "tls": "x-anonymoustls",
        "exps": ("EXCHANGEAUTH", "GSSAPI", "NTLM"),
        "exchangeauth_hash": ("SHA256",),
        "x_anonymoustls": False,
    }
    return ehlo(**(settings | changes))


def bound(return_leg: str = "verified", **changes: Any) -> Handshake:
    """EXCHANGEAUTH that the receiver took, with its own half."""
    settings: dict[str, Any] = {
        "mechanism": "EXCHANGEAUTH",
        "wrapping": "kerberos",
        "initial_response": True,
        "token_octets": 1500,
        "rounds": (
            TokenRound(direction="sent", kind="krb5-ap-req", octets=1500),
            TokenRound(direction="received", kind="krb5-ap-req", octets=1480),
        ),
        "reply": SmtpReply(code=235, lines=("<2100 octets>",)),
        "ap_rep_verified": False,
        "chosen_mechanism": "",
        "return_leg": return_leg,
        "return_server": RETURN_SPN,
        "return_client": f"EX1$@{REALM}" if return_leg in ("verified", "mismatch") else "",
        "return_etype": 18,
        "return_kvno": 2,
    }
    return handshake(**(settings | changes))


def bound_refused(said: SmtpReply | None = TEMPORARY, **changes: Any) -> Step[Facts]:
    """EXCHANGEAUTH that the receiver refused."""
    settings: dict[str, Any] = {
        "reply": said,
        "disconnected": True,
        "rounds": (TokenRound(direction="sent", kind="krb5-ap-req", octets=1500),),
        "return_server": "",
        "return_etype": None,
        "return_kvno": None,
    }
    return step(bound("", **(settings | changes)), Outcome.REFUSED)


def negotiation(octets: int, *, answered: bool, said: SmtpReply | None = TEMPORARY) -> Negotiation:
    """The contrast without a ticket."""
    return Negotiation(
        verb="X-EXPS",
        mechanism="GSSAPI",
        tls="x-anonymoustls",
        token_octets=octets,
        line_octets=octets * 4 // 3,
        answered=answered,
        reply=reply(501, "5.5.4 Authentication cancelled") if answered else said,
    )


def identity(offset: float | None = None, **changes: Any) -> Ntlm:
    """What the receiver says of itself in NTLM; without a clock unless an offset is given."""
    settings: dict[str, Any] = {
        "verb": "AUTH",
        "tls": "none",
        "banner_name": FQDN,
        "advertised_name": FQDN,
        "reply": reply(501, "5.5.4 Authentication cancelled"),
        "computer": "EX1",
        "domain": "CONTOSO",
        "dns_computer": FQDN,
        "dns_domain": "contoso.lab",
        "forest": "contoso.lab",
        "version": "10.0.14393",
        "clock": None if offset is None else reading(FQDN, offset, 0.002, "ntlm-timestamp"),
    }
    return Ntlm(**(settings | changes))


def smb_session_check(code: int | None = None, *, who: str = "ex1$", **changes: Any) -> Step[Facts]:
    """What SMB says of a ticket: KRB-ERROR ``code`` in the name of ``who``; without one it took the ticket."""
    verified = code is None
    settings: dict[str, Any] = {
        "stage": "session",
        "address": "192.0.2.10",
        "port": 445,
        "server": f"cifs/{FQDN}",
        "dialect": "3.1.1",
        "ticket_etype": 18,
        "ticket_kvno": 3,
        "status": 0 if verified else 0xC0000016,
        "accepted": verified,
        "ap_rep_verified": verified,
        "peer_error": None if code is None else error(code, server=who, realm=REALM),
    }
    facts = SmbSessionCheck(**(settings | changes))
    return step(facts, Outcome.OK if facts.accepted else Outcome.REFUSED)


def opinion_without_reason(**changes: Any) -> Step[Facts]:
    """As Samba refuses: STATUS_LOGON_FAILURE and no token."""
    settings: dict[str, Any] = {"status": 0xC000006D, "accepted": False, "ap_rep_verified": False}
    return smb_session_check(**(settings | changes))


def smb_clock(offset: float, uncertainty: float = 0.02, **changes: Any) -> SmbSessionCheck:
    """The answer to SMB's NEGOTIATE, which needs no ticket."""
    settings: dict[str, Any] = {
        "stage": "negotiate",
        "address": "192.0.2.10",
        "port": 445,
        "dialect": "3.1.1",
        "status": 0,
        "clock": reading(FQDN, offset, uncertainty, "smb-system-time"),
    }
    return SmbSessionCheck(**(settings | changes))


def opening() -> tuple[Facts, ...]:
    """What every good run begins with, up to the ticket."""
    return (
        Resolve(name=FQDN, source="system", addresses=("192.0.2.10",)),
        clock(DC1),
        clock(DC1, transport="tcp"),
        clock(DC2),
        clock(DC2, transport="tcp"),
        connect(),
        greeting(),
        ehlo(),
        tls(),
        inside(),
        logon(),
        asks(purpose="tgs"),
        asks(kdc=DC2),
        asks(f"HOST/{FQDN}"),
        asks(f"HOST/{FQDN}", kdc=DC2),
        identity(),
        ticket(),
    )


def healthy() -> Trace:
    return trace(
        *opening(), handshake(), Quit(reply=reply(221, "2.0.0 Service closing transmission channel"))
    )


def failing(*handshakes: Facts | Step[Facts], **changes: Any) -> Trace:
    """A run in which all was good up to the receiver's refusal."""
    return trace(*opening(), *(handshakes or (step(refused(), Outcome.REFUSED),)), **changes)


def without(base: Trace, *kinds: type[Facts]) -> Trace:
    return replace(base, steps=tuple(item for item in base.steps if not isinstance(item.facts, kinds)))
