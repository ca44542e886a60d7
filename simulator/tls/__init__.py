"""TLS of the lab's servers, and the box that ends it on the way.

`pump` is TLS without IO: pyOpenSSL over memory BIOs, because the standard library has no exporter of keying material,
and EXCHANGEAUTH hashes it. Whoever has an end of a TLS connection moves octets between a pump and a transport.

`transport` puts TLS under a protocol whose connection began in clear (STARTTLS, X-ANONYMOUSTLS, LDAP's StartTLS).
A certificate is self-signed, as Exchange's set-up makes one, with the names, times and key that the settings say, so
a fault of TLS is a value in them. `transport` also gives what the other side of a channel must have in common: the
public key, the exported key block, and the names of RFC 5929.

`interceptor` is a middlebox with two real TLS connections, one to each side. What both ends believe to share with
each other they share with it: so hashes and channel bindings fail for the very reason that they would fail outside of
a lab, and nothing else does.
"""
