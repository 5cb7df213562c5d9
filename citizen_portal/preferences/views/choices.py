"""``/my/choices``: what can be chosen, each choice before and after it is made, and the history.

Every address with a name in it answers a stranger's name as it does none.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from citizen_portal.agreements.queries import law, register_terms
from citizen_portal.errors import NotFound
from citizen_portal.identity import guards
from citizen_portal.paging import paged
from citizen_portal.preferences import actions, queries
from citizen_portal.preferences.actions import Wish
from citizen_portal.preferences.forms.choices import ChoiceForm
from citizen_portal.preferences.models import Answer, Scope
from citizen_portal.preferences.queries import Preview, Stands
from citizen_portal.preferences.queries.receipts import RECEIPT_KIND, Issuer, document
from citizen_portal.preferences.views import before, listed, one, past, short
from citizen_portal.preferences.views.reading import Reading, read, restored
from citizen_portal.web import parts
from citizen_portal.web.asked import identifier
from citizen_portal.web.pages import language
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.transactions import db, reading_db

bp = Blueprint("choices", __name__, url_prefix="/my/choices")
bp.before_request(guards.citizens_only)
FILE = "receipt.jws"
"""Whoever sees the list of downloads learns no more than that."""


@bp.app_template_global()
def choice_page(reference: str) -> str:
    """Where the citizen of this request chooses about an agreement; for strangers where they sign
    in to do so; nothing where there is no choice."""
    who = guards.maybe_current()
    terms = register_terms(db()).in_force(reference, parts.region().today())
    if terms is None or not terms.refusable:
        return ""
    if who is None:
        return url_for("sign_in.begin", back=f"/register/{reference}")
    names = queries.ChoiceNames(parts.index(), who.citizen_id)
    return url_for("choices.choice", name=names.name(Scope(agreement=reference)))


@bp.get("")
def choices() -> str:
    reading = read(db())
    agreements = queries.concerning(reading.register, reading.links, reading.today)
    effects = queries.effects_of(db(), reading.citizen_id)
    chosen = listed.chosen(reading, effects)
    show = request.args.get("show", "")
    found = listed.wanted(agreements, show)
    sheet = paged(len(found), page_number(request.args.get("page", "")), listed.PAGE)
    return render_template(
        "preferences/choices.html",
        linked=bool(reading.links),
        strip=short.strip(agreements, reading, lifted=sum(row.lifted for row in chosen)),
        chosen=chosen,
        groups=listed.groups(found[sheet.rows], reading, going_on=queries.going_on(effects)),
        folded=len(found) > listed.FEW,
        show=show if show in (listed.OPEN, listed.FIXED) else "",
        wider=listed.wider(agreements, reading),
        pages=numbered(sheet.page, sheet.pages, lambda page: _list_address(show, page)),
        schemes=parts.region().schemes,
        restored=restored(reading),
    )


@bp.get("/history")
def history() -> str:
    reading = read(db())
    count, asked = queries.count_of(db(), reading.citizen_id), request.args.get("page", "")
    sheet = paged(count, page_number(asked), listed.PAGE)
    made = queries.history(db(), reading.citizen_id, rows=sheet.rows)
    return render_template(
        "preferences/history.html",
        lines=past.lines(made, reading),
        pages=numbered(sheet.page, sheet.pages, lambda page: f"/my/choices/history?page={page}"),
        restored=restored(reading),
    )


@bp.get("/signed-in-again")
def signed_in_again() -> str:
    """Where the tab ends in which one signed in again for a form in another."""
    return render_template("preferences/signed_in_again.html")


@bp.get("/<name>")
def choice(name: str) -> str:
    reading = read(db())
    scope = reading.scope(name)
    offered = before.answers(reading, scope)
    asked = {"answer": request.args.get("answer"), "keep": request.args.getlist("keep")}
    form = ChoiceForm(offered=offered, data=asked)
    return one.page(form, reading, scope)


@bp.post("/<name>")
def choose(name: str) -> ResponseReturnValue:
    reading = read(reading_db())
    scope = reading.scope(name)
    form = ChoiceForm(request.form, offered=one.answerable(reading, scope))
    refused = _refused(form, reading, scope, name)
    if refused is not None:
        return refused
    kept = actions.choose(
        db(),
        reading.citizen_id,
        _wish(form, reading, scope),
        register=reading.register,
        due=reading.due,
        today=reading.today,
        receipt=_receipt_by(reading),
    )
    stood = reading.standing.get(scope.key)
    if stood is None or stood.choice_id != kept:
        flash(_saved(form.chosen))
    return redirect(reading.address(scope), 303)


@bp.get("/<name>/receipt")
def receipt(name: str) -> Response:
    """The signed receipt of the newest choice of this scope, or of the one that is asked for."""
    reading = read(db())
    scope = reading.scope(name)
    signed = queries.receipt(db(), reading.citizen_id, _meant(reading, scope))
    response = Response(signed, content_type="application/jose")
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE}"'
    return response


def _meant(reading: Reading, scope: Scope) -> UUID:
    """The choice whose receipt is asked for; raises ``NotFound`` for one of another scope."""
    asked = request.args.get("of")
    if asked is None:
        found = queries.history(db(), reading.citizen_id, scope=scope)
    else:
        wanted = identifier(asked)
        found = [queries.one(db(), reading.citizen_id, wanted)] if wanted else []
    for made in found:
        if made.scope == scope and made.ended_by is None:
            return made.id
    raise NotFound("There is no such receipt.")


def _refused(
    form: ChoiceForm, reading: Reading, scope: Scope, name: str
) -> ResponseReturnValue | None:
    """What is answered where the form cannot be taken as it is."""
    if not form.validate():
        return one.page(form, reading, scope), 422
    again = guards.require_step_up(back=_as_filled_in(form, name))
    if again is None or not form.reason_text:
        return again
    form.refuse(_("Sign in again in another tab, then save here. What you wrote stays here."))
    elsewhere: dict[str, Any] = {"step-up": 1, "back": url_for("choices.signed_in_again")}
    return one.page(form, reading, scope, again=url_for("sign_in.begin", **elsewhere)), 422


def _as_filled_in(form: ChoiceForm, name: str) -> str:
    """The page with the same answers, but for what was written."""
    arguments: dict[str, Any] = {"answer": form.chosen.value, "keep": form.keep.data or None}
    return url_for("choices.choice", name=name, **arguments)


def _wish(form: ChoiceForm, reading: Reading, scope: Scope) -> Wish:
    kept = set(form.keep.data or [])
    keys = [
        each.scope.key
        for each in reading.standing.values()
        if reading.names.name(each.scope) in kept
    ]
    reason = form.reason_text if form.chosen is Answer.NO else ""
    return Wish(scope, form.chosen, keys, _sealing(reason) if reason else None)


def _sealing(reason: str) -> Callable[[UUID], bytes]:
    def seal(choice_id: UUID) -> bytes:
        return parts.sealer().seal(reason.encode(), actions.objection_context(choice_id))

    return seal


def _receipt_by(reading: Reading) -> Callable[[Stands, Preview], str]:
    settings, region, index = parts.settings(), parts.region(), parts.index()

    def sign(made: Stands, seen: Preview) -> str:
        holder = index.blind("receipt", str(reading.citizen_id), str(made.choice_id))
        known = law(settings.region)
        issuer = Issuer(settings.public_url, region, known, language(), holder)
        said = document(made, seen, issuer=issuer, directory=reading.known)
        return parts.signer().statement(said, kind=RECEIPT_KIND)

    return sign


def _saved(answer: Answer) -> str:
    if answer is Answer.AS_BEFORE:
        return str(_("Your choice is taken back. We wrote it down."))
    return str(_("Your choice is saved."))


def _list_address(show: str, page: int) -> str:
    return f"/my/choices?show={show}&page={page}" if show else f"/my/choices?page={page}"
