"""Tables of numbers and their names: Kerberos, SMTP, SSPI and Windows (PURE data, and one way to ask).

`kerberos`, `smtp` and `windows` are data with their sources, an RFC's section, a specification of
Microsoft's, or "observation" where a product was seen to use the number so. `lookup` gives a `Name` for whatever it
is asked; for a number that no table has it says so and keeps the number, for a diagnosis must not end because a peer
knows one that we do not.

They stand apart from the codecs, which need the numbers and no words, and from `probe.explain`, which says what a
number points at: here is only what the standards call it.
"""
