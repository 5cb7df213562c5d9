"""``/my/access``: who looked, with gaps first, what stands out, the year, and the list."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask_babel import gettext, ngettext
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from citizen_portal import clock
from citizen_portal.access.queries import AccessEvent
from citizen_portal.bodies.queries import Directory
from citizen_portal.dashboard.queries import log
from citizen_portal.dashboard.queries.holds import Holds
from citizen_portal.dashboard.queries.overview import overview
from citizen_portal.dashboard.views.drawing import year_picture
from citizen_portal.dashboard.views.entries import LIFTED, folds, lifted
from citizen_portal.dashboard.views.gathering import Gathered, gather
from citizen_portal.dashboard.views.sources import quiet_words
from citizen_portal.dashboard.views.wording import counted, month_words
from citizen_portal.identity.guards import citizens_only, current
from citizen_portal.periods import period
from citizen_portal.web import parts
from citizen_portal.web.asked import identifier
from citizen_portal.web.pages import plain, say

bp = Blueprint("access", __name__)
bp.before_request(citizens_only)
ID = 64
"""Hexadecimal characters of an access's name; anything else is taken for none."""
FILTERS = ("body", "when", "who", "kind", "same")
Options = list[tuple[str, str]]
Text = str | Markup


@bp.get("/my/access")
def page() -> str:
    found = gather(current())
    facts = overview(found.answers, found.events, directory=found.directory, links=found.links)
    today = clock.today(parts.region().timezone)
    wanted = _wanted(request.args, today=today)
    chosen = _chosen(found, wanted)
    groups = log.singles(chosen) if wanted.same else log.fold(chosen, directory=found.directory)
    sheet = log.sheet(groups, after=_id(request.args.get("after", "")))
    return render_template(
        "dashboard/access.html",
        facts=facts,
        attention=lifted(facts.attention[:LIFTED], found.directory),
        quiet=_quiet(facts.holds),
        left_out=_left_out(facts.holds),
        more_lifted=max(len(facts.attention) - LIFTED, 0),
        year=year_picture(found.events, facts.seen, today=today),
        fields=_fields(found, today=today),
        folds=folds(sheet.rows, found.directory),
        result=_result(len(chosen), facts.looks),
        narrowed=wanted != log.Wanted(),
        unfolded=bool(wanted.same),
        following=_following(sheet.after),
        counted=counted,
    )


def _quiet(holds: Holds) -> list[tuple[Text, Text]]:
    """Linked bodies of which a source went quiet, and since when."""
    return [
        (say(holder.body.name), quiet_words(holder.source))
        for holder in holds.linked
        if holder.source and holder.source.quiet_since
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


def _wanted(args: MultiDict[str, str], *, today: date) -> log.Wanted:
    """The filters of an address. What cannot be read counts as not set."""
    chosen = period(args.get("when", ""), today=today)
    kind = args.get("kind", "")
    who = args.get("who", "")
    return log.Wanted(
        body=identifier(args.get("body", "")),
        since=chosen.first,
        until=chosen.last,
        who=who if who in log.WHO else "",
        kind=log.Kind(kind) if kind in set(log.Kind) else None,
        same=_id(args.get("same", "")),
    )


def _id(text: str) -> str:
    return text if len(text) == ID and set(text) <= set("0123456789abcdef") else ""


def _chosen(found: Gathered, wanted: log.Wanted) -> list[AccessEvent]:
    events = list(found.events)
    if wanted.same:
        events = log.alike(events, wanted.same, directory=found.directory)
    return log.wanted_events(events, wanted)


def _result(shown: int, known: int) -> str:
    return str(
        ngettext(
            "Showing %(shown)s of %(known)s look.",
            "Showing %(shown)s of %(known)s looks.",
            known,
            shown=counted(shown),
            known=counted(known),
        )
    )


def _fields(found: Gathered, *, today: date) -> list[tuple[str, str, Options, str]]:
    """What the list can be narrowed by: words, name, options, what is chosen."""
    args = request.args
    fields = [
        (gettext("Body"), "body", _bodies(found.events, found.directory)),
        (gettext("When"), "when", _periods(found.events, today=today)),
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


def _bodies(events: Sequence[AccessEvent], directory: Directory) -> Options:
    """Those that take part in some access, by name."""
    taking = {
        body for event in events for body in (event.body_id, event.recipient_id) if body is not None
    }
    named = sorted((plain(directory.bodies[body].name), body.hex) for body in taking)
    return [("", gettext("Any body")), *((key, name) for name, key in named)]


def _periods(events: Sequence[AccessEvent], *, today: date) -> Options:
    months = sorted({event.day.replace(day=1) for event in events}, reverse=True)
    return [
        ("", gettext("Any time")),
        ("30-days", gettext("Past 30 days")),
        ("3-months", gettext("Past 3 months")),
        ("12-months", gettext("Past 12 months")),
        *((f"{one:%Y-%m}", month_words(one)) for one in months[:24] if one <= today),
    ]


def _following(after: str | None) -> str | None:
    """Address of the next page of the list, with the same filters."""
    if after is None:
        return None
    kept = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return f"/my/access?{urlencode(kept | {'after': after})}#list"
