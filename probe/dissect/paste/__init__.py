"""Finding tokens in what people paste: a token alone, a dump, a transcript, a log (PURE: text in, values out).

The order of things, and why:

1. `text` makes lines of the octets: byte order marks, UTF-16, terminal colours, escapes of mail, URLs and JSON.
   What is no text stays octets, and `embedded` looks for tokens inside (a packet, a file).
2. `dumps` takes the lines that are a hex dump (xxd, hexdump, od, Wireshark, Format-Hex, openssl), told by offsets that
   grow by as many octets as the line shows. `arrays` takes C arrays, escaped strings, `4E-54-4C`, plain hex and
   decimals. First, because a line of a dump could be taken for a line of a dialogue, never the other way round.
   Octets that are no token themselves are searched again, once: the dump may be of a packet or of a dialogue.
3. `transcripts` takes the marks of a program off each line that is left (`->`, `SMTP<<`, `reply: b'...'`, `C: `), and
   `protocol_log` the columns of Exchange's CSV. What is left is what was said, and by which side: who that is, is
   told by what the sides say, since only servers say `334` and only clients say `AUTH`.
4. `dialogue` finds the tokens in what was said, knows the verb that they belong to, and goes on over line breaks.

`signs` says what a token begins like and how long it is to be: by that a token is told from a word, and the last
piece of a broken line from the next command, whatever their length. A password (AUTH LOGIN, AUTH PLAIN) is no token.
"""
