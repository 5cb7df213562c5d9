"""The demo's register: without fault, in two languages, and in plain words."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.orm import Session

from citizen_portal.agreements import queries, schemas
from citizen_portal.agreements.queries import question_ids
from citizen_portal.agreements.schemas import RegisterFile
from citizen_portal.bodies.models import Kind, Protocol
from citizen_portal.bodies.queries import directory
from citizen_portal.demo import behaviours, world
from citizen_portal.demo.people import citizens

TODAY = date(2026, 11, 22)
BODIES = "http://127.0.0.1:4711"
LONGEST_SENTENCE = 15


def filled() -> Iterator[tuple[str, Any]]:
    for file in world.files():
        text = world.fill(file.read_text("utf-8"), bodies=BODIES, today=TODAY)
        yield file.name, yaml.safe_load(text)


@pytest.fixture(scope="module")
def register() -> RegisterFile:
    lists: dict[str, list[Any]] = {}
    for _, value in filled():
        for name, entries in value.items():
            lists.setdefault(name, []).extend(entries)
    return RegisterFile.model_validate(lists)


def test_the_world_is_imported_without_a_fault(session: Session, tmp_path: Path) -> None:
    files = world.write(tmp_path, bodies=BODIES, today=TODAY)

    reading = schemas.read(
        files,
        directory=directory(session),
        register=queries.register_terms(session),
        law=queries.law("uk"),
    )

    assert reading.faults == ()


def test_no_mark_is_left_unfilled() -> None:
    for file in world.files():
        assert "${" not in world.fill(file.read_text("utf-8"), bodies=BODIES, today=TODAY)


def test_it_is_as_large_as_it_is_meant_to_be(register: RegisterFile) -> None:
    sharing = [each for each in register.agreements if each.kind == "sharing"]
    public = [
        each
        for each in register.organisations
        if each.kind not in (Kind.PRIVATE_RECIPIENT, Kind.PROCESSOR)
    ]
    connected = [each for each in register.sources if each.protocol is not Protocol.NONE]

    assert len(sharing) >= 25
    assert len(public) >= 8
    assert len(connected) >= 8


def test_no_file_is_too_long_to_read() -> None:
    for file in world.files():
        assert len(file.read_text("utf-8").splitlines()) < 600, file.name


def test_every_slug_that_is_named_is_there(register: RegisterFile) -> None:
    organisations = {each.slug for each in register.organisations}
    powers = {each.slug for each in register.legal_powers}
    named = {source.organisation for source in register.sources}
    for each in register.agreements:
        for party in (*each.disclosers, *each.recipients, *each.processors):
            named.add(party.organisation or "a party without an organisation")

    assert named <= organisations
    assert {slug for each in register.agreements for slug in each.powers} == powers
    assert set(behaviours.BEHAVIOURS) <= organisations
    assert {each.source for each in behaviours.BEHAVIOURS.values()} == {
        source.slug for source in register.sources if source.base_url
    }


def test_every_text_is_there_in_welsh() -> None:
    for name, value in filled():
        for path, text in _bilingual(value):
            assert set(text) == {"en", "cy"}, f"{name}: {path}"
            assert text["cy"].strip(), f"{name}: {path}"


def test_each_kind_of_data_has_plain_words_in_both_languages(register: RegisterFile) -> None:
    named = {name for each in register.agreements for name in each.categories}

    assert {name for name in named if set(queries.category(name)) != {"en", "cy"}} == set()


def test_no_source_describes_how_it_tells_us(register: RegisterFile) -> None:
    """The pages say that by themselves, of each source."""
    said = {one.slug: one.description.en for one in register.sources}

    assert {slug for slug, words in said.items() if re.search(r"\b(us|we)\b", words)} == set()


def test_sentences_are_short() -> None:
    long = [
        sentence
        for _, value in filled()
        for _, text in _bilingual(value)
        for sentence in re.split(r"(?<=[.?!:])\s+", text["en"])
        if len(sentence.split()) > LONGEST_SENTENCE
    ]

    assert long == []


def test_agreements_answer_more_or_fewer_of_the_questions(register: RegisterFile) -> None:
    questions = question_ids()
    counts = [len(each.trust) for each in register.agreements if each.kind == "sharing"]

    assert all(set(each.trust) <= questions for each in register.agreements)
    assert max(counts) == len(questions) == 18
    assert sum(11 <= count <= 17 for count in counts) > len(counts) / 2
    assert any(3 <= count <= 5 for count in counts)


def test_measures_tell_good_and_bad_news(register: RegisterFile) -> None:
    measures = [each for agreement in register.agreements for each in agreement.measures]

    assert {each.about for each in measures} == {"benefit", "harm", "bias"}
    assert any(not each.found for each in measures)
    assert any(_missed(each) for each in measures)
    assert any(each.found and not _missed(each) for each in measures)


def test_agreements_differ_in_what_matters(register: RegisterFile) -> None:
    agreements = register.agreements
    assert {each.choice for each in agreements} >= {"none", "objection", "opt_out", "consent"}
    assert {each.stage for each in agreements} == {"exploration", "service_delivery"}
    assert {each.frequency for each in agreements} >= {"one_off", "on_request", "bulk"}
    assert any(each.ends and each.ends < TODAY for each in agreements)
    iris = [each.purpose_iri for each in agreements if each.purpose_iri]
    assert all(iri.startswith("https://w3id.org/dpv#") for iri in iris)


def test_the_laws_are_named_with_their_own_pages(register: RegisterFile) -> None:
    for power in register.legal_powers:
        assert (power.url or "").startswith("https://www.legislation.gov.uk/"), power.slug


def test_rules_are_there_for_just_the_activities_that_cite_nothing(register: RegisterFile) -> None:
    codes = {each.slug: each.code.value for each in register.organisations}
    wanted = {
        (each.source, codes[each.receiver], each.system, each.action, each.agreement)
        for each in citizens.activities().values()
        if each.needs_rule
    }
    held = [
        (rule.source, rule.receiver_code, rule.system, rule.action, rule.agreement)
        for rule in register.rules
    ]

    assert set(held) == wanted
    assert len(held) == len(set(held))


def _missed(measure: schemas.Measure) -> bool:
    if not measure.found or measure.found[-1].value is None or measure.target is None:
        return False
    found = measure.found[-1].value
    return found > measure.target if measure.worse_above else found < measure.target


def _bilingual(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of a file that is given by language, and where it stands."""
    if isinstance(value, dict) and "en" in value:
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _bilingual(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _bilingual(inner, f"{path}[{at}]")
