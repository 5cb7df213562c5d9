"""A choice that stands, with the proof of it: body by body, with dates, in the bodies' words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext, ngettext

from citizen_portal.bodies.queries import Body
from citizen_portal.preferences import actions
from citizen_portal.preferences.models import Answer, Reply, Scope, Status
from citizen_portal.preferences.queries import (
    Feedback,
    Stands,
    decide,
    parties,
    within,
    without_choice,
)
from citizen_portal.preferences.views.before import Untold, untold
from citizen_portal.preferences.views.listed import GRAVEST
from citizen_portal.preferences.views.reading import Reading
from citizen_portal.preferences.words import choices as words
from citizen_portal.preferences.words.choices import Text
from citizen_portal.preferences.words.objections import ICONS
from citizen_portal.web.pages import day, plain, say
from citizen_portal.web.sealed import opened


@dataclass(frozen=True, slots=True)
class Row:
    """One body: the gravest of what it did about the agreements that a choice decides."""

    icon: str
    name: Text
    official: Text
    fact: str
    more: str
    others: str
    """Where it did not do the same about each agreement."""
    reason: str
    """In its words, as text."""
    lifted: bool
    unsettled: bool
    """Whether the citizen may want to do something: it is late, was not reached, or said
    no."""
    contact: str


@dataclass(frozen=True, slots=True)
class Dates:
    """One body and one agreement, with each date."""

    body: Text
    agreement: Text
    sent: str
    has_it: str
    due: str
    did: str


def decided(effects: Iterable[Feedback], stands: Stands, reading: Reading) -> list[Feedback]:
    """What bodies were last told of the agreements that this choice decides; of one that takes
    another back, what they were told by it."""
    if stands.answer is Answer.AS_BEFORE:
        return [effect for effect in effects if effect.choice_id == stands.choice_id]
    found = []
    for effect in effects:
        terms = reading.register.newest(effect.agreement)
        by = decide(terms, reading.standing).by if terms else None
        if by is not None and by.choice_id == stands.choice_id:
            found.append(effect)
    return found


def not_told(stands: Stands, reading: Reading) -> Untold:
    """The bodies that cannot know of what this choice changes: the citizen is not linked there."""
    missed: set[UUID] = set()
    for terms in within(reading.register, stands.scope, reading.links, reading.today):
        decision = decide(terms, reading.standing)
        decides = decision.by is not None and decision.by.choice_id == stands.choice_id
        if decides and decision.may_use != without_choice(terms):
            missed |= parties(terms) - reading.links.keys()
    return untold(missed, reading)


def rows(effects: Sequence[Feedback], reading: Reading) -> list[Row]:
    """By body, what is gravest first."""
    of: dict[UUID, list[Feedback]] = defaultdict(list)
    for effect in effects:
        of[effect.organisation_id].append(effect)
    known = reading.known.bodies
    found = [(known[id_], _by_gravity(told, reading.today)) for id_, told in of.items()]
    found.sort(key=lambda each: (_gravity(each[1][0], reading.today), plain(each[0].name)))
    return [_row(body, told, reading) for body, told in found]


def _by_gravity(effects: Iterable[Feedback], today: date) -> list[Feedback]:
    return sorted(effects, key=lambda each: (_gravity(each, today), each.agreement))


def _gravity(effect: Feedback, today: date) -> int:
    return GRAVEST.index(effect.status(today))


def _row(body: Body, effects: Sequence[Feedback], reading: Reading) -> Row:
    first, today = effects[0], reading.today
    status = first.status(today)
    same = sum(each.status(today) is status for each in effects)
    return Row(
        icon=ICONS[status],
        name=say(body.name),
        official=say(body.official_name),
        fact=words.status(first, today),
        more=words.more(first, today),
        others=_others(same, len(effects)),
        reason=reason(first),
        lifted=status in (Status.OVERDUE, Status.UNDELIVERED),
        unsettled=status in (Status.OVERDUE, Status.UNDELIVERED, Status.REFUSED),
        contact=body.contact or "",
    )


def _others(same: int, told: int) -> str:
    if told == 1:
        return ""
    if same == told:
        return str(ngettext("For %(num)s agreement.", "For %(num)s agreements.", told))
    text = ngettext(
        "So for %(same)s of %(num)s agreement.",
        "So for %(same)s of %(num)s agreements.",
        told,
        same=same,
    )
    return str(text)


def reason(effect: Feedback) -> str:
    """Why a body refused, or cannot yet, in its words."""
    return opened(effect.sealed_reason, actions.reason_context(effect.id))


def own_reason(sealed: bytes | None, choice_id: UUID) -> str:
    """Why the citizen objected, in their words."""
    return opened(sealed, actions.objection_context(choice_id))


def dates(effects: Sequence[Feedback], reading: Reading) -> list[Dates]:
    """By body and agreement."""
    known = reading.known.bodies
    there = sorted(
        effects, key=lambda each: (plain(known[each.organisation_id].name), each.agreement)
    )
    return [
        Dates(
            body=say(known[each.organisation_id].name),
            agreement=reading.title(Scope(agreement=each.agreement)),
            sent=day(each.made_at),
            has_it=day(each.told_at) if each.told_at else gettext("Not yet"),
            due=day(each.deadline),
            did=_did(each, reading.today),
        )
        for each in there
    ]


def _did(effect: Feedback, today: date) -> str:
    if effect.reply is Reply.APPLIED:
        if words.will(effect, today):
            return words.status(effect, today)
        return day(effect.applied_from)
    if effect.reply is Reply.REFUSED:
        return str(gettext("Said no, %(day)s", day=day(effect.replied_at)))
    late = (today - effect.deadline).days
    if late > 0:
        return str(ngettext("Not yet, %(num)s day late", "Not yet, %(num)s days late", late))
    return str(gettext("Not yet"))
