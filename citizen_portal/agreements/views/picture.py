"""The picture of who shares with whom, whole or opened at one place, and the same in a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for

from citizen_portal.agreements.queries import register_terms
from citizen_portal.agreements.queries.gathered import Pair
from citizen_portal.agreements.queries.sharing import Sharing, sharing
from citizen_portal.agreements.views import picture_drawn as drawn
from citizen_portal.bodies.models import Kind
from citizen_portal.bodies.queries import Body, Directory, directory
from citizen_portal.errors import NotFound
from citizen_portal.paging import paged
from citizen_portal.web import parts
from citizen_portal.web.paging import Turn, numbered, page_number
from citizen_portal.web.transactions import db

bp = Blueprint("picture", __name__, url_prefix="/register/picture")
PAGE = 50
Row = tuple[Body, Body, int]


@dataclass(frozen=True, slots=True)
class Table:
    """One page of the pairs, most agreements first."""

    rows: tuple[Row, ...]
    count: int
    pages: Turn | None


@bp.get("", strict_slashes=False)
def index() -> str:
    found, bodies = _sharing(), directory(db())
    kind, body = _opened(bodies)
    around = found.of_body(body.id) if body else found.of_kind(kind) if kind else found.pairs
    flows = found.flows_of(body.id) if body else found.flows(kind)
    return render_template(
        "agreements/picture.html",
        opened=drawn.opened(kind, body),
        picture=drawn.picture(flows, bodies, drawn.opened(kind, body)),
        kinds=drawn.kinds(found.members, kind),
        numbers=flows,
        inside=found.inside,
        unnamed=found.unnamed,
        table=_table(around, bodies, page_number(request.args.get("page", ""))),
        body=body,
    )


@bp.get("/<giver>/<getter>")
def pair(giver: str, getter: str) -> str:
    found, bodies = _sharing(), directory(db())
    ends = bodies.body_by_slug(giver), bodies.body_by_slug(getter)
    between = found.pair(ends[0].id, ends[1].id) if ends[0] and ends[1] else None
    if between is None:
        raise NotFound("No agreement in force says that the one gives data to the other.")
    register = register_terms(db())
    terms = [register.newest(reference) for reference in between.references]
    return render_template(
        "agreements/picture_pair.html",
        giver=ends[0],
        getter=ends[1],
        agreements=[one for one in terms if one is not None],
    )


def _sharing() -> Sharing:
    return sharing(db(), today=parts.region().today())


def _opened(bodies: Directory) -> tuple[Kind | None, Body | None]:
    """What the address opens; what is no place of ours opens nothing."""
    body = bodies.body_by_slug(request.args.get("body", ""))
    kind = request.args.get("kind", "")
    return (Kind(kind) if kind in set(Kind) and body is None else None), body


def _table(pairs: Sequence[Pair], bodies: Directory, page: int) -> Table:
    page, pages, chosen = paged(len(pairs), page, PAGE)
    named = bodies.bodies
    return Table(
        rows=tuple(
            (named[one.giver], named[one.getter], len(one.references)) for one in pairs[chosen]
        ),
        count=len(pairs),
        pages=numbered(page, pages, _page_url),
    )


def _page_url(page: int) -> str:
    kept: dict[str, Any] = {
        name: request.args[name] for name in ("kind", "body") if name in request.args
    }
    return url_for("picture.index", **kept, page=page)
