"""Rows for what goes on by itself: subscriptions to changes, and files about many people."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.access.queries import Actor
from citizen_portal.dashboard.queries.sharing import Ongoing
from citizen_portal.dashboard.views.wording import passed, span_words, times
from citizen_portal.web.pages import say

Text = str | Markup


@dataclass(frozen=True, slots=True)
class OngoingRow:
    who: Text
    kind: str
    why: Text
    times: str
    reference: str


def ongoing_rows(found: Iterable[Ongoing]) -> list[OngoingRow]:
    return [
        OngoingRow(
            who=passed(one.discloser, one.recipient),
            kind=KINDS[one.actor](),
            why=say(one.terms.title) if one.terms else gettext("Not explained"),
            times=f"{times(one.times)}, {span_words(one.first, one.last)}",
            reference=one.terms.reference if one.terms else "",
        )
        for one in found
    ]


KINDS = {
    Actor.SUBSCRIPTION: lambda: gettext("Gets each change"),
    Actor.BULK: lambda: gettext("Gets a file about many people"),
}
