"""The page on what can be taken away from the register, and the one on reporting a weakness."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import gettext

from citizen_portal.web import parts

bp = Blueprint("downloads", __name__)


@dataclass(frozen=True, slots=True)
class Download:
    path: str
    name: str
    form: str
    """The standard that it is written in."""
    use: str


@bp.get("/register/data")
def data() -> str:
    return render_template(
        "agreements/data.html",
        downloads=[*_downloads(), *_coverage(), *_answers()],
        licence=parts.region().open_licence,
        site=parts.settings().public_url,
    )


@bp.get("/security")
def security() -> str:
    contact = parts.settings().security_contact
    return render_template("site/security.html", contact=contact)


def _downloads() -> list[Download]:
    return [
        Download(
            "/register.csv",
            gettext("A table of agreements"),
            "CSV (RFC 4180)",
            gettext("Opens in a spreadsheet. One row for each agreement."),
        ),
        Download(
            "/register/datapackage.json",
            gettext("Tables that belong together"),
            "Data Package 2.0",
            gettext("Agreements, parties, answers, measures, results, versions and bodies."),
        ),
        Download(
            "/agreements.json",
            gettext("The list, page by page"),
            "JSON",
            gettext("In the shape of the UK register under the Digital Economy Act 2017."),
        ),
        Download(
            "/register.jsonld",
            gettext("Linked data"),
            "JSON-LD, DCAT, DPV",
            gettext("For catalogues, and to compare with other registers."),
        ),
        Download(
            "/register.atom",
            gettext("What is new"),
            "Atom (RFC 4287)",
            gettext("For a feed reader. Says what each publication changed."),
        ),
        Download(
            "/register/dates.ics",
            gettext("Days to keep in mind"),
            "iCalendar (RFC 5545)",
            gettext("Add its address to your calendar. It tells you 30 days before."),
        ),
        _digests(),
    ]


def _coverage() -> list[Download]:
    return [
        Download(
            "/coverage.csv",
            gettext("How far we see: a table"),
            "CSV (RFC 4180)",
            gettext("One row for each register of a body, connected or not."),
        ),
        Download(
            "/coverage.json",
            gettext("How far we see: page by page"),
            "JSON",
            gettext("What each register keeps, leaves out and proves, and whether it is quiet."),
        ),
    ]


def _answers() -> list[Download]:
    return [
        Download(
            "/answers.csv",
            gettext("How bodies answer: a table"),
            "CSV (RFC 4180)",
            gettext("One row for each body and quarter, in rounded numbers."),
        ),
        Download(
            "/answers.json",
            gettext("How bodies answer: page by page"),
            "JSON",
            gettext("How long answers took, how many were in time, and what came of them."),
        ),
    ]


def _digests() -> Download:
    return Download(
        "/digests.json",
        gettext("What fixes each day’s looks"),
        "JSON, JWS (RFC 7515)",
        gettext("One signed hash a day. With it people prove that a look was on record."),
    )
