"""What people and systems meet while PostgreSQL is away, a lock is not to be had, or a statement
takes too long: they are told to come again, and what became of what they sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, text

from citizen_portal.preferences.models import Answer
from citizen_portal.web.errors import RETRY_AFTER
from tests import postgres, walled
from tests.databases import Databases, PostgresqlDatabases
from tests.pages import Page, police
from tests.preferences.asking import Asking
from tests.preferences.town import about
from tests.preferences.visiting import Visit

HEADING = "We cannot show this page just now"
KEPT_NOTHING = "We kept nothing of what you sent."
UNSURE = "What you sent may have been kept, or not."
FROM_A_FORM = {"Sec-Fetch-Site": "same-origin"}
SCOPE = about("DSA-0001")
IMPATIENT = ("SET LOCAL lock_timeout = 50", "SET LOCAL statement_timeout = 50")


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """One that can be stopped, and keeps what it said it kept: nobody else uses it."""
    try:
        with postgres.started(postgres.DURABLE) as folder:
            yield folder
    except postgres.AbsentError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def databases(server: Path, keys_folder: Path, request: pytest.FixtureRequest) -> Databases:
    found = PostgresqlDatabases(server)
    if request.config.getoption("wall"):
        found.wall_in(walled.wall_of(keys_folder))
    return found


@pytest.fixture
def town(app: Flask) -> Asking:
    return Asking(app)


@pytest.fixture
def me(here: Visit) -> Visit:
    """As people meet it: what nobody foresaw ends in a page."""
    here.town.app.testing = False
    return here


@contextmanager
def stopped(server: Path) -> Iterator[None]:
    postgres.stop(server)
    try:
        yield
    finally:
        postgres.start(server)


@contextmanager
def table_taken(app: Flask, table: str, impatient: str) -> Iterator[None]:
    """Another has it for itself, and the portal waits less for it than it usually would."""
    engine = walled.of_web(app)

    def hurry(connection: Connection) -> None:
        connection.exec_driver_sql(impatient)

    with app.extensions["sessions"].engine.connect() as other:
        other.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        event.listen(engine, "begin", hurry)
        yield
        event.remove(engine, "begin", hurry)


def told_to_wait(answer: Page, *, said: str) -> None:
    assert answer.response.status_code == 503
    assert answer.response.headers["Retry-After"] == RETRY_AFTER
    assert (answer.heading, said in answer.main) == (HEADING, True), answer.main
    police(answer.response.text, private=True)


def got(client: FlaskClient, address: str) -> Page:
    return Page.of(client.get(address), client)


def sent(visit: Visit, form: Page, **fields: str) -> Page:
    address = visit.address(SCOPE)
    given = form.fields(address) | fields
    return Page.of(visit.browser.post(address, data=given, headers=FROM_A_FORM), visit.browser)


def test_while_the_database_is_away(town: Asking, me: Visit, server: Path) -> None:
    form = me.open(SCOPE)
    town.headers("clinic")  # and has a token
    with stopped(server):
        for address in ("/my", "/my/access", "/my/choices", me.address(SCOPE), "/my/account"):
            told_to_wait(got(me.browser, address), said="Nothing was changed.")
        refused = sent(me, form, answer="no", reason="In my own words <b>")
        told_to_wait(refused, said=KEPT_NOTHING)
        assert "In my own words <b>" in refused.main, "what was written is there to copy"
        stranger = me.town.app.test_client()
        assert stranger.get("/register").status_code == 503
        system = town.post()
        assert (system.status_code, system.headers["Retry-After"]) == (503, RETRY_AFTER)
        assert system.content_type == "application/problem+json"
        assert system.json == {
            "type": "about:blank",
            "title": "Service Unavailable",
            "status": 503,
        }
    assert me.stands() == {}
    assert got(me.browser, "/my").response.status_code == 200, "nobody signs in again"
    assert sent(me, form, answer="no").response.status_code == 303
    assert me.stands() == {SCOPE.key: Answer.NO}


def test_it_is_said_in_the_readers_language(me: Visit, server: Path) -> None:
    me.browser.get("/language/cy")
    with stopped(server):
        answer = got(me.browser, "/my")
    assert answer.response.status_code == 503
    assert 'lang="cy"' in answer.response.text


def test_while_a_table_is_not_to_be_had(me: Visit) -> None:
    """For who is signed in, for what both read, and for what is written alone."""
    form = me.open(SCOPE)
    for table, impatient in product(("sign_in", "subject_link", "audit_entry"), IMPATIENT):
        with table_taken(me.town.app, table, impatient):
            if table != "audit_entry":
                told_to_wait(got(me.browser, me.address(SCOPE)), said="Nothing was changed.")
            told_to_wait(sent(me, form, answer="no"), said=KEPT_NOTHING)
    assert me.stands() == {}
    assert sent(me, form, answer="no").response.status_code == 303
    assert me.stands() == {SCOPE.key: Answer.NO}


def test_a_connection_that_breaks_at_the_commit_leaves_open_what_was_kept(me: Visit) -> None:
    form, engine = me.open(SCOPE), walled.of_web(me.town.app)

    def breaks(connection: Connection) -> None:
        connection.connection.driver_connection.close()  # type: ignore[union-attr]

    event.listen(engine, "commit", breaks)
    told_to_wait(sent(me, form, answer="no"), said=UNSURE)
    event.remove(engine, "commit", breaks)
    assert me.stands() == {}


def test_an_answer_that_is_refused_is_given_though_the_database_goes_meanwhile(
    me: Visit, server: Path
) -> None:
    """There was nothing to keep, and what is rolled back is gone with the connection."""
    form, engine = me.open(SCOPE), walled.of_web(me.town.app)

    def breaks(connection: Connection) -> None:
        connection.connection.driver_connection.close()  # type: ignore[union-attr]

    event.listen(engine, "rollback", breaks)
    assert sent(me, form, answer="perhaps").response.status_code == 422
    event.remove(engine, "rollback", breaks)
    assert sent(me, form, answer="no").response.status_code == 303
