"""Tickets for a run, from KDCs or from the system, and what every KDC knows: Kerberos with sockets and in parallel.

`ticket_service` is what a run talks to. Its parts go on side by side:

- ``open`` finds the KDCs and gets a ticket-granting ticket. It waits until some KDC was heard, because a dead one that
  happens to be named first would otherwise cost its time-out before anything else is asked.
- ``survey_clocks`` sends every KDC an AS-REQ without preauthentication, over UDP and over TCP. The KRB-ERROR in answer
  has the KDC's time (RFC 4120 section 5.9.1), tries no password, and shows which ways are open.
- ``service_ticket`` gets the ticket for the name that the receiver advertised: from the cache, or from a KDC.
- ``survey_names`` asks every KDC about every name that matters. One that knows a name that another does not, or
  knows it with another kvno, has not replicated; no single ticket would show that.

`referred_realms` goes on where a name belongs to another realm: with each referral ticket that realm's KDCs are asked
what ours were asked, and for their own krbtgt, which every KDC gives to whom it knows the referral of. `native_service`
does the same with tickets of the system. `srv` finds KDCs in DNS (site, Active Directory, any Kerberos; RFC 2782);
`transport` moves one request and its reply, bounded in size and time; `this_host` puts the real clocks and transport
together for a run.
"""
