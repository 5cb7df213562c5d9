"""Words for what the queries found, in the reader's language. Text of others stays text."""

from collections.abc import Callable
from datetime import date
from functools import cache

from flask_babel import Locale, format_decimal, gettext, ngettext
from markupsafe import Markup

from citizen_portal.access.models import Fault
from citizen_portal.access.queries import AccessEvent, Actor, Pattern, WhyNot
from citizen_portal.bodies.queries import Body
from citizen_portal.dashboard.queries.sharing import Party
from citizen_portal.web.pages import fill, language, say

MOST = 100_000
"""Counts above this are told as "more than 100,000"."""
GROUPED = 1_000
"""From here on a number is written otherwise in each language."""
Say = Callable[[], str]
ACTORS: dict[Actor, Say] = {
    Actor.PERSON: lambda: gettext("A person looked."),
    Actor.MACHINE: lambda: gettext("A machine looked."),
    Actor.SUBSCRIPTION: lambda: gettext("A machine sends it when something changes."),
    Actor.BULK: lambda: gettext("You were in a file about many people."),
    Actor.NOT_STATED: lambda: gettext("It does not say if a person or a machine looked."),
}
CITING: dict[WhyNot, Say] = {
    WhyNot.CITES_UNKNOWN: lambda: gettext("It cites %(cites)s, which is not on the register."),
    WhyNot.CITES_NOT_IN_FORCE: lambda: gettext(
        "It cites %(cites)s, which was not in use that day."
    ),
    WhyNot.RULE_NOT_IN_FORCE: lambda: gettext(
        "It points to %(cites)s, which was not in use that day."
    ),
    WhyNot.CITES_OTHER_DISCLOSER: lambda: gettext(
        "It cites %(cites)s, which does not let this body give data."
    ),
    WhyNot.CITES_OTHER_RECIPIENT: lambda: gettext(
        "It cites %(cites)s, which does not name this receiver."
    ),
    WhyNot.CITES_OTHER_CATEGORIES: lambda: gettext(
        "It cites %(cites)s, which does not name this kind of data."
    ),
}
FACTS: dict[Pattern, Say] = {
    Pattern.NEW_BODY: lambda: gettext("New to your data"),
    Pattern.NEW_CATEGORY: lambda: gettext("New kind of data"),
    Pattern.BURST: lambda: gettext("Unusually many"),
    Pattern.REPEATED_ACTOR: lambda: gettext("The same person again"),
}
"""The weightiest first."""
REASONS: dict[Pattern, Say] = {
    Pattern.NEW_BODY: lambda: gettext("We had not seen this body get your data before."),
    Pattern.NEW_CATEGORY: lambda: gettext("It had not got this kind of data before."),
    Pattern.BURST: lambda: gettext("There were far more looks that day than on other days."),
    Pattern.REPEATED_ACTOR: lambda: gettext(
        "One person there looked at your data several times within a month."
    ),
}
FAULTS: dict[Fault, Say] = {
    Fault.UNREACHABLE: lambda: gettext("We could not reach it."),
    Fault.TOO_SLOW: lambda: gettext("It took too long."),
    Fault.SAID_ERROR: lambda: gettext("It sent an error instead."),
    Fault.TURNED_US_AWAY: lambda: gettext("It turned us away."),
    Fault.TOO_LARGE: lambda: gettext("It was larger than we can take."),
    Fault.UNREADABLE: lambda: gettext("We could not read it."),
    Fault.OTHER_SUBJECT: lambda: gettext("It was not about you. We show none of it."),
    Fault.FORBIDDEN_ADDRESS: lambda: gettext("Its address is not one that we may ask."),
}


def number(n: int) -> str:
    return str(n) if 0 <= n < GROUPED else str(format_decimal(n))


def counted(n: int) -> str:
    """A count for a sentence, capped."""
    return number(n) if n <= MOST else str(gettext("more than %(n)s", n=number(MOST)))


def figure(n: int) -> str:
    """A count for a picture or a strip, capped."""
    return number(n) if n <= MOST else f"{number(MOST)}+"


def times(n: int) -> str:
    if n > MOST:
        return str(gettext("more than %(n)s times", n=number(MOST)))
    return str(ngettext("%(num)s time", "%(num)s times", n))


@cache
def _months(locale: str, width: str) -> tuple[str, ...]:
    names = Locale.parse(locale).months["format"][width]
    return tuple(names[n] for n in range(1, 13))


def day_words(day: date) -> str:
    """ "4 November 2026", without asking the catalogue: lists hold hundreds."""
    return f"{day.day} {_months(language(), 'wide')[day.month - 1]} {day.year}"


def month_words(day: date, *, short: bool = False, year: bool = True) -> str:
    name = _months(language(), "abbreviated" if short else "wide")[day.month - 1]
    return f"{name} {day.year}" if year else name


def span_words(first: date, last: date) -> str:
    """ "4 November 2026", or from one day to another without saying the year twice."""
    if first == last:
        return day_words(last)
    start = day_words(first)
    if first.year == last.year:
        start = start.removesuffix(f" {first.year}")
    return str(gettext("%(first)s to %(last)s", first=start, last=day_words(last)))


def party_name(party: Party) -> str | Markup:
    """What people call the recipient; of one not on our list, what the discloser calls it."""
    return say(party.body.name) if party.body else party.said


def passed(discloser: Body, recipient: Party) -> Markup:
    """Who told whom, in one line that reads well aloud."""
    if recipient.body is not None and recipient.body.id == discloser.id:
        return fill(
            gettext("%(body)s: a look at their own record of you"), body=say(discloser.name)
        )
    arrow = Markup(
        ' <span class="cp-arrow" aria-hidden="true">→</span>'
        '<span class="govuk-visually-hidden">{}</span> '
    ).format(gettext("told"))
    return Markup("{}{}{}").format(say(discloser.name), arrow, party_name(recipient))


def actor_words(actor: Actor) -> str:
    """One sentence on who or what looked."""
    return str(ACTORS[actor]())


def why_not_words(event: AccessEvent) -> Markup | str:
    """Why an access is not explained, with what it cites. Nothing is guessed."""
    why, cites = event.explanation.why_not, event.explanation.cites
    if cites and why in CITING:
        return fill(CITING[why](), cites=cites)
    if why is WhyNot.SEVERAL_RULES:
        return str(gettext("More than one agreement could fit. We do not guess."))
    if why is WhyNot.RULE_NOT_IN_FORCE:
        return str(gettext("What could explain it was not in force that day."))
    return str(gettext("It fits no agreement we know."))


def fault_words(fault: Fault | None) -> str:
    """Why there is no answer to show, in one sentence."""
    return str(FAULTS[fault]()) if fault else ""
