"""The pages about this service itself, filled from its settings; anybody may read them."""

from flask import Blueprint, current_app, render_template

from citizen_portal.account import queries, words
from citizen_portal.db import in_place_of
from citizen_portal.reach import Kind, Reach
from citizen_portal.web import parts
from citizen_portal.web.transactions import db

bp = Blueprint("about", __name__)


@bp.get("/accessibility")
def accessibility() -> str:
    settings = parts.settings()
    return render_template(
        "site/accessibility.html",
        region=parts.region(),
        operator=settings.operator_name,
        contact=settings.operator_contact,
    )


@bp.get("/privacy")
def privacy() -> str:
    settings = parts.settings()
    return render_template(
        "site/privacy.html",
        region=parts.region(),
        operator=settings.operator_name,
        contact=settings.operator_contact,
        protection=settings.protection_contact or settings.operator_contact,
        kept=words.kept(settings, mail=settings.sends_mail or _any_for_mail()),
        years=settings.audit_years,
    )


def _any_for_mail() -> bool:
    with in_place_of(db(), Reach(Kind.NOTICE)):
        return queries.any_for_mail(db())


@bp.get("/cookies")
def cookies() -> str:
    settings = parts.settings()
    return render_template(
        "site/cookies.html",
        name=current_app.config["SESSION_COOKIE_NAME"],
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        idle_minutes=settings.session_idle_minutes,
        absolute_hours=settings.session_absolute_hours,
    )


@bp.get("/safety")
def safety() -> str:
    settings = parts.settings()
    return render_template(
        "site/safety.html",
        idle_minutes=settings.session_idle_minutes,
        sends_mail=settings.sends_mail,
    )
