"""The confusion matrix over every scenario and every case against real programs, kept in docs/confusion.md.

Nothing is run here: what came out of the scenarios is read from their golden files, and what came out of the cases of
tests/interop from the tables, all of which are made and compared by tests that see it on the wire. After a change that
is meant: `make golden`.
"""

from pathlib import Path

from simulator import scenario
from simulator.run.confusion_matrix import UNDETERMINED, Case, confusion, figures
from tests.support.golden_scenarios import case_kept
from tests.support.golden_table import updating
from tests.support.postfix_cases import CASES as POSTFIX_CASES
from tests.support.scenario_runs import scenario_of

DOCS = Path(__file__).parent.parent / "docs"
GOLDEN = DOCS / "confusion.md"
RIGHT_FIRST_PERCENT = 95
REASON = "the receiver's own reason"

INTRODUCTION = """# What was wrong, and what was named first

Every scenario of the lab, and every case of the tests against MIT Kerberos with postfix
([table](interop-postfix.md)) and against Samba's Active Directory ([table](interop-samba.md),
[two domain controllers](interop-samba-replication.md)). Two faults at once are right with either of them first. A
fault that the probe committed itself (`--inject`) is no case. `tests/test_confusion.py` makes this page (`make golden`)
or compares it.
"""


def table(name: str) -> list[dict[str, str]]:
    """The rows of a page's one table by the names of its columns."""
    lines = [line for line in (DOCS / name).read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    header, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if "---" not in line
    ]
    return [dict(zip(header, row, strict=True)) for row in rows]


def from_row(place: str, row: dict[str, str], truth: tuple[str, ...]) -> Case:
    """A case against a real program, as its table has it."""
    certain = (row["verdict"],) if row["certainty"] == "certain" else ()
    return Case(
        name=f"{place}: {row['case']}",
        truth=truth,
        got=row["verdict"],
        certainty=row["certainty"],
        certain=certain,
        accused=row["exit status"] == "2",
    )


def scenario_cases() -> list[Case]:
    return [case_kept(scenario_of(name)) for name in scenario.names()]


def postfix_cases() -> list[Case]:
    truths = {case.name: case.truth for case in POSTFIX_CASES}
    rows = [row for row in table("interop-postfix.md") if not row["case"].startswith("--inject")]
    return [from_row("postfix", row, (truths[row["case"]],)) for row in rows]


def samba_cases(page: str) -> list[Case]:
    """Where the receiver took the ticket and proved its key, ``healthy`` is as right as what is wrong elsewhere."""
    return [
        from_row("Samba", row, tuple(dict.fromkeys((row["expected"], *("healthy",) * (row[REASON] == "OK")))))
        for row in table(page)
    ]


PAGES = ("interop-samba.md", "interop-samba-replication.md")


def interop_cases() -> list[Case]:
    return [*postfix_cases(), *(case for page in PAGES for case in samba_cases(page))]


def page() -> str:
    """The whole text."""
    places = {
        "scenarios of the lab": scenario_cases(),
        "postfix and MIT Kerberos": postfix_cases(),
        "Samba's Active Directory": [case for each in PAGES for case in samba_cases(each)],
    }
    everything = [case for cases in places.values() for case in cases]
    lines = [
        INTRODUCTION,
        "| cases | number | right cause first | open | wrong | wrong and called certain | healthy accused |",
    ]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for place, cases in {**places, "all": everything}.items():
        found = figures(cases)
        counts = (len(found[key]) for key in ("undetermined", "wrong", "wrong_certain", "healthy_accused"))
        share = f"{found['right_first']} ({found['right_first_percent']} %)"
        lines.append("| " + " | ".join([place, str(found["cases"]), share, *map(str, counts)]) + " |")
    found = figures(everything)
    for key, heading in (("undetermined", "Left open (`undetermined`)"), ("wrong", "Wrong, and not certain")):
        lines += ["", f"{heading}: " + ("; ".join(found[key]) or "none") + "."]
    lines += ["", "| what is wrong | what was named first |", "| --- | --- |"]
    for truth, row in confusion(everything).items():
        said = ", ".join(f"{got} {count}" for got, count in sorted(row.items(), key=lambda item: -item[1]))
        lines.append(f"| {truth.replace('+', ' and ')} | {said} |")
    return "\n".join(lines) + "\n"


def test_the_page_says_what_came_out() -> None:
    text = page()
    if updating():
        GOLDEN.write_text(text, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == text


def test_nothing_wrong_is_called_certain() -> None:
    assert figures([*scenario_cases(), *interop_cases()])["wrong_certain"] == []


def test_nobody_healthy_is_accused() -> None:
    assert figures([*scenario_cases(), *interop_cases()])["healthy_accused"] == []


def test_the_right_cause_comes_first() -> None:
    for cases in (scenario_cases(), [*scenario_cases(), *interop_cases()]):
        assert figures(cases)["right_first_percent"] >= RIGHT_FIRST_PERCENT


def test_what_is_open_names_the_true_cause_or_nothing_could() -> None:
    """The tables name the alternatives of each case that was left open."""
    truths = {case.name: case.truth for case in POSTFIX_CASES}
    rows = [(row, truths[row["case"]]) for row in table("interop-postfix.md") if row["case"] in truths]
    rows += [(row, row["expected"]) for each in PAGES for row in table(each)]
    left_open = [(row, truth) for row, truth in rows if row["verdict"] == UNDETERMINED and truth]
    assert left_open
    for row, truth in left_open:
        assert truth == UNDETERMINED or truth in row["alternatives"].split(", "), row["case"]
