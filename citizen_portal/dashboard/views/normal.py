"""How often a body says that it makes each kind of access: beside one access, and on its page."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.access.queries import AccessEvent
from citizen_portal.access.queries.totals import Months, Total
from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.agreements.words.terms_of_law import frequency
from citizen_portal.bodies.queries import Body, Directory
from citizen_portal.dashboard.views.wording import month_words
from citizen_portal.web.counted import published
from citizen_portal.web.pages import fill, say

Text = str | Markup
MOST_ROWS = 12
"""Kinds of access that the page of a body lists; the files have the rest."""


@dataclass(frozen=True, slots=True)
class Normal:
    """Whether an access is usual, as far as anything published tells."""

    sentence: Text
    facts: tuple[tuple[str, Text], ...] = ()
    """Folded under the sentence."""


@dataclass(frozen=True, slots=True)
class Often:
    """One kind of access on the page of a body."""

    title: Text
    reference: str
    receiver: Text
    accesses: str
    people: str
    triggered_by: Text


def normal(event: AccessEvent, total: Total | None, discloser: Body) -> Normal:
    terms = event.explanation.terms
    if terms is None:
        return Normal(gettext("We cannot tell: nothing published explains it."))
    if total is None:
        words = gettext("We cannot tell: %(body)s has published no numbers for looks like this.")
        return Normal(fill(words, body=say(discloser.official_name)), _promised(terms))
    words = gettext(
        "%(body)s says: %(accesses)s looks like this %(when)s, at the data of %(people)s people."
    )
    return Normal(
        fill(
            words,
            body=say(discloser.official_name),
            accesses=published(total.accesses),
            when=_when(total.months),
            people=published(total.people),
        ),
        (
            (gettext("What usually sets it off"), _set_off(total)),
            *_promised(terms),
            (gettext("How they counted"), say(total.figures_from)),
        ),
    )


def _promised(terms: Terms) -> tuple[tuple[str, Text], ...]:
    often = frequency(terms.frequency) if terms.frequency else gettext("It does not say.")
    kind = say(terms.access_type) if terms.access_type else gettext("It does not say.")
    return (
        (gettext("How often, by the agreement"), often),
        (gettext("What kind of access, by the agreement"), kind),
    )


def _set_off(total: Total) -> Text:
    return say(total.triggered_by) if total.triggered_by else gettext("They do not say.")


def _when(months: Months) -> str:
    if months.count == 1:
        return str(gettext("in %(month)s", month=month_words(months.first)))
    return str(
        gettext(
            "from %(first)s to %(last)s",
            first=month_words(months.first),
            last=month_words(months.last),
        )
    )


def often(
    totals: Sequence[Total], body: Body, directory: Directory, register: Register
) -> list[Often]:
    """The numbers of a body's newest period, as its page has them."""
    return [_often(one, body, directory, register) for one in totals[:MOST_ROWS]]


def period(totals: Sequence[Total]) -> str:
    return _when(totals[0].months) if totals else ""


def _often(one: Total, body: Body, directory: Directory, register: Register) -> Often:
    terms = register.newest(one.agreement)
    receiver = directory.body_by_code(body.code_scheme, one.receiver_code)
    return Often(
        title=say(terms.title) if terms else one.agreement,
        reference=one.agreement,
        receiver=say(receiver.name) if receiver else one.receiver_code,
        accesses=published(one.accesses),
        people=published(one.people),
        triggered_by=_set_off(one),
    )
