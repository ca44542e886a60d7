import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MEASURE = Path(__file__).parents[2] / "scripts" / "measure"


def measure(root: Path, **files: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/measure in a checkout that has these files below probe/."""
    for folder in ("scripts", "probe", "tests"):
        (root / folder).mkdir()
    shutil.copy(MEASURE, root / "scripts")
    for name, text in files.items():
        (root / "probe" / f"{name}.py").write_text(text, encoding="utf-8")
    command = [sys.executable, str(root / "scripts" / "measure")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def function_of(lines: int) -> str:
    return "def long() -> None:\n" + "    pass\n" * (lines - 1)


def test_figures_of_a_small_tree(tmp_path: Path) -> None:
    (root := tmp_path / "checkout").mkdir()
    result = measure(root, one=function_of(10), two="x = 1\n" * 30, three="x = 1\n" * 20, empty="")
    assert result.returncode == 0
    assert "source: 3 files, 60 lines; median file 20, largest 30 (probe/two.py)" in result.stdout
    assert "largest 10 (probe/one.py:1 long)" in result.stdout
    assert "tests to source 0.00" in result.stdout


@pytest.mark.parametrize(("lines", "status"), [(400, 0), (401, 1)])
def test_limit_of_a_file(tmp_path: Path, lines: int, status: int) -> None:
    result = measure(tmp_path, module="x = 1\n" * lines)
    assert result.returncode == status
    assert ("too long: probe/module.py has 401 lines" in result.stderr) == bool(status)


@pytest.mark.parametrize(("lines", "status"), [(40, 0), (41, 1)])
def test_limit_of_a_function_counts_its_docstring(tmp_path: Path, lines: int, status: int) -> None:
    text = 'async def long() -> None:\n    """\n' + "\n" * (lines - 3) + '    """\n'
    result = measure(tmp_path, module=text)
    assert result.returncode == status
    assert ("probe/module.py:1 long has 41 lines" in result.stderr) == bool(status)
