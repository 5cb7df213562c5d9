"""What a draft has several of: measures with their results, and questions of the project's own."""

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from citizen_portal.agreements.actions import drafting
from citizen_portal.agreements.desk import here, words
from citizen_portal.agreements.desk.asking import found, tell
from citizen_portal.agreements.desk.options import options
from citizen_portal.agreements.forms import StepForm, step_form
from citizen_portal.agreements.models import Draft
from citizen_portal.agreements.queries.steps import Asked, Step, draft_steps
from citizen_portal.agreements.queries.tasks import next_step
from citizen_portal.agreements.schemas import checking
from citizen_portal.errors import NotFound
from citizen_portal.identity.guards import officers_only
from citizen_portal.web.transactions import db

bp = Blueprint("lists", __name__, url_prefix="/desk/drafts/<uuid:draft_id>/list")
bp.before_request(officers_only)
NEW = "new"
NOT_SLUG = re.compile(r"[^a-z0-9]+")
LONGEST_ID = 40
Entry = dict[str, Any]


@bp.get("/<key>")
def show(draft_id: UUID, key: str) -> str:
    draft, step = _list(draft_id, key)
    after = next_step(key)
    return render_template(
        f"desk/{key}.html",
        draft=draft,
        step=step,
        entries=draft.document.get(key, []),
        after=after.key if after else None,
    )


@bp.get("/<key>/<entry_id>")
def edit(draft_id: UUID, key: str, entry_id: str) -> str:
    draft, step = _list(draft_id, key)
    entry = _entry(draft, key, entry_id)
    document = {fields(key)[0].member: _asked(entry)}
    form = step_form(fields(key), document, revision=draft.revision)
    return _page(draft, step, form, entry_id, action="lists.save")


@bp.post("/<key>/<entry_id>")
def save(draft_id: UUID, key: str, entry_id: str) -> ResponseReturnValue:
    draft, step = _list(draft_id, key)
    entry = _entry(draft, key, entry_id)
    form = step_form(fields(key), {}, revision=draft.revision, sent=request.form)
    said = _written(form.values()[fields(key)[0].member] or {})
    kept: Entry = {name: entry[name] for name in ("id", "found") if name in entry}
    written: Entry = {"id": _new_id(draft, key, said), **said, **kept}
    return _save(draft, step, form, entry_id, written, action="lists.save")


@bp.post("/<key>/<entry_id>/remove")
def remove(draft_id: UUID, key: str, entry_id: str) -> ResponseReturnValue:
    draft, step = _list(draft_id, key)
    left = [each for each in draft.document.get(key, []) if each["id"] != entry_id]
    seen = checking.whole_number(request.form.get("seen", ""))
    saved = drafting.save(db(), draft, {key: left or None}, seen=seen, by=here.writer())
    if saved.clashes:
        flash(words.clash())
    else:
        tell(saved)
    return redirect(url_for("lists.show", draft_id=draft_id, key=key), 303)


@bp.get("/measures/<entry_id>/found")
def ask_outcome(draft_id: UUID, entry_id: str) -> str:
    draft, step = _list(draft_id, "measures")
    _entry(draft, "measures", entry_id)
    form = step_form(draft_steps().outcome, {}, revision=draft.revision)
    return _page(draft, step, form, entry_id, action="lists.add_outcome")


@bp.post("/measures/<entry_id>/found")
def add_outcome(draft_id: UUID, entry_id: str) -> ResponseReturnValue:
    """A result is added to those that there are: what was found before is not rewritten."""
    draft, step = _list(draft_id, "measures")
    entry = _entry(draft, "measures", entry_id)
    if not entry:
        raise NotFound("Write the promise first, then what was found.")
    form = step_form(draft_steps().outcome, {}, revision=draft.revision, sent=request.form)
    outcome = form.values()["outcome"] or {}
    if outcome.get("on", "") > here.today().isoformat():
        form.refuse("outcome-on", words.misfit(checking.Misfit("measures", ("on",), "in_future")))
    written = {**entry, "found": [*entry.get("found", []), outcome]}
    return _save(draft, step, form, entry_id, written, action="lists.add_outcome")


def fields(key: str) -> Sequence[Asked]:
    steps = draft_steps()
    return steps.measure if key == "measures" else steps.own_question


def _save(
    draft: Draft, step: Step, form: StepForm, entry_id: str, written: Entry, *, action: str
) -> ResponseReturnValue:
    """Put one entry into its list, if it can stand and nobody wrote in the list meanwhile."""
    before: list[Entry] = draft.document.get(step.key, [])
    after = [written if each["id"] == written["id"] else each for each in before]
    entries = after if written in after else [*before, written]
    checked = checking.check_member(step.key, entries)
    for misfit in checked.misfits:
        field = form.place(form.asked[0].member, _inside(misfit.place))
        kinds = {one.name: one.kind for one in form.asked}
        form.refuse(field, words.misfit(misfit, kinds[field]))
    if form.wrong:
        return _page(draft, step, form, entry_id, action=action), 422
    values = {step.key: checked.value}
    saved = drafting.save(db(), draft, values, seen=form.revision, by=here.writer())
    if saved.clashes:
        form.seen.data = str(draft.revision)
        return _page(draft, step, form, entry_id, action=action, wrong=words.clash()), 409
    tell(saved)
    return redirect(url_for("lists.show", draft_id=draft.id, key=step.key), 303)


def _page(
    draft: Draft, step: Step, form: StepForm, entry_id: str, *, action: str, wrong: str = ""
) -> str:
    return render_template(
        "desk/entry.html",
        draft=draft,
        step=step,
        form=form,
        wrong=wrong,
        outcome=action == "lists.add_outcome",
        action=url_for(action, draft_id=draft.id, key=step.key, entry_id=entry_id)
        if action == "lists.save"
        else url_for(action, draft_id=draft.id, entry_id=entry_id),
        options={one.name: options(one, {}) for one in form.asked},
    )


def _list(draft_id: UUID, key: str) -> tuple[Draft, Step]:
    draft, step = found(draft_id, key)
    if step.page not in {"measures", "questions"}:
        raise NotFound("There is no such question.")
    return draft, step


def _entry(draft: Draft, key: str, entry_id: str) -> Entry:
    """The entry of this id; an empty one where a new one is asked for."""
    if entry_id == NEW:
        return {}
    of = (each for each in draft.document.get(key, []) if each["id"] == entry_id)
    entry = next(of, None)
    if entry is None:
        raise NotFound("This was taken out meanwhile.")
    return dict(entry)


def _asked(entry: Mapping[str, Any]) -> Entry:
    """A measure as its page asks for it: whether its data names people is asked the other way."""
    return {**entry, "not_personal": entry.get("personal") is False}


def _written(said: Mapping[str, Any]) -> Entry:
    entry = {name: value for name, value in said.items() if name != "not_personal"}
    return {**entry, "personal": False} if said.get("not_personal") else entry


def _new_id(draft: Draft, key: str, said: Mapping[str, Any]) -> str:
    """A slug after its English words, unlike those that there are."""
    words_of = said.get("what") or said.get("ask") or {}
    slug = NOT_SLUG.sub("-", words_of.get("en", "").casefold())[:LONGEST_ID].strip("-")
    taken = {NEW, *(each["id"] for each in draft.document.get(key, []))}
    if slug and slug not in taken:
        return slug
    return f"{slug}-{secrets.token_hex(3)}".strip("-")


def _inside(place: checking.Place) -> checking.Place:
    """The place inside an entry or inside its newest result, without positions in lists."""
    steps = tuple(each for each in place if isinstance(each, str))
    return steps[1:] if steps[:1] == ("found",) else steps
