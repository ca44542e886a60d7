"""What differs between the versions of Exchange on the wire and in their protocol logs (PURE).

A version's EHLO reply is a layout: keywords in their order, of which some stand for what a connector's settings
make of them. Published protocol logs and transcripts are the source where nothing else is said; ``[?]`` marks what
was not seen.
"""

from dataclasses import dataclass, replace

SIZE, STARTTLS, X_ANONYMOUSTLS = "SIZE", "STARTTLS", "X-ANONYMOUSTLS"
AUTH, X_EXPS, X_EXCHANGEAUTH = "AUTH", "X-EXPS", "X-EXCHANGEAUTH"

_BODY = (
    *(SIZE, "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", STARTTLS, X_ANONYMOUSTLS),
    *(AUTH, X_EXPS, X_EXCHANGEAUTH, "8BITMIME", "BINARYMIME", "CHUNKING"),
)
"""2007 and later agree so far."""

_HUB_KEYWORDS = ("SMTPUTF8", "XPROXY", "X-OORG")
"""The Transport service behind a 2013+ front end may have them; their place in the list is [?]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A version. The defaults are those of the many."""

    name: str
    layout: tuple[str, ...]
    """EHLO keywords in order; SIZE, STARTTLS, X-ANONYMOUSTLS, AUTH, X-EXPS and X-EXCHANGEAUTH are places."""
    exps: tuple[str, ...] = ("GSSAPI", "NTLM")
    """What ``X-EXPS`` offers with flag ExchangeServer."""
    exchangeauth: bool = True
    """EXCHANGEAUTH too, inside X-ANONYMOUSTLS."""
    starttls: tuple[str, ...] = (STARTTLS,)
    """The lines that announce it."""
    x_anonymoustls: bool = True
    size_has_value: bool = True
    """``SIZE 37748736``; without it plain ``SIZE``."""
    always_gssapi: bool = False
    """AUTH GSSAPI goes with Integrated; otherwise it needs EnableAuthGSSAPI."""
    equals_login: bool = False
    """``AUTH=LOGIN`` for old clients, beside ``AUTH LOGIN``."""
    banner: str = "{fqdn} Microsoft ESMTP MAIL Service ready at {moment}"
    names_clock_skew: bool = False
    """Event 1035 says UnexpectedExchangeAuthBlobCheckForClockSkew; earlier builds stop before ``Check``."""
    log_version: str = "15.0.0.0"
    """``#Version`` of a protocol log."""
    log_names_cipher: bool = True
    """A protocol log says which protocol and cipher TLS came to."""
    reply_is_one_record: bool = False
    """A protocol log has a whole EHLO reply in one record; older ones have a record a line."""
    hub_keywords: tuple[str, ...] = ()
    """What the Transport service has besides, where there is a front end before it."""

    def keywords(self, *, hub: bool) -> tuple[str, ...]:
        """The layout; the hub's own keywords come before its last one."""
        own = tuple(word for word in self.hub_keywords if hub and word not in self.layout)
        return (*self.layout[:-1], *own, self.layout[-1])


_2003 = Profile(
    name="2003",
    # The SMTP service of Windows Server 2003 with Exchange's event sinks: X-LINK2STATE carries link states.
    layout=(
        *("TURN", SIZE, "ETRN", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "8bitmime", "BINARYMIME"),
        *("CHUNKING", "VRFY", STARTTLS, X_EXPS, AUTH, "X-LINK2STATE", "XEXCH50", "OK"),
    ),
    exps=("GSSAPI", "NTLM", "LOGIN"),
    exchangeauth=False,
    starttls=("TLS", STARTTLS),
    x_anonymoustls=False,
    size_has_value=False,
    always_gssapi=True,
    equals_login=True,
    # Two blanks before the date; the build is Service Pack 2's.
    banner="{fqdn} Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready at  {moment}",
    # That version's logs are Windows' own (W3C Extended). The lab writes this form for it all the same.
    log_version="8.0.0.0",
    log_names_cipher=False,
)
# Shadow redundancy is a feature of 2010: XSHADOW with 2007 is [?].
_2007 = Profile(
    name="2007",
    layout=(*_BODY, "XEXCH50", "XRDST", "XSHADOW"),
    size_has_value=False,
    log_version="8.0.0.0",  # [?] the later ones have their product's number
    log_names_cipher=False,
)
_2010 = replace(_2007, name="2010", log_version="14.0.0.0")
_2013 = Profile(name="2013", layout=(*_BODY, "XRDST"), hub_keywords=_HUB_KEYWORDS)
# One record a reply was seen in 2023; with which update of 2016 it came is [?].
_2016 = replace(_2013, name="2016", names_clock_skew=True, reply_is_one_record=True)
# SMTPUTF8 is documented for 2019; its place is [?].
_2019 = replace(_2016, name="2019", layout=(*_BODY, "SMTPUTF8", "XRDST"))
_SE = replace(_2019, name="se")
# An Edge server belongs to no domain, so it has no machine account: NTLM alone, and nothing to bind.
_EDGE = replace(_2019, name="edge", exps=("NTLM",), exchangeauth=False, hub_keywords=())

PROFILES = {profile.name: profile for profile in (_2003, _2007, _2010, _2013, _2016, _2019, _SE, _EDGE)}
"""Every profile by the name that a scenario gives it."""
