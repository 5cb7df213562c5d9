"""Choices that were lost here are found again, and stand where they stood among the others."""

from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import audit
from citizen_portal.preferences.actions.choosing import stand
from citizen_portal.preferences.models import Answer, Choice, Scope
from citizen_portal.preferences.queries import Stands, narrower
from citizen_portal.preferences.queries.bases import Basis
from citizen_portal.preferences.queries.rule import Refusable

Newest = Callable[[str], Refusable | None]


def find_again(session: Session, citizen_id: UUID, bases: Iterable[Basis], newest: Newest) -> int:
    """Keep those of these choices that are not known here; gives how many.

    Afterwards stands what would stand had each been made in its turn. ``newest`` finds an
    agreement.
    """
    known = list(session.scalars(select(Choice).where(Choice.citizen_id == citizen_id)))
    ids = {each.id for each in known}
    found = {each.made.choice_id: each for each in bases if each.made.choice_id not in ids}
    for basis in found.values():
        known.append(_keep(session, citizen_id, basis))
    if not found:
        return 0
    known += _endings(session, citizen_id, known, found.keys(), newest)
    for scope in {each.scope for each in known}:
        last = max((each for each in known if each.scope == scope), key=_turn)
        stand(session, citizen_id, _stands(last))
    return len(found)


def _keep(session: Session, citizen_id: UUID, basis: Basis) -> Choice:
    made = basis.made
    choice = Choice(
        citizen_id=citizen_id,
        scope=made.scope.key,
        answer=made.answer,
        number=made.number,
        made_at=made.made_at,
        keeps=sorted(basis.keeps),
        found_again=True,
    )
    choice.id = made.choice_id
    session.add(choice)
    audit.record(session, "choice:found-again", actor=citizen_id, choice=str(made.choice_id))
    return choice


def _endings(
    session: Session,
    citizen_id: UUID,
    known: list[Choice],
    found: Iterable[UUID],
    newest: Newest,
) -> list[Choice]:
    """A wider no ends a narrower yes before it, also where one of them was not known yet when
    the other was kept here."""
    new, endings = set(found), []
    nos = [each for each in known if each.answer is Answer.NO]
    for no in sorted(nos, key=_turn):
        for yes in known:
            met = no.id in new or yes.id in new
            if met and yes.number < no.number and _ends(no, yes, newest):
                ending = Choice(
                    citizen_id=citizen_id,
                    scope=yes.scope,
                    answer=Answer.AS_BEFORE,
                    number=no.number,
                    made_at=no.made_at,
                    ended_by=no.id,
                    found_again=True,
                )
                endings.append(ending)
    session.add_all(endings)
    return endings


def _ends(no: Choice, yes: Choice, newest: Newest) -> bool:
    if yes.answer is not Answer.YES or yes.scope in no.keeps:
        return False
    return bool(narrower([_stands(yes)], Scope.of(no.scope), newest))


def _turn(choice: Choice) -> tuple[int, bool]:
    return choice.number, choice.answer is not Answer.YES


def _stands(choice: Choice) -> Stands:
    scope = Scope.of(choice.scope)
    return Stands(scope, choice.answer, choice.number, choice.id, choice.made_at)
