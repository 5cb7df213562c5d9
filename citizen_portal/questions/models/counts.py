"""How a body answered in one quarter, as it is published: counted once, then as it is."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal.db import Row
from citizen_portal.questions.models.kinds import About, Kind, Outcome, outcomes

Cell = tuple[Kind, Outcome]
"""What was asked, and what came of it."""
CELLS: tuple[Cell, ...] = tuple(
    (kind, outcome)
    for kind in Kind
    for outcome in Outcome
    if any(outcome in outcomes(kind, about) for about in About)
)
"""Those that can be."""


class AnswerCount(Row, kw_only=True):
    """Numbers of one body and quarter. None is for fewer than 10, or for what would tell as much.

    No exact number is kept, and none of any person: what is erased later changes nothing here.
    """

    __tablename__ = "answer_count"
    __table_args__ = (
        UniqueConstraint("organisation_id", "quarter", name="uq_answer_count_quarter"),
        Index("ix_answer_count_of_quarter", "quarter"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    quarter: Mapped[date]
    """Its first day."""
    counted_on: Mapped[date]
    median_days: Mapped[int | None] = mapped_column(default=None)
    p90_days: Mapped[int | None] = mapped_column(default=None)
    """Within how many days nine of ten were answered."""
    in_time: Mapped[int | None] = mapped_column(default=None)
    late: Mapped[int | None] = mapped_column(default=None)
    outcomes: Mapped[dict[str, int]] = mapped_column(JSON, default_factory=dict)
    """By ``key`` of each cell that can be told."""
    granted: Mapped[int | None] = mapped_column(default=None)
    """Objections that were weighed, as ``refused``."""
    refused: Mapped[int | None] = mapped_column(default=None)
    acknowledged: Mapped[int | None] = mapped_column(default=None)
    """Recipients of what was put right: those who said what they did, those who were told and said
    nothing yet, those who were not told."""
    told: Mapped[int | None] = mapped_column(default=None)
    untold: Mapped[int | None] = mapped_column(default=None)
    sources: Mapped[int] = mapped_column(default=0)
    connected: Mapped[int] = mapped_column(default=0)

    @property
    def tells(self) -> bool:
        """Whether there is any number of what people asked for."""
        numbers = (self.median_days, self.in_time, self.late, self.granted, self.refused)
        passed_on = (self.acknowledged, self.told, self.untold)
        return bool(self.outcomes) or any(one is not None for one in (*numbers, *passed_on))


def key(cell: Cell) -> str:
    kind, outcome = cell
    return f"{kind.value}.{outcome.value}"


def quarter_of(day: date) -> date:
    """The first day of the quarter that a day lies in."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def following(quarter: date) -> date:
    """The first day of the next quarter."""
    return quarter_of(quarter + timedelta(days=95))


def preceding(quarter: date) -> date:
    return quarter_of(quarter - timedelta(days=1))
