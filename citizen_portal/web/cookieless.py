"""Views whose answer is the same for everybody: they set no cookie and vary by none.

Anything that looks at the session, such as Flask-Login after each request, makes an answer vary by
cookie, so that no cache may keep it. What these views answer is kept by caches on purpose.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import TypeVar, cast

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from citizen_portal.web import parts

F = TypeVar("F", bound=Callable[..., object])


def init_app(app: Flask) -> None:
    app.session_interface = _Cookies()


def cookieless(view: F) -> F:
    """Mark a view that neither reads nor changes the session."""
    view.cookieless = True  # type: ignore[attr-defined]
    return view


class _Cookies(SecureCookieSessionInterface):
    """Signs by the secrets of the moment, as do the tokens of forms."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """With one look at the secrets: read one by one from the configuration, they might be some
        of before and some of after a change."""
        keys = parts.secret_keys(app)
        app.config["WTF_CSRF_SECRET_KEY"] = keys
        known = SimpleNamespace(secret_key=keys[-1], config={"SECRET_KEY_FALLBACKS": keys[:-1]})
        return super().get_signing_serializer(cast(Flask, known))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if not getattr(view, "cookieless", False):
            super().save_session(app, session, response)
