"""Open data: the register to take away, for anybody's programs, without sign-in.

The front doors only; what is sent is made by the other modules here.
"""

from datetime import UTC, date, datetime, time

from flask import Blueprint, Response, request
from flask_babel import gettext

from citizen_portal.agreements import queries
from citizen_portal.agreements.queries import published
from citizen_portal.agreements.queries.days import taking_part
from citizen_portal.agreements.views.open_data import (
    calendar,
    dea,
    feed,
    files,
    linked,
    package,
    security,
)
from citizen_portal.agreements.views.open_data.answering import answer
from citizen_portal.bodies.queries import REGISTER, Body, directory, revisions
from citizen_portal.web import parts
from citizen_portal.web.cookieless import cookieless
from citizen_portal.web.open_data import (
    MOST_PAGES,
    Content,
    around,
    missing,
    number,
    open_to_all,
    written,
)
from citizen_portal.web.pages import LANGUAGES, speaking
from citizen_portal.web.transactions import db

bp = Blueprint("open_data", __name__)
bp.after_request(open_to_all)


@bp.get("/agreements.json")
@cookieless
def dea_index() -> Response:
    items = number("items", dea.USUAL_ITEMS, dea.MOST_ITEMS)
    page = number("page", 1, MOST_PAGES)

    def make() -> Content:
        found = published.titles(db(), first=(page - 1) * items, count=items + 1)
        said = dea.index(found, page=page, items=items, site=_site(), today=_today())
        return Content(written(said), "application/json")

    return answer(make, dated=True)


@bp.get("/agreements/<reference>.json")
@cookieless
def dea_entry(reference: str) -> Response:
    def make() -> Content | None:
        one = published.newest_of(db(), reference)
        if one is None:
            return None
        names = {body.slug: body.official_name["en"] for body in directory(db()).bodies.values()}
        powers = published.powers(db())
        said = dea.entry(one, names=names, powers=powers, site=_site(), today=_today())
        return Content(written(said), "application/json")

    return answer(make, dated=True)


@bp.get("/register/datapackage.json")
@cookieless
def data_package() -> Response:
    def make() -> Content:
        sizes = {
            name: (one.size, one.digest) for name, one in files.tables(db(), site=_site()).items()
        }
        said = package.described(
            sizes,
            brand=parts.settings().brand,
            site=_site(),
            version=str(revisions(db()).get(REGISTER, 0)),
            licence=parts.region().open_licence,
        )
        return Content(written(said), "application/json")

    return answer(make)


@bp.get("/register.csv")
@cookieless
def agreements_table() -> Response:
    return table("agreements")


@bp.get("/register/data/<name>.csv")
@cookieless
def table(name: str) -> Response:
    def make() -> Content | None:
        file = files.tables(db(), site=_site()).get(name)
        return Content(file.chunks(), "text/csv", size=file.size) if file else None

    return answer(make)


@bp.get("/register.jsonld")
@cookieless
def linked_data() -> Response:
    page, items = (
        number("page", 1, MOST_PAGES),
        number("items", linked.USUAL_ITEMS, linked.MOST_ITEMS),
    )

    def make() -> Content:
        found = published.newest(db(), first=(page - 1) * items, count=items + 1)
        links = around("/register.jsonld", page, len(found) > items, items=items)
        said = linked.catalogue(
            found[:items],
            bodies={body.slug: body for body in directory(db()).bodies.values()},
            powers=published.powers(db()),
            site=_site(),
            brand=parts.settings().brand,
            licence=parts.region().open_licence,
            links=links,
        )
        named = tuple((address, relation) for relation, address in links.items())
        return Content(written(said), "application/ld+json", links=named)

    return answer(make)


@bp.get("/register.atom")
@cookieless
def atom() -> Response:
    page, language = number("page", 1, MOST_PAGES), _language()

    def make() -> Content:
        found = published.publications(db(), first=(page - 1) * feed.PAGE, count=feed.PAGE + 1)
        links = _feed_links(page, len(found) > feed.PAGE, language)
        with speaking(language):
            content = feed.feed(
                found[: feed.PAGE],
                site=_site(),
                brand=parts.settings().brand,
                language=language,
                rights=parts.region().open_licence.attribution[language],
                links=links,
            )
        return Content(content, "application/atom+xml")

    return answer(make)


@bp.get("/bodies/<slug>/dates.ics")
@cookieless
def body_dates(slug: str) -> Response:
    body = directory(db()).body_by_slug(slug)
    if body is None:
        return missing()
    return answer(lambda: Content(_calendar(body), "text/calendar"), dated=True)


@bp.get("/register/dates.ics")
@cookieless
def dates() -> Response:
    def make() -> Content:
        stamp = (_today(), _site(), parts.settings().brand)
        file = files.whole(db(), f"dates-{_language()}", stamp, lambda: _calendar(None))
        return Content(file.chunks(), "text/calendar", size=file.size)

    return answer(make, dated=True)


@bp.get("/.well-known/security.txt")
@cookieless
def security_txt() -> Response:
    settings = parts.settings()
    if not settings.security_contact:
        return missing()
    text = security.text(settings, today=_today())
    return answer(lambda: Content(text, "text/plain"), dated=True)


def _calendar(body: Body | None) -> str:
    """The days of one body's agreements, or of the whole register."""
    register = queries.register_terms(db())
    newest = (versions[0] for versions in register.versions.values())
    kept = newest if body is None else taking_part(register, body.id)
    language, brand = _language(), parts.settings().brand
    with speaking(language):
        name = gettext("%(brand)s: days of the register", brand=brand)
        if body is not None:
            whose = body.official_name.get(language) or body.official_name["en"]
            name = gettext("%(brand)s: days of %(body)s", brand=brand, body=whose)
        return calendar.calendar(
            calendar.days(kept, today=_today()),
            name=name,
            site=_site(),
            language=language,
            stamp=datetime.combine(_today(), time(), UTC),
        )


def _feed_links(page: int, more: bool, language: str) -> dict[str, str]:
    kept = {"lang": language} if language != LANGUAGES[0] else {}
    rest = "".join(f"&{name}={value}" for name, value in kept.items())
    first = f"{_site()}/register.atom?page=1{rest}"
    here = f"{_site()}/register.atom?page={page}{rest}"
    beside = around("/register.atom", page, more, **kept)
    if "prev" in beside:
        beside["previous"] = beside.pop("prev")
    return {"self": here, "first": first, **beside}


def _site() -> str:
    return parts.settings().public_url


def _today() -> date:
    return parts.region().today()


def _language() -> str:
    """What the address asks for: nothing else may decide what a cache keeps."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else LANGUAGES[0]
