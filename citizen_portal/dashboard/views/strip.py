"""The five answers of ``/my`` in one strip. A number that is not known yet is not told."""

from dataclasses import dataclass

from flask_babel import gettext, ngettext

from citizen_portal.dashboard.queries.overview import Overview
from citizen_portal.dashboard.views.choosing import Choosing
from citizen_portal.dashboard.views.wording import counted, figure


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer in short; components/in_short.html draws it."""

    number: str
    """Empty while it is not known."""
    words: str
    sub: str
    href: str
    lifted: bool = False


def strip(facts: Overview, chosen: Choosing, *, more: int) -> list[Answer]:
    """In the order of the sections to which they lead. ``more``: how many incidents and questions
    need the citizen."""
    first, last = _attention(facts, chosen, more), _choices(facts, chosen)
    return [first, _holding(facts), _shared(facts), _looks(facts), last]


def _attention(facts: Overview, chosen: Choosing, more: int) -> Answer:
    count = facts.lifted + (chosen.behind.count if chosen.behind else 0) + more
    newest = sum(not event.explained for event in facts.attention)
    unexplained = max(newest, sum(look.times for look in facts.counted if look.terms is None))
    said = ngettext(
        "%(n)s look is not explained",
        "%(n)s looks are not explained",
        unexplained,
        n=counted(unexplained),
    )
    return _answer(
        facts,
        count,
        ngettext("needs you", "need you", count),
        said if unexplained else gettext("of what we were told"),
        "#attention",
        lifted=count > 0,
    )


def _holding(facts: Overview) -> Answer:
    holding, silent = len(facts.holds.holding), facts.holds.silent_bodies
    said = ngettext("%(num)s more told us nothing yet", "%(num)s more told us nothing yet", silent)
    words = ngettext("holds your data", "hold your data", holding)
    return _answer(facts, holding, words, said, "#holds")


def _shared(facts: Overview) -> Answer:
    shared = facts.shared
    said = gettext(
        "by %(disclosers)s, to %(recipients)s",
        disclosers=shared.disclosers,
        recipients=shared.recipients,
    )
    words = ngettext("time passed on", "times passed on", shared.times)
    return _answer(facts, shared.times, words, said, "#shared")


def _looks(facts: Overview) -> Answer:
    words = ngettext("look we know of", "looks we know of", facts.looks)
    said = gettext("%(n)s routine", n=counted(facts.routine))
    return _answer(facts, facts.looks, words, said, "#looked")


def _choices(facts: Overview, chosen: Choosing) -> Answer:
    said = ngettext(
        "of %(num)s agreement used for you",
        "of %(num)s agreements used for you",
        len(facts.choices),
    )
    if chosen.holds:
        said = ngettext("you chose about %(num)s", "you chose about %(num)s", len(chosen.holds))
    words = ngettext("lets you object or say no", "let you object or say no", chosen.refusable)
    return _answer(facts, chosen.refusable, words, said, "#choices")


def _answer(
    facts: Overview, count: int, words: str, sub: str, href: str, *, lifted: bool = False
) -> Answer:
    if not facts.known(count):
        return Answer("", words, gettext("not known yet"), href)
    return Answer(figure(count), words, sub, href, lifted)
