"""The demo's people: adults, each different, and the same for the same seed."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from citizen_portal.demo import world
from citizen_portal.demo.people import citizens, histories
from citizen_portal.demo.people.citizens import Citizen

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
SEED = 2026


def of_name(name: str) -> Citizen:
    return next(citizen for citizen in citizens.load() if citizen.name == name)


def year_of(
    citizen: Citizen, *, seed: int = SEED, now: datetime = NOW
) -> list[tuple[datetime, str]]:
    return [(look.at, look.activity.id) for look in histories.year_of(citizen, seed=seed, now=now)]


def test_there_are_six_adults() -> None:
    assert [citizen.name for citizen in citizens.load()] == [f"citizen-{n}" for n in range(1, 7)]
    grown_up = (NOW - timedelta(days=19 * 365)).date()
    assert all(citizen.born < grown_up for citizen in citizens.load())


def test_the_same_seed_gives_the_same_year() -> None:
    for citizen in citizens.load():
        assert year_of(citizen) == year_of(citizen)
        assert year_of(citizen, seed=1) != year_of(citizen)


def test_what_happened_each_month_stays_as_it_was_on_the_next_day() -> None:
    habits = {h.activity for h in of_name("citizen-1").habits if h.monthly}
    today, tomorrow = (
        [look for look in year_of(of_name("citizen-1"), now=now) if look[1] in habits]
        for now in (NOW, NOW + timedelta(days=1))
    )

    shared = [look for look in tomorrow if look[0] <= NOW]
    assert shared == today[: len(shared)]


@pytest.mark.parametrize("citizen", citizens.load(), ids=lambda each: each.name)
def test_each_year_is_of_a_believable_size(citizen: Citizen) -> None:
    looks = year_of(citizen)

    most = 3500 if citizen.name == "citizen-3" else 300
    assert 20 <= len(looks) <= most
    assert looks == sorted(looks, reverse=True)
    assert all(NOW - timedelta(days=365) <= at <= NOW for at, _ in looks)


def test_citizen_3_has_some_three_thousand() -> None:
    assert 2800 <= len(year_of(of_name("citizen-3"))) <= 3200


def test_citizen_1_has_what_each_page_must_show() -> None:
    looks = [look.activity for look in histories.year_of(of_name("citizen-1"), seed=SEED, now=NOW)]

    assert any(look.misfit and look.agreement for look in looks)
    assert any(look.agreement is None for look in looks)
    assert any(look.emergency for look in looks)
    assert {look.actor for look in looks} >= {"person", "machine", "bulk", "subscription"}
    assert Counter(look.id for look in looks)["council-tax-check"] >= 12


def test_each_activity_fits_what_it_names_unless_it_is_meant_not_to() -> None:
    documents = _agreements()
    bodies = _bodies_of_sources()
    for each in citizens.activities().values():
        if each.agreement is None or each.misfit:
            continue
        terms = documents[each.agreement]
        parties = [{"organisation": bodies[each.source]}, {"organisation": each.receiver}]
        assert parties[0] in terms["disclosers"], each.id
        assert parties[1] in terms["recipients"], each.id
        assert set(each.categories) <= set(terms["categories"]), each.id
        assert (terms.get("kind") == "own_use") == (parties[0] == parties[1]), each.id


def test_no_two_people_have_the_same_texts() -> None:
    assert len({citizen.branch for citizen in citizens.load()}) == 6
    lists = {tuple(sorted(h.activity for h in citizen.habits)) for citizen in citizens.load()}
    assert len(lists) == 6


def test_only_citizen_5_knows_the_body_that_is_mistaken() -> None:
    knowing = [each.name for each in citizens.load() if "voter-register" in each.known_at]

    assert knowing == ["citizen-5"]


def test_subjects_are_opaque_and_stay_the_same() -> None:
    subjects = {citizens.subject(each, seed=SEED) for each in citizens.load()}

    assert len(subjects) == 6
    assert not any("citizen" in subject for subject in subjects)
    first = citizens.load()[0]
    assert citizens.subject(first, seed=SEED) == citizens.subject(first, seed=SEED)
    assert citizens.subject(first, seed=SEED) != citizens.subject(first, seed=1)


def test_codes_are_written_as_in_the_letter() -> None:
    code = citizens.activation_code(of_name("citizen-6"), seed=SEED)

    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}", code)
    assert [each.name for each in citizens.load() if each.code_at] == ["citizen-6"]


def test_passports_hold_nothing_on_citizen_1() -> None:
    held = {
        name: histories.holdings(of_name(name), "passports", seed=SEED, today=NOW.date())
        for name in ("citizen-1", "citizen-5")
    }

    assert held["citizen-1"] == []
    assert [each["dataset"] for each in held["citizen-5"]] == ["passport"]


def _agreements() -> dict[str, dict[str, Any]]:
    found = {}
    for file in world.files():
        text = world.fill(file.read_text("utf-8"), bodies="http://127.0.0.1:1", today=NOW.date())
        for entry in yaml.safe_load(text).get("agreements", ()):
            found[entry["reference"]] = entry
    return found


def _bodies_of_sources() -> dict[str, str]:
    """By the slug of the source."""
    text = (world.WORLD / "sources.yaml").read_text("utf-8")
    return {each["slug"]: each["organisation"] for each in yaml.safe_load(text)["sources"]}
