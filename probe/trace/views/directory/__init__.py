"""What the domain controllers' directories said, and what each KDC thinks of our account (PURE).

Every controller holds a copy of its domain, so each answer is one controller's. `ownership` joins them: an account is
the same one when its distinguished name is; the accounts of one SPN are counted within one answer, for two answers
that name different owners are a replication that has not arrived, and no duplicate. Answers of a global catalog are
about the whole forest and kept apart. That nobody has a name is believed only of a complete answer, and only of a
directory that shows the host itself: another domain's would say the same.

`splits` says where controllers contradict each other: kvno, time of the password (two keys of one version cannot be
told apart otherwise), disabled, owners. `accounts` reads the AS exchange for the same: who refuses our account
(6, 18) while another KDC knows it (25, or a ticket).
"""
