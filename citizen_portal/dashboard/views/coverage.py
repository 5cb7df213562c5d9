"""``/coverage``: how far this portal sees into each public body, gaps first; for anybody."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup

from citizen_portal.bodies.queries import Reach, directory
from citizen_portal.dashboard.queries.bodies import Seen
from citizen_portal.dashboard.queries.reach import Reached, reached
from citizen_portal.dashboard.views.bodies import LONGEST
from citizen_portal.dashboard.views.sources import SourceShown, shown
from citizen_portal.web.asked import not_read
from citizen_portal.web.pages import printable, say
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.transactions import db

bp = Blueprint("coverage", __name__)


@dataclass(frozen=True, slots=True)
class BodyShown:
    name: str | Markup
    official: str | Markup
    href: str
    sources: tuple[SourceShown, ...]
    text: str | Markup
    """What is said of one that cannot be seen into."""


@dataclass(frozen=True, slots=True)
class GroupShown:
    key: str
    heading: str
    about: str
    bodies: list[BodyShown]
    open: bool
    """Whether there is more to say of each than a line."""


@bp.get("/coverage")
def page() -> str:
    text = printable(request.args.get("q", "")[:LONGEST])
    only = _reach(request.args.get("state", ""))
    asked = page_number(request.args.get("page", ""))
    found = reached(directory(db()), text=text, only=only, page=asked)
    return render_template(
        "dashboard/coverage.html",
        text=text,
        only=only or "",
        narrowed=bool(text or only),
        unread=[gettext("How it stands")] if not_read(request.args, {"state": only}) else [],
        found=found,
        lead=_lead(found),
        states=_states(),
        groups=[_group(reach, seen) for reach, seen in found.groups],
        pages=numbered(
            found.page,
            found.pages,
            lambda number: url_for("coverage.page", q=text or None, state=only, page=number),
        ),
    )


def _reach(text: str) -> Reach | None:
    return Reach(text) if text in set(Reach) else None


def _lead(found: Reached) -> list[str]:
    """How many cannot be seen into, then how many can. Gap before count."""
    if not found.known:
        return []
    said = [
        ngettext(
            "We cannot see into %(num)s of the %(known)s public bodies on our list.",
            "We cannot see into %(num)s of the %(known)s public bodies on our list.",
            found.gap,
            known=found.known,
        ),
        ngettext("%(num)s is connected.", "%(num)s are connected.", found.connected),
    ]
    if found.quiet:
        said.append(
            ngettext("%(num)s of them has gone quiet.", "%(num)s of them have gone quiet.",
                     found.quiet)
        )  # fmt: skip
    return said


def _states() -> list[tuple[str, str]]:
    return [("", gettext("Any state")), *((reach.value, _word(reach)) for reach in Reach)]


def _word(reach: Reach) -> str:
    words: dict[Reach, str] = {
        Reach.GONE_QUIET: gettext("Gone quiet"),
        Reach.CONNECTED: gettext("Connected"),
        Reach.NOT_CONNECTED: gettext("Not connected"),
        Reach.NO_SOURCE: gettext("No register named"),
    }
    return words[reach]


def _about(reach: Reach) -> str:
    words: dict[Reach, str] = {
        Reach.GONE_QUIET: gettext(
            "They used to tell us, and have not for longer than is usual for them."
        ),
        Reach.CONNECTED: gettext("They tell us, as far back as each keeps its list."),
        Reach.NOT_CONNECTED: gettext("They may hold data on you. We cannot ask them yet."),
        Reach.NO_SOURCE: gettext("They may hold data on you. They have told us of no register."),
    }
    return words[reach]


def _group(reach: Reach, bodies: tuple[Seen, ...]) -> GroupShown:
    return GroupShown(
        key=reach.value,
        heading=_word(reach),
        about=_about(reach),
        bodies=[_body(seen) for seen in bodies],
        open=reach in (Reach.GONE_QUIET, Reach.CONNECTED),
    )


def _body(seen: Seen) -> BodyShown:
    unseen = [say(source.name) for source in seen.sources if not source.connected]
    return BodyShown(
        name=say(seen.body.name),
        official=say(seen.body.official_name),
        href=url_for("bodies.entry", slug=seen.body.slug),
        sources=tuple(shown(source) for source in seen.sources),
        text=Markup(", ").join(unseen) or gettext("We do not know which registers it has."),
    )
