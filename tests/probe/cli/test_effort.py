"""--quick and --thorough, for one target and for many."""

from pathlib import Path

import pytest

from probe import run
from probe.run import sweep
from probe.settings.options import ProbeOptions
from probe.trace import Trace
from tests.support.exps import Exps
from tests.support.traces import healthy

OPTIONS = [((), "default"), (("--quick",), "quick"), (("--thorough",), "thorough")]


@pytest.mark.parametrize(("options", "effort"), OPTIONS)
def test_a_target(options: tuple[str, ...], effort: str, exps: Exps, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[ProbeOptions] = []

    async def recorded(given: ProbeOptions) -> Trace:
        asked.append(given)
        return healthy()

    monkeypatch.setattr(run, "run_probe", recorded)
    assert exps("probe", "mail1.contoso.com", *options).status == 0
    assert [given.effort for given in asked] == [effort]


@pytest.mark.parametrize(("options", "effort"), OPTIONS)
def test_many_targets(
    options: tuple[str, ...], effort: str, exps: Exps, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[ProbeOptions] = []

    async def recorded(given: ProbeOptions) -> Trace:
        asked.append(given)
        return healthy()

    original = sweep.sweep
    monkeypatch.setattr(sweep, "sweep", lambda targets, **more: original(targets, examine=recorded, **more))
    targets = tmp_path / "targets.txt"
    targets.write_text("mail1.contoso.com\nmail2.contoso.com\n")
    assert exps("sweep", str(targets), "--rate", "100/s", *options).status == 0
    assert [given.effort for given in asked] == [effort, effort]


def test_both_at_once_contradict_each_other(exps: Exps) -> None:
    assert "--quick and --thorough" in exps("probe", "mail1.contoso.com", "--quick", "--thorough").complaint
