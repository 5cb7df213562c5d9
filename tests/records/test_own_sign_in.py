"""A citizen links a body by its own sign-in, over real HTTP through a body of the demo."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_portal.audit import AuditEntry
from citizen_portal.bodies import remote as bodies
from citizen_portal.identity import actions
from citizen_portal.identity.models import (
    Citizen,
    LinkChange,
    LinkProof,
    LinkState,
    SubjectLink,
)
from tests.pages import Page, police
from tests.records.conftest import Town
from tests.records.own_sign_in import (
    GO,
    LINK,
    RETURN,
    STATEMENT,
    a_key,
    at_body,
    brought,
    claims,
    sent,
    statement,
)


def count(session: Session, model: type = SubjectLink) -> int:
    found = session.scalar(select(func.count()).select_from(model)) or 0
    session.rollback()
    return found


def test_whoever_the_body_knows_says_yes_here_and_is_linked(
    town: Town, browser: FlaskClient, session: Session, capfd: pytest.CaptureFixture[str]
) -> None:
    body = town.body(key=a_key())
    there = sent(browser)
    assert there.claims["sub"] == actions.pairwise(
        town.app.extensions["index"], town.citizen.id, body.id
    )

    back = browser.get(at_body(there, "p1"))

    assert (back.status_code, back.location) == (303, STATEMENT), "the address is left at once"
    assert count(session) == 0, "nothing is linked by coming back"
    page = Page.get(browser, STATEMENT)
    assert page.heading == "Agency says that it knows you".replace(
        "Agency", body.official_name["en"]
    )
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    done = page.submit(STATEMENT)
    assert (done.response.status_code, done.response.location) == (303, "/my")
    link = session.scalars(select(SubjectLink)).one()
    assert (link.state, link.proof) == (LinkState.LINKED, LinkProof.STATEMENT)
    assert link.pairwise == there.claims["sub"]
    assert "link:made" in set(session.scalars(select(AuditEntry.tag)))
    session.rollback()
    assert "own sign-in" in Page.get(browser, "/my/account").main
    logged = "".join(capfd.readouterr())
    assert all(each not in logged for each in (there.request, link.pairwise, "statement="))


@pytest.mark.parametrize(
    ("person", "heading"),
    [("not_matched", "did not find you"), ("ambiguous", "could not be sure that it is you")],
)
def test_whoever_is_not_matched_is_told_what_to_do_and_not_who_else_fits(
    town: Town, browser: FlaskClient, session: Session, person: str, heading: str
) -> None:
    town.body(key=a_key())

    browser.get(at_body(sent(browser), person))

    page = Page.get(browser, STATEMENT)
    assert heading in page.heading
    assert "counter" in page.main
    assert page.soup.find("form", action=STATEMENT) is None
    assert brought(browser).status_code == 400
    assert browser.post(STATEMENT).status_code == 400
    assert count(session) == count(session, LinkChange) == 0


def test_whoever_stops_at_the_body_is_told_so(town: Town, browser: FlaskClient) -> None:
    town.body(key=a_key())

    page = Page.get(browser, at_body(sent(browser), "nobody"))

    assert "did not finish" in page.heading


def test_cancel_at_the_body_leads_back_and_links_nothing(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    town.body(key=a_key())
    there = BeautifulSoup(requests.get(sent(browser).address, timeout=10).text, "html.parser")
    cancel = there.find("a", string="Cancel")
    assert cancel is not None
    assert str(cancel["href"]).startswith(sent(browser).claims["redirect_uri"])

    page = Page.get(browser, str(cancel["href"]).removeprefix(sent(browser).claims["iss"]))

    assert "did not finish" in page.heading
    assert count(session) == 0


def test_a_body_that_does_not_stand_by_its_statement_is_not_linked(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    key = a_key()
    body = town.body(key=key)
    brought(browser, statement(claims(sent(browser), body), key))

    done = Page.get(browser, STATEMENT).submit(STATEMENT)

    assert done.response.status_code == 400
    assert count(session) == 0


def test_two_clicks_link_once(
    town: Town, signed_in: Callable[[Citizen], FlaskClient], session: Session
) -> None:
    town.body(key=a_key())
    browser = signed_in(town.citizen)
    browser.get(at_body(sent(browser), "p1"))
    cookie = browser.get_cookie("portal")
    assert cookie is not None
    given = Page.get(browser, STATEMENT).fields(STATEMENT)

    def click(_: int) -> tuple[int, str | None]:
        other = town.app.test_client()
        other.set_cookie("portal", cookie.value)
        answer = other.post(STATEMENT, data=given)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(4) as clicks:
        assert set(clicks.map(click, range(4))) == {(303, "/my")}

    assert count(session) == count(session, LinkChange) == 1


def test_a_link_that_was_ended_is_not_made_again_by_an_old_cookie(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    body = town.body(key=a_key())
    browser.get(at_body(sent(browser), "p1"))
    kept = browser.get_cookie("portal")
    assert kept is not None
    page = Page.get(browser, STATEMENT)
    page.submit(STATEMENT)
    unlink = f"/my/account/unlink/{body.id.hex}"
    Page.get(browser, unlink).submit(unlink)

    browser.set_cookie("portal", kept.value)

    assert page.submit(STATEMENT).response.status_code == 400
    assert session.scalars(select(SubjectLink.state)).one() is LinkState.UNLINKED


def test_a_request_is_no_token_of_a_call_and_a_token_no_request(
    town: Town, browser: FlaskClient
) -> None:
    body = town.body(key=a_key())
    there = sent(browser)
    base, _, _ = there.address.partition("/sign-in")
    question = {"userCode": there.claims["sub"]}

    def call(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}", "X-Road-UserId": there.claims["sub"]}
        answer = requests.get(f"{base}/v2/findUsage", question, headers=headers, timeout=10)
        return answer.status_code

    def asked(token: str) -> int:
        return requests.get(f"{base}/sign-in", {"request": token}, timeout=10).status_code

    signer, plain = town.app.extensions["signer"], dict(there.claims)
    assert (call(there.request), asked(there.request)) == (401, 200)
    for_call = signer.token(plain | {"aud": body.slug})
    assert (call(for_call), asked(for_call)) == (200, 400)
    assert asked(signer.token(plain)) == 400, "the type alone"
    assert call(signer.token(plain | {"aud": body.slug}, kind="link-request+jwt")) == 401
    elsewhere = plain | {"redirect_uri": "https://evil.example/"}
    assert asked(signer.token(elsewhere, kind="link-request+jwt")) == 400


def test_a_statement_is_no_assertion_of_a_system(town: Town, browser: FlaskClient) -> None:
    key = a_key()
    body = town.body(key=key)
    with pytest.raises(bodies.NotProved):
        bodies.read(statement(claims(sent(browser), body), key))


@pytest.mark.parametrize(
    "address", ["http://body.example/in", "https://me:pw@body.example/in", "https://10.0.0.1/in"]
)
def test_nobody_is_led_to_an_address_that_may_not_be_called(
    town: Town, browser: FlaskClient, session: Session, address: str
) -> None:
    body = session.merge(town.body(key=a_key()))
    body.sign_in_url = address
    session.commit()

    page = Page.get(browser, LINK)

    assert page.soup.find("form", action=GO) is None
    assert browser.post(GO, data={"body": body.id.hex}).status_code == 400


def test_a_stranger_is_asked_to_sign_in_first(town: Town) -> None:
    town.body(key=a_key())
    answer = town.app.test_client().get(RETURN, query_string={"statement": "x" * 300})
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_the_pages_keep_to_what_each_page_must(town: Town, browser: FlaskClient) -> None:
    town.body(key=a_key())
    onward = Page.get(browser, LINK).submit(GO)
    police(onward.response.text, private=True)
    police(brought(browser, "nonsense").text, private=True)


def test_the_example_for_bodies_is_believed(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    key = a_key()
    body = town.body(key=key)
    text = (Path(__file__).parents[2] / "docs/connect.md").read_text()
    example: dict[str, Any] = {}
    (code,) = [
        each for each in re.findall(r"```python\n(.+?)```", text, re.S) if "way_back" in each
    ]
    exec(code, example)  # noqa: S102
    there, portal = sent(browser), town.app.extensions["settings"].public_url

    keys = town.app.extensions["signer"].keys
    said = example["read_request"](there.request, keys, portal, body.sign_in_url)
    _, address = example["way_back"](said, "linked", body.slug, key)

    assert browser.get(address.removeprefix(portal)).location == STATEMENT
