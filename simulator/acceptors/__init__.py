"""The service's side of a log-on: what a token proves, and which SSPI status Windows would name if it does not (PURE).

`acceptor` is one security context, from the first token to the last. It takes what Windows' Negotiate package takes:
SPNEGO with an optimistic Kerberos token, a bare Kerberos token, or the later legs of a negotiation (`spnego`, RFC
4178). The AP-REQ inside goes to `ap_req`, which checks it in the order of RFC 4120 section 3.2.3: is it for one of
this account's names, does our key open the ticket, does the session key open the authenticator, do both name one
client, are the clocks within five minutes, was it here before, is the ticket valid now, are the channel bindings ours
(`channel_bindings`). The first check that fails gives the status.

What goes back differs by status. A skewed clock is "continue needed" with a KRB-ERROR, for the client could correct
its clock and try again; every other refusal ends the context without a token, except at the SMB server, where Windows
was seen to say more (``explains_as``). EXCHANGEAUTH uses the package Kerberos alone and has room for no further leg.

`exchangeauth` reads and writes its blobs and hashes; `ntlm` gives a challenge with the server's names and clock and
verifies NTLMv2; `messages` has frames and per-message tokens. All of it is written apart from the probe's initiator.
"""
