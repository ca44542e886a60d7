"""`exps` in this process: quick, with the same entry point, exit status and streams as the program."""

import io
import sys
from dataclasses import dataclass

import pytest

from probe.cli import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line that bad input gets."""
        assert (self.status, self.out) == (3, ""), self
        assert self.err.startswith("exps: ")
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1, "one line"
        return self.err.strip()


class Exps:
    """Call it with arguments. ``stdin`` is what a pipe would bring."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Result:
        self._monkeypatch.setattr(sys, "argv", ["exps", *arguments])
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        with pytest.raises(SystemExit) as ended:
            main()
        assert isinstance(ended.value.code, int)
        captured = self._capsys.readouterr()
        return Result(status=ended.value.code, out=captured.out, err=captured.err)
