"""What stands around a token in what people paste, taken away: dumps to octets, transcripts to lines of SMTP. PURE.

A dump (xxd, hexdump -C, od -t x1, Wireshark, C arrays, PowerShell's BitConverter and Format-Hex) has an offset before
and characters behind the octets of each line. A transcript is a dialogue in which a program has put marks of its own
before each line: swaks (``->``, ``<-``), Python's smtplib (``send:``, ``reply:`` with a quoted string), Postfix and
exim (``<``, ``SMTP<<``, behind the log's own words), curl and openssl (``<``, ``>``), MailKit (``C:``, ``S:``),
Exchange's protocol log (columns with commas: the event, one of ``< > * + -``, and then the data), HTTP
(``Negotiate``). What remains is a line as the peer had it.

`marks` takes the marks away, `find_tokens` finds the tokens in what remains: behind a verb or a reply code, alone on a
line, or broken over several.
"""
