"""Rounds of views in words."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.bodies.queries import Directory
from citizen_portal.opinions.forms import VIEWS
from citizen_portal.opinions.models import Round
from citizen_portal.web.counted import published
from citizen_portal.web.pages import day, say

Text = str | Markup


@dataclass(frozen=True, slots=True)
class Shown:
    """One round."""

    name: str
    """Its id, as addresses have it."""
    reference: str
    title: Text
    what: Text
    purpose: Text
    body: Text
    official: Text
    when: str
    state: str
    icon: str
    open: bool
    counts: tuple[tuple[str, str], ...]
    """How many people think so, by view; none before they were counted."""
    counted: str
    reply: Text
    replied: str


def shown(one: Round, directory: Directory, today: date) -> Shown:
    open_ = one.open_on(today)
    return Shown(
        name=one.id.hex,
        reference=one.reference,
        title=say(one.title),
        what=say(one.what),
        purpose=say(one.purpose),
        body=say(directory.bodies[one.organisation_id].name),
        official=say(directory.bodies[one.organisation_id].official_name),
        when=str(
            gettext("%(first)s to %(last)s", first=day(one.opens_on), last=day(one.closes_on))
        ),
        state=_state(one, today),
        icon="asking" if open_ else "answered",
        open=open_,
        counts=tuple((str(words), published(one.counts.get(view))) for view, words in VIEWS)
        if one.counts
        else (),
        counted=day(one.counted_on),
        reply=say(one.reply) if one.reply else "",
        replied=day(one.replied_on),
    )


def _state(one: Round, today: date) -> str:
    if one.open_on(today):
        return str(gettext("Open until %(day)s", day=day(one.closes_on)))
    if one.opens_on > today:
        return str(gettext("Opens on %(day)s", day=day(one.opens_on)))
    return str(gettext("Closed on %(day)s", day=day(one.closes_on)))
