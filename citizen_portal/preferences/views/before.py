"""A choice before it is made, in words: what each answer would stop, begin and leave."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext, ngettext
from markupsafe import Markup

from citizen_portal.agreements.models import Say
from citizen_portal.agreements.queries import Power, Terms
from citizen_portal.preferences.models import Answer, Scope
from citizen_portal.preferences.queries import Preview, Reached, decide, is_objection
from citizen_portal.preferences.views.reading import Reading
from citizen_portal.preferences.words import choices as words
from citizen_portal.preferences.words.choices import Text
from citizen_portal.web.pages import day, fill, plain, say


@dataclass(frozen=True, slots=True)
class Point:
    """One use that stops, begins or goes on."""

    title: Text
    sub: Text
    href: str = ""
    laws: tuple[Power, ...] = ()
    """Those by which it goes on."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What one body will have to do, and by when."""

    body: Text
    official: Text
    duties: tuple[tuple[str, str], ...]
    """What, and by which day."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A narrower yes that ends unless it is kept by name."""

    name: str
    title: Text
    made: str


@dataclass(frozen=True, slots=True)
class Today:
    """What holds now, in a sentence or two, and by which choice if one decides."""

    held: str
    title: Text = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Untold:
    """Bodies that cannot be told: they do not know whom we mean."""

    linkable: tuple[Text, ...]
    others: tuple[tuple[Text, str], ...]
    """Where nothing can be linked: each with its page, which says how to write to it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One answer and what it would do."""

    answer: Answer
    words: str
    outcome: Text
    """In a sentence or two."""
    stops: tuple[Point, ...]
    weighed: tuple[Point, ...]
    """What stops for as long as a body weighs an objection, and goes on where it says no."""
    begins: tuple[Point, ...]
    goes_on: tuple[Point, ...]
    costs: tuple[Point, ...]
    cost_unsaid: int
    """Of how many that stop it is not stated what that costs."""
    told: tuple[Telling, ...]
    untold: Untold
    ends: tuple[Kept, ...]


def answers(reading: Reading, scope: Scope) -> tuple[Answer, ...]:
    """What can be answered now: what stands already cannot; the likeliest answer is first."""
    stands, terms = reading.standing.get(scope.key), reading.terms(scope)
    if stands is not None and scope.agreement and not (terms and terms.refusable):
        return (Answer.AS_BEFORE,)
    if stands is None:
        waits = not reading.preview(scope, Answer.NO).stops
        likely = waits and reading.preview(scope, Answer.YES).begins
        return (Answer.YES, Answer.NO) if likely else (Answer.NO, Answer.YES)
    if stands.answer is Answer.NO:
        return (Answer.YES, Answer.AS_BEFORE)
    return (Answer.NO, Answer.AS_BEFORE)


def offer(reading: Reading, scope: Scope, answer: Answer) -> Offer:
    seen = reading.preview(scope, answer)
    changing = [each for each in seen.reached if each.changes]
    stops = [each for each in seen.stops if not _objected(each)]
    weighed = [each for each in seen.stops if _objected(each)]
    bodies = {body for each in changing for body in each.told}
    costs = tuple(_costs(seen.stops))
    return Offer(
        answer=answer,
        words=words.answer(answer, scope, reading.terms(scope)),
        outcome=_outcome(seen, len(bodies), reading),
        stops=tuple(_changing(each.terms) for each in stops),
        weighed=tuple(_changing(each.terms) for each in weighed),
        begins=tuple(_changing(each.terms) for each in seen.begins),
        goes_on=tuple(_going_on(each, reading) for each in seen.goes_on),
        costs=costs,
        cost_unsaid=len(seen.stops) - len(costs),
        told=tuple(_telling(changing, reading)),
        untold=untold({body for each in changing for body in each.untold}, reading),
        ends=tuple(
            Kept(
                reading.names.name(each.scope),
                reading.title(each.scope),
                gettext("You said yes on %(day)s", day=day(each.made_at)),
            )
            for each in seen.ends
        ),
    )


def _objected(each: Reached) -> bool:
    return is_objection(each.terms, each.after.may_use)


def _outcome(seen: Preview, bodies: int, reading: Reading) -> Text:
    said: list[Text] = []
    weighed = sum(map(_objected, seen.stops))
    if stops := len(seen.stops) - weighed:
        said.append(ngettext("%(num)s use stops.", "%(num)s uses stop.", stops))
    if weighed:
        said.append(
            ngettext(
                "For %(num)s use, your objection must be weighed.",
                "For %(num)s uses, your objection must be weighed.",
                weighed,
            )
        )
    if seen.begins:
        said.append(ngettext("%(num)s use begins.", "%(num)s uses begin.", len(seen.begins)))
    if not said:
        said.append(gettext("Nothing changes now."))
        said.append(_still(seen, reading))
    if bodies:
        said.append(ngettext("We tell %(num)s body.", "We tell %(num)s bodies.", bodies))
    return Markup(" ").join(each for each in said if each)


def _still(seen: Preview, reading: Reading) -> Text:
    """Why one may answer so though nothing changes by it, or what holds whatever one answers."""
    if seen.answer is not Answer.AS_BEFORE:
        return str(gettext("We write it down, so that it also holds later."))
    others = [each.after.by.scope for each in seen.reached if each.after.by is not None]
    if seen.scope.agreement is None or not others:
        return str(gettext("Your other choices hold.")) if others else ""
    return fill(gettext("Your wider choice holds: %(title)s."), title=reading.title(others[0]))


def _changing(terms: Terms) -> Point:
    return Point(say(terms.title), say(terms.what), f"/register/{terms.reference}")


def _going_on(each: Reached, reading: Reading) -> Point:
    """What a choice leaves as it is, and why."""
    terms, href = each.terms, f"/register/{each.terms.reference}"
    if each.by_law:
        why = say(terms.choice_reason) if terms.choice_reason else _no_reason(terms)
        return Point(say(terms.title), why, href, terms.powers)
    if each.after.by is None or each.after.by.answer is not Answer.YES:
        return Point(say(terms.title), gettext("It goes on unless you say no."), href)
    why = fill(
        gettext("You said yes: %(title)s, %(day)s."),
        title=reading.title(each.after.by.scope),
        day=day(each.after.by.made_at),
    )
    return Point(say(terms.title), why, href)


def _no_reason(terms: Terms) -> str:
    if terms.choice is Say.NOT_STATED:
        return str(gettext("It does not say if you can say no."))
    return str(gettext("It leaves no choice, and gives no reason."))


def _costs(stops: Iterable[Reached]) -> list[Point]:
    """What agreements say happens to people without them."""
    harms = [(each.terms, each.terms.harm_of_not_sharing) for each in stops]
    return [
        Point(say(terms.title), say(harm), f"/register/{terms.reference}")
        for terms, harm in harms
        if harm
    ]


def _telling(changing: Sequence[Reached], reading: Reading) -> list[Telling]:
    """Each body once, by name, with each kind of duty once."""
    duties: dict[UUID, dict[tuple[str, str], None]] = defaultdict(dict)
    for each in changing:
        may_use, objection = each.after.may_use, _objected(each)
        by = day(reading.due.of(objection=objection)[0])
        for organisation_id in each.told:
            duties[organisation_id][_duty(may_use=may_use, objection=objection), by] = None
    bodies = sorted(
        (reading.known.bodies[each] for each in duties),
        key=lambda body: (plain(body.name), body.slug),
    )
    return [
        Telling(say(body.name), say(body.official_name), tuple(duties[body.id])) for body in bodies
    ]


def _duty(*, may_use: bool, objection: bool) -> str:
    if may_use:
        return str(gettext("Note that it may use your data"))
    if objection:
        return str(
            gettext(
                "Weigh your objection, and leave your data be meanwhile. It may say no, and must"
                " say why."
            )
        )
    return str(gettext("Stop using your data for this"))


def untold(bodies: Iterable[UUID], reading: Reading) -> Untold:
    """Bodies by name, in the order of it."""
    known = reading.known
    found = [known.bodies[each] for each in bodies if each in known.bodies]
    named = sorted(found, key=lambda body: plain(body.name))
    return Untold(
        tuple(say(body.name) for body in named if body.id in known.linked_at),
        tuple(
            (say(body.name), f"/bodies/{body.slug}")
            for body in named
            if body.id not in known.linked_at
        ),
    )


def today(reading: Reading, scope: Scope) -> Today:
    """What holds now, before anything is chosen."""
    terms = reading.terms(scope)
    if terms is not None:
        decision = decide(terms, reading.standing)
        held = f"{words.holds(terms, decision)}."
        if decision.by is None:
            return Today(held)
        by = decision.by.scope
        return Today(held, reading.title(by), reading.address(by))
    seen = reading.preview(scope, Answer.AS_BEFORE).reached
    open_ = [each for each in seen if each.terms.refusable]
    used = sum(each.before.may_use for each in open_)
    of = ngettext("It reaches %(num)s agreement.", "It reaches %(num)s agreements.", len(open_))
    now = ngettext("%(num)s is in use now.", "%(num)s are in use now.", used)
    return Today(f"{of} {now}")
