"""What a domain controller knows: accounts, SPNs, keys, trusts (PURE values).

An account has *key sets*, one for each password, newest first, with its version (kvno) and a key for each encryption
type. A KDC seals with the newest; a server holds its own copy of the account. When the two differ, a log-on fails
although each of them is consistent: that is what most faults of keys are.

A `Directory` is one KDC's *view*. It is a value: whoever changes it (a fault, `with_account`) makes another one, and
all others keep theirs. SPNs belong to accounts and are compared without case; two owners are a duplicate, which the
view can hold and no KDC gives a ticket for. ``HOST/`` stands for the service classes that Windows maps to it; SMTP
and SMTPSVC are not among them, which is why they have to be registered by name. A trust has two accounts of its own,
one for each direction (RFC 4120 section 1.2).
"""
