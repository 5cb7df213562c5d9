"""Bodies in public: which there are, how far we see into each, and what names it."""

from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup

from citizen_portal.access.queries.totals import newest_totals
from citizen_portal.agreements.queries import Terms, register_terms
from citizen_portal.agreements.words.marks import Mark, marks
from citizen_portal.bodies.models import Kind
from citizen_portal.bodies.queries import directory
from citizen_portal.dashboard.queries import bodies as queries
from citizen_portal.dashboard.queries.bodies import Group, Named, Seen
from citizen_portal.dashboard.views.normal import often, period
from citizen_portal.dashboard.views.sources import shown
from citizen_portal.incidents.queries import incidents_at
from citizen_portal.incidents.words import line as incident_line
from citizen_portal.web import parts
from citizen_portal.web.pages import day, plain, printable, say
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.transactions import db

bp = Blueprint("bodies", __name__, url_prefix="/bodies")
Row = dict[str, object]
Marked = tuple[Terms, tuple[Mark, ...]]
"""An agreement with what must be seen of it first."""
LONGEST = 200
MOST_INCIDENTS = 10
MOST_AGREEMENTS = 50
"""So many are listed for each thing that a body does; the register has the rest."""


@bp.get("", strict_slashes=False)
def index() -> str:
    text = printable(request.args.get("q", "")[:LONGEST])
    page = page_number(request.args.get("page", ""))
    found = queries.bodies(directory(db()), text=text, page=page)
    return render_template(
        "bodies/bodies.html",
        text=text,
        found=found,
        groups=[(*_heading(group), [_row(seen) for seen in of]) for group, of in found.groups],
        pages=numbered(found.page, found.pages, lambda number: _page_url(text, number)),
    )


@bp.get("/<slug>")
def entry(slug: str) -> str:
    known, register = directory(db()), register_terms(db())
    seen = queries.body(known, slug)
    named = queries.naming(register, seen.body)
    totals = newest_totals(db(), seen.body.id) if seen.body.kind.is_public else ()
    return render_template(
        "bodies/body.html",
        title=plain(seen.body.name),
        body=seen.body,
        kind=_kind(seen.body.kind),
        sources=[shown(source) for source in seen.sources],
        agreements=_agreements(named, parts.region().today()),
        often=often(totals, seen.body, known, register),
        period=period(totals),
        kinds=len(totals),
        incidents=[
            incident_line(one, known)
            for one in incidents_at(db(), seen.body.id, most=MOST_INCIDENTS)
        ],
        public=seen.body.kind.is_public,
    )


def _page_url(text: str, page: int) -> str:
    return url_for("bodies.index", q=text or None, page=page)


def _heading(group: Group) -> tuple[str, str]:
    words: dict[Group, str] = {
        Group.CONNECTED: gettext("Connected: we can ask them"),
        Group.NOT_CONNECTED: gettext("Not connected yet: we cannot ask them"),
        Group.OTHERS: gettext("Firms and others who get or handle data"),
    }
    return words[group], group.value


def _row(seen: Seen) -> Row:
    """One line of the list, as components/rows.html takes it."""
    words = _connection(seen) if seen.body.kind.is_public else (_kind(seen.body.kind), "")
    return {
        "icon": "answered" if seen.connected else "off",
        "name": say(seen.body.name),
        "official": say(seen.body.official_name),
        "text": words[0],
        "sub": words[1],
        "href": url_for("bodies.entry", slug=seen.body.slug),
        "act": gettext("Read more"),
        "hidden": Markup("{} {}").format(gettext("about"), say(seen.body.name)),
    }


def _connection(seen: Seen) -> tuple[str | Markup, str]:
    if not seen.connected:
        return gettext("Not connected yet."), ""
    names = Markup(", ").join(say(source.name) for source in seen.connected)
    since = min((s.connected_since for s in seen.connected if s.connected_since), default=None)
    sub = gettext("Connected since %(day)s", day=day(since)) if since else ""
    missing = len(seen.sources) - len(seen.connected)
    if missing:
        more = ngettext(
            "%(num)s more register not connected", "%(num)s more registers not connected", missing
        )
        sub = f"{sub} · {more}" if sub else more
    return names, sub


def _agreements(named: Named, today: date) -> list[tuple[str, list[Marked], int]]:
    """By what the body does in them: the first of each, and how many more there are."""
    groups = [
        (gettext("It gives data"), named.as_discloser),
        (gettext("It gets data"), named.as_recipient),
        (gettext("It uses data inside itself"), named.own_use),
        (gettext("It runs the machine for others"), named.as_processor),
    ]
    return [
        (
            title,
            [(one, marks(one, today)) for one in terms[:MOST_AGREEMENTS]],
            max(0, len(terms) - MOST_AGREEMENTS),
        )
        for title, terms in groups
        if terms
    ]


def _kind(kind: Kind) -> str:
    words: dict[Kind, str] = {
        Kind.DEPARTMENT: gettext("A government department"),
        Kind.AGENCY: gettext("A government agency"),
        Kind.COUNCIL: gettext("A council"),
        Kind.HEALTH: gettext("Part of the health service"),
        Kind.EDUCATION: gettext("Part of schools and learning"),
        Kind.POLICE: gettext("Part of the police"),
        Kind.REGULATOR: gettext("A watchdog"),
        Kind.DEVOLVED: gettext("Part of a national government within the state"),
        Kind.OTHER_PUBLIC: gettext("A public body"),
        Kind.PRIVATE_RECIPIENT: gettext("Not a public body: it gets data from public bodies"),
        Kind.PROCESSOR: gettext("Not a public body: it handles data for public bodies"),
    }
    return words[kind]
