"""Who takes part: organisations are found on our list one by one, or added by name alone."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.agreements.actions import drafting
from citizen_portal.agreements.desk import here, words
from citizen_portal.agreements.desk.asking import found, tell
from citizen_portal.agreements.forms.fields import as_typed
from citizen_portal.agreements.models import Draft
from citizen_portal.agreements.queries.steps import Step
from citizen_portal.agreements.queries.tasks import next_step
from citizen_portal.agreements.schemas import checking
from citizen_portal.bodies.queries import Body, directory
from citizen_portal.errors import NotFound
from citizen_portal.identity.guards import officers_only
from citizen_portal.web.pages import say
from citizen_portal.web.transactions import db

bp = Blueprint("parties", __name__, url_prefix="/desk/drafts/<uuid:draft_id>/parties")
bp.before_request(officers_only)
BY_NAME = "by-name"
"""The answer that means: none of these, add it under the name I wrote."""
MOST_FOUND = 12
Parties = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Search:
    """What was looked for, and which bodies fit."""

    text: str = ""
    bodies: tuple[Body, ...] = ()
    wrong: str = ""


@bp.get("/<key>")
def show(draft_id: UUID, key: str) -> str:
    draft, step = found(draft_id, key)
    return _page(draft, _of_parties(step), Search())


@bp.post("/<key>")
def add(draft_id: UUID, key: str) -> ResponseReturnValue:
    """First a name is looked for, then one of those found is picked."""
    draft, step = found(draft_id, key)
    text = as_typed(request.form.get("find", "")).strip()
    again = "again" in request.form
    picked = "" if again else request.form.get("pick", "")
    party = _picked(picked, text)
    if party is None:
        return _page(draft, _of_parties(step), _searched(text, picked)), 422
    standing: Parties = draft.document.get(step.key, [])
    return _save(draft, step, standing if party in standing else [*standing, party])


@bp.post("/<key>/remove")
def remove(draft_id: UUID, key: str) -> ResponseReturnValue:
    draft, step = found(draft_id, key)
    gone = request.form.get("party", "")
    left = [party for party in draft.document.get(step.key, []) if _id(party) != gone]
    return _save(draft, step, left)


def _picked(picked: str, text: str) -> dict[str, str] | None:
    """The party that was chosen; none while there is still a choice to make."""
    if picked == BY_NAME and text and checking.party_name(text):
        return {"name": text}
    body = directory(db()).body_by_slug(picked)
    return {"organisation": body.slug} if body else None


def _searched(text: str, picked: str) -> Search:
    if not text:
        return Search(wrong=gettext("Write a name to look for"))
    fits = tuple(directory(db()).named(text)[:MOST_FOUND])
    if picked or (request.form.get("shown") == text and "again" not in request.form):
        return Search(text, fits, wrong=gettext("Choose one of these, or write another name"))
    return Search(text, fits)


def _save(draft: Draft, step: Step, parties: Parties) -> ResponseReturnValue:
    seen = checking.whole_number(request.form.get("seen", ""))
    saved = drafting.save(db(), draft, {step.key: parties or None}, seen=seen, by=here.writer())
    if saved.clashes:
        return _page(draft, step, Search(wrong=words.clash())), 409
    tell(saved)
    return redirect(url_for("parties.show", draft_id=draft.id, key=step.key), 303)


def _page(draft: Draft, step: Step, search: Search) -> str:
    after = next_step(step.key)
    return render_template(
        "desk/parties.html",
        draft=draft,
        step=step,
        parties=[_row(party) for party in draft.document.get(step.key, [])],
        search=search,
        by_name=BY_NAME,
        after=after.key if after else None,
    )


def _row(party: dict[str, str]) -> dict[str, Any]:
    body = directory(db()).body_by_slug(party.get("organisation", ""))
    name: str | Markup = say(body.official_name) if body else party.get("name", "")
    return {"id": _id(party), "name": name, "plain": say(body.name) if body else "", "ours": body}


def _id(party: dict[str, str]) -> str:
    return party.get("organisation") or f"name:{party.get('name', '')}"


def _of_parties(step: Step) -> Step:
    if step.page != "parties":
        raise NotFound("There is no such question.")
    return step
