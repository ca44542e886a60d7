"""What a run is asked to do, and what it takes from its host: values that everybody below the command line is given.

`options` says what is wanted of one target (PURE values: files are read before, secrets are in `Credentials` and
never shown). `environment` is what a run takes from its host: two clocks, randomness, the way to KDCs, the hosts
file. Nothing below reads a clock or draws a random number on its own, so a test can hand in others and a run can be
played again. Two clocks, because they answer different questions: the one that shows the time is compared with other
people's, and may jump; the monotonic one measures how long something took.

`context` carries both, and the recorder, to whoever takes part in a run. `injection` is a fault that the probe
commits on request: what a receiver answers to a fault that we know tells what an unknown one looks like there.
`host` finds this host's own files, krb5.conf and the hosts file among them, and reads them with a bound.
"""
