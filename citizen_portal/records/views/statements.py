"""Linking by the body's own sign-in: there, back with what it says, and one's own yes to it.

Whatever is wrong with a statement is met with one page; the operator's log knows one word of it.
"""

from contextlib import suppress
from typing import cast
from urllib.parse import urlencode

import structlog
from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from joserfc.jwk import Key

from citizen_portal.bodies.queries import Body, clients, directory
from citizen_portal.bodies.remote import ClientKeys, NotProved
from citizen_portal.errors import Unavailable
from citizen_portal.identity import actions, guards, queries
from citizen_portal.identity.models import LinkProof, LinkState
from citizen_portal.records import queries as records
from citizen_portal.records.remote import ask_link, pending, statements
from citizen_portal.records.remote.statements import Expected, NotBelieved
from citizen_portal.records.views.links import bp
from citizen_portal.records.views.offered import offered
from citizen_portal.web import parts
from citizen_portal.web.transactions import db

log = structlog.get_logger()


@bp.record
def _know_where_keys_are(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    app.extensions["body_keys"] = ClientKeys(app.extensions["settings"].loopback_hosts)


@bp.post("/link/sign-in")
def go() -> ResponseReturnValue:
    """A form may lead nowhere else, so the way to the body is a navigation of its own."""
    who = guards.current()
    chosen = request.form.get("body")
    body = next((each for each in offered(who).values() if each.id.hex == chosen), None)
    if body is None:
        return _refuse("not_offered")
    asked = pending.begin(body.id, who.sign_in_id)
    signed = statements.request(
        parts.signer(),
        _expected(who, body, asked.nonce),
        door=str(body.sign_in_url),
        back=parts.settings().public_url + url_for("links.come_back"),
    )
    onward = f"{body.sign_in_url}?{urlencode({'request': signed})}"
    page = render_template("records/onward.html", body=body, onward=onward)
    return page, 200, {"Refresh": f"0; url={onward}"}


@bp.get("/link/return")
def come_back() -> ResponseReturnValue:
    """Where bodies send people back to. The address is left at once; nothing is linked yet."""
    if "error" in request.args:
        return render_template("records/stopped.html")
    who = guards.current()
    try:
        asked, statement = _believed(who)
    except NotBelieved as error:
        return _refuse(error.fault)
    pending.answered(asked, statement, who.sign_in_id)
    return redirect(url_for("links.show_statement"), 303)


@bp.get("/link/statement")
def show_statement() -> ResponseReturnValue:
    who = guards.current()
    told = pending.told(who.sign_in_id)
    body = offered(who).get(told.organisation_id) if told else None
    if told is None or body is None:
        return _refuse("not_told")
    return render_template("records/statement.html", body=body, state=told.state)


@bp.post("/link/statement")
def accept() -> ResponseReturnValue:
    """The body is asked whether it stands by its statement, before our own transaction begins.

    So it keeps whom the id means only for whoever brought the statement back to where it was asked.
    """
    who = guards.current()
    told = pending.told(who.sign_in_id)
    if told is None or told.state is not LinkState.LINKED:
        return _refuse("not_told")
    with parts.sessions().reading() as reading:
        if queries.link_state(reading, who.citizen_id, told.organisation_id) is LinkState.LINKED:
            return redirect("/my", 303)  # a second click
    body = offered(who).get(told.organisation_id)
    if body is None:
        return _refuse("not_offered")
    try:
        state = _confirmed(who, body, told.jti)
    except Unavailable:
        return render_template("records/statement.html", body=body, state="silent"), 503
    return _keep(who, body, told.nonce) if state is LinkState.LINKED else _refuse("not_confirmed")


def _keep(who: guards.SignedIn, body: Body, nonce: str) -> ResponseReturnValue:
    if not actions.use_code(db(), parts.index().blind("link request", str(body.id), nonce)):
        if queries.link_state(db(), who.citizen_id, body.id) is LinkState.LINKED:
            return redirect("/my", 303)
        return _refuse("used")
    actions.link(
        db(),
        who.citizen_id,
        body.id,
        pairwise=actions.pairwise(parts.index(), who.citizen_id, body.id),
        state=LinkState.LINKED,
        proof=LinkProof.STATEMENT,
    )
    pending.forget()
    flash(_("You are linked. We have asked this body what it holds on you."))
    guards.ask_bodies_after_commit(who)
    return redirect("/my", 303)


def _believed(who: guards.SignedIn) -> tuple[pending.Asked, statements.Statement]:
    given, asked = request.args.getlist("statement"), pending.asked(who.sign_in_id)
    if len(given) != 1:
        raise NotBelieved("malformed")
    if asked is None:
        raise NotBelieved("not_asked")
    body = offered(who).get(asked.organisation_id)
    if body is None:
        raise NotBelieved("not_offered")
    expected = _expected(who, body, asked.nonce)
    return asked, statements.verify(given[0], expected, lambda kid: _keys(body, kid))


def _keys(body: Body, kid: str) -> list[Key]:
    """The keys of the body's systems with this id, as they were uploaded or are published."""
    with parts.sessions().reading() as reading:
        systems = [each for each in clients(reading) if each.organisation_id == body.id]
    published = cast(ClientKeys, current_app.extensions["body_keys"])
    found: list[Key] = []
    for system in systems:
        with suppress(NotProved):  # one whose keys cannot be fetched does not stop the others
            found += published.find(system, kid)
    return found


def _expected(who: guards.SignedIn, body: Body, nonce: str) -> Expected:
    pairwise = actions.pairwise(parts.index(), who.citizen_id, body.id)
    return Expected(body.slug, parts.settings().public_url, pairwise, nonce)


def _confirmed(who: guards.SignedIn, body: Body, jti: str) -> LinkState:
    """What the body says now of its own statement; raises ``Unavailable``."""
    with parts.sessions().reading() as reading:
        known = directory(reading)
    return ask_link(
        parts.fetcher(),
        parts.signer(),
        base_url=records.address_of(known, body.id),
        issuer=parts.settings().public_url,
        audience=body.slug,
        pairwise=actions.pairwise(parts.index(), who.citizen_id, body.id),
        statement=jti,
    )


def _refuse(fault: str) -> ResponseReturnValue:
    log.warning("link.refused", fault=fault)
    return render_template("records/not_believed.html"), 400
