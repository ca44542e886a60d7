"""Labs by chance, and the verdict on each held against the truth.

A scenario that somebody wrote teaches the checks what he knew; it does not test them. Here chance draws the lab
(`generate`, `draws`), what each fault makes true is said by the fault itself (`simulator.faults`), and *what stops
mail* is found by ablation: the log-on is played again without each part that might be to blame (`parts`, `truth`). The
smallest sets whose removal lets it pass are exactly the diagnoses (Reiter 1987); a fault in none of them is latent.
`score` holds the probe's report against that. All of it is PURE: who plays labs is `simulator.run.fuzz`.
"""
