"""Drafts: begun, seen as a list of tasks, put aside and taken up again."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import Form, RadioField

from citizen_portal.agreements.actions import drafting
from citizen_portal.agreements.desk import here, words
from citizen_portal.agreements.forms.fields import BilingualField
from citizen_portal.agreements.models import AgreementKind, Draft, DraftState
from citizen_portal.agreements.queries import drafts as queries
from citizen_portal.agreements.queries.steps import draft_steps, value_of
from citizen_portal.agreements.queries.tasks import Task, progress, tasks
from citizen_portal.agreements.schemas import checking
from citizen_portal.identity.guards import current_officer, need_role, officers_only
from citizen_portal.identity.models import Role
from citizen_portal.web.pages import plain
from citizen_portal.web.transactions import db

bp = Blueprint("drafts", __name__, url_prefix="/desk/drafts")
bp.before_request(officers_only)


def own(draft_id: UUID) -> Draft:
    """A draft of this officer's body, for one who may write."""
    need_role(Role.AUTHOR)
    return queries.of_body(db(), current_officer().organisation_id, draft_id)


@bp.get("/new")
def new() -> str:
    need_role(Role.AUTHOR)
    return render_template("desk/new.html", form=_begin_form())


@bp.post("/new")
def begin() -> ResponseReturnValue:
    need_role(Role.AUTHOR)
    form = _begin_form(request.form)
    checked = checking.check_member("title", form.name.document() or {})
    form.name.errors = [words.misfit(each, "line") for each in checked.misfits[:1]]
    if checked.misfits or not form.validate():
        return render_template("desk/new.html", form=form), 422
    kind = AgreementKind(form.kind.data)
    draft = drafting.begin(db(), kind, checked.value, by=here.writer())
    flash(
        gettext(
            "“%(title)s” is begun, under %(reference)s.",
            title=plain(checked.value),
            reference=draft.reference,
        )
    )
    return redirect(url_for("drafts.show", draft_id=draft.id), 303)


@bp.get("/<uuid:draft_id>")
def show(draft_id: UUID) -> ResponseReturnValue:
    officer = current_officer()
    draft = queries.seen_by(db(), officer.organisation_id, draft_id)
    writes = draft.organisation_id == officer.organisation_id and officer.may(Role.AUTHOR)
    if not writes or draft.state is not DraftState.DRAFTING:
        return redirect(url_for("reviews.show", draft_id=draft.id))
    return task_list(draft)


@bp.post("/<uuid:draft_id>/drop")
def drop(draft_id: UUID) -> ResponseReturnValue:
    draft = own(draft_id)
    drafting.drop(db(), draft, by=here.writer())
    flash(
        gettext(
            "%(reference)s is put aside. You can take it up again from the desk.",
            reference=draft.reference,
        )
    )
    return redirect(url_for("desk.home"), 303)


@bp.post("/<uuid:draft_id>/take-up")
def take_up(draft_id: UUID) -> ResponseReturnValue:
    drafting.take_up(db(), own(draft_id), by=here.writer())
    return redirect(url_for("drafts.show", draft_id=draft_id), 303)


@bp.get("/<uuid:draft_id>/history")
def history(draft_id: UUID) -> str:
    draft = queries.seen_by(db(), current_officer().organisation_id, draft_id)
    noted = queries.history(db(), draft.id)
    return render_template(
        "desk/history.html",
        draft=draft,
        noted=[(one, words.noted(one)) for one in noted],
        ours=draft.organisation_id == current_officer().organisation_id,
        names=here.names(one.officer_id for one in noted),
    )


def task_list(draft: Draft, misfits: tuple[checking.Misfit, ...] = ()) -> str:
    """The page from which a draft is written; ``misfits`` are what keeps it from review."""
    groups = tasks(draft.document)
    returned = queries.returned_with(db(), draft.id)
    withdrawal = draft_steps().withdrawal if draft.base else None
    return render_template(
        "desk/draft.html",
        draft=draft,
        title=plain(draft.document["title"]),
        groups=[
            (plain(each.section.title), each.section.key, list(map(_row, each.tasks)))
            for each in groups
        ],
        progress=progress(groups),
        misfits=[problem(draft, each) for each in misfits],
        returned=returned,
        names=here.names([returned.officer_id] if returned else []),
        withdrawal=withdrawal,
        withdrawn=value_of(draft.document, "withdrawn") is not None,
    )


def _row(task: Task) -> dict[str, object]:
    """One line of the task list in words."""
    return {
        "key": task.step.key,
        "title": plain(task.step.title),
        "needed": task.step.needed,
        "asked": task.step.needed or task.step.page == "trust",
        "state": task.state,
        "word": words.answered(task.state),
        "hints": [words.hint(each) for each in task.hints],
    }


def problem(draft: Draft, misfit: checking.Misfit) -> tuple[str, str]:
    """A fault in words, and the page on which it is put right."""
    step = draft_steps().of_member(misfit.member) or draft_steps().sections[0].steps[0]
    address = url_for("asking.ask", draft_id=draft.id, key=step.key)
    return f"{plain(step.title)}: {words.misfit(misfit)}", address


class BeginForm(Form):
    """``kind`` decides under which reference it goes."""

    kind = RadioField()
    name = BilingualField()

    def problems(self) -> list[tuple[str, str]]:
        kind = [(str(each), "#kind") for each in self.kind.errors]
        return kind + [(str(each), "#name-en") for each in self.name.errors]


def _begin_form(sent: Any = None) -> BeginForm:
    form = BeginForm(sent, data={"kind": AgreementKind.SHARING.value})
    form.kind.label.text = gettext("What kind of agreement is it?")
    form.kind.choices = [
        (AgreementKind.SHARING.value, gettext("One body gives data to another")),
        (AgreementKind.OWN_USE.value, gettext("A body uses its own data")),
    ]
    form.name.label.text = gettext("What does it give people?")
    return form
