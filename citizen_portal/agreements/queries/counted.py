"""The rows that a scorecard's numbers count: agreements, questions or measures, each with why."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

from citizen_portal.agreements.queries.scorecard import (
    holds,
    is_due,
    review_ahead,
    to_look_back,
)
from citizen_portal.agreements.queries.terms import Measure, Terms
from citizen_portal.agreements.queries.trust import Question, themes
from citizen_portal.paging import paged

PAGE = 50


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that is counted, and the state that makes it count."""

    terms: Terms
    state: str
    """Key of the words that say why, see ``words/scorecards.py``."""
    question: Question | None = None
    measure: Measure | None = None


@dataclass(frozen=True, slots=True)
class CountedPage:
    rows: tuple[Counted, ...]
    page: int
    pages: int


Lister = Callable[[Terms, date], Iterator[Counted]]


def counted(key: str, terms: Iterable[Terms], *, today: date) -> Iterator[Counted]:
    """What the number with this key counts. Raises ``KeyError`` where there is no such number."""
    lister = LISTERS[key]
    return (row for one in terms for row in lister(one, today))


def counted_page(rows: Iterable[Counted], count: int, page: int) -> CountedPage:
    """One page of so many rows; a page past the end is the last one."""
    page, pages, chosen = paged(count, page, PAGE)
    return CountedPage(tuple(islice(rows, chosen.start, chosen.stop)), page, pages)


def _agreements(terms: Terms, today: date) -> Iterator[Counted]:
    yield Counted(terms, "holds" if holds(terms, today) else "ended")


def _questions(state: str) -> Lister:
    """The questions that are in this state, in the order of the trust matrix."""

    def listed(terms: Terms, today: date) -> Iterator[Counted]:
        for theme in themes():
            for question in theme.questions:
                if state in _states(terms, question.id):
                    yield Counted(terms, _why(terms, question.id, state), question=question)

    return listed


def _states(terms: Terms, question: str) -> tuple[str, ...]:
    if question not in terms.answers:
        return ("unanswered",)
    if question in terms.excused:
        return ("answered",)
    return ("answered", "evidence" if question in terms.proved else "no-evidence")


def _why(terms: Terms, question: str, state: str) -> str:
    return "excused" if state == "answered" and question in terms.excused else state


def _measures(wanted: Callable[[Measure, date], bool]) -> Lister:
    def listed(terms: Terms, today: date) -> Iterator[Counted]:
        for measure in terms.measures:
            if wanted(measure, today):
                yield Counted(terms, _standing(measure, today), measure=measure)

    return listed


def _standing(measure: Measure, today: date) -> str:
    if not is_due(measure, today):
        return "undated" if measure.due is None else "not-yet"
    if not measure.found:
        return "overdue"
    return {True: "met", False: "missed", None: "in-words"}[measure.kept]


def _reviews(ahead: bool) -> Lister:
    def listed(terms: Terms, today: date) -> Iterator[Counted]:
        if not holds(terms, today) or review_ahead(terms, today) is not ahead:
            return
        late = "review-undated" if terms.review is None else "review-overdue"
        yield Counted(terms, "review-ahead" if ahead else late)

    return listed


def _look_backs(done: bool) -> Lister:
    def listed(terms: Terms, today: date) -> Iterator[Counted]:
        if to_look_back(terms, today):
            made = terms.emergency is not None and terms.emergency.reviewed_on is not None
            if made is done:
                yield Counted(terms, "looked-back" if done else "look-back-overdue")

    return listed


LISTERS: Mapping[str, Lister] = {
    "agreements": _agreements,
    "answered": _questions("answered"),
    "unanswered": _questions("unanswered"),
    "evidence": _questions("evidence"),
    "no-evidence": _questions("no-evidence"),
    "due": _measures(is_due),
    "not-due": _measures(lambda measure, today: not is_due(measure, today)),
    "reported": _measures(lambda measure, today: is_due(measure, today) and bool(measure.found)),
    "not-reported": _measures(lambda measure, today: is_due(measure, today) and not measure.found),
    "met": _measures(lambda measure, today: is_due(measure, today) and measure.kept is True),
    "not-met": _measures(
        lambda measure, today: is_due(measure, today) and measure.kept is not True
    ),
    "reviews": _reviews(ahead=True),
    "no-review": _reviews(ahead=False),
    "look-backs": _look_backs(done=True),
    "no-look-back": _look_backs(done=False),
}
"""By the key of each number."""
