"""The versions of an agreement: their list, each as it was published, any two compared."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from citizen_portal.agreements import queries
from citizen_portal.agreements.queries import VersionLine, register_terms
from citizen_portal.agreements.schemas import AgreementDocument
from citizen_portal.agreements.views.blueprint import bp
from citizen_portal.agreements.words import comparing, labels, page, wording
from citizen_portal.bodies.queries import Body, directory
from citizen_portal.errors import NotFound
from citizen_portal.web import asked, parts
from citizen_portal.web.pages import plain
from citizen_portal.web.transactions import db


@dataclass(frozen=True, slots=True)
class Shown:
    """One version in the list."""

    line: VersionLine
    body: Body | None
    """Whose officer published it."""
    changed: list[str]
    """What differs from the version before, in words."""


@bp.get("/<reference>/versions")
def versions(reference: str) -> str:
    found = queries.version_lines(db(), reference)
    return render_template(
        "agreements/versions.html",
        reference=reference,
        title=_title(reference),
        versions=[_shown(line) for line in found],
        numbers=[line.number for line in found],
    )


@bp.get("/<reference>/versions/compare")
def choose(reference: str) -> ResponseReturnValue:
    """Where the form of the list leads, so that it works without script."""
    try:
        then, now = sorted(_number(request.args.get(name, "")) for name in ("then", "now"))
    except NotFound:
        return redirect(url_for("register.versions", reference=reference))
    return redirect(url_for("register.compare", reference=reference, then=then, now=now))


@bp.get("/<reference>/versions/<number>")
def version(reference: str, number: str) -> str:
    found = queries.entry(db(), reference, _number(number))
    return render_template("agreements/agreement.html", **page.values(found), old=True)


@bp.get("/<reference>/versions/<then>/<now>")
def compare(reference: str, then: str, now: str) -> str:
    first, last = sorted(map(_number, (then, now)))
    before, after = queries.two_versions(db(), reference, (first, last))
    rows = comparing.differences(
        before,
        after,
        bodies=directory(db()),
        register=register_terms(db()),
        law=queries.law(parts.settings().region),
    )
    return render_template(
        "agreements/compare.html",
        reference=reference,
        title=_title(reference),
        then=first,
        now=last,
        rows=rows,
    )


@bp.get("/<reference>/trust")
def trust(reference: str) -> str:
    """The trust matrix alone."""
    found = queries.entry(db(), reference)
    said = AgreementDocument.model_validate(found.document)
    return render_template(
        "agreements/trust.html",
        title=plain(found.terms.title),
        found=found,
        themes=wording.themes(said),
        own=wording.own_questions(said),
    )


def _shown(line: VersionLine) -> Shown:
    body = directory(db()).bodies.get(line.organisation_id) if line.organisation_id else None
    return Shown(line, body, [labels.field(name) for name in line.changed])


def _number(text: str) -> int:
    """The number of a version, as an address has it."""
    found = asked.number(text)
    if found is None:
        raise NotFound("This agreement has no such version on the register.")
    return found


def _title(reference: str) -> str:
    terms = register_terms(db()).newest(reference)
    if terms is None:
        raise NotFound("There is no agreement with this reference on the register.")
    return plain(terms.title)
