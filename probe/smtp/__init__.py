"""A session with a receive connector: resolve, connect, greet, protect, authenticate. What a sending server does.

`connect` goes the way to a target: every address is connected to, and the first in order that answers is kept; then
banner, EHLO, X-ANONYMOUSTLS where it is offered, else STARTTLS, and EHLO again, each only when the one before went
well. `session` moves octets between a connection and the dialogue of `probe.wire.smtp`: each method is one step of the
trace, stamps what was sent and received, and raises nothing for what a peer does.

`authenticate` is the second half. The receiver's EHLO reply names it, and that name makes the SPN: an Exchange server
is asked for as ``SMTPSVC/<advertised name>`` and by nothing else, so a wrong name there is a wrong ticket. Then, as a
sender does: EXCHANGEAUTH where it is offered (only inside X-ANONYMOUSTLS), else GSSAPI. EXCHANGEAUTH that was
refused, or proved but one half because we have no machine key, is followed by X-EXPS GSSAPI on a connection of its
own: there a receiver may say in a KRB-ERROR what EXCHANGEAUTH has no room for. Where we are not the sender itself (a
user's account, an EHLO name that is only a guess) and no KDC knows our name, EXCHANGEAUTH is left out: the receiver
could not answer it, and nobody must be accused of that.

`gssapi`, `exchangeauth` and `ntlm` make a mechanism, drive it and record what came of it; `ntlm_challenge` asks, on a
connection of its own and without credentials, who answers there and what time it has.
"""
