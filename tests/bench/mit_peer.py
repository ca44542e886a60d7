"""MIT's GSSAPI through the system's own python3-gssapi: first accepts our tokens, then does both sides itself.

Standard input: a token in hex a line; standard output: the answer in hex a line, then the seconds that MIT's
initiator took for one context.
"""

import sys
import time

import gssapi  # type: ignore[import-not-found]

count, spn = int(sys.argv[1]), sys.argv[2]
for _ in range(count):
    acceptor = gssapi.SecurityContext(usage="accept")
    print((acceptor.step(bytes.fromhex(sys.stdin.readline())) or b"").hex(), flush=True)

kerberos = gssapi.MechType.kerberos
name = gssapi.Name(spn, gssapi.NameType.kerberos_principal)
credentials = gssapi.Credentials(usage="initiate", mechs=[kerberos])
flags = [gssapi.RequirementFlag.mutual_authentication]


def once() -> float:
    acceptor = gssapi.SecurityContext(usage="accept")
    begun = time.perf_counter()
    initiator = gssapi.SecurityContext(
        name=name, creds=credentials, mech=kerberos, flags=flags, usage="initiate"
    )
    token = initiator.step()
    spent = time.perf_counter() - begun
    answer = acceptor.step(token)
    begun = time.perf_counter()
    initiator.step(answer)
    return spent + time.perf_counter() - begun


once()  # gets the tickets
print(sum(once() for _ in range(count)) / count, flush=True)
