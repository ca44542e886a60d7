"""The lab's servers as Kerberos clients, and the files that a lab leaves for others.

EXCHANGEAUTH is mutual by two log-ons: the receiver answers with a ticket of its own for the sender's EHLO name. So a
server of the lab needs a Kerberos client: `client` has the exchanges as generators that yield requests and are sent
answers (PURE), `return_leg` moves the octets to the lab's KDCs (UDP first, TCP where the answer does not fit or none
comes) and keeps the ticket-granting ticket. It fails as Windows' client fails, with an SSPI status: a KDC that knows
no SPN for the sender gives 454 for a sender whose own ticket was perfect.

`files` writes krb5.conf, keytabs and password files, so that MIT's tools and any other program can use the lab as
they are. Secrets are readable by their owner only.
"""
