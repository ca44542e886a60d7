from importlib import import_module
from pathlib import Path

import pytest

from probe.modules import modules_of


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / f"package_of_{tmp_path.name}"
    (folder / "inner").mkdir(parents=True)
    for name in ("__init__", "b", "a", "_shared", "inner/__init__", "inner/deeper"):
        (folder / f"{name}.py").write_text(f"NAME = {name!r}\n", encoding="utf-8")
    (folder / "notes.txt").write_text("no module\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return folder.name


def test_every_file_but_those_with_an_underscore(package: str) -> None:
    assert [module.NAME for module in modules_of(package)] == ["a", "b", "inner/__init__"]


def test_a_module_is_imported_once(package: str) -> None:
    assert all(first is again for first, again in zip(modules_of(package), modules_of(package), strict=True))


def test_a_package_that_is_not_there() -> None:
    with pytest.raises(ModuleNotFoundError):
        next(modules_of("probe.nobody"))


@pytest.mark.parametrize("package", ["probe.checks", "probe.measurements"])
def test_the_probes_own(package: str) -> None:
    folder = Path(import_module(package).__path__[0])
    files = sorted(path.stem for path in folder.glob("[!_]*.py"))
    assert [module.__name__ for module in modules_of(package)] == [f"{package}.{name}" for name in files]
