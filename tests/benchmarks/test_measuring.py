"""How a figure is made, how it stands to its bar, and that real rows give one."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import main
from tests.benchmarks.dashboard import dashboard
from tests.benchmarks.measuring import Figure, of_case, spread
from tests.benchmarks.processes import cpu_ms, pss_mb, tree
from tests.benchmarks.report import Gap, State, keep, kept, line, state, table
from tests.benchmarks.rows import Case, How, Place, Row, bars

TIMES = Row("times", "work", How.TIMES, "ms", {"sqlite": 2.0}, limit="limit")
LEAST = replace(TIMES, name="least", how=How.LEAST)
GAP = Gap("times", "sqlite", 3.0, "because")


def found(figure: float, row: Row = TIMES, error: str = "") -> Figure:
    return Figure(row.name, "sqlite", figure=figure, ours=figure, error=error)


def test_both_ways_are_run_in_turn_and_the_first_rounds_are_not_kept() -> None:
    ours, limit = iter([90.0, 6.0, 2.0, 4.0]), iter([1.0, 2.0, 2.0, 2.0])
    order: list[str] = []

    def way(name: str) -> float:
        order.append(name)
        return next(ours if name == "ours" else limit)

    case = Case(lambda: way("ours"), lambda: way("limit"), rounds=3, warm=1)
    figure = of_case(TIMES, "sqlite", case)

    assert order == ["limit", "ours"] * 4
    assert (figure.figure, figure.ours, figure.limit, figure.rounds) == (2.0, 4.0, 2.0, 3)
    assert figure.memory
    assert figure.memory > 10


@pytest.mark.parametrize(
    ("how", "figure"),
    [(How.TIMES, 0.5), (How.SHARE, 2.0), (How.ADDED, -4.0), (How.MOST, 4.0), (How.LEAST, 4.0)],
)
def test_a_figure_is_made_as_its_row_says(how: How, figure: float) -> None:
    case = Case(lambda: 4.0, lambda: 8.0, rounds=2)
    assert of_case(replace(TIMES, how=how), "sqlite", case).figure == figure


def test_the_spread_is_the_middle_half_of_the_rounds() -> None:
    assert spread([5.0, 1.0, 2.0, 4.0, 3.0]) == (2.0, 3.0, 4.0)
    assert spread([7.0]) == (7.0, 7.0, 7.0)


@pytest.mark.parametrize(
    ("figure", "gaps", "expected"),
    [
        (2.0, [], State.HOLDS),
        (2.1, [], State.MISSED),
        (2.1, [GAP], State.KNOWN),
        (3.7, [GAP], State.KNOWN),
        (3.8, [GAP], State.MISSED),
        (2.1, [replace(GAP, database="postgresql")], State.MISSED),
        (2.1, [replace(GAP, case="another")], State.MISSED),
    ],
)
def test_a_bar_holds_or_its_gap_is_known(figure: float, gaps: list[Gap], expected: State) -> None:
    assert state(TIMES, found(figure), gaps) is expected


def test_more_is_better_where_a_row_says_so() -> None:
    gap = replace(GAP, row="least", measured=1.0)
    assert state(LEAST, found(2.0, LEAST), []) is State.HOLDS
    assert state(LEAST, found(0.9, LEAST), [gap]) is State.KNOWN
    assert state(LEAST, found(0.7, LEAST), [gap]) is State.MISSED


def test_a_ceiling_holds_whatever_the_limit_is() -> None:
    row = replace(TIMES, ceiling=60.0)
    slow = replace(found(1.5), ours=61.0)
    assert state(row, replace(slow, ours=60.0), []) is State.HOLDS
    assert state(row, slow, [GAP]) is State.MISSED


def test_what_was_not_measured_does_not_hold() -> None:
    absent = found(0.0, error="no PostgreSQL here")
    assert state(TIMES, absent, [GAP]) is State.ABSENT
    assert not State.ABSENT.good
    assert "no PostgreSQL here" in line(TIMES, absent, State.ABSENT)


def test_a_report_keeps_what_was_not_measured_again(tmp_path: Path) -> None:
    file, rows = tmp_path / "new" / "report.json", {"times": TIMES, "least": LEAST}
    keep(file, rows, [found(9.0, LEAST), found(1.0)], [])
    keep(file, rows, [found(1.5)], [])

    assert [(one.row, one.figure) for one in kept(file)] == [("times", 1.5), ("least", 9.0)]
    assert [one["state"] for one in json.loads(file.read_text())["figures"]] == ["holds", "holds"]
    lines = table(rows, kept(file), []).splitlines()
    assert lines[2].startswith("| `times`, sqlite | <= 2.00x |")
    assert len({one.count("|") for one in lines}) == 1


def test_a_server_costs_what_its_processes_do() -> None:
    busy = "sum(range(3_000_000)); print(flush=True); input()"
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", start], stdin=pipe, stdout=pipe) as server:
        assert server.stdout
        server.stdout.readline()
        assert len(tree(server.pid)) == 2
        assert cpu_ms(server.pid) >= 20
        assert 5 < pss_mb(server.pid) < 100
        server.communicate(b"\n")


def test_the_bare_view_draws_the_same_page_and_is_quicker(tmp_path: Path) -> None:
    """That it is the same one the row itself looks at first."""
    with dashboard(Place("sqlite", f"sqlite:///{tmp_path}/bench.db", tmp_path)) as [case]:
        figure = of_case(bars()["dashboard"], "sqlite", replace(case, rounds=3, warm=1))
    assert figure.cpu_limit
    assert figure.cpu_ours > figure.cpu_limit


def test_the_command_measures_a_row_and_keeps_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["statements", "--database", "sqlite"]) == 0
    [figure] = kept(next((tmp_path / ".bench").iterdir()))
    assert (figure.row, figure.database, figure.rounds) == ("statements", "sqlite", 1)
    assert "holds" in capsys.readouterr().out
    assert main(["second-wall", "--database", "sqlite"]) == 1, "nothing was measured"
