"""Replies of servers that are no Exchange receive connector, and of Exchange's own proxy sessions, as data (PURE).

The same reply code means other things from other servers; the words behind the code tell whose they are. Sources:
Postfix (smtpd.c, smtpd_sasl_glue.c), Exim (smtp_in.c), Dovecot (submission), Cyrus SASL (saslerr.c), sendmail
(srvrsmtp.c), Google's list of SMTP errors, Microsoft Learn on Exchange Online.
"""

from probe.explain.phrases.shape import Phrase

_POSTFIX_SASL = (
    "On that host, read its mail log (postfix/smtpd, saslauthd or dovecot): the reason stands there.",
    "Exchange servers do not log on here with Kerberos: no server-to-server authentication is at fault.",
)
_GOOGLE = (
    "Look at the account and the sending rate in Google Workspace; it is not an Exchange server's answer.",
)
_LOGON = "A user's or a program's log-on was refused: name or password."
_CHECK_PASSWORD = ("Check name and password of that program; never try a wrong one again and again.",)
_PROXY = (
    "Read the inner text, in quotes: it is the answer of the next role (Mailbox transport), and the one that counts.",
    "On the front end, read only: Get-ServerComponentState <SERVER>; Test-ServiceHealth -Server <SERVER>.",
    "On the front end: events 1035 and 2017, and the protocol log of the connector to the Mailbox servers.",
)
_ONLINE = ("Look at the tenant's settings (SMTP AUTH, authentication policies) for that mailbox.",)

PHRASES: tuple[Phrase, ...] = (
    # Exchange, between its own roles on one or two servers.
    Phrase(
        "proxy session setup failed on frontend",
        "Exchange's own proxy session: the front end could not open its session with a Mailbox server, and no client's "
        "log-on is meant.",
        ("name-not-resolved", "target-unreachable"),
        _PROXY,
        first=True,
    ),
    Phrase(
        "proxy session",
        "Exchange's own proxy session between front end and Mailbox server is meant.",
        ("name-not-resolved", "target-unreachable"),
        _PROXY,
    ),
    Phrase(
        "temporary server error, prx",
        "Exchange's own proxy session: the front end found no Mailbox server to hand the session to. The number behind "
        "PRX differs with the step that failed.",
        ("name-not-resolved", "target-unreachable"),
        _PROXY,
        pattern=r"\bprx[1-9]\b",
        first=True,
    ),
    Phrase(
        "timeout waiting for client input",
        "Exchange waited too long for the client's next line.",
        ("target-unreachable", "smtp-inspection"),
    ),
    Phrase(
        "4.3.2 service not active",
        "Exchange's transport on that server is put out of service (maintenance) or not started.",
        advice=("On the receiver, read only: Get-ServerComponentState <SERVER>.",),
        alone=True,
    ),
    # Postfix.
    Phrase(
        "tls not available due to local problem",
        "Postfix says so: it offers STARTTLS, and its own certificate, key or TLS settings cannot be used. No log-on "
        "failed: none came so far.",
        ("tls-failed",),
        ("On the Postfix host: postconf smtpd_tls_cert_file smtpd_tls_key_file, and its mail log.",),
        first=True,
    ),
    Phrase(
        "temporary authentication failure: generic failure",
        "Postfix says so, for its SASL library (Cyrus or Dovecot) could not decide: not Exchange's X-EXPS.",
        ("credentials-rejected",),
        _POSTFIX_SASL,
        pattern=r"temporary authentication failure: ?(?!connection lost)[a-z]",
        first=True,
    ),
    Phrase(
        "generic failure",
        "Cyrus SASL says so: its mechanism failed; the reason stands behind it, or in the server's own log.",
        (),
        _POSTFIX_SASL,
        alone=True,
    ),
    Phrase(
        "error: authentication failed",
        f"Postfix says so: {_LOGON[0].lower()}{_LOGON[1:]}",
        ("credentials-rejected",),
        _CHECK_PASSWORD,
    ),
    Phrase(
        "authentication failed: authentication failure",
        "Postfix with Cyrus SASL says so: name or password, or saslauthd without its source.",
        ("credentials-rejected",),
        _POSTFIX_SASL,
    ),
    Phrase(
        "connection lost to authentication server",
        "Postfix says so: the SASL service (Dovecot, saslauthd) went away in the middle.",
        ("target-unreachable",),
        _POSTFIX_SASL,
        first=True,
    ),
    Phrase("must issue a starttls command first", "The server takes nothing before TLS.", ("tls-failed",)),
    Phrase(
        "encryption required for requested authentication mechanism",
        "The server takes this log-on inside TLS only.",
        ("tls-failed", "mechanism-refused"),
    ),
    Phrase(
        "sasl authentication failed; server",
        "Postfix as the sender says so: the server behind its name refused the log-on.",
        ("credentials-rejected",),
        _CHECK_PASSWORD,
    ),
    Phrase(
        "sasl login authentication failed",
        "Postfix's log says so: somebody's name or password was refused (LOGIN, PLAIN or the like); from the Internet "
        "mostly a guess.",
        ("credentials-rejected",),
        _CHECK_PASSWORD,
        pattern=r"sasl (?:login|plain|cram-md5|digest-md5|ntlm|scram[\w-]*) authentication failed",
    ),
    Phrase(
        "sasl gssapi authentication failed",
        "Postfix's log says so: a Kerberos ticket was not taken; the reason stands behind it.",
        ("machine-key-stale",),
        ("On the Postfix host: klist -k, and give exps explain what stands behind it.",),
    ),
    Phrase(
        "relay access denied",
        "Postfix says so: it takes no mail for this recipient's domain from this client.",
        ("not-authorized",),
    ),
    Phrase(
        "error: authentication not enabled",
        "Postfix says so: it has no log-on at all on this port.",
        ("mechanism-refused",),
    ),
    Phrase(
        "error: too many errors",
        "Postfix says so: the client made more mistakes in one session than smtpd_hard_error_limit allows.",
        ("too-many-failures",),
        first=True,
    ),
    Phrase(
        "error: command not recognized",
        "Postfix says so: it has no such command: no Exchange server answers.",
        ("wrong-server-answers",),
    ),
    Phrase(
        "220 ... esmtp postfix, exim or sendmail",
        "The banner of another mail server than Exchange: no log-on between Exchange servers can come about with it.",
        ("wrong-server-answers",),
        pattern=r"(?<!\w)220[ -]\S{1,255} esmtp (?:postfix|exim|sendmail|opensmtpd)",
    ),
    Phrase(
        "no worthy mechs found",
        "Cyrus SASL says so: no mechanism is left that both sides have; the GSSAPI plug-in is missing, or TLS is due.",
        ("mechanism-refused",),
    ),
    # Dovecot, Exim, sendmail.
    Phrase(
        "temporary internal authentication failure",
        "Dovecot says so: its user database gave no answer.",
        ("target-unreachable",),
        _POSTFIX_SASL,
        first=True,
    ),
    Phrase(
        "incorrect authentication data",
        f"Exim says so: {_LOGON[0].lower()}{_LOGON[1:]}",
        ("credentials-rejected",),
        _CHECK_PASSWORD,
    ),
    Phrase(
        "relay not permitted",
        "Exim says so: it takes no mail for this recipient's domain from this client.",
        ("not-authorized",),
        alone=True,
    ),
    Phrase(
        "unable to authenticate at present",
        "Exim says so: what it asks about users gave no answer.",
        ("target-unreachable",),
    ),
    Phrase(
        "tls currently unavailable",
        "Exim says so: its certificate or TLS settings cannot be used.",
        ("tls-failed",),
        first=True,
    ),
    Phrase(
        "4.3.3 tls not available after start",
        "Sendmail says so: it offers STARTTLS and cannot begin it: its certificate, key or settings.",
        ("tls-failed",),
        pattern=r"4\.3\.3 tls not available",
        first=True,
    ),
    Phrase(
        "5.3.3 auth mechanism not available",
        "Sendmail says so: it has no log-on, or not by this mechanism.",
        ("mechanism-refused",),
        pattern=r"5\.3\.3 auth (?:mechanism \S{1,40} )?not available",
        first=True,
    ),
    Phrase(
        "535 5.7.0 authentication failed",
        f"Sendmail's words: {_LOGON[0].lower()}{_LOGON[1:]}",
        ("credentials-rejected",),
        _POSTFIX_SASL,
        pattern=r"535 5\.7\.0 authentication failed",
    ),
    Phrase(
        "unable to start tls (#4.3.0)",
        "qmail's words: its certificate or TLS settings cannot be used.",
        ("tls-failed",),
        pattern=r"unable to (?:start|initialize|init) tls",
        first=True,
    ),
    Phrase(
        "tls not available",
        "The server offers STARTTLS and cannot begin it: its certificate, key or settings.",
        ("tls-failed",),
        first=True,
    ),
    # Google.
    Phrase(
        "too many login attempts - gsmtp",
        "Google's server says so (gsmtp): too many log-ons of one account.",
        ("credentials-rejected",),
        _GOOGLE,
        pattern=r"too many login attempts",
        first=True,
    ),
    Phrase(
        "cannot authenticate due to temporary system problem - gsmtp",
        "Google's server says so: its own trouble with log-ons.",
        advice=_GOOGLE,
        pattern=r"cannot authenticate due to temporary system problem",
        first=True,
    ),
    Phrase(
        "username and password not accepted - gsmtp",
        f"Google's server says so: {_LOGON[0].lower()}{_LOGON[1:]}",
        ("credentials-rejected",),
        _GOOGLE,
        pattern=r"username and password not accepted",
        first=True,
    ),
    Phrase(
        "gsmtp",
        "Google's server wrote this line: it is not an Exchange server's answer.",
        advice=_GOOGLE,
    ),
    # Others.
    Phrase(
        "email-smtp.eu-west-1.amazonaws.com",
        "Amazon's mail service is the server: 454 there is about its own credentials for SMTP.",
        ("credentials-rejected",),
        _CHECK_PASSWORD,
        pattern=r"email-smtp\.[\w.-]+\.amazonaws\.com",
    ),
    Phrase(
        "authentication unsuccessful, smtpclientauthentication is disabled",
        "Exchange Online says so: SMTP AUTH is turned off for the tenant or the mailbox.",
        ("mechanism-refused",),
        _ONLINE,
        pattern=r"smtpclientauthentication is disabled",
        first=True,
    ),
    Phrase(
        "authentication unsuccessful, basic authentication is disabled",
        "Exchange Online says so: passwords are not taken, OAuth is.",
        ("mechanism-refused",),
        _ONLINE,
        pattern=r"basic authentication is (?:not supported|disabled)",
        first=True,
    ),
    Phrase(
        "authentication unsuccessful [prod.outlook.com]",
        "Exchange Online says so: a name or password was refused, or the tenant does not take it.",
        ("credentials-rejected",),
        _ONLINE,
        pattern=r"authentication unsuccessful.{0,80}\.prod\.outlook\.com",
        first=True,
    ),
    Phrase(
        "authentication unsuccessful, the request did not meet the criteria",
        "Exchange Online says so: a policy of the tenant stands against this log-on.",
        ("mechanism-refused",),
        _ONLINE,
        first=True,
    ),
)
