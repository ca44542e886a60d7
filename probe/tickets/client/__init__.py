"""The probe's own Kerberos client (RFC 4120): from a secret to a service ticket, and what each KDC says on the way.

PURE: requests go out and replies come in as bytes. The network is a `KdcTransport` (`probe.kdcs.transport` has it
with sockets), clock and randomness are arguments. Each request, and what came of it, is one step (`recording`).

Two halves meet in `kerberos_client`. `as_exchange` and `tgs_exchange` know the protocol and no network: ``start()``
gives the first request, ``receive(reply)`` says whether another request is due, a ticket is there, or there will be
none and why (`results`; `kdc_reply` reads what both have in common). `routes` knows the network and no protocol.

Which KDC, and how to get there:

1. `locator` asks the user's ``--kdc``, then DNS, then krb5.conf; the first source that names any KDC ends the search.
2. A *way* is one KDC over one transport, UDP or TCP. Left out are ways that were dead in this run, ways that this
   request was sent on already, and UDP for a request over 1465 octets or after KRB_ERR_RESPONSE_TOO_BIG (52).
3. KDCs that were heard come first, then UDP before TCP, then the KDC that answered last.
4. Only the AS-REQ with preauthentication is ranked otherwise: the KDC that answered last, whose salt and cookie it
   uses, and TCP where that is known to work. It proves our secret. One made of a password must not get lost: if it may
   have arrived and no answer came, the client gives up, because a second one might be the failure that locks the
   account. A keytab's key locks none, so another KDC is asked.

So a password is sent once per principal and run. The one repetition is after KRB_AP_ERR_SKEW, with the KDC's own time:
the KDC had to open the timestamp to see that, so the key was right. From then on the KDC's time is used in its realm,
and a run shows what lies behind the skew as well; the step with the error stays in the trace.

Referrals are followed: for a client by KDC_ERR_WRONG_REALM, for a service by a ticket for another realm's krbtgt
(RFC 6806 sections 7 and 8), five at most, no realm twice.
"""
