"""The two pictures of a citizen's pages: geometry from the queries, words from here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext, ngettext

from citizen_portal.access.queries import Looks
from citizen_portal.agreements.queries import flow, picture
from citizen_portal.bodies.queries import Directory
from citizen_portal.dashboard.queries import year
from citizen_portal.dashboard.queries.log import days, days_of_bodies
from citizen_portal.dashboard.queries.overview import Overview
from citizen_portal.dashboard.queries.sharing import DataFlow, Party, Shared
from citizen_portal.dashboard.views.wording import (
    day_words,
    figure,
    month_words,
    span_words,
    times,
)
from citizen_portal.web.pages import plain

MOST_ROWS = 50
MOST_SAID = 12
"""Flows that a picture's description reads out; the table has the rest."""
Cell = str | int | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Flow:
    wide: picture.Drawing
    narrow: picture.Drawing
    title: str
    about: str
    body: tuple[tuple[Cell, ...], ...]
    more: int
    """Rows that the table leaves out."""


@dataclass(frozen=True, slots=True)
class Place:
    """What there is to say of one end of the bands."""

    name: str
    official: str
    total: str
    lifted: str


@dataclass(frozen=True, slots=True)
class Year:
    wide: year.Drawing
    narrow: year.Drawing
    title: str
    about: str
    names: tuple[str, ...]
    counts: tuple[str, ...]
    steps: year.Steps
    body: tuple[tuple[Cell, ...], ...]
    of_bodies: tuple[tuple[Cell, ...], ...]
    """The same days, body by body."""
    earlier: int
    """Looks before the first month that is drawn."""


def flow_picture(shared: Shared, *, silent: int, first: date, last: date) -> Flow:
    """Who passed what to whom; ``silent`` bodies told us nothing and stand as a dashed box."""
    bands = [
        flow.Band(str(one.discloser.id), one.recipient.key, one.times, one.terms is None)
        for one in shared.flows
    ]
    folded, lost_left, lost_right = flow.fold(bands)
    title = gettext("Who passed your data to whom, %(span)s", span=span_words(first, last))
    lefts = _left_labels(folded, shared, lost_left)
    rights = _right_labels(folded, shared, lost_right)
    heads, unknown = (gettext("Who held it"), gettext("Who got it")), _unknown(silent)
    wide, narrow = (
        picture.draw(
            folded,
            lefts=_fitting(lefts, form),
            rights=_fitting(rights, form),
            heads=heads,
            unknown=unknown,
            form=form,
        )
        for form in (picture.WIDE, picture.NARROW)
    )
    return Flow(
        wide=wide,
        narrow=narrow,
        title=title,
        about=_about(shared, silent),
        body=tuple(_row(one) for one in shared.flows[:MOST_ROWS]),
        more=max(len(shared.flows) - MOST_ROWS, 0) + shared.beyond,
    )


def _left_labels(bands: Sequence[flow.Band], shared: Shared, lost: int) -> dict[str, Place]:
    found = {str(one.discloser.id): one.discloser for one in shared.flows}
    names = {
        key: (plain(body.short_name), plain(body.official_name)) for key, body in found.items()
    }
    return _labels("left", bands, names, lost)


def _right_labels(bands: Sequence[flow.Band], shared: Shared, lost: int) -> dict[str, Place]:
    drawn = {band.right for band in bands}
    found = {one.recipient.key: one.recipient for one in shared.flows}
    names = {key: _short(one) for key, one in found.items() if key in drawn}
    return _labels("right", bands, names, lost)


def _short(recipient: Party) -> tuple[str, str]:
    if recipient.body is None:
        return picture.clip(recipient.said, 24), gettext("not on our list")
    return plain(recipient.body.short_name), plain(recipient.body.official_name)


def _labels(
    side: str,
    bands: Sequence[flow.Band],
    names: dict[str, tuple[str, str]],
    lost: int,
) -> dict[str, Place]:
    """What there is to say at each place."""
    found: dict[str, Place] = {}
    more = ngettext("%(num)s more body", "%(num)s more bodies", lost)
    for key in {getattr(band, side) for band in bands}:
        own = [band for band in bands if getattr(band, side) == key]
        total = _times(sum(band.times for band in own))
        open_ = sum(band.times for band in own if band.lifted)
        name, official = names.get(key, (more, ""))
        lifted = "" if side == "left" or not open_ else _not_explained(open_)
        found[key] = Place(name, "" if official == name else official, total, lifted)
    return found


def _fitting(places: dict[str, Place], form: picture.Format) -> dict[str, picture.Label]:
    """Its short name, the official one where there is room, and counts."""
    found: dict[str, picture.Label] = {}
    for key, one in places.items():
        both = f"{one.official} · {one.total}"
        room = one.official and not form.above and len(both) <= 33
        found[key] = picture.Label(one.name, (both if room else one.total,), one.lifted)
    return found


def _times(n: int) -> str:
    """Short, for a picture: "1,000+ times"."""
    return str(ngettext("%(n)s time", "%(n)s times", n, n=figure(n)))


def _not_explained(n: int) -> str:
    return str(gettext("%(n)s not explained", n=figure(n)))


def _unknown(silent: int) -> picture.Label | None:
    if not silent:
        return None
    name = ngettext("%(num)s more body", "%(num)s more bodies", silent)
    return picture.Label(name, (gettext("we do not know yet"),))


def _about(shared: Shared, silent: int) -> str:
    said = [
        gettext(
            "%(discloser)s to %(recipient)s, %(times)s",
            discloser=plain(one.discloser.official_name),
            recipient=_official(one.recipient),
            times=times(one.times),
        )
        + (gettext(", not explained") if one.terms is None else "")
        for one in shared.flows[:MOST_SAID]
    ]
    if silent:
        more = ngettext(
            "%(num)s more body, we do not know yet",
            "%(num)s more bodies, we do not know yet",
            silent,
        )
        said.append(more)
    return "; ".join(said) + ". " + str(gettext("The table below holds the same facts."))


def _official(recipient: Party) -> str:
    return plain(recipient.body.official_name) if recipient.body else recipient.said


def _row(one: DataFlow) -> tuple[Cell, ...]:
    why: Cell = gettext("Not explained")
    if one.terms is not None:
        why = (plain(one.terms.title), f"/register/{one.terms.reference}")
    return plain(one.discloser.official_name), _official(one.recipient), why, one.times


def year_picture(looks: Sequence[Looks], facts: Overview, *, today: date) -> Year:
    shown = year.months(days(looks), seen_from=facts.seen.since, today=today)
    return Year(
        wide=year.draw(shown, today=today, form=year.WIDE),
        narrow=year.draw(shown, today=today, form=year.NARROW),
        title=gettext("Looks at your data, day by day"),
        about=_about_year(shown, facts),
        names=tuple(
            month_words(one.first, short=True, year=n == 0 or one.first.month == 1)
            for n, one in enumerate(shown)
        ),
        counts=tuple(_count(one, facts) for one in shown),
        steps=year.steps(shown),
        body=tuple(_month_row(one, facts) for one in shown),
        of_bodies=_of_bodies(looks, facts.directory, today),
        earlier=sum(look.times for look in looks if look.day < shown[0].first),
    )


def _untold(month: year.Month, facts: Overview) -> bool:
    return not month.times and (month.seen_from is None or not facts.done)


def _count(month: year.Month, facts: Overview) -> str:
    return "?" if _untold(month, facts) else figure(month.times)


def _about_year(shown: Sequence[year.Month], facts: Overview) -> str:
    seen = facts.seen
    lifted = sum(1 for month in shown for day in month.days.values() if day.lifted)
    said = [
        gettext(
            "Twelve small months from %(first)s to %(last)s.",
            first=month_words(shown[0].first),
            last=month_words(shown[-1].first),
        ),
    ]
    if facts.known(lifted):
        said.append(ngettext("%(num)s day stands out.", "%(num)s days stand out.", lifted))
    if seen.since and seen.since > shown[0].first:
        said.append(gettext("Days before %(day)s cannot be seen.", day=day_words(seen.since)))
    return " ".join([*said, gettext("The table below holds the same facts.")])


def _month_row(month: year.Month, facts: Overview) -> tuple[Cell, ...]:
    name = month_words(month.first)
    if _untold(month, facts):
        unseen = month.seen_from is None
        words = gettext("We cannot see this month") if unseen else gettext("Not known yet.")
        return name, "?", "?", words
    said = []
    if month.seen_from and month.seen_from > 1:
        said.append(gettext("Seen from day %(day)s.", day=month.seen_from))
    said.append(_listed(month) or gettext("Told of no look"))
    return name, figure(month.times), figure(month.lifted), " ".join(said)


def _listed(month: year.Month) -> str:
    """Days by number, with how many looks: without the catalogue, since there may be hundreds."""
    return ", ".join(
        str(n) if day.times == 1 else f"{n} ({day.times}×)" for n, day in month.days.items()
    )


def _of_bodies(
    looks: Sequence[Looks], directory: Directory, today: date
) -> tuple[tuple[Cell, ...], ...]:
    """A row for each body and month with looks: the bodies by name, the newest month first."""
    if len({look.body_id for look in looks}) < 2:
        return ()  # it would say the same again
    named = sorted(
        (plain(directory.bodies[body_id].official_name), found)
        for body_id, found in days_of_bodies(looks).items()
    )
    return tuple(
        (name, month_words(month.first), figure(month.times), _listed(month))
        for name, found in named
        for month in reversed(year.months(found, seen_from=None, today=today))
        if month.times
    )
