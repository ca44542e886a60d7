"""Labs by chance, and the verdict on each held against the truth (PURE; `simulator.run.fuzz` plays them).

A scenario that somebody wrote teaches the checks what he knew; it does not test them. Theory of operation::

    dice -> generate -> scenario --+-- played whole ------------------------------> report -> said --+
             draws, draw_any       |                                                                 +-> score -> tell
                                   +-- parts -> diagnose: played without each set -> truth ----------+

*generate* draws kinds of faults, then a lab that has a place for them, then their parameters; what does not load is
drawn again. All chance comes from one function, so that a seed and a number are a lab, on every machine.

*diagnose* finds what stops mail by ablation: the log-on is played again without each set of *parts* (the faults, and
settings that are faults as well), small sets first. The smallest whose removal lets it pass are exactly the diagnoses
(Reiter 1987); a fault in none of them is latent. Nobody declares what breaks, so nobody can declare it wrongly.

*truth* gives them names. Which causes a fault makes true, by its parameters and its lab, the fault says itself
(`Fault.causes`, given the `Surroundings`); clocks are judged together (`simulator.faults.covers`).

*score* holds the first cause against the diagnoses, and everything that is called certain against all that is true.
A latent fault is true and may be called so, but it may not come first: it does not explain this log-on.

*tell* makes lines, tables and JSON of it, and of a miss a scenario file that expects the truth.
"""
