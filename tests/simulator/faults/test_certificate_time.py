from dataclasses import replace

from OpenSSL import SSL

from simulator.faults.certificate_time import CertificateTime
from simulator.faults.values import Seconds, TlsSettings
from simulator.tls.transport import server_context

DAY = 86_400.0
NOW = 1_800_000_000.0


def test_times_are_counted_from_the_servers_clock() -> None:
    fault = CertificateTime(on="EX1", starts_in=Seconds(-400 * DAY), lasts=Seconds(365 * DAY))
    found = fault.tls("EX1", TlsSettings())
    assert (found.not_before_s, found.not_after_s) == (-400 * DAY, -35 * DAY)
    assert replace(found, not_before_s=-DAY, not_after_s=5 * 365 * DAY) == TlsSettings()


def test_other_servers_keep_theirs() -> None:
    settings = TlsSettings()
    assert (
        CertificateTime(on="EX1", starts_in=Seconds(0.0), lasts=Seconds(1.0)).tls("EX2", settings) is settings
    )


def test_the_certificate_that_is_presented_has_those_times() -> None:
    settings = CertificateTime(on="EX1", starts_in=Seconds(DAY), lasts=Seconds(2 * DAY)).tls(
        "EX1", TlsSettings()
    )
    context = server_context(replace(settings, key_type="ec-p256"), fqdn="ex1.contoso.lab", now=NOW)
    connection = SSL.Connection(context, None)
    certificate = connection.get_certificate(as_cryptography=True)
    assert certificate is not None
    assert certificate.not_valid_before_utc.timestamp() == NOW + DAY
    assert certificate.not_valid_after_utc.timestamp() == NOW + 3 * DAY
