"""Where weaknesses are reported: the paper, the file for machines and the page say the same."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from citizen_portal import clock
from tests.pages import Page
from tests.papers import rows_under

PAPER = (Path(__file__).parents[2] / "SECURITY.md").read_text()
CONTACT = "mailto:security@portal.example"


def fields(app: Flask) -> dict[str, str]:
    """What ``security.txt`` says, where somebody can be told."""
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(update={"security_contact": CONTACT})
    text = app.test_client().get("/.well-known/security.txt").text
    return dict(line.split(": ", 1) for line in text.splitlines())


def test_the_paper_has_each_field_of_the_file_and_what_stands_there(app: Flask) -> None:
    told = {row[0].strip("`"): row[1] for row in rows_under(PAPER, "How to report")}
    said = fields(app)

    assert list(told) == list(said)
    assert told["Preferred-Languages"] == said["Preferred-Languages"]
    days = re.match(r"(\d+) days", told["Expires"])
    assert days is not None
    last = clock.today("Europe/London") + timedelta(int(days[1]))
    assert said["Expires"].startswith(last.isoformat())
    assert told["Policy"] == f"the page `{urlsplit(said['Policy']).path}`"


def test_the_paper_promises_what_the_page_promises(app: Flask) -> None:
    page = Page.get(app.test_client(), urlsplit(fields(app)["Policy"]).path)
    assert "security@portal.example" in page.main
    (promise,) = re.findall(r"We answer within[^.]+\.", page.main)
    assert promise in " ".join(PAPER.split())


def test_each_severity_of_a_fault_in_a_library_has_its_time() -> None:
    rows = rows_under(PAPER, "Faults of libraries")
    assert len(rows) == 4
    assert all(re.search(r"\d+ (working )?days|each quarter", within) for _, within in rows)
