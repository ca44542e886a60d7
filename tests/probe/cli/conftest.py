import pytest

from tests.support.exps import Exps


@pytest.fixture
def exps(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Exps:
    return Exps(monkeypatch, capsys)
