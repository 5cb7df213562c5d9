"""The mailbox that a citizen may name as safe: named, confirmed by a code, removed."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from citizen_portal.errors import TooMany, WrongState
from citizen_portal.identity import guards
from citizen_portal.mailboxes import masked
from citizen_portal.news import actions, queries, words
from citizen_portal.news.forms import AddressForm, CodeForm
from citizen_portal.web import parts
from citizen_portal.web.transactions import aside, db

bp = Blueprint("mail", __name__, url_prefix="/my/account/mail")
bp.before_request(guards.citizens_only)


@bp.get("")
def mailbox() -> str:
    return _page(CodeForm())


@bp.get("/address")
def ask_address() -> ResponseReturnValue:
    _refuse_without_server()
    return guards.require_step_up() or _ask_address(AddressForm())


@bp.post("/address")
def name() -> ResponseReturnValue:
    _refuse_without_server()
    again = guards.require_step_up(form_at=url_for("mail.ask_address"))
    if again is not None:
        return again
    form = AddressForm(request.form)
    if not form.validate():
        return _ask_address(form), 422
    actions.name(db(), parts.sealer(), guards.current().citizen_id, form.mailbox)
    return redirect(url_for("mail.mailbox"), 303)


@bp.post("/code")
def send_again() -> ResponseReturnValue:
    _refuse_without_server()
    actions.ask_again(db(), guards.current().citizen_id)
    flash(_("We are sending you another code. The one before does not work any more."))
    return redirect(url_for("mail.mailbox"), 303)


@bp.post("/confirm")
def confirm() -> ResponseReturnValue:
    """The try is counted before the request's own transaction begins."""
    who, form = guards.current(), CodeForm(request.form)
    if not form.validate():
        return _page(form), 422
    try:
        with aside() as tries:
            actions.note_try(tries, who.citizen_id)
    except (TooMany, WrongState) as error:
        form.refuse(_(error.message, **error.values))
        return _page(form), 422
    if not actions.confirm(db(), parts.index(), who.citizen_id, form.plain):
        form.refuse(_("This is not the code that we mailed. Check the newest mail."))
        return _page(form), 422
    flash(_("Your address is confirmed."))
    return redirect(url_for("mail.mailbox"), 303)


@bp.post("/remove")
def remove() -> ResponseReturnValue:
    again = guards.require_step_up(form_at=url_for("mail.mailbox"))
    if again is not None:
        return again
    actions.remove(db(), guards.current().citizen_id)
    flash(_("The address is removed. We mail you nothing."))
    return redirect(url_for("mail.mailbox"), 303)


@bp.post("/again")
def go_on() -> ResponseReturnValue:
    """Whoever reads the mailbox could stop the mails; going on leads none elsewhere."""
    actions.go_on(db(), guards.current().citizen_id)
    flash(_("We mail you again when there is news."))
    return redirect(url_for("mail.mailbox"), 303)


def _page(form: CodeForm) -> str:
    citizen_id, settings = guards.current().citizen_id, parts.settings()
    channel = queries.channel(db(), citizen_id)
    return render_template(
        "news/mail.html",
        channel=channel,
        shown=_shown(citizen_id, channel) if channel else "",
        form=form,
        sends_mail=settings.sends_mail,
        sender=settings.mail_from_name,
        letter=words.news(settings.public_url, "…"),
    )


def _ask_address(form: AddressForm) -> str:
    return render_template("news/address.html", form=form)


def _shown(citizen_id: UUID, channel: queries.Channel) -> str:
    """The address in part, so that whoever looks over a shoulder does not learn it."""
    address = parts.sealer().text(channel.sealed_address, actions.address_context(citizen_id))
    return "…" if address is None else masked(address)


def _refuse_without_server() -> None:
    if not parts.settings().sends_mail:
        raise WrongState("This portal sends no mail.")
