"""The guard of the desk: who is let in, what they may do, and when that ends."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.identity import actions, guards
from citizen_portal.identity.actions import officers
from citizen_portal.identity.models import Citizen, Officer, OfficerSignIn, Role, SignIn
from tests import make

Browser = Callable[[Officer], FlaskClient]
CitizenBrowser = Callable[[Citizen], FlaskClient]


@pytest.fixture
def app(app: Flask) -> Flask:
    """The portal with one more page for officers, and one for citizens."""
    with_a_desk = {"staff_issuer": "https://staff.example"}
    app.extensions["settings"] = app.extensions["settings"].model_copy(update=with_a_desk)
    desk = Blueprint("inside_desk", __name__, url_prefix="/desk/inside")
    desk.before_request(guards.officers_only)
    mine = Blueprint("inside_my", __name__, url_prefix="/my/inside")
    mine.before_request(guards.citizens_only)

    @desk.get("")
    def inside() -> list[str]:
        here = guards.current_officer()
        return [here.name, str(here.organisation_id), *sorted(here.roles)]

    @desk.get("/publish")
    def publish() -> str:
        guards.need_role(Role.PUBLISHER)
        return "published"

    @mine.get("")
    def my() -> str:
        return str(guards.current().citizen_id)

    app.register_blueprint(desk)
    app.register_blueprint(mine)
    return app


@pytest.fixture
def officer(session: Session) -> Officer:
    body = make.body()
    session.add(body)
    session.flush()
    officer = make.officer(body, roles=("author", "case_worker"))
    session.add(officer)
    session.commit()
    return officer


def told(page: str) -> str:
    found = BeautifulSoup(page, "html.parser").main
    assert found is not None
    return " ".join(found.get_text(" ").split())


def test_a_stranger_is_sent_to_the_officers_sign_in_and_back(app: Flask) -> None:
    response = app.test_client().get("/desk/inside?x=1")

    assert (response.status_code, response.location) == (
        302,
        "/desk/sign-in?back=/desk/inside%3Fx%3D1",
    )


def test_an_officer_is_known_with_their_body_and_roles(
    officer_in: Browser, officer: Officer
) -> None:
    said = officer_in(officer).get("/desk/inside").json

    assert said == [officer.name, str(officer.organisation_id), "author", "case_worker"]


def test_a_citizen_is_told_that_this_part_is_for_officers(signed_in: CitizenBrowser) -> None:
    page = signed_in(make.citizen()).get("/desk/inside")

    assert page.status_code == 403
    assert "This part is for officers of public bodies." in told(page.text)
    assert 'href="/sign-out"' in page.text


def test_an_officer_is_told_that_the_other_part_is_for_citizens(
    officer_in: Browser, officer: Officer
) -> None:
    browser = officer_in(officer)

    for path in ("/my/inside", "/my", "/my/access", "/my/account"):
        page = browser.get(path)
        assert page.status_code == 403, path
        assert "This part is for citizens." in told(page.text), path
        assert "Leave this page" not in page.text, path


def test_no_officer_passes_for_a_citizen_nor_the_other_way(
    app: Flask, officer_in: Browser, officer: Officer, session: Session
) -> None:
    """Not even where the two had the same id, and whichever way the cookie is written."""
    browser = officer_in(officer)
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = cookie["_user_id"].removeprefix("officer:")
    assert browser.get("/my/inside").status_code == 302
    assert browser.get("/desk/inside").status_code == 302

    citizen = make.citizen()
    session.add(citizen)
    session.flush()
    proof = actions.Proof(assurance="", auth_time=clock.now())
    started = actions.start(session, citizen.id, proof=proof)
    session.commit()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = f"officer:{citizen.id}:{started.sign_in.id}:{started.token}"
    assert browser.get("/desk/inside").status_code == 302
    assert browser.get("/my/inside").status_code == 302


def test_one_officers_session_is_not_found_under_another(
    officer_in: Browser, officer: Officer, session: Session
) -> None:
    other = make.officer(make.body(), organisation_id=officer.organisation_id)
    session.add(other)
    session.commit()
    browser = officer_in(officer)
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = cookie["_user_id"].replace(str(officer.id), str(other.id))

    assert browser.get("/desk/inside").status_code == 302


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
    officer_in: Browser, officer: Officer, session: Session, change: dict[str, object]
) -> None:
    browser = officer_in(officer)
    session.execute(update(OfficerSignIn).values(**change))
    session.commit()

    assert browser.get("/desk/inside").status_code == 302


@pytest.mark.parametrize(
    "cookie", ["officer:", "officer:x", "officer:a:b:c", "officer:::", "officer"]
)
def test_a_cookie_that_says_nonsense_lets_nobody_in(app: Flask, cookie: str) -> None:
    browser = app.test_client()
    with browser.session_transaction() as content:
        content["_user_id"] = cookie

    assert browser.get("/desk/inside").status_code == 302


def test_last_seen_is_noted_at_most_once_a_minute(
    officer_in: Browser, officer: Officer, session: Session
) -> None:
    browser = officer_in(officer)
    for seconds, noted in ((50, False), (70, True)):
        before = clock.now() - timedelta(seconds=seconds)
        session.execute(update(OfficerSignIn).values(last_seen_at=before))
        session.commit()
        browser.get("/desk/inside")
        session.expire_all()
        assert (session.scalars(select(OfficerSignIn.last_seen_at)).one() > before) == noted


def test_a_role_given_or_taken_counts_from_the_next_request_on(
    officer_in: Browser, officer: Officer, session: Session
) -> None:
    browser = officer_in(officer)
    refused = browser.get("/desk/inside/publish")
    assert refused.status_code == 403
    assert "Only officers who may publish can do this." in told(refused.text)

    officers.change_roles(session, officer.id, roles=[Role.PUBLISHER])
    session.commit()
    assert browser.get("/desk/inside/publish").text == "published"

    officers.change_roles(session, officer.id, roles=[Role.AUTHOR])
    session.commit()
    assert browser.get("/desk/inside/publish").status_code == 403


@pytest.mark.parametrize("role", Role)
def test_each_role_missing_is_told_in_words_of_its_own(
    app: Flask, officer_in: Browser, officer: Officer, role: Role
) -> None:
    bp = Blueprint("needing", __name__, url_prefix="/desk/needing")
    bp.before_request(guards.officers_only)

    @bp.get("")
    def page() -> str:
        guards.need_role(role)
        return "done"

    app.register_blueprint(bp)

    answer = officer_in(officer).get("/desk/needing")

    has = role.value in officer.roles
    assert answer.status_code == (200 if has else 403)
    assert has or "Only officers who" in told(answer.text)


def test_an_officer_who_is_removed_is_out_at_the_next_request(
    officer_in: Browser, officer: Officer, session: Session
) -> None:
    browser = officer_in(officer)
    session.execute(update(Officer).values(removed_at=clock.now()))  # sessions still stand
    session.commit()

    assert browser.get("/desk/inside").status_code == 302


def test_leaving_ends_the_session_of_an_officer_too(
    officer_in: Browser, officer: Officer, session: Session
) -> None:
    browser = officer_in(officer)

    browser.get("/my/leave")

    assert session.scalars(select(OfficerSignIn.revoked_at)).one() is not None
    assert browser.get("/desk/inside").status_code == 302
    assert session.scalar(select(func.count()).select_from(SignIn)) == 0
