"""``/my/records/<id>``: one dataset, fetched while the page waits and kept nowhere; and to whom to
write where it is wrong."""

from dataclasses import dataclass
from typing import cast

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal import clock
from citizen_portal.access.queries.answers import questions
from citizen_portal.access.remote import Line
from citizen_portal.bodies.queries import Body, Directory, SourceFacts
from citizen_portal.dashboard.queries.holds import HolderState
from citizen_portal.dashboard.queries.records import Held, Holding
from citizen_portal.dashboard.remote import Busy, Reader
from citizen_portal.dashboard.remote.asking import told_as
from citizen_portal.dashboard.views.gathering import told
from citizen_portal.dashboard.views.record_page import drawn
from citizen_portal.dashboard.views.record_words import SetShown, Text, holding_words, set_shown
from citizen_portal.dashboard.views.records import held
from citizen_portal.dashboard.views.states import ICONS
from citizen_portal.dashboard.views.wording import fault_words
from citizen_portal.errors import NotFound
from citizen_portal.fetch import Fault
from citizen_portal.identity.guards import citizens_only, current
from citizen_portal.identity.queries import linked_bodies
from citizen_portal.questions.queries.corrections import notes
from citizen_portal.records.queries import Handed, RecordNames
from citizen_portal.records.schemas import RecordPage
from citizen_portal.web import parts
from citizen_portal.web.pages import clock_time, day, plain
from citizen_portal.web.transactions import abandon, db

bp = Blueprint("record", __name__)
bp.before_request(citizens_only)


@dataclass(frozen=True, slots=True)
class Found:
    """What a name of ours speaks of, and how to ask for it."""

    name: str
    source: SourceFacts
    line: Line
    holding: Holding
    held: Held | None
    """None while the source has not told what it holds."""
    directory: Directory
    handed: Handed

    @property
    def body(self) -> Body:
        return self.holding.body


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the list a page begins."""

    cursor: str | None = None
    before: int = 0
    """How many rows stand before it."""


@bp.get("/my/records/<name>")
def page(name: str) -> ResponseReturnValue:
    """Asks the network, so what this request has read is over before."""
    found = find_set(name)
    if found.held is None:
        return _not_now(found, ICONS[found.holding.state], *holding_words(found.holding))
    place = _place(found)
    noted = notes(db(), current().citizen_id)
    wanted = current().citizen_id, found.source.id, found.held.dataset
    abandon()
    try:
        records = _reader().page(wanted, found.line, cursor=place.cursor)
    except Busy:
        busy = gettext("Many people are asking it just now.")
        return _not_now(found, "asking", gettext("Not asked."), busy)
    except Fault as fault:
        return _failed(found, fault)
    return _shown(found, set_shown(found.held, found.body, found.directory, noted), records, place)


@bp.get("/my/records/<name>/wrong")
def wrong(name: str) -> str:
    """To whom to write, by which law, and what to write down. Never a value."""
    found = find_set(name)
    sealed = request.args.get("field")
    field = str(found.handed.open("field", sealed)) if sealed else ""
    controller, unknown = answerer(found)
    return render_template(
        "records/wrong.html",
        name=name,
        set_name=found.held.said["name"] if found.held else None,
        field=field,
        sealed=sealed,
        controller=controller,
        unknown=unknown,
        processor=found.held.said.get("processor") if found.held else None,
        region=parts.region(),
        facts=_to_copy(found, field),
    )


def find_set(name: str) -> Found:
    """Raises ``NotFound`` for what is nobody's and for what is somebody else's alike."""
    who = current()
    known = told(who)
    linked = linked_bodies(known.links)
    asked = [one for body in linked for one in known.directory.sources_of(body) if questions(one)]
    source_id = RecordNames(parts.index(), who.citizen_id).source(name, [one.id for one in asked])
    source = known.directory.sources[source_id]
    holding = next(one for one in held(known, who) if one.source == source)
    sets = {one.name: one for one in holding.sets}
    if name not in sets and holding.state in (HolderState.HOLDS, HolderState.HOLDS_NONE):
        raise NotFound("There is no such record.")
    return Found(
        name=name,
        source=source,
        line=Line(source.base_url or "", holding.body.slug, linked[source.body_id].pairwise),
        holding=holding,
        held=sets.get(name),
        directory=known.directory,
        handed=Handed(parts.sealer(), who.citizen_id, name),
    )


def _place(found: Found) -> Place:
    at = request.args.get("at")
    return Place(*found.handed.open("place", at)) if at else Place()


def _shown(found: Found, held: SetShown, records: RecordPage, place: Place) -> str:
    following = None
    if records.next:
        rows = place.before + len(records.rows)
        following = (
            f"/my/records/{found.name}?at={found.handed.seal('place', [records.next, rows])}"
        )
    return render_template(
        "records/record.html",
        name=found.name,
        body=found.body,
        held=held,
        agreements=f"/register?body={found.body.slug}",
        looks=f"/my/access?body={found.body.id.hex}#list",
        at=clock_time(clock.now()),
        drawn=drawn(records, found.handed, name=found.name, before=place.before),
        first=f"/my/records/{found.name}" if place.before else None,
        following=following,
    )


def _failed(found: Found, fault: Fault) -> ResponseReturnValue:
    words = fault_words(told_as(fault))
    if fault.answer_refused:
        return _not_now(found, "refused", gettext("We turned its answer down."), words)
    return _not_now(found, "down", gettext("It did not answer."), words)


def _not_now(found: Found, icon: str, fact: Text, text: Text) -> str:
    """What could not be shown, and why: a page like others, since nothing is wrong with the
    question. It asks again only when somebody does."""
    return render_template(
        "records/not_now.html",
        body=found.body,
        set_name=found.held.said["name"] if found.held else None,
        icon=icon,
        fact=fact,
        text=text,
        again=request.full_path.rstrip("?"),
    )


def answerer(found: Found) -> tuple[Body, str]:
    """Who answers for the data: the body that was asked, or another of our list that it names;
    and the name, where it is on no list of ours."""
    said = (found.held.said.get("controller") if found.held else None) or ""
    for body in found.directory.bodies.values():
        if said in body.official_name.values():
            return body, ""
    return found.body, said


def _to_copy(found: Found, field: str) -> str:
    """The facts as plain lines, to paste into a letter."""
    held = found.held
    lines = (
        (gettext("Body"), plain(found.body.official_name)),
        (gettext("Where it is held"), plain(found.source.name)),
        (gettext("Set of data"), plain(held.said["name"]) if held else ""),
        (gettext("Their short name for it"), held.dataset if held else ""),
        (gettext("What is wrong"), field),
        (gettext("Seen on"), day(clock.today(parts.region().timezone))),
    )
    return "\n".join(f"{name}: {' '.join(value.split())}" for name, value in lines if value)


def _reader() -> Reader:
    return cast(Reader, current_app.extensions["reader"])
