"""A judged run for programs (``json``) and for people (``text``, with ``ladder`` and ``tables``) (PURE)."""
