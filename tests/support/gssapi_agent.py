"""One GSS context of MIT's library, driven through standard input; runs under Debian's own python3.

    python3 gssapi_agent.py accept [BINDINGS]
    python3 gssapi_agent.py initiate SERVICE krb5|spnego mutual|one-way [BINDINGS]

BINDINGS are the application data of channel bindings in hex, as RFC 5929 names a TLS channel.

Each line is `OPERATION HEX`: step, wrap, seal, unwrap or key. Each answer is `ok HEX`, or `error WORDS | HEX` with
the token that came with a refusal. The SPNEGO mechanism of an acceptor is whatever the token says.
"""

import sys

import gssapi  # type: ignore[import-not-found]
import gssapi.raw  # type: ignore[import-not-found]

KERBEROS = gssapi.OID.from_int_seq("1.2.840.113554.1.2.2")
SPNEGO = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
SSPI_SESSION_KEY = gssapi.OID.from_int_seq("1.2.840.113554.1.2.2.5.5")

# An error with a token is raised at once, with the token.
gssapi.SecurityContext.__DEFER_STEP_ERRORS__ = False


def main() -> None:
    context = make_context(*sys.argv[1:])
    for line in sys.stdin:
        operation, _, argument = line.strip().partition(" ")
        try:
            answer = perform(context, operation, bytes.fromhex(argument))
            print("ok", answer.hex(), flush=True)
        except gssapi.exceptions.GSSError as error:
            words = str(error).replace("\n", " ")
            print("error", words, "|", (getattr(error, "token", None) or b"").hex(), flush=True)


def make_context(role: str, *arguments: str) -> gssapi.SecurityContext:
    if role == "accept":
        return gssapi.SecurityContext(usage="accept", channel_bindings=bound_to(*arguments))
    return initiator(*arguments)


def bound_to(application_data: str = "") -> gssapi.raw.ChannelBindings | None:
    if not application_data:
        return None
    return gssapi.raw.ChannelBindings(application_data=bytes.fromhex(application_data))


def initiator(
    service: str, mechanism: str = "krb5", authentication: str = "mutual", bindings: str = ""
) -> gssapi.SecurityContext:
    flag = gssapi.RequirementFlag
    flags = flag.integrity | flag.out_of_sequence_detection
    if authentication == "mutual":
        flags |= flag.mutual_authentication
    return gssapi.SecurityContext(
        name=gssapi.Name(service, gssapi.NameType.kerberos_principal),
        mech=SPNEGO if mechanism == "spnego" else KERBEROS,
        flags=flags,
        usage="initiate",
        channel_bindings=bound_to(bindings),
    )


def perform(context: gssapi.SecurityContext, operation: str, data: bytes) -> bytes:
    match operation:
        case "step":
            answer: bytes | None = context.step(data or None)
            return answer or b""
        case "wrap" | "seal":
            return bytes(context.wrap(data, operation == "seal").message)
        case "unwrap":
            return bytes(context.unwrap(data).message)
        case "key":
            return bytes(gssapi.raw.inquire_sec_context_by_oid(context, SSPI_SESSION_KEY)[0])
        case _:
            raise ValueError(operation)


if __name__ == "__main__":
    main()
