"""A whole log-on by NTLM, because somebody asked for it: a sending Exchange server never does it.

pyspnego makes the messages: SSPI on Windows, its own code elsewhere. It is imported late, and works in a thread.
"""

from dataclasses import replace
from typing import Any

from probe.settings.context import RunContext
from probe.settings.options import Credentials, ProbeOptions
from probe.smtp.connect import ConnectedTarget
from probe.smtp.gssapi import token_rounds
from probe.smtp.session import smtp_reply
from probe.tickets.secret import NoKeyError, Password, Secret
from probe.trace import facts
from probe.trace.facts import Outcome
from probe.wire.crypto import EncryptionType
from probe.wire.kerberos import EtypeInfo2Entry
from probe.wire.ntlm import NtlmError
from probe.wire.sasl.ntlm import NtlmLogOn

VERBS = ("X-EXPS", "AUTH")
"""X-EXPS first: that is what the other mechanisms are compared with."""


class PyspnegoInitiator:
    """One context of pyspnego's. ``domain`` may be the DNS name of the account's domain: the realm."""

    def __init__(self, user: str, secret: Secret, *, domain: str, host: str) -> None:
        self._user, self._secret = f"{domain}\\{user}" if domain else user, secret
        self._host = host
        self._context: Any = None

    def negotiate(self) -> bytes:
        """The NEGOTIATE message."""
        import spnego

        self._context = spnego.client(
            _credential(self._user, self._secret), hostname=self._host, service="SMTPSVC", protocol="ntlm"
        )
        token: bytes | None = self._context.step()
        return token or b""

    def authenticate(self, challenge: bytes) -> bytes:
        """The AUTHENTICATE message. Raises NtlmError."""
        try:
            token: bytes | None = self._context.step(challenge)
        except Exception:  # noqa: BLE001 - a hostile challenge may make a foreign decoder raise anything
            raise NtlmError("challenge-cannot-be-answered", 0) from None
        return token or b""


def _credential(user: str, secret: Secret) -> Any:
    """A password as it is; of a keytab the RC4 key, which is the NT hash (RFC 4757 section 2).

    Raises NoKeyError.
    """
    import spnego

    if isinstance(secret, Password):
        return spnego.Password(username=user, password=secret.text)
    return spnego.NTLMHash(username=user, nt_hash=_nt_hash(secret).hex())


def _nt_hash(secret: Secret) -> bytes:
    wanted = EtypeInfo2Entry(etype=EncryptionType.RC4_HMAC, salt_bytes=None, s2kparams=None)
    return secret.key([wanted], b"").contents


def without_secret(options: ProbeOptions) -> Credentials:
    """The credentials for everything but the log-on: by NTLM the password is tried once, and not at a KDC."""
    credentials = options.credentials
    return Credentials(principal=credentials.principal) if options.mechanism == "ntlm" else credentials


async def log_on_by_ntlm(context: RunContext, connected: ConnectedTarget) -> None:
    """X-EXPS NTLM or AUTH NTLM with the user's secret, once; a Handshake step, or none without an offer."""
    offer, credentials = connected.session.capabilities, context.options.credentials
    verb = next((verb for verb in VERBS if offer is not None and offer.offers(verb, "NTLM")), None)
    if verb is None or not connected.session.ready:
        return
    secret, principal = credentials.secret, credentials.principal
    if secret is None or principal is None:
        return
    seen = facts.Handshake(
        verb=verb,
        mechanism="NTLM",
        wrapping="",
        tls=connected.session.tls,
        server="",
        initial_response=False,
    )
    if not isinstance(secret, Password):
        try:
            _nt_hash(secret)
        except NoKeyError as error:
            skipped = replace(seen, problem=f"no NT hash: {error}")
            context.recorder.add(skipped, Outcome.SKIPPED, start_ms=context.recorder.elapsed_ms())
            return
    initiator = PyspnegoInitiator(
        str(principal), secret, domain=context.options.realm, host=connected.advertised_name
    )
    await _perform(NtlmLogOn(verb, initiator), connected, seen)


async def _perform(mechanism: NtlmLogOn, connected: ConnectedTarget, seen: facts.Handshake) -> None:
    exchange = await connected.session.authenticate(mechanism, initial_response=False)
    sent = [leg.octets for leg in mechanism.rounds if leg.direction == "sent"]
    seen = replace(
        seen,
        token_octets=sent[-1] if len(sent) > 1 else 0,
        rounds=token_rounds(mechanism.rounds),
        reply=smtp_reply(exchange.reply),
        disconnected=exchange.disconnected,
        problem=mechanism.problem or exchange.problem,
    )
    if exchange.outcome is Outcome.OK and not (seen.reply and seen.reply.code == 235):
        exchange.outcome = Outcome.MALFORMED
    connected.session.record(seen, exchange)
