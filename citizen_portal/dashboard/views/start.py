"""The start page; anybody may read it."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal.agreements.models import Say
from citizen_portal.agreements.queries import flow, picture, register_terms, strip
from citizen_portal.agreements.words.wording import choice_short
from citizen_portal.bodies.queries import directory
from citizen_portal.dashboard.queries.coverage import coverage
from citizen_portal.dashboard.views.wording import times
from citizen_portal.web import parts
from citizen_portal.web.transactions import db

bp = Blueprint("start", __name__)
SAMPLE = (
    flow.Band("benefits", "council", 10),
    flow.Band("benefits", "council", 1, lifted=True),
    flow.Band("benefits", "energy", 1),
    flow.Band("health", "hospital", 7),
    flow.Band("health", "research", 1),
)


@bp.get("/")
def page() -> str:
    session = db()
    today = parts.region().today()
    found = coverage(directory(session), register_terms(session), today=today)
    return render_template(
        "dashboard/start.html",
        coverage=found,
        strips=[strip(terms) for terms in found.on_show],
        choices={choice: choice_short(choice) for choice in Say},
        region=parts.region(),
        wide=_sample(picture.WIDE),
        narrow=_sample(picture.NARROW),
    )


@bp.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """Some browsers ask here whatever the page says."""
    return current_app.send_static_file("favicon.svg")


def _sample(form: picture.Format) -> picture.Drawing:
    """The invented example that shows what one could see."""
    left = {
        "benefits": picture.Label(gettext("Pay benefits"), (times(12),)),
        "health": picture.Label(gettext("Run the health service"), (times(8),)),
    }
    right = {
        "council": picture.Label(
            gettext("Your council"), (times(11),), gettext("%(n)s not explained", n=1)
        ),
        "energy": picture.Label(gettext("Your energy firm"), (times(1),)),
        "hospital": picture.Label(gettext("Your hospital"), (times(7),)),
        "research": picture.Label(gettext("Approved researchers"), (times(1),)),
    }
    return picture.draw(
        SAMPLE,
        lefts=left,
        rights=right,
        heads=(gettext("Who held it"), gettext("Who got it")),
        unknown=None,
        form=form,
    )
