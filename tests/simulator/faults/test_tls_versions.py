from dataclasses import replace

from simulator.faults.tls_versions import TlsVersions
from simulator.faults.values import TlsSettings


def test_the_versions_of_one_server() -> None:
    settings = TlsSettings()
    found = TlsVersions(on="EX1", minimum="TLSv1.2").tls("EX1", settings)
    assert (found.minimum, found.maximum) == ("TLSv1.2", "TLSv1.3")
    assert replace(found, minimum=settings.minimum, maximum=settings.maximum) == settings
    assert TlsVersions(on="EX1", minimum="TLSv1.2").tls("EX2", settings) is settings
