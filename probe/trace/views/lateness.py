"""Whether this host was itself too late for its time-outs to say anything of others (PURE)."""

from probe.trace import Trace

LATE_MS = 700.0
"""A sixth of the shortest usual time-out and more: an answer may have lain there unread."""


def we_were_late(trace: Trace) -> bool:
    """Silence then proves nothing: our own lateness is never told as a peer's fault."""
    return trace.late_ms >= LATE_MS
