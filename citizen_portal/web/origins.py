"""What other sites may have a browser do here: open pages, and nothing more.

A browser tells where a request comes from (Fetch Metadata, W3C: ``Sec-Fetch-Site``), and no page
can make it tell otherwise. This is beside the token of each form and the cookie's ``SameSite``, and
before both. ``Origin`` is not asked: since our pages send no referrer, browsers make it ``null``.
"""

from flask import Flask, request

from citizen_portal.errors import NotPermitted
from citizen_portal.web.transactions import SAFE

OURS = {"same-origin", "none"}
"""Of our own pages, or of the person at the browser itself. Not ``same-site``: what else runs under
the same domain is not ours."""


def init_app(app: Flask, *, open_to_others: frozenset[str]) -> None:
    """``open_to_others`` names the blueprints that programs call, which bring no cookie."""

    @app.before_request
    def refuse_other_sites() -> None:
        if request.method in SAFE or request.blueprint in open_to_others:
            return
        if request.headers.get("Sec-Fetch-Site", "none") not in OURS:
            raise NotPermitted(
                "This was sent from a page of another site. Open the page here, and send it from"
                " there."
            )
