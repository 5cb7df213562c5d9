"""How one links to a body by its code, and ends a link."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from citizen_portal import jobs
from citizen_portal.access import actions as answers
from citizen_portal.bodies.queries import Body, Directory, directory
from citizen_portal.errors import NotFound, TooMany, Unavailable
from citizen_portal.identity import actions, guards, queries
from citizen_portal.identity.models import LinkProof, LinkState
from citizen_portal.records import queries as records
from citizen_portal.records import remote
from citizen_portal.records.forms import LinkForm, normalised
from citizen_portal.records.views.offered import offered
from citizen_portal.web import parts
from citizen_portal.web.pages import plain
from citizen_portal.web.transactions import aside, db

bp = Blueprint("links", __name__, url_prefix="/my/account")
bp.before_request(guards.citizens_only)


@bp.get("/link")
def choose() -> str:
    form = _form(db(), guards.current().citizen_id)
    form.body.data = request.args.get("body")
    return _page(form, named=_named(form))


@bp.post("/link")
def link() -> ResponseReturnValue:
    """The try is counted, and the body asked, before the request's own transaction begins."""
    who = guards.current()
    with parts.sessions().reading() as reading:
        form = _form(reading, who.citizen_id)
        known = directory(reading)
    if not form.validate():
        form.forget_code()
        return _page(form), 422
    try:
        with aside() as tries:
            actions.note_try(tries, who.citizen_id)
    except TooMany as error:  # another way may be left: the body's own sign-in
        form.refuse(_(error.message, **error.values))
        return _page(form), 429
    body = known.bodies[form.organisation_id]
    code = str(normalised(form.code.data or ""))
    try:
        state = _ask(known, body, who.citizen_id, code)
    except Unavailable:
        form.refuse(_("This body does not answer just now. Your try was counted. Try again later."))
        return _page(form), 503
    return _settle(form, who, body, code, state)


@bp.get("/unlink/<organisation>")
def ask_to_unlink(organisation: str) -> str:
    return render_template("records/unlink.html", body=_linked_body(organisation))


@bp.post("/unlink/<organisation>")
def unlink(organisation: str) -> ResponseReturnValue:
    body = _linked_body(organisation)
    citizen_id, sources = guards.current().citizen_id, directory(db()).sources_of(body.id)
    actions.unlink(db(), citizen_id, body.id)
    answers.forget(db(), citizen_id, source_ids=[source.id for source in sources])
    jobs.enqueue(db(), "access.forget_sent", citizen=str(citizen_id), organisation=str(body.id))
    flash(_("The link has ended. We do not ask this body about you any more."))
    return redirect(url_for("account.account"), 303)


def _settle(
    form: LinkForm, who: guards.SignedIn, body: Body, code: str, state: LinkState
) -> ResponseReturnValue:
    """Keep what the body answered. Wrong, expired and used codes are told apart by nobody."""
    blind = actions.blind_of_code(parts.index(), body.id, code)
    if state is LinkState.NOT_MATCHED or not _take(blind, state):
        form.refuse(
            _(
                "This code does not work. It may be mistyped, too old, used before, or from another"
                " body. Check the letter, or ask the body for a new code."
            )
        )
        return _page(form), 422
    actions.link(
        db(),
        who.citizen_id,
        body.id,
        pairwise=actions.pairwise(parts.index(), who.citizen_id, body.id),
        state=state,
        proof=LinkProof.CODE,
    )
    if state is LinkState.AMBIGUOUS:
        flash(_("You are not linked. The body found more than one person who may be you."))
        return redirect(url_for("account.account"), 303)
    flash(_("You are linked. We have asked this body what it holds on you."))
    guards.ask_bodies_after_commit(who)
    return redirect("/my", 303)


def _take(blind: str, state: LinkState) -> bool:
    """Whether the code may still make a link, and if it does now, that it makes no other."""
    if state is LinkState.LINKED:
        return actions.use_code(db(), blind)
    return not queries.code_was_used(db(), blind)


def _ask(known: Directory, body: Body, citizen_id: UUID, code: str) -> LinkState:
    return remote.ask_link(
        parts.fetcher(),
        parts.signer(),
        base_url=records.address_of(known, body.id),
        issuer=parts.settings().public_url,
        audience=body.slug,
        pairwise=actions.pairwise(parts.index(), citizen_id, body.id),
        code=code,
    )


def _page(form: LinkForm, *, named: Body | None = None) -> str:
    own = offered(guards.current()).values()
    return render_template("records/link.html", form=form, named=named, own=own)


def _named(form: LinkForm) -> Body | None:
    """The body that the address names, if it can be linked."""
    if form.body.data not in {value for value, _name in form.offered}:
        return None
    return directory(db()).bodies.get(form.organisation_id)


def _form(session: Session, citizen_id: UUID) -> LinkForm:
    known = directory(session)
    standing = records.standing(session, citizen_id, directory=known)
    named = [(body.id, _said(body)) for body in records.linkable(standing, directory=known)]
    return LinkForm(request.form, bodies=named)


def _said(body: Body) -> str:
    """The official name first: here people look for what stands at the head of their letter."""
    return f"{plain(body.official_name)} ({plain(body.name)})"


def _linked_body(organisation: str) -> Body:
    """A body that this citizen is linked to; raises ``NotFound`` for all others alike."""
    linked = records.standing(db(), guards.current().citizen_id, directory=directory(db()))
    for each in linked:
        if each.body.id.hex == organisation and each.link.state is LinkState.LINKED:
            return each.body
    raise NotFound("You are not linked to this body.")
