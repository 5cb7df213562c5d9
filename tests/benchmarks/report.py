"""What came of the rows: how each stands to its bar, as lines, as JSON and as a table."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from tests.benchmarks.measuring import Figure
from tests.benchmarks.rows import HERE, How, Row

SLACK = 1.25
"""How much worse than a known gap says it may be, for another machine and another day."""
HEAD = (
    "| row | bar | aim | figure | middle half | ours | limit | core ours | core limit "
    "| memory | load | |"
)
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


class State(StrEnum):
    HOLDS = "holds"
    KNOWN = "known gap"
    MISSED = "MISSED"
    ABSENT = "NOT MEASURED"

    @property
    def good(self) -> bool:
        return self in {State.HOLDS, State.KNOWN}


@dataclass(frozen=True)
class Gap:
    """A bar that is known not to hold, what was measured, and where the time or memory goes."""

    row: str
    database: str
    measured: float
    why: str
    case: str = ""


def known_gaps(file: Path = HERE / "known-gaps.toml") -> list[Gap]:
    return [Gap(**said) for said in tomllib.loads(file.read_text()).get("gap", [])]


def state(row: Row, found: Figure, gaps: Iterable[Gap]) -> State:
    if found.error:
        return State.ABSENT
    if row.holds(found.database, found.figure, found.ours):
        return State.HOLDS
    where = (found.row, found.database, found.case)
    known = [gap for gap in gaps if (gap.row, gap.database, gap.case) == where]
    return State.KNOWN if any(_no_worse(row, found, gap) for gap in known) else State.MISSED


def _no_worse(row: Row, found: Figure, gap: Gap) -> bool:
    least = gap.measured / SLACK if row.how.upwards else gap.measured * SLACK
    return row.within(found.ours) and row.reaches(found.figure, least)


def line(row: Row, found: Figure, is_: State) -> str:
    """As it is printed while the rows are run."""
    name = f"{found.row:15} {found.database:10} "
    case = f"  ({found.case})" if found.case else ""
    if found.error:
        return f"{name} {is_}: {found.error}"
    limit = "" if found.limit is None else f"  limit {number(found.limit)}"
    core = "" if found.cpu_limit is None else f" / {number(found.cpu_limit)}"
    return (
        f"{name} {_said(row, found.figure):>13} ({number(found.low)}-{number(found.high)})"
        f"  bar {_bar(row, found.database)}{limit}  ours {number(found.ours)} {row.unit}"
        f"  core {number(found.cpu_ours)}{core} ms  {_memory(found)}"
        f"  {found.seconds:.0f} s  {is_}{case}"
    )


def kept(file: Path) -> list[Figure]:
    if not file.exists():
        return []
    names = Figure.__dataclass_fields__
    figures = json.loads(file.read_text())["figures"]
    return [Figure(**{name: one[name] for name in names}) for one in figures]


def keep(file: Path, rows: Mapping[str, Row], new: Iterable[Figure], gaps: list[Gap]) -> None:
    """Put what was measured in place of what was known of the same rows and databases."""
    measured = list(new)
    replaced = {(one.row, one.database) for one in measured}
    old = [one for one in kept(file) if (one.row, one.database) not in replaced]
    order = list(rows)
    found = sorted(
        (one for one in (*old, *measured) if one.row in rows), key=lambda one: order.index(one.row)
    )
    said = [_entry(rows[one.row], one, state(rows[one.row], one, gaps)) for one in found]
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"figures": said}, indent=1) + "\n")


def _entry(row: Row, found: Figure, is_: State) -> dict[str, object]:
    bar = {"how": row.how, "bar": row.bars[found.database], "aim": row.aim, "unit": row.unit}
    return {**asdict(found), **bar, "ceiling": row.ceiling, "state": is_}


def table(rows: Mapping[str, Row], figures: Iterable[Figure], gaps: list[Gap]) -> str:
    """Every bar that there is, with what was measured of it, in Markdown."""
    found = list(figures)
    lines = [HEAD, "|" + " --- |" * (HEAD.count("|") - 1)]
    for row in rows.values():
        for database in row.bars:
            own = [one for one in found if (one.row, one.database) == (row.name, database)]
            for one in own or [Figure(row.name, database, error="not yet")]:
                lines.append(_line_of(row, one, state(row, one, gaps)))
    return "\n".join(lines)


def _line_of(row: Row, found: Figure, is_: State) -> str:
    name = f"`{found.row}`" + (f" {found.case.replace('|', '/')}" if found.case else "")
    aim = "" if row.aim is None else _said(row, row.aim)
    where = "" if found.database == "-" else f", {found.database}"
    head = [f"{name}{where}", _bar(row, found.database), aim]
    if found.error:
        return "| " + " | ".join([*head, *[""] * 8, is_.lower()]) + " |"
    both = [
        f"{number(one)} {row.unit}" if one is not None else "" for one in (found.ours, found.limit)
    ]
    core = [
        f"{number(one)} ms" if one is not None else "" for one in (found.cpu_ours, found.cpu_limit)
    ]
    middle = f"{number(found.low)} to {number(found.high)}"
    cells = [_said(row, found.figure), middle, *both, *core, _memory(found)]
    return "| " + " | ".join([*head, *cells, f"{found.load:.1f}", is_.lower()]) + " |"


def written(page: str, made: str) -> str:
    """A page with this table in place of the one it holds."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def _bar(row: Row, database: str) -> str:
    side = ">=" if row.how.upwards else "<="
    ceiling = "" if row.ceiling is None else f", {number(row.ceiling)} {row.unit}"
    return f"{side} {_said(row, row.bars[database])}{ceiling}"


def _said(row: Row, figure: float) -> str:
    """With its unit: ratios have none."""
    if row.how in {How.TIMES, How.SHARE}:
        return f"{figure:.2f}x"
    plus = "+" if row.how is How.ADDED and figure >= 0 else ""
    return f"{plus}{number(figure)} {row.unit}"


def _memory(found: Figure) -> str:
    return "" if found.memory is None else f"{found.memory:.0f} MB"


def number(value: float) -> str:
    """Three digits say enough."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
