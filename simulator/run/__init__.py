"""Scenarios run against the probe, and what is made of the results.

`runner` starts a lab, calls the probe through its public API with the options that the scenario says, and judges. It
and `fuzz` are the places below the command line that know the probe; they get a report and never a look into the
probe's own classes. `comparison` holds the report, and the ledger, against what the scenario expects: the verdict and
how certain, the reply, the event that the receiver logged, that every declared fault did change something, and that
nobody is accused where nothing is wrong. A difference is a sentence.

`fuzz` plays labs that chance has drawn (`simulator.fuzz`), with `fast_forward`, an event loop that skips what nobody
needs and hurries nobody. `confusion_matrix` looks at many runs at once: what was wrong against what was named first,
and above all what was called certain and is not so. `send` is the other half of a scenario, seen by an administrator:
a message goes into the sending server's queue and out again, or stays there with its LastError.
"""
