"""One question a page: shown, saved, and told when a colleague has saved it meanwhile."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal.agreements.actions import drafting
from citizen_portal.agreements.desk import here, words
from citizen_portal.agreements.desk.drafts import own
from citizen_portal.agreements.desk.options import options
from citizen_portal.agreements.forms import StepForm, step_form
from citizen_portal.agreements.forms.fields import Answer
from citizen_portal.agreements.models import Draft, DraftChange, DraftState
from citizen_portal.agreements.queries.hints import hints
from citizen_portal.agreements.queries.steps import TRUST, Asked, Step, draft_steps
from citizen_portal.agreements.queries.tasks import next_step
from citizen_portal.agreements.schemas import checking
from citizen_portal.agreements.words import labels
from citizen_portal.agreements.words.rights import fault_words, imbalance_hint
from citizen_portal.errors import NotFound
from citizen_portal.identity.guards import officers_only
from citizen_portal.web.transactions import db

bp = Blueprint("asking", __name__, url_prefix="/desk/drafts/<uuid:draft_id>")
bp.before_request(officers_only)
ELSEWHERE = {"parties": "parties.show", "measures": "lists.show", "questions": "lists.show"}
"""Questions that have pages of their own."""


@bp.get("/<key>")
def ask(draft_id: UUID, key: str) -> ResponseReturnValue:
    if own(draft_id).state is not DraftState.DRAFTING:
        return redirect(url_for("reviews.show", draft_id=draft_id))
    draft, step = found(draft_id, key)
    if step.page in ELSEWHERE:
        return redirect(url_for(ELSEWHERE[step.page], draft_id=draft_id, key=key))
    form = step_form(step.fields, draft.document, revision=draft.revision)
    return page(draft, step, form)


@bp.post("/<key>")
def save(draft_id: UUID, key: str) -> ResponseReturnValue:
    """Written when each answer can stand; the page comes back with what was typed if not."""
    draft, step = found(draft_id, key)
    form = step_form(step.fields, draft.document, revision=draft.revision, sent=request.form)
    refuse_what_is_not_offered(draft, step.fields, form)
    values, good = judged(step.fields, form)
    if not good:
        return page(draft, step, form), 422
    saved = drafting.save(db(), draft, values, seen=form.revision, by=here.writer())
    if saved.clashes:
        form.seen.data = str(draft.revision)
        return page(draft, step, form, clashes=saved.clashes), 409
    tell(saved)
    after = next_step(key) if request.form.get("then") == "next" else None
    if after is None:
        return redirect(url_for("drafts.show", draft_id=draft_id), 303)
    return redirect(url_for("asking.ask", draft_id=draft_id, key=after.key), 303)


def refuse_what_is_not_offered(draft: Draft, fields: Sequence[Asked], form: StepForm) -> None:
    """Only what a page offers can be chosen on it."""
    for one in fields:
        if not one.options:
            continue
        said = cast(Answer, form[one.name]).document() or []
        chosen = {said} if isinstance(said, str) else set(said)
        if not chosen <= {value for value, _, _ in options(one, draft.document)}:
            form.refuse(one.name, gettext("Choose one of these"))


def judged(fields: Sequence[Asked], form: StepForm) -> tuple[dict[str, Any], bool]:
    """The values of a form as a document has them, and whether each can stand."""
    kinds = {one.name: one.kind for one in fields}
    values: dict[str, Any] = {}
    for member, value in form.values().items():
        checked = checking.check_member(member, value)
        values[member] = checked.value
        for misfit in checked.misfits:
            field = form.place(member, misfit.place)
            form.refuse(field, words.misfit(misfit, kinds[field]))
    return values, not form.wrong


def tell(saved: drafting.Saved) -> None:
    """Say that it is saved, and what colleagues saved elsewhere meanwhile."""
    flash(gettext("Saved.") if saved.changed else gettext("Nothing was changed."))
    if saved.meanwhile:
        who = here.names(each.officer_id for each in saved.meanwhile)
        told = {(who[each.officer_id], labels.field(each.field)) for each in saved.meanwhile}
        for name, field in sorted(told):
            flash(gettext("%(name)s saved “%(field)s” meanwhile.", name=name, field=field))


def page(draft: Draft, step: Step, form: StepForm, *, clashes: Sequence[DraftChange] = ()) -> str:
    """The page of a question, with its faults, its hints and what others wrote."""
    return render_template(
        "desk/step.html",
        draft=draft,
        step=step,
        form=form,
        options={one.name: options(one, draft.document) for one in step.fields},
        hints=_hints(draft.document, step),
        verdict=_verdict(draft.document, step),
        clashes=[(labels.field(each.field), words.value(each.value), each) for each in clashes],
        names=here.names(each.officer_id for each in clashes),
        last=next_step(step.key) is None,
    )


def found(draft_id: UUID, key: str) -> tuple[Draft, Step]:
    """A question of a draft that this officer may write in now."""
    draft = own(draft_id)
    step = draft_steps().step(key)
    if step is None or (step is draft_steps().withdrawal and not draft.base):
        raise NotFound("There is no such question.")
    drafting.must_be(draft, DraftState.DRAFTING)
    return draft, step


def _hints(document: Mapping[str, Any], step: Step) -> list[str]:
    question = step.members[0].removeprefix(TRUST)
    if step.page != "trust" or question not in document.get("trust", {}):
        return []
    return [words.hint(each) for each in hints(document)[question]]


def _verdict(document: Mapping[str, Any], step: Step) -> list[str]:
    """What the law says of the choice, on the pages where it is made."""
    if not {"choice", "lawful_basis"} & set(step.members) or "choice" not in document:
        return []
    law = here.laws()
    fault = checking.rights_fault(document, law)
    said = [fault_words(fault)] if fault else []
    if law.imbalanced(document, public=here.own_body().kind.is_public):
        said.append(imbalance_hint())
    return said
