"""Register files for tests: a small valid one, and ways to write, import and page through it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import html5lib
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine, event

from citizen_portal.agreements.commands import register

DEA = Path(__file__).parent / "dea-agreements.json"


def organisation(slug: str, **given: Any) -> dict[str, Any]:
    usual = {
        "slug": slug,
        "kind": "agency",
        "name": {"en": f"People of {slug}", "cy": f"Pobl {slug}"},
        "official_name": {"en": f"Agency {slug}"},
        "short_name": {"en": slug[:24]},
        "code": {"scheme": "sample", "value": slug.upper()},
    }
    return usual | given


def source(slug: str, of: str, **given: Any) -> dict[str, Any]:
    usual = {
        "slug": slug,
        "organisation": of,
        "name": {"en": f"Register {slug}"},
        "description": {"en": "What it holds."},
        "protocol": "findusage-2",
        "base_url": "https://body.example/api",
        "connected_since": "2026-01-05",
    }
    return usual | given


def agreement(reference: str = "DSA-0001", **given: Any) -> dict[str, Any]:
    usual = {
        "reference": reference,
        "title": {"en": f"Title of {reference}", "cy": f"Teitl {reference}"},
        "stage": "service_delivery",
        "what": {"en": "The givers tell the takers who may pay less."},
        "purpose": {"en": "So that a bill is lower."},
        "disclosed": {"en": "Name and address."},
        "disclosers": [{"organisation": "giver"}],
        "recipients": [{"organisation": "taker"}],
        "categories": ["Name", "HouseAddress"],
        "choice": "objection",
        "starts": "2026-01-01",
    }
    return {key: value for key, value in (usual | given).items() if value is not None}


def answers(*questions: str) -> dict[str, Any]:
    return {question: {"text": {"en": f"Answer to {question}."}} for question in questions}


def rule(**given: Any) -> dict[str, Any]:
    usual = {
        "source": "claims",
        "receiver_code": "TAKER",
        "system": "council-tax",
        "action": "check",
        "agreement": "DSA-0001",
        "valid_from": "2026-01-01",
    }
    return usual | given


def whole(**given: Any) -> dict[str, Any]:
    """A valid file with an entry in each list."""
    power = {"slug": "dea-35", "name": {"en": "Act"}, "summary": {"en": "It lets them."}}
    usual = {
        "organisations": [organisation("giver"), organisation("taker", kind="council")],
        "sources": [source("claims", "giver")],
        "legal_powers": [power | {"url": "https://www.legislation.gov.uk/ukpga/2017/30"}],
        "agreements": [agreement(powers=["dea-35"])],
        "rules": [rule()],
    }
    return usual | given


def write(folder: Path, content: object, name: str = "register.json") -> Path:
    file = folder / name
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content, indent=1)
        file.write_text(text, encoding="utf-8")
    return file


def run(app: Flask, *arguments: object) -> Result:
    """``citizen-portal register`` with these arguments; unexpected errors reach the test."""
    parts = SimpleNamespace(
        settings=app.extensions["settings"], sessions=app.extensions["sessions"]
    )
    return CliRunner().invoke(
        register, [str(each) for each in arguments], obj=parts, catch_exceptions=False
    )


def bring_in(app: Flask, folder: Path, content: object | None = None) -> None:
    """Import this content, or the usual valid file."""
    result = run(app, "import", write(folder, whole() if content is None else content))
    assert result.exit_code == 0, result.output


def bring_in_agreements(app: Flask, folder: Path, *agreements: dict[str, Any]) -> None:
    bring_in(app, folder, whole(agreements=list(agreements), rules=[]))


def page(app: Flask, path: str, status: int = 200) -> BeautifulSoup:
    """A page that parses as strict HTML and has one heading and no id twice."""
    response = app.test_client().get(path)
    assert response.status_code == status, response.text
    html5lib.HTMLParser(strict=True).parse(response.text)
    soup = BeautifulSoup(response.text, "html.parser")
    assert len(soup.select("h1")) == 1
    ids = [element["id"] for element in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    return soup


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements this thread sends to the database meanwhile, transactions aside.

    What is asked of bodies beside a page is written by threads of its own, whenever it comes.
    """
    seen: list[str] = []
    here = threading.get_ident()

    def note(*arguments: Any) -> None:
        own = threading.get_ident() == here
        if own and not arguments[2].startswith(("PRAGMA", "BEGIN")):
            seen.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
