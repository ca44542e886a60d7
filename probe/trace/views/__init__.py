"""What a trace says, read once for checks, measurements and report (PURE).

A step says what was seen; a view says what several steps mean together, without naming a cause. Checks, measurements
and report stand beside each other and read a trace through these, never through one another: two of them that
counted the KDCs' opinions each in its own way would sooner or later contradict each other in one report.

- `clocks`: every party's clock with its uncertainty, best source first. Only what remains after the uncertainties of
  both are taken off is a certain difference. Two programs on one host are one witness.
- `wrong_clocks`: whose fault the differences are. The smallest set of wrong clocks that explains all of them leads;
  controllers of one domain that agree are one witness, and a time server of nobody here is never wrong.
- `answering`: which computer answers, by its own word, and whether the ticket was made out to it. Only where that is
  so does a refused ticket say anything about keys.
- `names`: what every source calls the receiver, side by side, and which of them cannot be the host that was meant.
- `kerberos`: what each KDC knows of each name, the way to other realms, whether the ticket was within its lifetime.
- `directory`: who has an SPN, what the accounts look like to each domain controller, where controllers disagree.
- `smtp`: banners, offers and authentications of all connections; which refusals count, what the contrasts have shown.
- `smb_session_check`: what the receiver's own SMB service said to a ticket, and whether that was the receiver at all.
- `evidence`: a sentence and the step that bears it out; every view gives its readings as such.

Two distinctions run through all of them. *Honest* authentications are those without a deliberate fault of ours
(``--inject``): only they accuse anybody. *Contrasts* are the same log-on with one difference, made to compare: they
can excuse a suspect, and never make a run healthy, because no sender goes that way.
"""
