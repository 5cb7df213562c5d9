"""Words of the scorecards: what each number counts, and why each row is counted."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from citizen_portal.agreements.queries.counted import Counted
from citizen_portal.web.pages import day


@dataclass(frozen=True, slots=True)
class FactWords:
    short: str
    """Head of a column."""
    name: str
    rest: str
    """What is not among them."""


def facts() -> dict[str, FactWords]:
    """Words for each number, by its key. Made once for a page, not once for each number."""
    words: dict[str, tuple[str, str, str]] = {
        "answered": (gettext("Answered"), gettext("Questions answered"), gettext("not answered")),
        "evidence": (
            gettext("With evidence"),
            gettext("Answers with evidence"),
            gettext("without evidence"),
        ),
        "due": (gettext("Due"), gettext("Promises that are due"), gettext("not due yet")),
        "reported": (
            gettext("Reported"),
            gettext("Due promises with a result"),
            gettext("without a result"),
        ),
        "met": (
            gettext("Kept"),
            gettext("Due promises that were kept"),
            gettext("not kept, or not shown"),
        ),
        "reviews": (
            gettext("Reviewed"),
            gettext("In force and reviewed on time"),
            gettext("not on time"),
        ),
        "look-backs": (
            gettext("Looked back"),
            gettext("Emergency shares looked back at"),
            gettext("late"),
        ),
    }
    return {key: FactWords(*each) for key, each in words.items()}


def heading(key: str) -> str:
    """What a list of rows lists."""
    words: dict[str, str] = {
        "agreements": gettext("Agreements that are counted"),
        "answered": gettext("Questions answered"),
        "unanswered": gettext("Questions not answered"),
        "evidence": gettext("Answers with evidence"),
        "no-evidence": gettext("Answers without evidence"),
        "due": gettext("Promises that are due"),
        "not-due": gettext("Promises that are not due yet"),
        "reported": gettext("Due promises with a result"),
        "not-reported": gettext("Due promises without a result"),
        "met": gettext("Due promises that were kept"),
        "not-met": gettext("Due promises that were not kept, or not shown to be"),
        "reviews": gettext("Agreements reviewed on time"),
        "no-review": gettext("Agreements not reviewed on time"),
        "look-backs": gettext("Emergency shares looked back at"),
        "no-look-back": gettext("Emergency shares with a late look back"),
    }
    return words[key]


def why(row: Counted) -> str:
    """Why this row is counted."""
    terms, measure = row.terms, row.measure
    due = _day(measure.due if measure else None)
    latest = _day(measure.latest.on if measure and measure.latest else None)
    looked = _day(terms.emergency.reviewed_on if terms.emergency else None)
    late = _day(terms.emergency.review_due if terms.emergency else None)
    words: dict[str, str] = {
        "holds": gettext("In force."),
        "ended": gettext("It ended on %(day)s.", day=_day(terms.ends)),
        "answered": gettext("It has an answer."),
        "excused": gettext("It says why the question does not apply."),
        "unanswered": gettext("It has no answer."),
        "evidence": gettext("The answer comes with evidence."),
        "no-evidence": gettext("The answer names no evidence."),
        "undated": gettext("It names no day by which it will be done."),
        "not-yet": gettext("It is due by %(day)s.", day=due),
        "overdue": gettext("It was due by %(day)s. No result is given.", day=due),
        "met": gettext("Due by %(day)s. Kept, as found on %(found)s.", day=due, found=latest),
        "missed": gettext(
            "Due by %(day)s. Not kept, as found on %(found)s.", day=due, found=latest
        ),
        "in-words": gettext(
            "Due by %(day)s. Told in words on %(found)s, without a number.", day=due, found=latest
        ),
        "review-ahead": gettext("The next review is on %(day)s.", day=_day(terms.review)),
        "review-undated": gettext("It names no day for a review."),
        "review-overdue": gettext("The review was due by %(day)s.", day=_day(terms.review)),
        "looked-back": gettext("Looked back at on %(day)s.", day=looked),
        "look-back-overdue": gettext("The look back was due by %(day)s.", day=late),
    }
    return words[row.state]


def _day(when: date | None) -> str:
    return day(when) if when else ""
