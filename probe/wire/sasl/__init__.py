"""The client's half of each authentication mechanism over SMTP (PURE; RFC 4954).

A mechanism sees challenges and gives responses (`mechanism`): `Respond`, `Cancel`, or `Work` for what blocks. Who
carries them as lines of base64 is SMTP's affair. When the final reply has come, what was learned is in its
attributes.

- `gssapi`: X-EXPS GSSAPI is SPNEGO with mutual authentication; the receiver's last token comes with 334, an empty
  line answers it, and only then comes 235. AUTH GSSAPI (RFC 4752) goes on with an offer of security layers, to which
  the answer is "none". A KRB-ERROR in a token says more than the reply that follows: so the client does not cancel,
  and lets the receiver say its last word.
- `exchangeauth`: one command, one reply, both ways. The client sends its ticket and a hash over the TLS channel and
  the session key; the receiver answers with a ticket of its own for the client's EHLO name, and a hash with both
  keys. `exchangeauth_blob` has the format and the hashes, `return_leg` judges the receiver's ticket as an acceptor
  does (RFC 4120 section 3.2.3), as far as our keytab allows.
- `ntlm`: the challenge holds names and clock of the server and is given before anybody has logged on (MS-SMTPNTLM); a
  whole log-on takes place only when somebody asked for it.
"""
