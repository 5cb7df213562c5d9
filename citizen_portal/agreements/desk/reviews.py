"""Review: sent by its writers, confirmed by the bodies named, published or returned by a second."""

from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal.agreements.actions import reviewing
from citizen_portal.agreements.desk import here, words
from citizen_portal.agreements.desk.drafts import own, task_list
from citizen_portal.agreements.forms.fields import as_typed
from citizen_portal.agreements.models import Draft
from citizen_portal.agreements.queries import changed_fields, content_digest, register_terms
from citizen_portal.agreements.queries import drafts as queries
from citizen_portal.agreements.queries.confirmations import Confirmed, confirmations
from citizen_portal.agreements.queries.parties import bodies_named
from citizen_portal.agreements.queries.steps import value_of
from citizen_portal.agreements.queries.versions import in_one_language
from citizen_portal.agreements.schemas import checking
from citizen_portal.agreements.words import comparing, labels
from citizen_portal.bodies.queries import Body, directory
from citizen_portal.errors import WrongState
from citizen_portal.identity.guards import current_officer, need_role, officers_only
from citizen_portal.identity.models import Role
from citizen_portal.web.pages import plain
from citizen_portal.web.transactions import db

bp = Blueprint("reviews", __name__, url_prefix="/desk/drafts/<uuid:draft_id>")
bp.before_request(officers_only)


@bp.get("/review")
def show(draft_id: UUID) -> str:
    return page(queries.seen_by(db(), current_officer().organisation_id, draft_id))


@bp.post("/send")
def send(draft_id: UUID) -> ResponseReturnValue:
    """To review, unless something must be put right first."""
    draft = own(draft_id)
    misfits = checking.draft_misfits(
        draft.document, here.laws(), own=here.own_body().slug, today=here.today()
    )
    if misfits:
        return task_list(draft, misfits), 422
    reviewing.send_for_review(db(), draft, by=here.writer())
    flash(gettext("Sent for review. Another officer of your body can publish it."))
    return redirect(url_for("reviews.show", draft_id=draft_id), 303)


@bp.post("/return")
def send_back(draft_id: UUID) -> ResponseReturnValue:
    draft = _of_publisher(draft_id)
    reason = reason_given()
    if not reason:
        return page(draft, wrong=gettext("Say what should be changed, and why")), 422
    reviewing.send_back(db(), draft, by=here.writer(), reason=reason)
    flash(gettext("Returned to its writers."))
    return redirect(url_for("desk.home"), 303)


@bp.post("/publish")
def publish(draft_id: UUID) -> ResponseReturnValue:
    draft = _of_publisher(draft_id)
    if checking.draft_misfits(
        draft.document, here.laws(), own=here.own_body().slug, today=here.today()
    ):
        raise WrongState("Something in it must be put right first. Return it to its writers.")
    published = reviewing.publish(
        db(),
        draft,
        checking.whole(draft.document),
        seen=checking.whole_number(request.form.get("seen", "")),
        by=here.writer(),
        today=here.today(),
    )
    flash(gettext("Published. It is now on the register."))
    return redirect(url_for("register.entry", reference=published.reference), 303)


@bp.post("/up-to-date")
def bring_up_to_date(draft_id: UUID) -> ResponseReturnValue:
    kept = reviewing.bring_up_to_date(db(), own(draft_id), by=here.writer())
    if kept:
        names = ", ".join(labels.field(each) for each in kept)
        flash(gettext("Kept as published since: %(names)s. Yours is in the history.", names=names))
    flash(gettext("It now begins from the newest version. Look through it once more."))
    return redirect(url_for("drafts.show", draft_id=draft_id), 303)


@bp.post("/confirm")
def confirm(draft_id: UUID) -> ResponseReturnValue:
    """A body that is named says that it is so or, with a reason, that it is not."""
    need_role(Role.PUBLISHER)
    draft = queries.seen_by(db(), current_officer().organisation_id, draft_id)
    if request.form.get("say") not in {"yes", "no"}:
        return page(draft, wrong=gettext("Say whether it is so")), 422
    disputes, reason = request.form.get("say") == "no", reason_given()
    if disputes and not reason:
        return page(draft, wrong=gettext("Say what is not so")), 422
    reviewing.confirm_draft(
        db(),
        draft,
        seen=checking.whole_number(request.form.get("seen", "")),
        by=here.writer(),
        reason=reason if disputes else "",
    )
    flash(gettext("Noted: it is not so.") if disputes else gettext("Confirmed for your body."))
    return redirect(url_for("reviews.show", draft_id=draft_id), 303)


def page(draft: Draft, *, wrong: str = "") -> str:
    """The draft from outside: what it changes, who has confirmed it, and what can be done."""
    officer, said = current_officer(), list(_confirmations(draft))
    writers = queries.writers(db(), draft.id)
    newest = queries.newest(db(), draft.reference)
    behind = (newest.number if newest else 0) != draft.base
    return render_template(
        "desk/review.html",
        draft=draft,
        title=plain(draft.document["title"]),
        state=words.state(draft.state),
        body=directory(db()).bodies[draft.organisation_id],
        ours=draft.organisation_id == officer.organisation_id,
        wrote=officer.officer_id in writers,
        may_publish=officer.may(Role.PUBLISHER),
        may_write=officer.may(Role.AUTHOR),
        said=said,
        mine=next((one for body, one in said if body.id == officer.organisation_id), None),
        changed=_changed(draft, newest) if newest and not behind else [],
        one_language=_in_one_language(draft, newest) if newest and not behind else [],
        nobody_left=not queries.publishers(db(), draft.organisation_id) - writers,
        behind=behind,
        wrong=wrong,
        reason=request.form.get("reason", "") if wrong else "",
    )


def reason_given() -> str:
    """A reason from a form; empty when there is none that can stand."""
    typed = as_typed(request.form.get("reason", ""))
    checked = checking.check_member("notes", {"en": typed})
    return "" if checked.misfits or checked.value is None else str(checked.value["en"])


def _of_publisher(draft_id: UUID) -> Draft:
    need_role(Role.PUBLISHER)
    return queries.of_body(db(), current_officer().organisation_id, draft_id)


def _confirmations(draft: Draft) -> Iterator[tuple[Body, Confirmed]]:
    named = bodies_named(directory(db()), draft.document)
    digest = content_digest(draft.document)
    for said in confirmations(db(), draft.reference, digest, named):
        yield named[said.organisation_id], said


def _changed(draft: Draft, newest: queries.Newest) -> list[comparing.Difference]:
    """What the draft says otherwise than the version it changes, word by word."""
    return comparing.differences(
        newest.document,
        draft.document,
        bodies=directory(db()),
        register=register_terms(db()),
        law=here.laws(),
    )


def _in_one_language(draft: Draft, newest: queries.Newest) -> list[str]:
    """Texts of which only the English or only the Welsh was changed: they may say two things."""
    before, after = newest.document, draft.document
    return [
        labels.field(name)
        for name in changed_fields(before, after)
        if in_one_language(value_of(before, name), value_of(after, name))
    ]
