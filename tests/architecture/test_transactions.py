"""The commit rule, proved on a scratch blueprint rather than trusted; and who steps aside."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import Organisation
from citizen_portal.db import ReadOnlyError
from citizen_portal.errors import NotPermitted
from citizen_portal.web.transactions import aside, db, writes
from tests import make

PACKAGE = Path(__file__).parents[2] / "citizen_portal"


def scratch_views() -> Blueprint:
    bp = Blueprint("scratch", __name__, url_prefix="/scratch")
    for view in (ok, refused, refused_form, half_made, twice, beside):
        bp.post(f"/{view.__name__}")(view)
    for view in (bulk, callback, raw, added):
        bp.get(f"/{view.__name__}")(view)
    return bp


def ok() -> str:
    db().add(make.body(slug="kept"))
    return "ok"


def refused() -> str:
    db().add(make.body(slug="not-kept"))
    db().flush()
    raise NotPermitted("no")


def refused_form() -> tuple[str, int]:
    db().add(make.body(slug="not-kept"))
    return "please correct the form", 422


def half_made() -> str:
    db().add(make.body(slug=None))
    raise NotPermitted("no")


def twice() -> str:
    db().add_all([make.body(slug="dup"), make.body(slug="dup")])
    return "ok"


def beside() -> str:
    with aside() as session:
        session.add(make.body(slug="aside"))
    db().add(make.body(slug="not-kept"))
    raise NotPermitted("no")


def bulk() -> str:
    db().execute(insert(Organisation), [{"slug": "bulk"}])
    return "ok"


def added() -> str:
    db().add(make.body())
    return "ok"


@writes
def callback() -> str:
    db().add(make.body(slug="kept"))
    return "ok"


def raw() -> str:
    db().execute(text("UPDATE organisation SET slug = 'raw'"))
    return "ok"


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    app.register_blueprint(scratch_views())
    app.config["WTF_CSRF_ENABLED"] = False
    # as a layout with a navigation bar would: the error page itself asks the database something
    app.jinja_env.globals["brand"] = lambda: [
        body.slug for body in db().scalars(select(Organisation))
    ]
    with app.test_client() as client:
        yield client


def slugs(session: Session) -> list[str]:
    return list(session.scalars(select(Organisation.slug)))


@pytest.mark.both
def test_a_post_that_succeeds_is_kept(client: FlaskClient, session: Session) -> None:
    assert client.post("/scratch/ok").status_code == 200
    assert slugs(session) == ["kept"]


@pytest.mark.both
@pytest.mark.parametrize(("path", "status"), [("refused", 403), ("refused_form", 422)])
def test_a_post_that_is_refused_after_writing_is_undone(
    client: FlaskClient, session: Session, path: str, status: int
) -> None:
    assert client.post(f"/scratch/{path}").status_code == status
    assert slugs(session) == []


def test_the_error_page_never_flushes_what_was_half_made(
    client: FlaskClient, session: Session
) -> None:
    assert client.post("/scratch/half_made").status_code == 403
    assert slugs(session) == []


@pytest.mark.both
def test_what_is_kept_aside_outlives_a_refused_request(
    client: FlaskClient, session: Session
) -> None:
    assert client.post("/scratch/beside").status_code == 403
    assert slugs(session) == ["aside"]


@pytest.mark.both
def test_a_commit_that_fails_keeps_nothing(client: FlaskClient, session: Session) -> None:
    with pytest.raises(Exception, match="(?i)unique"):
        client.post("/scratch/twice")
    assert slugs(session) == []


def test_a_get_marked_as_writing_is_kept(client: FlaskClient, session: Session) -> None:
    assert client.get("/scratch/callback").status_code == 200
    assert slugs(session) == ["kept"]


@pytest.mark.parametrize("path", ["bulk", "added"])
def test_a_get_that_writes_through_the_session_is_refused(
    client: FlaskClient, session: Session, path: str
) -> None:
    with pytest.raises(ReadOnlyError):
        client.get(f"/scratch/{path}")
    assert slugs(session) == []


@pytest.mark.both
def test_a_get_that_writes_in_raw_sql_is_refused_by_the_database(
    client: FlaskClient, session: Session
) -> None:
    session.add(make.body(slug="as-it-was"))
    session.commit()
    with pytest.raises(DBAPIError, match="read-?only"):
        client.get("/scratch/raw")
    session.expire_all()
    assert slugs(session) == ["as-it-was"]


@pytest.mark.both
def test_a_connection_that_read_can_write_again(client: FlaskClient, session: Session) -> None:
    client.get("/readyz")
    assert client.post("/scratch/ok").status_code == 200
    assert slugs(session) == ["kept"]


@pytest.mark.both
def test_who_reads_sees_one_moment(app: Flask, session: Session) -> None:
    with app.extensions["sessions"].reading() as reading:
        assert slugs(reading) == []
        session.add(make.body(slug="later"))
        session.commit()
        assert slugs(reading) == []
    assert slugs(session) == ["later"]


ASIDE = {
    ("identity/guards/citizens.py", "citizens_only"): "when a session was last seen",
    ("identity/guards/officers.py", "officers_only"): "when a session was last seen",
    (
        "identity/guards/leaving.py",
        "leave",
    ): "the end of a session, whatever fails after it",
    ("identity/desk/audit.py", "_note"): "that somebody read what was done: to read is a GET",
    ("web/limits.py", "_told"): "what counts towards a limit, whatever comes of it",
    ("bodies/api/server.py", "_use_up"): "a system's assertion, used up whatever comes of it",
    (
        "preferences/api/changes.py",
        "_note_read",
    ): "how far a body has read, and that it read what was lost here: to read is a GET",
    (
        "questions/api/corrections.py",
        "_note_read",
    ): "how far a body has read what others put right: to read is a GET",
    ("access/api.py", "take"): "what was refused of a batch of which no row is taken",
    (
        "news/views/mailbox.py",
        "confirm",
    ): "a try at the code of a mailbox, counted whatever comes of it",
    (
        "records/views/links.py",
        "link",
    ): "a try at an activation code, counted whatever comes of it",
}
"""The few things that are kept whatever becomes of the request, and nothing else."""


def test_what_steps_aside_is_listed_here() -> None:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and any(
                isinstance(call, ast.Call) and ast.unparse(call.func).endswith("aside")
                for call in ast.walk(function)
            ):
                found.add((str(path.relative_to(PACKAGE)), function.name))
    assert found == set(ASIDE)


def test_only_the_entrances_commit() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\.commit\(\)", path.read_text())
    }
    assert found == {"web/transactions.py"}
