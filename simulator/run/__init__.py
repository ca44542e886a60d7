"""Scenarios run against the probe, and what is made of the results.

`runner` starts a lab, calls the probe through its public API with the options that the scenario says, and judges. It
is the one place below the command line that knows the probe; it gets a report and never a look into the probe's own
classes. `comparison` holds the report, and the ledger, against what the scenario expects: the verdict and how
certain, the reply, the event that the receiver logged, that every declared fault did change something, and that
nobody is accused where nothing is wrong. A difference is a sentence.

`confusion_matrix` looks at many runs at once: what was wrong against what was named first, and above all what was
called certain and is not so. `send` is the other half of a scenario, seen by an administrator: a message goes into
the sending server's queue and out again, or stays there with its LastError.
"""
