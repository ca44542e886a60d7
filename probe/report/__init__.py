"""A judged run for programs (`json`) and for people (`text`, `html`) (PURE).

Nothing is decided here: the verdict is made, and every section shows what the trace holds. `text` puts them in the
order in which a reader needs them: what it is, why, what to do, what else it might be, what would decide; then the
tables (`names_table`, `clock_table`, `kdc_table`, `directory_table`), and the `ladder`, where everything that
happened has its time and its direction, with `around` for what was asked beside the handshake. `html` is the same
text in a page, so that the two cannot disagree. `json` is a schema of its own number: what is added keeps it, what
changes does not.

Texts come from peers that may be hostile: `lines` makes control and bidirectional characters visible, and nothing
from the network is markup. Where KDCs or names disagree a row is marked, for a difference is what a reader looks for.
"""
