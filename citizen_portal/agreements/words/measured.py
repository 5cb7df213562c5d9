"""What was promised against what was found: rows of a table, and the same as bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import format_decimal, gettext

from citizen_portal.agreements.queries import Measure
from citizen_portal.web.pages import plain

HEADROOM = 1.25
"""The scale of a bar ends a quarter beyond the larger of promised and found."""


@dataclass(frozen=True, slots=True)
class Row:
    measure: Measure
    about: str
    """ "harm" or "bias" in the reader's language; empty for a benefit."""
    state: str
    """Key of the shape, see components/icon.html."""
    word: str
    lifted: bool
    """Whether it is worse than promised."""


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    figures: str
    lifted: bool
    length: float | None
    """None where there is nothing to draw yet."""
    goal: float | None
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Bars and their places: a wide drawing has its figures at the right, a narrow one below."""

    wide: bool
    width: int
    height: int
    bars: tuple[Bar, ...]

    @property
    def about(self) -> str:
        return "; ".join(f"{bar.label}: {bar.figures}" for bar in self.bars)


def rows(measures: Sequence[Measure], *, today: date) -> list[Row]:
    """Each measure with how it stands on that day."""
    return [_row(measure, today) for measure in measures]


def drawing(rows: Sequence[Row], *, wide: bool) -> Drawing:
    """The bars of those measures that have numbers or wait for one."""
    width, step, room = (960, 62, 56) if wide else (340, 80, 38)
    drawn = [row for row in rows if row.measure.latest is None or _numbers(row.measure)]
    bars = tuple(_bar(row, width, step * n, room) for n, row in enumerate(drawn))
    return Drawing(wide, width, step * len(bars) - (10 if wide else 0), bars)


def _row(measure: Measure, today: date) -> Row:
    names = {"benefit": "", "harm": gettext("harm"), "bias": gettext("bias")}
    state, word, lifted = _standing(measure, today)
    return Row(measure, names[measure.about], state, word, lifted)


def _standing(measure: Measure, today: date) -> tuple[str, str, bool]:
    kept = measure.kept
    if measure.latest is None and measure.due is not None and measure.due < today:
        return "down", gettext("Overdue"), True
    if measure.latest is None:
        return "off", gettext("Not measured"), False
    if kept is None:
        return "empty", gettext("Told in words"), False
    if not kept and measure.due is not None and today <= measure.due:
        return "sent", gettext("On the way"), False
    if measure.worse_above:
        return _kept(kept, gettext("Within it"))
    return _kept(kept, gettext("Met"))


def _kept(good: bool, word: str) -> tuple[str, str, bool]:
    return ("answered", word, False) if good else ("down", gettext("Not met"), True)


def _numbers(measure: Measure) -> tuple[float, float] | None:
    """What was promised and found, where both can be drawn as a length."""
    value = measure.latest.value if measure.latest else None
    if value is None or measure.target is None or value < 0 or measure.target < 0:
        return None
    return measure.target, value


def _bar(row: Row, width: int, y: int, room: int) -> Bar:
    measure, numbers = row.measure, _numbers(row.measure)
    suffix = f" ({row.about})" if row.about else ""
    label = plain(measure.what)
    if len(label) + len(suffix) > room:
        label = label[: room - len(suffix) - 1].rstrip() + "…"
    label += suffix
    if numbers is None:
        figures = gettext("overdue: nothing found yet") if row.lifted else ""
        return Bar(label, figures or gettext("not measured yet"), row.lifted, None, None, y)
    target, value = numbers
    scale = width / (max(target, value) * HEADROOM or 1)
    promised, found = format_decimal(target), format_decimal(value)
    if measure.worse_above:
        figures = gettext(
            "%(found)s found, at most %(promised)s promised", found=found, promised=promised
        )
    else:
        figures = gettext("%(found)s found, %(promised)s promised", found=found, promised=promised)
    return Bar(label, figures, row.lifted, round(value * scale, 1), round(target * scale, 1), y)
