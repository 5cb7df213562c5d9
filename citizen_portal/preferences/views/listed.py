"""``/my/choices`` in words: what was chosen, what can be chosen of each agreement, and wider."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext, ngettext

from citizen_portal.agreements.queries import Power, Terms, purpose
from citizen_portal.preferences import queries
from citizen_portal.preferences.models import Answer, Scope, Status, Width
from citizen_portal.preferences.queries import Feedback, Stands, decide
from citizen_portal.preferences.views.reading import Reading
from citizen_portal.preferences.words import choices as words
from citizen_portal.preferences.words.choices import Text
from citizen_portal.preferences.words.objections import ICONS
from citizen_portal.web.pages import day, fill, plain, say

FEW = 12
"""So many agreements stand open; more are folded by purpose."""
PAGE = 50
"""Agreements on one page."""
WARN = (Status.OVERDUE, Status.UNDELIVERED)
OPEN, FIXED = "open", "fixed"
"""What an address may ask for: agreements where one can choose, or where one cannot."""


@dataclass(frozen=True, slots=True)
class Row:
    """One agreement, or one choice, with what holds now."""

    icon: str
    title: Text
    sub: Text
    fact: Text
    more: Text
    href: str
    act: str
    laws: tuple[Power, ...] = ()
    """Those that leave no choice."""
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The agreements for one purpose."""

    heading: Text
    rows: tuple[Row, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Fold:
    """Choices of one width. Without a heading they stand open."""

    heading: str
    rows: Sequence[Row]


def wanted(agreements: Iterable[Terms], show: str) -> list[Terms]:
    """Those that an address asks for, by purpose, those where one can choose first."""
    kept = {OPEN: (True,), FIXED: (False,)}.get(show, (True, False))
    found = [terms for terms in agreements if terms.refusable in kept]
    return sorted(found, key=lambda terms: (_purpose(terms), not terms.refusable))


def groups(
    agreements: Iterable[Terms], reading: Reading, *, going_on: Mapping[str, int]
) -> list[Group]:
    """``going_on`` says by agreement how many bodies refused to stop."""
    of: dict[str, list[Terms]] = defaultdict(list)
    for terms in agreements:
        of[_purpose(terms)].append(terms)
    return [_group(found, reading, going_on) for found in of.values()]


def _purpose(terms: Terms) -> str:
    if terms.purpose_iri is None:
        return ""
    return plain(purpose(terms.purpose_iri)).casefold()


def _group(found: Sequence[Terms], reading: Reading, going_on: Mapping[str, int]) -> Group:
    iri = found[0].purpose_iri
    unused = [terms for terms in found if not decide(terms, reading.standing).may_use]
    used_on = sum(terms.reference in going_on for terms in unused)
    refused = len(unused) - used_on
    said = ngettext("%(num)s agreement", "%(num)s agreements", len(found))
    if refused:
        said += ", " + ngettext("%(num)s not to be used", "%(num)s not to be used", refused)
    if used_on:
        said += ", " + ngettext(
            "a body goes on with %(num)s", "a body goes on with %(num)s", used_on
        )
    rows = tuple(agreement(terms, reading, going_on.get(terms.reference, 0)) for terms in found)
    heading = say(purpose(iri)) if iri else gettext("for a purpose that they do not name")
    return Group(heading, rows, said)


def agreement(terms: Terms, reading: Reading, going_on: int) -> Row:
    """What holds for one agreement now, by which choice, and the way to choose."""
    scope = Scope(agreement=terms.reference)
    decision = decide(terms, reading.standing)
    act = gettext("Choose") if scope.key not in reading.standing else gettext("Look at it")
    return Row(
        icon=_icon(terms, decision.may_use),
        title=say(terms.title),
        sub=_parties(terms, reading),
        fact=words.answered(terms, decision, going_on),
        more=_by(terms, decision.by, scope, reading),
        href=reading.address(scope) if terms.refusable else f"/register/{terms.reference}",
        act=act if terms.refusable else gettext("See why"),
        laws=() if terms.refusable else terms.powers,
    )


def _icon(terms: Terms, may_use: bool) -> str:
    if not terms.refusable:
        return "off"
    return "empty" if may_use else "refused"


def _by(terms: Terms, by: Stands | None, scope: Scope, reading: Reading) -> Text:
    if not terms.refusable:
        return say(terms.choice_reason) if terms.choice_reason else ""
    if by is None:
        return words.way(terms)
    if by.scope == scope:
        return ""
    return fill(gettext("By your choice: %(title)s"), title=reading.title(by.scope))


def _parties(terms: Terms, reading: Reading) -> Text:
    """Of the bodies that it names, those that know the citizen."""
    named = terms.disclosers | terms.recipients | terms.processors
    return ", ".join(plain(body.name) for body in reading.bodies if body.id in named)


def chosen(reading: Reading, effects: Iterable[Feedback]) -> list[Row]:
    """What stands, what is late, not delivered or refused first, then the newest first."""
    by: dict[UUID, list[Feedback]] = defaultdict(list)
    for effect in effects:
        terms = reading.register.newest(effect.agreement)
        deciding = decide(terms, reading.standing).by if terms else None
        if deciding is not None:
            by[deciding.choice_id].append(effect)
    newest = sorted(reading.standing.values(), key=lambda each: -each.number)
    rows = [_chosen(each, by[each.choice_id], reading) for each in newest]
    return sorted(rows, key=lambda row: not row.lifted)


def _chosen(stands: Stands, effects: Sequence[Feedback], reading: Reading) -> Row:
    found = {each.status(reading.today) for each in effects}
    return Row(
        icon=next((ICONS[each] for each in WARN if each in found), _sign(stands)),
        title=reading.title(stands.scope),
        sub="",
        fact=_said(stands),
        more=told(effects, reading),
        href=reading.address(stands.scope),
        act=gettext("Look at it"),
        lifted=bool(found & {*WARN, Status.REFUSED}),
    )


def told(effects: Sequence[Feedback], reading: Reading) -> str:
    """How it goes with the bodies, counted: "2 did it. 1 knows of it." """
    if not effects:
        return str(gettext("It changed nothing for a body, so we told none."))
    bodies: dict[UUID, Stage] = {}
    for each in effects:
        stage = _stage(each, reading.today)
        before = bodies.get(each.organisation_id, stage)
        bodies[each.organisation_id] = min(before, stage, key=_gravity)
    said = [ngettext("It concerns %(num)s body.", "It concerns %(num)s bodies.", len(bodies))]
    counts = Counter(bodies.values())
    for stage in sorted(counts, key=_gravity, reverse=True):
        said.append(_counted(stage, counts[stage]))
    return " ".join(said)


GRAVEST = (
    Status.OVERDUE,
    Status.UNDELIVERED,
    Status.REFUSED,
    Status.NOT_YET,
    Status.RECORDED,
    Status.SENT,
    Status.APPLIED,
)
"""What is told of a body where its agreements differ: the first of these."""
Stage = tuple[Status, bool]
"""How it stands with a body, and whether it is to do on a day to come what it says it does."""


def _stage(effect: Feedback, today: date) -> Stage:
    status = effect.status(today)
    from_day = effect.applied_from if status is Status.APPLIED else None
    return status, from_day is not None and from_day > today


def _gravity(stage: Stage) -> tuple[int, bool]:
    return GRAVEST.index(stage[0]), not stage[1]


def _counted(stage: Stage, count: int) -> str:
    match stage:
        case Status.APPLIED, True:
            return str(ngettext("%(num)s says it will.", "%(num)s say they will.", count))
        case Status.APPLIED, _:
            return str(ngettext("%(num)s did it.", "%(num)s did it.", count))
        case Status.SENT, _:
            return str(ngettext("%(num)s knows of it.", "%(num)s know of it.", count))
        case Status.RECORDED, _:
            return str(ngettext("%(num)s is being told.", "%(num)s are being told.", count))
        case Status.NOT_YET, _:
            return str(ngettext("%(num)s needs longer.", "%(num)s need longer.", count))
        case Status.REFUSED, _:
            return str(ngettext("%(num)s refused.", "%(num)s refused.", count))
        case Status.UNDELIVERED, _:
            return str(ngettext("%(num)s was not reached.", "%(num)s were not reached.", count))
    return str(ngettext("%(num)s is late.", "%(num)s are late.", count))


def _sign(stands: Stands) -> str:
    return "answered" if stands.answer is Answer.YES else "refused"


def _said(stands: Stands) -> str:
    on = day(stands.made_at)
    if stands.answer is Answer.YES:
        return str(gettext("You said yes on %(day)s", day=on))
    return str(gettext("You said no on %(day)s", day=on))


def wider(agreements: Sequence[Terms], reading: Reading) -> list[Fold]:
    """The choices that reach several agreements, by how wide they are; the widest stands open."""
    found: dict[Width, list[Row]] = defaultdict(list)
    for scope, count in queries.wider(agreements, reading.links).items():
        found[scope.width].append(_wide(scope, count, reading))
    order = (Width.WHATEVER, Width.BODY, Width.PURPOSE, Width.BODY_AND_PURPOSE)
    return [Fold(_fold(width, len(found[width])), found[width]) for width in order if found[width]]


def _fold(width: Width, count: int) -> str:
    match width:
        case Width.BODY:
            return str(ngettext("By body: %(num)s", "By body: %(num)s", count))
        case Width.PURPOSE:
            return str(ngettext("By purpose: %(num)s", "By purpose: %(num)s", count))
        case Width.BODY_AND_PURPOSE:
            return str(
                ngettext("By body and purpose: %(num)s", "By body and purpose: %(num)s", count)
            )
    return ""


def _wide(scope: Scope, count: int, reading: Reading) -> Row:
    stands = reading.standing.get(scope.key)
    reach = ngettext("Reaches %(num)s agreement", "Reaches %(num)s agreements", count)
    return Row(
        icon=_sign(stands) if stands else "off",
        title=reading.title(scope),
        sub="",
        fact=_said(stands) if stands else gettext("Nothing chosen"),
        more=reach,
        href=reading.address(scope),
        act=gettext("Choose") if stands is None else gettext("Look at it"),
    )
