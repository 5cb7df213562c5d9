"""What is reached without signing in, by who has a secret address: a feed, and the way to stop
mails. Whose they are is shown nowhere, and an address that is none is answered as any other."""

from uuid import UUID

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from citizen_portal import clock
from citizen_portal.errors import NotFound
from citizen_portal.news import actions, queries
from citizen_portal.news.words import feed
from citizen_portal.reach import of_citizen, of_secret
from citizen_portal.web import limits, parts
from citizen_portal.web.cookieless import cookieless
from citizen_portal.web.transactions import db, on_behalf_of

bp = Blueprint("secret", __name__, url_prefix="/news")


@bp.get("/<token>.atom")
@cookieless
def read(token: str) -> ResponseReturnValue:
    digest = actions.digest_of(parts.index(), token)
    on_behalf_of(of_secret(digest))
    citizen_id = queries.feed_of(db(), digest)
    if citizen_id is None:
        raise NotFound("There is no such feed.")
    limits.count_feed(digest)
    on_behalf_of(of_citizen(citizen_id))
    since, zone = clock.now() - queries.FEED_DAYS, parts.region().zone
    noted = queries.news_since(db(), citizen_id, since)
    days = {at.astimezone(zone).date() for at in noted}
    body = feed(days, site=parts.settings().public_url, name=digest, since=since)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


@bp.get("/stop/<token>")
def ask_stop(token: str) -> str:
    """Changes nothing: programs that check links open them."""
    _stopped_by(token)
    return render_template("news/stop.html", token=token, stopped=False)


@bp.post("/stop/<token>")
def stop(token: str) -> str:
    """By the button, or by a mail program on its own (RFC 8058)."""
    limits.count_stranger("stop")
    citizen_id = _stopped_by(token)
    on_behalf_of(of_citizen(citizen_id))
    actions.stop(db(), citizen_id)
    return render_template("news/stop.html", token=token, stopped=True)


def _stopped_by(token: str) -> UUID:
    digest = actions.digest_of(parts.index(), token)
    on_behalf_of(of_secret(digest))
    citizen_id = queries.stopped_by(db(), digest)
    if citizen_id is None:
        raise NotFound("This link leads nowhere any more.")
    return citizen_id
