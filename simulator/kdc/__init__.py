"""A domain controller's Kerberos: octets in, octets out (PURE but for `transport`; RFC 4120, MS-KILE).

`service` reads a request, lets one of two exchanges decide it, and writes the answer or the KRB-ERROR, which carries
this KDC's clock. `authentication` is the AS exchange: who proves a key by an encrypted timestamp gets a
ticket-granting ticket. `granting` is the TGS exchange: who shows one, with an authenticator that signs the request,
gets a service ticket. `issue` has what both need: which account a name stands for, which key a ticket is sealed with,
its times. `referral` sends on to a trusted realm, and takes what such a realm sends. A refusal is an exception that
ends in a KRB-ERROR, so that every check is one line; nothing a client sends raises anything else.

Each KDC answers from a *view*, a directory value of its own that a fault may change. So replication that has not
arrived is two KDCs with two views, and needs no code here. The order of checks matters, because the first one that
fails is what the client sees: a disabled account is refused before preauthentication, an unknown SPN after the
ticket-granting ticket was opened.

Where Windows and MIT differ, it answers as a Windows domain controller: a duplicate SPN is error 7 (and not 8), an
answer over 1465 octets is error 52 over UDP (KRB_ERR_RESPONSE_TOO_BIG).
"""
