from simulator.faults.tls_interception import TlsInterception
from simulator.faults.values import TlsSettings


def test_a_box_stands_before_one_server() -> None:
    fault = TlsInterception(on="EX1", certificate="box.contoso.lab")
    assert fault.tls("EX1", TlsSettings()) == TlsSettings(intercepted_as="box.contoso.lab")
    assert fault.tls("EX2", TlsSettings()) == TlsSettings()
