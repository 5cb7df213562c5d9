"""``/my/access``: who looked, with gaps first, what stands out, the year, and the list."""

from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask_babel import gettext, ngettext
from markupsafe import Markup

from citizen_portal.access.queries import Looks
from citizen_portal.dashboard.queries import log, year
from citizen_portal.dashboard.queries.holds import Holds
from citizen_portal.dashboard.queries.overview import overview
from citizen_portal.dashboard.views.chosen import Chosen, chosen, place
from citizen_portal.dashboard.views.drawing import year_picture
from citizen_portal.dashboard.views.entries import LIFTED, folds, lifted
from citizen_portal.dashboard.views.gathering import Gathered, gather
from citizen_portal.dashboard.views.questioned import asked_of
from citizen_portal.dashboard.views.sources import quiet_words, sending_words
from citizen_portal.dashboard.views.wording import counted, month_words
from citizen_portal.identity.guards import citizens_only, current
from citizen_portal.web import parts
from citizen_portal.web.pages import plain, say
from citizen_portal.web.paging import Turn, Way, dated

bp = Blueprint("access", __name__)
bp.before_request(citizens_only)
FILTERS = ("body", "when", "who", "kind", "same")
Options = list[tuple[str, str]]
Text = str | Markup


@bp.get("/my/access")
def page() -> str:
    found = gather(current())
    looks = found.looks_by_day(since=year.begins(found.today))
    facts = overview(
        found.answers,
        looks,
        found.lifted(),
        directory=found.directory,
        links=found.links,
        zone=parts.region().zone,
    )
    shown = chosen(found)
    same = shown.wanted.same
    groups = log.singles(shown.events) if same else log.fold(shown.events, found.directory)
    sheet = log.sheet(groups, after=place())
    return render_template(
        "dashboard/access.html",
        facts=facts,
        attention=lifted(facts.attention[:LIFTED], found.directory),
        sending=sending_words(facts.holds.senders) if facts.holds.senders else "",
        quiet=_quiet(facts.holds),
        left_out=_left_out(facts.holds),
        more_lifted=max(facts.lifted - LIFTED, 0),
        year=year_picture(looks, facts, today=found.today),
        fields=_fields(found, looks),
        folds=folds(
            sheet.rows, found.directory, before=shown.before, asked=asked_of(found.who.citizen_id)
        ),
        result=_result(shown, facts.looks) if facts.known(len(shown.events)) else "",
        narrowed=shown.narrowed or bool(shown.before),
        unfolded=bool(same),
        turned=_turn(sheet, shown),
        unread=_names(shown.unread),
        table_href=_address("/my/access.csv", before=shown.before),
        counted=counted,
    )


def _quiet(holds: Holds) -> list[tuple[Text, Text]]:
    """Linked bodies of which a source went quiet, and since when."""
    return [
        (say(holder.body.name), quiet_words(holder.source))
        for holder in holds.linked
        if holder.source and holder.source.gone_quiet
    ]


def _left_out(holds: Holds) -> list[tuple[Text, Text]]:
    """What sources of linked bodies do not report, and by which law."""
    return [
        (
            say(holder.body.name),
            Markup("; ").join(
                Markup("{} ({})").format(say(one.what), say(one.law))
                for one in holder.source.not_reported
            ),
        )
        for holder in holds.linked
        if holder.source and holder.source.not_reported
    ]


def _result(shown: Chosen, known: int) -> str:
    if shown.older or shown.before:
        return str(
            ngettext(
                "Showing %(shown)s look of these days. We know of %(known)s.",
                "Showing %(shown)s looks of these days. We know of %(known)s.",
                len(shown.events),
                shown=counted(len(shown.events)),
                known=counted(known),
            )
        )
    return str(
        ngettext(
            "Showing %(shown)s of %(known)s look.",
            "Showing %(shown)s of %(known)s looks.",
            known,
            shown=counted(len(shown.events)),
            known=counted(known),
        )
    )


def _fields(found: Gathered, looks: Sequence[Looks]) -> list[tuple[str, str, Options, str]]:
    """What the list can be narrowed by: words, name, options, what is chosen."""
    args = request.args
    fields = [
        (gettext("Body"), "body", _bodies(found, looks)),
        (gettext("When"), "when", _periods(looks, today=found.today)),
        (
            gettext("Who"),
            "who",
            [
                ("", gettext("Anyone")),
                ("person", gettext("A person")),
                ("machine", gettext("A machine")),
                ("file", gettext("A file about many")),
            ],
        ),
        (
            gettext("Kind"),
            "kind",
            [
                ("", gettext("Any kind")),
                ("stands-out", gettext("Stands out")),
                ("unexplained", gettext("Not explained")),
                ("emergency", gettext("Emergency")),
                ("refused", gettext("Asked, not given")),
                ("routine", gettext("Routine")),
            ],
        ),
    ]
    return [(words, name, options, args.get(name, "")) for words, name, options in fields]


def _bodies(found: Gathered, looks: Sequence[Looks]) -> Options:
    """Those that take part in some access, by name."""
    taking = {look.body_id for look in looks} | {
        event.recipient_id for event in found.events if event.recipient_id is not None
    }
    named = sorted((plain(found.directory.bodies[body].name), body.hex) for body in taking)
    return [("", gettext("Any body")), *((key, name) for name, key in named)]


def _periods(looks: Sequence[Looks], *, today: date) -> Options:
    months = sorted({(look.day.year, look.day.month) for look in looks}, reverse=True)
    firsts = (date(*month, 1) for month in months[:24])
    return [
        ("", gettext("Any time")),
        ("30-days", gettext("Past 30 days")),
        ("3-months", gettext("Past 3 months")),
        ("12-months", gettext("Past 12 months")),
        *((f"{one:%Y-%m}", month_words(one)) for one in firsts if one <= today),
    ]


def _names(unread: Iterable[str]) -> list[str]:
    """What they are called on the page."""
    place = gettext("Place in the list")
    called = {
        "body": gettext("Body"),
        "when": gettext("When"),
        "who": gettext("Who"),
        "kind": gettext("Kind"),
    }
    return list(dict.fromkeys(called.get(name, place) for name in unread))


def _turn(sheet: log.Sheet, shown: Chosen) -> Turn | None:
    """The ways to the pages beside this one: inside its window of the list, then to the next."""
    newer = older = None
    if sheet.before is not None:
        newer = _address("/my/access", before=shown.before, after=sheet.before)
    elif shown.newer is not None:
        newer = _address("/my/access", before=shown.newer, after=log.END)
    if sheet.after:
        where = _address("/my/access", before=shown.before, after=sheet.after)
        older = Way(where, gettext("Older ones"))
    elif shown.older:
        words = gettext("Look further back") if shown.narrowed else gettext("Older ones")
        older = Way(_address("/my/access", before=shown.older), words)
    first, last = sheet.days or (None, None)
    return dated(first, last, newer=newer, older=older)


def _address(path: str, **where: str) -> str:
    """One with the filters of this page, and with these places beside them."""
    kept = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    asked = urlencode(kept | {name: place for name, place in where.items() if place})
    return f"{path}?{asked}" if asked else path
