"""From a trace to a verdict (PURE).

Checks speak of one cause each and know nothing of the others. `verdict` puts them in order: what breaks the handshake
before what does not, proof before suspicion, and among equals the earlier event of a delivery, because an early fault
hides later ones (its own first lines have the rule). The place of a cause in that chain is its ``rank`` in
`probe.causes`, so a new cause changes no code here.

Three things are kept apart: the *status* (for monitoring), the *cause*, and the *certainty*, which is ``certain``
only for a finding that no other cause could have brought about. Without one that breaks the handshake the verdict is
``undetermined``, and says what would decide, cheapest first. A bug of ours in the trace is told as such before
anything else, and a fault that was committed on request (``--inject``) as our own.

`outcome` says what a run came to where no cause is supported: no ticket, no reply, and why. `placeholders` fills the
remedies' ``{spn}``, ``{kdc}`` ... with what the trace saw.
"""
