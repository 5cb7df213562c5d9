"""Rows for accesses: the ones that stand out by themselves, the routine ones folded."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext, ngettext
from markupsafe import Markup

from citizen_portal.access.queries import AccessEvent, Actor
from citizen_portal.bodies.queries import Directory
from citizen_portal.dashboard.queries.log import MOST_LINKS, Group
from citizen_portal.dashboard.queries.sharing import party
from citizen_portal.dashboard.views.wording import (
    FACTS,
    REASONS,
    actor_words,
    day_words,
    number,
    party_name,
    passed,
    span_words,
    times,
    why_not_words,
)
from citizen_portal.web.pages import clock_time, fill, moment, say

LIFTED = 3
Text = str | Markup


@dataclass(frozen=True, slots=True)
class Lifted:
    """An access that stands out."""

    name: Text
    """Who got it."""
    official: Text
    """Its official name, if it is on our list: pictures use it."""
    when: str
    discloser: Text
    fact: str
    sentence: Text
    href: str


@dataclass(frozen=True, slots=True)
class Fold:
    """Accesses of one kind in one line; one alone is a line without a fold."""

    who: Text
    why: Text
    times: str
    span: str
    note: Text
    reference: str
    links: tuple[tuple[str, str], ...]
    more: tuple[str, str] | None
    """Address and words of the ones not linked here."""
    href: str
    """Address of the one access, where there is only one."""
    lifted: bool
    asked: str = ""
    """What the citizen last asked about one of them, and where that stands."""


def lifted(events: Iterable[AccessEvent], directory: Directory) -> list[Lifted]:
    return [_lifted(event, directory) for event in events]


def _lifted(event: AccessEvent, directory: Directory) -> Lifted:
    recipient = party(event, directory)
    return Lifted(
        name=party_name(recipient),
        official=say(recipient.body.official_name) if recipient.body else "",
        when=moment(event.usage.occurred),
        discloser=say(directory.bodies[event.body_id].name),
        fact=fact_words(event),
        sentence=fill("%(actor)s %(why)s", actor=actor_words(event.usage.actor), why=why(event)),
        href=f"/my/access/{event.id}",
    )


def fact_words(event: AccessEvent) -> str:
    """What stands out about an access, in two or three words; of several the weightiest."""
    if not event.explained:
        return str(gettext("Not explained"))
    if event.usage.emergency:
        return str(gettext("Emergency"))
    return next((words() for pattern, words in FACTS.items() if pattern in event.patterns), "")


def why(event: AccessEvent) -> Text:
    """Why an access stands out; for a routine one, what it is for."""
    if not event.explained:
        return why_not_words(event)
    if event.usage.emergency:
        return str(gettext("It was marked as an emergency, which skips the usual check."))
    return " ".join(reason() for pattern, reason in REASONS.items() if pattern in event.patterns)


def folds(
    groups: Iterable[Group],
    directory: Directory,
    *,
    before: str = "",
    asked: Callable[[AccessEvent], str] = lambda _: "",
) -> list[Fold]:
    """``before`` is where the window of the list begins that the groups are of; ``asked`` says what
    the citizen asked about an access."""
    return [_fold(group, directory, before, asked) for group in groups]


def _fold(
    group: Group, directory: Directory, before: str, asked: Callable[[AccessEvent], str]
) -> Fold:
    newest = group.newest
    terms = newest.explanation.terms
    alone = len(group.events) == 1
    shown = group.events[:MOST_LINKS]
    return Fold(
        who=passed(directory.bodies[newest.body_id], party(newest, directory)),
        why=_purpose(newest),
        times="" if alone else times(len(group.events)),
        span=span_words(group.oldest.day, newest.day),
        note=_note(group),
        reference=terms.reference if terms else "",
        links=() if alone else _links(shown),
        more=_more(group, before),
        href=f"/my/access/{newest.id}" if alone else "",
        lifted=newest.stands_out,
        asked=next(filter(None, map(asked, group.events)), ""),
    )


def _purpose(event: AccessEvent) -> Text:
    terms = event.explanation.terms
    if terms is None:
        return fill(gettext("Not explained. %(why)s"), why=why_not_words(event))
    if event.stands_out:
        return fill("%(fact)s. %(title)s", fact=fact_words(event), title=say(terms.title))
    return say(terms.title)


def _links(events: Sequence[AccessEvent]) -> tuple[tuple[str, str], ...]:
    """A link to each, named by its day; and by its time where several fall on one day."""
    of_day = Counter(event.day for event in events)
    return tuple(
        (
            f"/my/access/{event.id}",
            day_words(event.day)
            if of_day[event.day] == 1
            else f"{day_words(event.day)}, {clock_time(event.usage.occurred)}",
        )
        for event in events
    )


def _more(group: Group, before: str) -> tuple[str, str] | None:
    rest = len(group.events) - MOST_LINKS
    if rest <= 0:
        return None
    words = ngettext("See %(n)s more", "See %(n)s more", rest, n=number(rest))
    where = f"&before={before}" if before else ""
    return f"/my/access?same={group.newest.id}{where}#list", words


def _note(group: Group) -> Text:
    actors = {event.usage.actor for event in group.events}
    if len(actors) == 1:
        return _one_actor(actors.pop(), alone=len(group.events) == 1)
    if actors == {Actor.PERSON, Actor.MACHINE}:
        return str(gettext("Sometimes a person, sometimes a machine."))
    return str(gettext("People, machines and files, by turns."))


def _one_actor(actor: Actor, *, alone: bool) -> str:
    if alone or actor in (Actor.NOT_STATED, Actor.BULK, Actor.SUBSCRIPTION):
        return actor_words(actor)
    if actor is Actor.PERSON:
        return str(gettext("A person looked, each time."))
    return str(gettext("A machine looked, each time."))
