from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.identity import actions, guards
from citizen_portal.identity.models import Citizen, SignIn
from tests import make

Browser = Callable[[Citizen], FlaskClient]


@pytest.fixture
def app(app: Flask) -> Flask:
    """The portal with one more page behind the guard."""
    bp = Blueprint("inside", __name__, url_prefix="/my/inside")
    bp.before_request(guards.citizens_only)

    @bp.get("")
    def inside() -> str:
        return str(guards.current().citizen_id)

    @bp.get("/fresh")
    def fresh() -> ResponseReturnValue:
        return guards.require_step_up() or "fresh"

    app.register_blueprint(bp)
    return app


def _age(session: Session, **values: object) -> None:
    session.execute(update(SignIn).values(**values))
    session.commit()


def test_a_stranger_is_sent_to_sign_in_and_back(app: Flask) -> None:
    response = app.test_client().get("/my/inside?x=1")

    assert response.status_code == 302
    assert response.location == "/sign-in?back=/my/inside?x%3D1"


def test_a_signed_in_citizen_is_known(signed_in: Browser) -> None:
    citizen = make.citizen()

    assert signed_in(citizen).get("/my/inside").text == str(citizen.id)


@pytest.mark.parametrize(
    "change",
    [
        {"last_seen_at": clock.now() - timedelta(minutes=16)},
        {"started_at": clock.now() - timedelta(hours=9)},
        {"revoked_at": clock.now()},
        {"token_digest": actions.digest("another token")},
    ],
    ids=["idle", "too old", "revoked", "token changed"],
)
def test_a_session_that_is_over_lets_nobody_in(
    signed_in: Browser, session: Session, change: dict[str, object]
) -> None:
    browser = signed_in(make.citizen())
    _age(session, **change)

    assert browser.get("/my/inside").status_code == 302


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "::", "1:2", None])
def test_a_cookie_that_says_nonsense_lets_nobody_in(app: Flask, cookie: str | None) -> None:
    browser = app.test_client()
    with browser.session_transaction() as content:
        content["_user_id"] = cookie

    assert browser.get("/my/inside").status_code == 302


def test_one_citizens_session_is_not_found_under_another_citizen(
    signed_in: Browser, session: Session
) -> None:
    mine, theirs = make.citizen(), make.citizen()
    browser = signed_in(mine)
    signed_in(theirs)
    with browser.session_transaction() as content:
        _, sign_in, token = content["_user_id"].split(":")
        content["_user_id"] = f"{theirs.id}:{sign_in}:{token}"

    assert browser.get("/my/inside").status_code == 302


def test_last_seen_is_noted_at_most_once_a_minute(signed_in: Browser, session: Session) -> None:
    browser = signed_in(make.citizen())
    just_now, earlier = (clock.now() - timedelta(seconds=s) for s in (50, 70))

    _age(session, last_seen_at=just_now)
    browser.get("/my/inside")
    session.expire_all()
    assert session.scalars(select(SignIn.last_seen_at)).one() == just_now

    _age(session, last_seen_at=earlier)
    browser.get("/my/inside")
    session.expire_all()
    assert session.scalars(select(SignIn.last_seen_at)).one() > just_now


def test_a_fresh_sign_in_is_fresh_for_five_minutes(signed_in: Browser, session: Session) -> None:
    browser = signed_in(make.citizen())
    assert browser.get("/my/inside/fresh").text == "fresh"

    _age(session, auth_time=clock.now() - timedelta(seconds=301))
    response = browser.get("/my/inside/fresh")

    assert response.status_code == 302
    assert response.location == "/sign-in?step-up=1&back=/my/inside/fresh"


def test_a_sign_in_said_to_lie_in_the_future_is_not_fresh(
    signed_in: Browser, session: Session
) -> None:
    browser = signed_in(make.citizen())
    _age(session, auth_time=clock.now() + timedelta(minutes=5))

    assert browser.get("/my/inside/fresh").status_code == 302


def test_forms_work_over_https_without_a_referrer(
    signed_in: Browser,
) -> None:
    """Browsers send none, because our policy tells them so."""
    secure = {"base_url": "https://localhost"}
    browser = signed_in(make.citizen())
    page = BeautifulSoup(browser.get("/sign-out", **secure).text, "html.parser")
    token = str(page.select("input[name=csrf_token]")[0]["value"])

    assert browser.post("/sign-out", data={"csrf_token": "x"}, **secure).status_code == 400
    assert browser.post("/sign-out", data={"csrf_token": token}, **secure).status_code == 200


@pytest.mark.parametrize("path", ["/", "/sign-in", "/my", "/my/inside", "/healthz"])
def test_a_cookie_that_we_never_set_changes_nothing(app: Flask, path: str) -> None:
    """Flask-Login looks for one that keeps people signed in; a neighbour of ours may set any."""
    without = app.test_client().get(path)
    browser = app.test_client()
    browser.set_cookie("remember_token", f"{make.citizen().id}|0")

    assert browser.get(path).status_code == without.status_code
