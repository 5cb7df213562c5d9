"""Search by word: what people type finds what they mean, and is never a query language."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from citizen_portal import schema
from citizen_portal.agreements import actions, queries, schemas
from citizen_portal.agreements.models import AgreementText
from citizen_portal.agreements.queries import Listing, Wanted
from citizen_portal.agreements.queries.mutations import forms
from citizen_portal.bodies.queries import directory
from citizen_portal.db import Sessions
from citizen_portal.demo import world
from tests.agreements import files, many
from tests.databases import Databases, opened
from tests.thorough import times

TODAY = date(2026, 11, 22)
TYPED: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "queries.yaml").read_text("utf-8")
)
HOSTILE = (
    "\x00", "%", '"', "'", "*", "-", "NEAR(a b)", "a NEAR/2 b", "title:x", "{title} : x", "^x",
    "x AND", "OR", "NOT x", "(((", "a:*b", "\\", "';--", "& | ! <-> :*", "\u202e\u0645\u0631",
    "\U0001f642", "x" * 10_000, "y z " * 5_000, "\U0001e900\U0001e901",
)  # fmt: skip


def import_demo(sessions: Sessions, folder: Path) -> None:
    with sessions.writing() as session:
        reading = schemas.read(
            world.write(folder, bodies="http://127.0.0.1:4711", today=TODAY),
            directory=directory(session),
            register=queries.register_terms(session),
            law=queries.law("uk"),
        )
        assert reading.faults == ()
        actions.import_register(session, reading.entries, today=TODAY)


def import_many(sessions: Sessions) -> None:
    with sessions.writing() as session:
        actions.import_register(session, many.entries(5_000, 1_000), today=TODAY)


def looked_for(sessions: Sessions, text: str) -> Listing:
    with sessions.reading() as session:
        return queries.listing(session, Wanted(text=text), today=TODAY)


def finds(sessions: Sessions, asked: dict[str, Any]) -> None:
    found = looked_for(sessions, asked["typed"])
    assert [line.terms.reference for line in found.lines][:1] == [asked["first"]]
    assert found.some_words is asked.get("some", False)


@pytest.fixture(scope="module")
def small(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sessions]:
    """The demo's agreements alone."""
    with opened(databases) as sessions:
        import_demo(sessions, tmp_path_factory.mktemp("world"))
        yield sessions


@pytest.fixture(scope="module")
def large(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sessions]:
    """The demo's agreements among five thousand others."""
    with opened(databases) as sessions:
        import_demo(sessions, tmp_path_factory.mktemp("world"))
        import_many(sessions)
        yield sessions


@pytest.mark.both
@pytest.mark.parametrize("asked", TYPED, ids=lambda asked: str(asked["typed"]))
def test_what_people_type_finds_what_they_mean(small: Sessions, asked: dict[str, Any]) -> None:
    finds(small, asked)


@pytest.mark.parametrize("asked", TYPED, ids=lambda asked: str(asked["typed"]))
def test_it_does_so_among_five_thousand_others(large: Sessions, asked: dict[str, Any]) -> None:
    finds(large, asked)


@pytest.mark.both
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_signs_of_a_query_language_are_words_or_nothing(small: Sessions, text: str) -> None:
    assert looked_for(small, text).count <= looked_for(small, "").count


@settings(max_examples=times(80, 200))
@given(text=st.text(max_size=200))
def test_no_text_breaks_the_search(small: Sessions, text: str) -> None:
    looked_for(small, text)


@pytest.mark.both
def test_a_text_without_words_finds_nothing(small: Sessions) -> None:
    assert looked_for(small, "%_*").count == 0
    assert looked_for(small, "   ").count > 30


def test_the_pages_of_a_search_hold_each_hit_once(large: Sessions) -> None:
    seen: list[str] = []
    with large.reading() as session:
        for page in range(1, 8):
            wanted = Wanted(text="ferry tickets", page=page)
            found = queries.listing(session, wanted, today=TODAY)
            seen += [line.terms.reference for line in found.lines]
    assert len(seen) == len(set(seen)) == found.count == 125


@pytest.mark.parametrize(
    ("word", "form"),
    [("twyll", "dwyll"), ("cyngor", "gyngor"), ("dwyll", "twyll"), ("gofal", "ofal"),
     ("pobl", "mhobl"), ("llyfr", "lyfr"), ("ofal", "gofal")],
)  # fmt: skip
def test_a_welsh_word_is_found_as_it_mutates(word: str, form: str) -> None:
    assert form in forms(word)


def test_a_new_version_is_found_by_its_own_words_and_no_more_by_the_old(
    app: Flask, tmp_path: Path
) -> None:
    files.bring_in_agreements(app, tmp_path, files.agreement(title={"en": "Old walnut"}))
    files.bring_in_agreements(app, tmp_path, files.agreement(title={"en": "New chestnut"}))
    sessions = app.extensions["sessions"]
    assert looked_for(sessions, "walnut").count == 0
    assert looked_for(sessions, "chestnut").count == 1
    with sessions.reading() as session:
        assert session.query(AgreementText).count() == 1


def test_a_body_that_is_renamed_is_found_by_its_new_name(app: Flask, tmp_path: Path) -> None:
    content = files.whole()
    files.bring_in(app, tmp_path, content)
    content["organisations"][0] |= {"official_name": {"en": "Bureau of Quinces"}}
    files.bring_in(app, tmp_path, content)
    assert looked_for(app.extensions["sessions"], "quinces").count == 1


@pytest.mark.both
def test_an_import_that_is_refused_leaves_the_index_as_it_was(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path)
    sessions = app.extensions["sessions"]
    entries = actions.Entries(agreements=(files.agreement("DSA-0002", title={"en": "Plum"}),))
    with sessions.write() as session:
        actions.import_register(session, entries, today=TODAY)
        session.rollback()
    assert looked_for(sessions, "plum").count == 0
    assert looked_for(sessions, "bill lower").count == 1


@pytest.mark.both
def test_what_stands_before_the_migration_is_found_after_it(
    databases: Databases, tmp_path: Path
) -> None:
    with opened(databases, empty=True) as sessions:
        schema.upgrade(sessions.engine)
        import_demo(sessions, tmp_path / "world")
        schema.downgrade(sessions.engine, "0002")
        schema.upgrade(sessions.engine)
        finds(sessions, {"typed": "kidney app", "first": "DSA-0008"})
        finds(sessions, {"typed": "Wrenford Council prydau", "first": "DSA-0011"})
