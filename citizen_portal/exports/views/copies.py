"""``/my/copies``: every address with an id in it answers a stranger's id as it does none."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from citizen_portal.bodies.queries import Directory, directory
from citizen_portal.errors import NotFound, Unavailable
from citizen_portal.exports import actions, queries
from citizen_portal.exports.forms import CopyForm
from citizen_portal.exports.models import THERE
from citizen_portal.exports.queries import Copy
from citizen_portal.exports.views import shown
from citizen_portal.identity import guards
from citizen_portal.identity import queries as identity
from citizen_portal.identity.queries import linked_bodies
from citizen_portal.sealing import CannotOpen
from citizen_portal.storage import NotStored
from citizen_portal.web import parts
from citizen_portal.web.pages import language
from citizen_portal.web.transactions import db, writes

bp = Blueprint("copies", __name__, url_prefix="/my/copies")
bp.before_request(guards.citizens_only)
NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)
FILE = "copy.zip"
"""Whoever sees the list of downloads learns no more than that."""


@bp.get("")
def copies() -> str:
    found = queries.copies(db(), guards.current().citizen_id)
    lines = [shown.line(copy) for copy in found]
    under_way = any(copy.under_way for copy in found)
    linked = bool(linked_bodies(identity.links(db(), guards.current().citizen_id)))
    return render_template(
        "exports/list.html",
        lines=lines,
        under_way=under_way,
        linked=linked,
        minutes=_minutes(),
    )


@bp.get("/new")
def choose() -> ResponseReturnValue:
    again = guards.require_step_up()
    if again is not None:
        return again
    under_way = queries.under_way(db(), guards.current().citizen_id)
    if under_way is not None:
        return redirect(_page_of(under_way.id))
    known = directory(db())
    return _choose(CopyForm.fresh(offered=_linked(db(), known)), known)


@bp.post("")
def ask() -> ResponseReturnValue:
    again = guards.require_step_up(form_at=url_for("copies.choose"))
    if again is not None:
        return again
    known = directory(db())
    form = CopyForm(request.form, offered=_linked(db(), known))
    if not form.validate():
        return _choose(form, known), 422
    wish = actions.Wish(
        parts=form.chosen_parts,
        bodies=form.chosen_bodies,
        since=form.since(parts.region().today()),
        language=language(),
    )
    hold = timedelta(hours=parts.settings().export_hold)
    export_id = actions.ask(db(), guards.current().citizen_id, wish, hold=hold)
    return redirect(_page_of(export_id), 303)


@bp.get("/<name>")
def copy(name: str) -> ResponseReturnValue:
    found = _mine(db(), name)
    if request.args.get("signed-in") == "anew":
        if found.there:
            flash(_("You are signed in anew. You can download your copy now."))
        return redirect(_page_of(found.id))  # so that loading the page again does not say it again
    page = shown.page(found, directory(db()))
    return render_template("exports/one.html", copy=found, page=page, minutes=_minutes())


@bp.get("/<name>/progress")
def progress(name: str) -> Response:
    """Whether there is something new to see; for the script that watches."""
    found = _mine(db(), name)
    return jsonify(mark=shown.mark(found), done=not found.under_way)


@bp.post("/<name>/stop")
def stop(name: str) -> ResponseReturnValue:
    found = _mine(db(), name)
    actions.stop(db(), found.citizen_id, found.id)
    if found.under_way:
        flash(_("We stopped. There is no copy."))
    elif found.state in THERE:
        flash(_("Your copy is wiped."))
    return redirect(_page_of(found.id), 303)


@bp.get("/<name>/file")
@writes
def file(name: str) -> ResponseReturnValue:
    """The file itself, unsealed while it goes out. What is kept stays sealed."""
    with parts.sessions().reading() as reading:
        found = _mine(reading, name)
    if not found.there:
        return redirect(_page_of(found.id))
    again = guards.require_step_up(back=_page_of(found.id, **{"signed-in": "anew"}))
    if again is not None:
        return again
    pieces = _opened(found) if request.method == "GET" else None
    if pieces is not None:
        actions.fetch(db(), found.citizen_id, found.id)
    response = Response(pieces, content_type="application/zip")
    response.headers["Content-Length"] = str(found.size)
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE}"'
    response.headers["Accept-Ranges"] = "none"
    return response


def _opened(found: Copy) -> Iterator[bytes]:
    """Its first piece is opened before anything is answered: a file that is not there, or not what
    it was, is no download."""
    try:
        pieces = parts.file_sealer().opened(parts.store().read(str(found.stored_as)), found.context)
        first = next(pieces)
    except (NotStored, CannotOpen):
        raise Unavailable("Your copy cannot be read. Ask for another one.") from None

    def all_of_it() -> Iterator[bytes]:
        yield first
        yield from pieces

    return all_of_it()


def _mine(session: Session, name: str) -> Copy:
    """A copy of the citizen of this request; raises ``NotFound`` for each other name alike."""
    if not NAME.fullmatch(name):
        raise NotFound("There is no such copy.")
    return queries.one(session, guards.current().citizen_id, UUID(hex=name))


def _linked(session: Session, known: Directory) -> list[UUID]:
    """The bodies that may be asked, by name."""
    links = linked_bodies(identity.links(session, guards.current().citizen_id))
    there = [known.bodies[body_id] for body_id in links if body_id in known.bodies]
    return [body.id for body in sorted(there, key=lambda body: (body.name["en"], body.slug))]


def _choose(form: CopyForm, known: Directory) -> str:
    return render_template(
        "exports/choose.html",
        form=form,
        parts=shown.part_options(),
        bodies=shown.body_options(form.offered, known),
        hold=_hold(),
    )


def _page_of(export_id: UUID, **told: str) -> str:
    arguments: dict[str, Any] = {"name": export_id.hex, **told}
    return url_for("copies.copy", **arguments)


def _minutes() -> int:
    """After which one signs in once more."""
    return parts.settings().step_up_max_age // 60


def _hold() -> timedelta:
    return timedelta(hours=parts.settings().export_hold)
