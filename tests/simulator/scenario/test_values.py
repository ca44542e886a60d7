"""What scenario files may say of the probe is what the probe knows."""

from typing import get_args, get_type_hints

from probe.settings.options import MECHANISMS, TLS_MODES
from simulator.scenario.values import ProbeSettings


def test_the_probes_words() -> None:
    # the simulator may not import the probe's options, so the words are written down twice
    hints = get_type_hints(ProbeSettings)
    assert set(get_args(hints["mechanism"])) == set(MECHANISMS)
    assert set(get_args(hints["tls"])) == set(TLS_MODES)
