"""What the probe's Kerberos client may be told to do otherwise (PURE)."""

from dataclasses import dataclass

from probe.tickets.client.kdc_reply import ETYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """What may differ from run to run. Times in seconds, sizes in octets."""

    etypes: tuple[int, ...] = ETYPES
    timeout_s: float = 3.0
    """For one request to one KDC over one transport, connecting included."""
    adjust_clock: bool = False
    """Go on with the KDC's time after a KRB_AP_ERR_SKEW; the step with the error stays in the trace."""
    udp_limit: int = 1465
    """The largest request that is tried over UDP: MIT's ``udp_preference_limit``, Windows' MaxPacketSize."""
    maximum_kdcs: int = 16
    maximum_lookups: int = 64
    """KDCs times names in `survey_names`."""
    clock_principal: str = "exps-clock"
    """Asked for by clock measurements without a user: no such account has to exist, for an error tells the
    time too.
    """
