"""``/desk/corrections``: what the officer's body put right about people, and who knows of it.

Officers see the id by which their body knows the person; no name, no account.
"""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from citizen_portal.agreements.queries import category, register_terms
from citizen_portal.agreements.queries.categories import OLD_SPELLINGS, categories
from citizen_portal.bodies.queries import directory
from citizen_portal.errors import NotFound, WrongState
from citizen_portal.identity.guards import current_officer, officers_who
from citizen_portal.identity.models import Role
from citizen_portal.paging import paged
from citizen_portal.questions.actions import correcting
from citizen_portal.questions.actions.correcting import Said
from citizen_portal.questions.forms.corrections import QUESTION, CorrectionForm, ToldForm
from citizen_portal.questions.gathering import tools
from citizen_portal.questions.models.corrections import MOVES, Correction, Matter
from citizen_portal.questions.queries import cases
from citizen_portal.questions.queries import corrections as queries
from citizen_portal.questions.queries.details import Detail, opened
from citizen_portal.questions.words import asked
from citizen_portal.questions.words import corrections as words
from citizen_portal.web import parts
from citizen_portal.web.asked import identified, identifier
from citizen_portal.web.pages import day, plain, say
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.transactions import db

bp = Blueprint("desk_corrections", __name__, url_prefix="/desk/corrections")
bp.before_request(officers_who(Role.CASE_WORKER))
PAGE = 50
BOXES = {"on": "#on-day", "since": "#since-day", "told_on": "#told_on-day"}
"""Where on the page a field begins that has several boxes."""


@bp.get("")
def index() -> str:
    own, wanted = current_officer().organisation_id, page_number(request.args.get("page", ""))
    page, pages, chosen = paged(queries.count_of(db(), own), wanted, PAGE)
    found = queries.made_by(db(), own, chosen)
    return render_template(
        "desk/corrections.html",
        lines=[(made, words.MATTERS[made.matter](), words.progress(n)) for made, n in found],
        icons_of=words.ICONS,
        pages=numbered(page, pages, lambda n: url_for("desk_corrections.index", page=n)),
    )


@bp.get("/new")
def new() -> str:
    """A new one; with ``?of=`` what came of one that is looked at, with ``?question=`` of a
    question."""
    before = identifier(request.args.get("of", ""))
    known: dict[str, Any] = {"reference": f"desk:{secrets.token_hex(16)}"}
    known |= _of_question(request.args.get("question", ""))
    if before is not None:
        known = _known(queries.own(db(), current_officer().organisation_id, before))
    return _form_page(_form(**known))


@bp.post("/new")
def push() -> ResponseReturnValue:
    form = _form(request.form)
    if not form.validate():
        return _form_page(form), 422
    officer = current_officer()
    try:
        made = correcting.correct(
            db(), officer.organisation_id, _said(form), tools(), by=officer.officer_id
        )
    except NotFound:
        form.subject.errors = [gettext("No link stands by which you know somebody by this id")]
        return _form_page(form), 422
    except WrongState as error:
        form.matter.errors = [gettext(error.message)]
        return _form_page(form), 422
    flash(gettext("Written down. The person sees it on their page."))
    return redirect(url_for("desk_corrections.show", name=made.id.hex), 303)


@bp.get("/<name>")
def show(name: str) -> str:
    return _page(_own(name))


@bp.get("/<name>/told/<path:place>")
def told(name: str, place: str) -> str:
    made = _own(name)
    return _told_page(made, place, ToldForm(first=made.on, today=parts.region().today()))


@bp.post("/<name>/told/<path:place>")
def note_told(name: str, place: str) -> ResponseReturnValue:
    made, today = _own(name), parts.region().today()
    form = ToldForm(request.form, first=made.on, today=today)
    told_on, listed = form.told_on.day, any(one.place == place for one in _rows(made))
    if not listed or not form.validate() or told_on is None:
        return _told_page(made, place, form), 422
    officer, body = current_officer(), identifier(place)
    correcting.note_told(
        db(),
        officer.organisation_id,
        made.id,
        body if body and body in directory(db()).bodies else place,
        on=told_on,
        today=today,
        by=officer.officer_id,
    )
    flash(gettext("Written down. The person sees it on their page."))
    return redirect(url_for("desk_corrections.show", name=name), 303)


def _own(name: str) -> Correction:
    correction_id = identified(name, queries.no_such())
    return queries.own(db(), current_officer().organisation_id, correction_id)


def _told_page(made: Correction, place: str, form: ToldForm) -> str:
    row = next((one for one in _rows(made) if one.place == place), None)
    if row is None:
        raise NotFound("This correction has no such recipient.")
    faults = [(field.errors[0], BOXES[field.name]) for field in form if field.errors]
    return render_template(
        "desk/correction_told.html", made=made, row=row, form=form, faults=faults
    )


def _rows(made: Correction) -> list[words.Row]:
    known = directory(db())
    return [words.row(one, known) for one in queries.reached(db(), made.citizen_id, made.id)]


def _page(made: Correction) -> str:
    detail = opened(made, parts.sealer())
    return render_template(
        "desk/correction.html",
        made=made,
        heading=words.MATTERS[made.matter](),
        facts=_facts(made, detail),
        reason=detail.reason if detail else None,
        rows=_rows(made),
        open=bool(MOVES[made.matter]),
    )


def _facts(made: Correction, detail: Detail | None) -> list[tuple[str, words.Text]]:
    facts: list[tuple[str, words.Text]] = [
        (gettext("The person, by your id"), made.subject),
        (gettext("Set of records"), detail.dataset if detail else ""),
        (gettext("Kinds of data"), words.kinds(made.categories)),
        (gettext("Which part"), ", ".join(detail.fields) if detail else ""),
        (gettext("Day"), day(made.on)),
        (gettext("It was wrong since"), day(made.since) if made.since else ""),
        (gettext("Question"), made.question or ""),
    ]
    return [(term, said) for term, said in facts if said]


def _form_page(form: CorrectionForm) -> str:
    faults = [(field.errors[0], BOXES.get(field.name, f"#{field.id}")) for field in _wrong(form)]
    return render_template("desk/correction_new.html", form=form, faults=faults)


def _wrong(form: CorrectionForm) -> list[Any]:
    return [field for field in form if field.errors]


def _form(sent: MultiDict[str, str] | None = None, **known: Any) -> CorrectionForm:
    own = directory(db()).sources_of(current_officer().organisation_id)
    return CorrectionForm(
        sent,
        sources=[(source.slug, plain(source.name)) for source in own],
        kinds=[(name, say(category(name))) for name in _kinds()],
        matters=[(matter.value, words.MATTERS[matter]()) for matter in Matter],
        today=parts.region().today(),
        **known,
    )


def _kinds() -> list[str]:
    """What the body gives under an agreement comes first; it may hold other kinds, too."""
    own = current_officer().organisation_id
    named = register_terms(db()).naming(own)
    given = {name for terms in named if own in terms.disclosers for name in terms.categories}
    given = {name for name in given if name not in OLD_SPELLINGS}

    def listed(names: set[str]) -> list[str]:
        return sorted(names, key=lambda name: plain(category(name)).casefold())

    return listed(given) + listed(set(categories()) - given)


def _known(before: Correction) -> dict[str, Any]:
    detail = opened(before, parts.sealer())
    return {
        "reference": before.reference,
        "subject": before.subject,
        "dataset": detail.dataset if detail else "",
        "categories": list(before.categories),
        "fields_": "\n".join(detail.fields) if detail else "",
        "question": before.question or "",
        "since": before.since.isoformat() if before.since else None,
    }


def _of_question(reference: str) -> dict[str, Any]:
    """Who asked the question, its reference, and what it says is wrong; nothing for one that is
    none of this body's."""
    if QUESTION.fullmatch(reference) is None:
        return {}
    case = cases.case_called(db(), current_officer().organisation_id, reference)
    if case is None or case.subject is None:
        return {}
    said = asked.named(case)
    return {
        "question": reference,
        "subject": case.subject,
        "dataset": said.get("short", ""),
        "fields_": said.get("wrong", ""),
    }


def _said(form: CorrectionForm) -> Said:
    own = directory(db()).sources_of(current_officer().organisation_id)
    (source_id,) = (source.id for source in own if source.slug == form.source.data)
    return Said(
        reference=str(form.reference.data),
        subject=str(form.subject.data),
        source_id=source_id,
        detail=Detail(str(form.dataset.data), form.names, form.why),
        categories=tuple(form.categories.chosen),
        matter=Matter(str(form.matter.data)),
        on=form.on.day or parts.region().today(),
        since=form.since.day,
        question=form.question.data or None,
    )
