"""GSS-API's own major statuses, by name, number and words (RFC 2744 section 3.9.1): what they mean, as data (PURE).

A major status says where it stopped; why, says the minor one, in front of which it gives way.
"""

from probe.explain.phrases.shape import Phrase

_MINOR = (
    "Give exps explain the text or number behind `Minor`, if there is one; KRB5_TRACE=/dev/stderr shows more.",
)
_LOG_ON = ("Log on: kinit <USER>@<REALM>, and look: klist, exps doctor.",)


def _major(
    name: str,
    number: int,
    words: str,
    meaning: str,
    causes: tuple[str, ...] = (),
    advice: tuple[str, ...] = _MINOR,
) -> Phrase:
    value = number << 16
    spelt = rf"|{words}" if words else ""
    return Phrase(
        name,
        f"GSS-API: {meaning}",
        causes,
        advice,
        pattern=rf"(?<!\w){name}(?!\w)|major\w*[ =:(]{{1,4}}(?:{value}|0x0*{value:x})(?!\w){spelt}",
    )


PHRASES: tuple[Phrase, ...] = (
    _major(
        "gss_s_bad_mech",
        1,
        "an unsupported mechanism was requested",
        "the other mechanism is not there.",
        ("mechanism-refused",),
    ),
    _major(
        "gss_s_bad_name",
        2,
        "an invalid name was supplied",
        "the service's name cannot be read.",
        (),
        ("Write it as service@host, or as a principal.",),
    ),
    _major(
        "gss_s_bad_bindings",
        4,
        "incorrect channel bindings were supplied",
        "the channel bindings of the two sides differ.",
        ("bindings-rejected", "tls-terminated-in-path"),
    ),
    _major(
        "gss_s_bad_sig",
        6,
        r"a token had an invalid (?:message integrity check|mic|signature)",
        "a token's checksum is not right.",
        ("illegal-message",),
    ),
    _major(
        "gss_s_no_cred",
        7,
        r"no credentials were supplied, or the credentials were unavailable",
        "there is nothing to log on with.",
        (),
        _LOG_ON,
    ),
    _major(
        "gss_s_defective_token",
        9,
        "a token was invalid",
        "the token cannot be read.",
        ("illegal-message", "smtp-inspection"),
    ),
    _major(
        "gss_s_defective_credential",
        10,
        "a credential was invalid",
        "the ticket or key cannot be used.",
        (),
        _LOG_ON,
    ),
    _major(
        "gss_s_credentials_expired",
        11,
        "the referenced credentials have expired",
        "the ticket has ended.",
        ("ticket-time",),
        _LOG_ON,
    ),
    _major(
        "gss_s_context_expired",
        12,
        "the referenced context has expired",
        "the log-on has ended.",
        ("ticket-time",),
        _LOG_ON,
    ),
    _major("gss_s_failure", 13, "", "it failed for a reason that the minor status says."),
)
