"""``/desk/checks`` and the command: a file of ids goes in, those that may be used come back."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import select
from werkzeug.test import TestResponse

from citizen_portal.audit import AuditEntry
from citizen_portal.bodies.models import Organisation
from citizen_portal.identity.models import Officer
from citizen_portal.preferences.commands import preferences
from tests import make
from tests.pages import Page
from tests.preferences.asking import NOBODY, Asking
from tests.preferences.drawing import wrong
from tests.preferences.town import about

PATH = "/desk/checks"
SignIn = Callable[[Officer], FlaskClient]


@pytest.fixture
def town(app: Flask) -> Asking:
    app.config["WTF_CSRF_ENABLED"] = False
    return Asking(app)


def officer(town: Asking, role: str = "case_worker") -> Officer:
    with town.sessions.writing() as session:
        one = make.officer(session.get_one(Organisation, town.bodies["clinic"]), [role])
        session.add(one)
        return one


@pytest.fixture
def desk(town: Asking, officer_in: SignIn) -> FlaskClient:
    return officer_in(officer(town))


def bring(desk: FlaskClient, text: str | bytes, reference: str = "DSA-0002") -> TestResponse:
    """As a browser sends it."""
    raw = text.encode() if isinstance(text, str) else text
    said = 'Content-Disposition: form-data; name="'
    parts = [
        f'--part\r\n{said}agreement"\r\n\r\n{reference}\r\n'.encode(),
        f'--part\r\n{said}file"; filename="people.csv"\r\n\r\n'.encode() + raw + b"\r\n",
    ]
    body = b"".join(parts) + b"--part--\r\n"
    return desk.post(PATH, data=body, content_type="multipart/form-data; boundary=part")


def two(town: Asking) -> tuple[str, str]:
    """The ids of one who said no, and of one who did not."""
    no, yes = town.people(2)
    town.choose(no, about("DSA-0002"))
    return town.known_as(no, "clinic"), town.known_as(yes, "clinic")


def test_those_that_may_be_used_come_back_as_they_were_sent(
    town: Asking, desk: FlaskClient
) -> None:
    no, yes = two(town)
    response = bring(desk, f"{NOBODY}\r\n{no}\r\n{yes}")

    assert response.status_code == 200
    assert response.text == f"{NOBODY}\r\n{yes}\r\n"
    assert response.mimetype == "text/plain"
    assert response.headers["Content-Disposition"] == 'attachment; filename="allowed-DSA-0002.txt"'
    assert response.headers["Cache-Control"] == "no-store"
    (check,) = town.checks()
    assert (check.sent, check.allowed) == (3, 2)
    with town.sessions.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.tag == "check:made")).one()
    assert entry.actor_id is not None
    page = Page.get(desk, PATH)
    assert page.table("made")[0][2] == "2 of 3 came back"
    assert no not in page.response.text


def test_a_file_of_a_hundred_thousand_is_taken(town: Asking, desk: FlaskClient) -> None:
    text = "".join(f"{number:064x}\n" for number in range(100_000))
    response = bring(desk, text)
    assert (response.status_code, response.text) == (200, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{NOBODY}\nno id\n", "Line 2 is no id"),
        ("", "The file holds no id."),
        (f"{NOBODY}\n" * 100_001, "The file has more than 100000 lines."),
    ],
)
def test_a_bad_file_is_refused_beside_its_field(
    town: Asking, desk: FlaskClient, text: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    response = bring(desk, text)
    page = Page.of(response, desk)
    assert response.status_code == 422
    assert said in page.main
    assert page.title.startswith("Put this right: ")
    assert page.soup.select_one(".govuk-error-summary a[href='#file']")
    assert town.checks() == []
    assert NOBODY not in response.text + capfd.readouterr().err


@pytest.mark.parametrize("reference", ["", "DSA-9999"])
def test_the_agreement_must_be_chosen(town: Asking, desk: FlaskClient, reference: str) -> None:
    response = bring(desk, NOBODY, reference)
    assert response.status_code == 422
    assert "Choose the agreement" in response.text


def test_no_file_is_no_check(town: Asking, desk: FlaskClient) -> None:
    response = desk.post(PATH, data={"agreement": "DSA-0002"})
    assert response.status_code == 422
    assert "Choose a file" in response.text


def test_a_file_that_is_too_large_is_not_read(town: Asking, desk: FlaskClient) -> None:
    assert bring(desk, b"a" * 8_000_001).status_code == 413


def test_other_officers_do_not_come_in(town: Asking, officer_in: SignIn) -> None:
    other = officer_in(officer(town, "publisher"))
    assert other.get(PATH).status_code == 403
    assert bring(other, NOBODY).status_code == 403
    assert PATH not in Page.get(other, "/desk").links()


def test_while_choices_may_be_missing_officers_are_told_nothing(
    town: Asking, desk: FlaskClient
) -> None:
    town.lose_data("university")
    assert bring(desk, NOBODY).status_code == 503
    assert town.checks() == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(town: Asking, desk: FlaskClient, browser: Browser, width: int) -> None:
    bring(desk, NOBODY)
    assert wrong(browser, desk, PATH, width) == []
    assert wrong(browser, desk, PATH, width, text=bring(desk, "x", "").text) == []


def test_each_cell_says_what_it_holds_where_a_row_is_a_block(
    town: Asking, desk: FlaskClient
) -> None:
    bring(desk, NOBODY)
    (table,) = Page.get(desk, PATH).soup.select("table.cp-stack")
    heads = [head.text for head in table.select("th")]
    assert [cell["data-which"] for cell in table.select("td")] == heads


def run(town: Asking, *arguments: str, given: bytes | None = None) -> Result:
    app = town.app
    parts = SimpleNamespace(settings=app.extensions["settings"], sessions=town.sessions, app=app)
    asked = ["check", "--body", "clinic", "--agreement", "DSA-0002", *arguments]
    return CliRunner().invoke(preferences, asked, obj=parts, input=given)


def test_the_command_does_the_same(town: Asking, tmp_path: Path) -> None:
    no, yes = two(town)
    file = tmp_path / "people.txt"
    file.write_text(f"{yes}\n{no}\n")

    result = run(town, str(file))

    assert result.exit_code == 0
    assert result.stdout == f"{yes}\n"
    assert "Good until" in result.stderr
    [check] = town.checks()
    assert check.allowed == 1
    with town.sessions.reading() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.tag == "check:made"))
    assert (entry.actor_id, entry.about["by"]) == (None, "operator")
    assert run(town, "-", given=no.encode()).stdout == ""
    assert run(town, str(file), "--output", str(tmp_path / "out")).stdout == ""
    assert (tmp_path / "out").read_text() == f"{yes}\n"


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (("-",), b"no id\n", "Line 1 is no id"),
        (("-", "--body", "nobody"), NOBODY.encode(), "has the slug nobody."),
        (("-", "--agreement", "DSA-9999"), NOBODY.encode(), "no such agreement"),
        (("-",), b"a" * 8_000_001, "larger than 8,000,000 bytes"),
    ],
)
def test_the_command_says_why_it_cannot(
    town: Asking, arguments: tuple[str, ...], given: bytes, said: str
) -> None:
    result = run(town, *arguments, given=given)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert town.checks() == []
