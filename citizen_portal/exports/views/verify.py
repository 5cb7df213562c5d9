"""``/verify``: anybody checks a copy in their browser. The file never leaves the device."""

from flask import Blueprint, render_template

from citizen_portal.web import parts

bp = Blueprint("verify", __name__)


@bp.get("/verify")
def page() -> str:
    return render_template(
        "exports/verify.html", site=parts.settings().public_url, zone=str(parts.region().zone)
    )
