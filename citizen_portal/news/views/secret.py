"""What is reached without signing in, by who has a secret address: a feed, and the way to stop
mails. Whose they are is shown nowhere, and an address that is none is answered as any other."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from citizen_portal import clock
from citizen_portal.errors import NotFound
from citizen_portal.news import actions, queries
from citizen_portal.news.words import feed
from citizen_portal.web import limits, parts
from citizen_portal.web.cookieless import cookieless
from citizen_portal.web.transactions import db

bp = Blueprint("secret", __name__, url_prefix="/news")


@bp.get("/<token>.atom")
@cookieless
def read(token: str) -> ResponseReturnValue:
    digest = actions.digest_of(parts.index(), token)
    citizen_id = queries.feed_of(db(), digest)
    if citizen_id is None:
        raise NotFound("There is no such feed.")
    limits.count_feed(digest)
    since, zone = clock.now() - queries.FEED_DAYS, parts.region().zone
    noted = queries.news_since(db(), citizen_id, since)
    days = {at.astimezone(zone).date() for at in noted}
    body = feed(days, site=parts.settings().public_url, name=digest, since=since)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


@bp.get("/stop/<token>")
def ask_stop(token: str) -> str:
    """Changes nothing: programs that check links open them."""
    if queries.stopped_by(db(), actions.digest_of(parts.index(), token)) is None:
        raise NotFound("This link leads nowhere any more.")
    return render_template("news/stop.html", token=token, stopped=False)


@bp.post("/stop/<token>")
def stop(token: str) -> str:
    """By the button, or by a mail program on its own (RFC 8058)."""
    limits.count_stranger("stop")
    actions.stop(db(), parts.index(), token)
    return render_template("news/stop.html", token=token, stopped=True)
