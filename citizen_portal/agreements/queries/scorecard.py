"""Scorecards: what organisations answered, proved, measured and looked at again, counted.

Read from the register in memory, once for each revision and day. What each number counts is listed
by ``counted.py``, row by row.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Self
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from citizen_portal.agreements.queries.register import Register, register_terms
from citizen_portal.agreements.queries.terms import Measure, Terms
from citizen_portal.bodies.queries import REGISTER, database_of, revisions


@dataclass(frozen=True, slots=True)
class Tally:
    """How much of what was asked or promised is there. Each number can be added to another."""

    agreements: int = 0
    asked: int = 0
    answered: int = 0
    provable: int = 0
    """Answers that evidence can back: those that do not say "does not apply"."""
    proved: int = 0
    promised: int = 0
    """Measures."""
    due: int = 0
    """Measures whose day has passed."""
    reported: int = 0
    """Those of them that have a result."""
    met: int = 0
    """Those of them whose latest result is what was promised."""
    holding: int = 0
    """Agreements in force."""
    reviewed: int = 0
    """Those of them whose next review is still to come."""
    look_backs: int = 0
    """Emergency shares that had to be looked back at by now, or were already."""
    looked_back: int = 0

    def __add__(self, other: Self) -> Self:
        sums = {
            each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)
        }
        return type(self)(**sums)


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of a scorecard: so many of so many."""

    key: str
    rest: str
    """Key of those that are not among them."""
    n: int
    of: int


@dataclass(frozen=True)
class Scorecard:
    """The whole register's tally, and that of each organisation that gives or gets data."""

    day: date
    whole: Tally
    bodies: Mapping[UUID, Tally]
    terms: tuple[Terms, ...]
    """What is counted, by reference."""

    def terms_of(self, body_id: UUID | None) -> Iterator[Terms]:
        """The agreements counted for one organisation; without one, those of the register."""
        return (one for one in self.terms if body_id is None or body_id in parties(one))


_kept: WeakKeyDictionary[object, tuple[tuple[int, date], Scorecard]] = WeakKeyDictionary()


def scorecard(session: Session, *, today: date) -> Scorecard:
    """No statement of its own when the register was asked in this transaction."""
    register = register_terms(session)
    stamp = (revisions(session).get(REGISTER, 0), today)
    database = database_of(session)
    kept = _kept.get(database)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    counted = count(register, today=today)
    if session.info.get("read_only"):
        _kept[database] = (stamp, counted)
    return counted


def count(register: Register, *, today: date) -> Scorecard:
    """Each agreement that has begun, as its newest version that has begun says."""
    begun = (_begun(versions, today) for versions in register.versions.values())
    terms = tuple(one for one in begun if one is not None)
    whole, bodies = Tally(), defaultdict[UUID, Tally](Tally)
    for one in terms:
        tally = _tally(one, today)
        whole += tally
        for body_id in parties(one):
            bodies[body_id] += tally
    return Scorecard(today, whole, MappingProxyType(dict(bodies)), terms)


def parties(terms: Terms) -> frozenset[UUID]:
    """Who answers for it: those who give and those who get. A processor only does as told."""
    return terms.disclosers | terms.recipients


def facts(tally: Tally) -> tuple[Fact, ...]:
    """The numbers of a scorecard, in the order in which they are shown."""
    return (
        Fact("answered", "unanswered", tally.answered, tally.asked),
        Fact("evidence", "no-evidence", tally.proved, tally.provable),
        Fact("due", "not-due", tally.due, tally.promised),
        Fact("reported", "not-reported", tally.reported, tally.due),
        Fact("met", "not-met", tally.met, tally.due),
        Fact("reviews", "no-review", tally.reviewed, tally.holding),
        Fact("look-backs", "no-look-back", tally.looked_back, tally.look_backs),
    )


def is_due(measure: Measure, today: date) -> bool:
    return measure.due is not None and measure.due < today


def holds(terms: Terms, today: date) -> bool:
    return terms.ends is None or today <= terms.ends


def review_ahead(terms: Terms, today: date) -> bool:
    return terms.review is not None and today <= terms.review


def to_look_back(terms: Terms, today: date) -> bool:
    """Whether a look back at an emergency share was due by now, or was made already."""
    made = terms.emergency
    return made is not None and (made.reviewed_on is not None or made.review_due < today)


def _begun(versions: tuple[Terms, ...], today: date) -> Terms | None:
    """The newest version that has begun; none of an agreement that is still to begin."""
    for terms in versions:
        first = max(filter(None, (terms.starts, terms.in_force_from)), default=None)
        if first is None or first <= today:
            return terms
    return None


def _tally(terms: Terms, today: date) -> Tally:
    due = [measure for measure in terms.measures if is_due(measure, today)]
    holding, looked_at = holds(terms, today), to_look_back(terms, today)
    return Tally(
        agreements=1,
        asked=terms.asked,
        answered=terms.answered,
        provable=len(terms.answers - terms.excused),
        proved=len(terms.proved - terms.excused),
        promised=len(terms.measures),
        due=len(due),
        reported=sum(bool(measure.found) for measure in due),
        met=sum(measure.kept is True for measure in due),
        holding=holding,
        reviewed=holding and review_ahead(terms, today),
        look_backs=looked_at,
        looked_back=bool(looked_at and terms.emergency and terms.emergency.reviewed_on),
    )
