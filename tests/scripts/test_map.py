import importlib.machinery
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("scripts_map", str(ROOT / "scripts" / "map"))
    spec = importlib.util.spec_from_loader("scripts_map", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["scripts_map"] = module  # its dataclass looks itself up there
    loader.exec_module(module)
    return module


def house(script: ModuleType, *edges: tuple[str, str]) -> Any:
    rooms = {room: "" for edge in edges for room in edge}
    return script.House(name="house", rooms=dict(sorted(rooms.items())), edges=frozenset(edges))


def test_a_room_stands_above_all_that_it_imports(script: ModuleType) -> None:
    edges = (("a", "b"), ("b", "c"), ("a", "c"), ("d", "c"))
    assert script.floors(house(script, *edges)) == [["c"], ["b", "d"], ["a"]]


def test_an_arrow_that_others_imply_is_left_out(script: ModuleType) -> None:
    assert script.drawn(house(script, ("a", "b"), ("b", "c"), ("a", "c"))) == {("a", "b"), ("b", "c")}


def test_a_cycle_has_no_picture(script: ModuleType) -> None:
    with pytest.raises(ValueError, match="a -> b -> a"):
        script.floors(house(script, ("a", "b"), ("b", "a")))


def test_imports_are_found_wherever_they_stand(script: ModuleType, tmp_path: Path) -> None:
    for room, text in {
        "a": "from probe.b import one",
        "b": "def late():\n    import probe.c.deep",
        "c": "from probe import d",
        "d": "import probed.a",
    }.items():
        (tmp_path / "probe" / room).mkdir(parents=True)
        (tmp_path / "probe" / room / "__init__.py").write_text(f'"""Room {room} (PURE). More."""\n{text}\n')
    found = script.read(tmp_path, "probe")
    assert found.edges == {("a", "b"), ("b", "c"), ("c", "d")}
    assert found.rooms["a"] == "Room a"


def test_every_arrow_of_the_picture_leads_down() -> None:
    """Of the file itself; that it is up to date is what test_docs.py holds."""
    picture = (ROOT / "docs" / "map.svg").read_text(encoding="utf-8")
    arrows = re.findall(r'<path d="([^"]+)" fill="none"', picture)
    assert len(arrows) > 40
    for arrow in arrows:
        begin, end = arrow.split()[0:2], arrow.split()[-2:]
        assert int(begin[1]) < int(end[1]), arrow
