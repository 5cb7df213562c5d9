"""The demo's bodies: each with its own behaviour, and only for the portal."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse

from citizen_portal import clock, signing
from citizen_portal.demo import bodies_app
from citizen_portal.demo.behaviours import BEHAVIOURS
from citizen_portal.demo.bodies_app import BodiesSettings
from citizen_portal.demo.people import citizens

PORTAL = "http://127.0.0.1:8000"
SEED = 2026
IDS = {citizen.name: f"{n:064x}" for n, citizen in enumerate(citizens.load(), start=1)}

Ask = Callable[..., TestResponse]


@pytest.fixture
def bodies(keys_folder: Path) -> DispatcherMiddleware:
    signer = signing.load(keys_folder)
    known = {
        slug: {IDS[each.name]: each.name for each in citizens.load() if slug in each.known_at}
        for slug in BEHAVIOURS
    }
    known["benefits-office"].pop(IDS["citizen-6"])
    settings = BodiesSettings(
        seed=SEED,
        now=clock.now(),
        portal=PORTAL,
        keys=signer.public(),
        known=known,
        codes={"citizen-6": citizens.activation_code(citizens.load()[5], seed=SEED)},
    )
    return bodies_app.create_bodies(settings)


@pytest.fixture
def ask(keys_folder: Path, bodies: DispatcherMiddleware) -> Ask:
    """Ask a body about one of the demo's people, as the portal does."""
    signer, client = signing.load(keys_folder), Client(bodies)

    def ask(slug: str, path: str, name: str, *, code: str | None = None) -> TestResponse:
        token = signer.token({"iss": PORTAL, "aud": slug, "sub": IDS[name]})
        headers = {"Authorization": f"Bearer {token}", "X-Road-UserId": IDS[name]}
        query = {"userCode": IDS[name], "subject": IDS[name]}
        if code is not None:
            return client.post(f"/{slug}{path}", headers=headers, json={"code": code})
        return client.get(f"/{slug}{path}", headers=headers, query_string=query)

    return ask


def test_a_body_reports_to_each_person_what_happened_to_that_person(ask: Ask) -> None:
    for name in ("citizen-1", "citizen-4"):
        answer = ask("benefits-office", "/v2/findUsage", name)

        (citizen,) = [each for each in citizens.load() if each.name == name]
        assert answer.headers["Portal-Subject"] == IDS[name]
        rows = answer.get_json()["usages"]
        assert rows
        assert all(row["receiverName"].endswith(citizen.branch) for row in rows)


def test_the_passport_office_knows_citizen_1_and_holds_nothing(ask: Ask) -> None:
    looks = ask("passport-office", "/v2/findUsage", "citizen-1").get_json()
    held = ask("passport-office", "/v1/holdings", "citizen-1").get_json()

    assert looks == {"totalUsages": 0, "usages": []}
    assert held["holdings"] == []


def test_the_council_is_down(ask: Ask) -> None:
    assert ask("wrenford-council", "/v2/findUsage", "citizen-1").status_code == 503


def test_answers_on_drivers_do_not_say_whom_they_are_about(ask: Ask) -> None:
    answer = ask("driver-agency", "/v2/findUsage", "citizen-1")

    assert answer.status_code == 200
    assert "Portal-Subject" not in answer.headers


def test_the_list_of_voters_answers_about_somebody_else(ask: Ask) -> None:
    answer = ask("voter-register", "/v2/findUsage", "citizen-5")

    assert answer.headers["Portal-Subject"] not in IDS.values()


def test_the_health_service_says_what_it_holds_and_that_reports_no_look(ask: Ask) -> None:
    held = ask("health-service", "/v1/holdings", "citizen-1").get_json()
    looks = ask("health-service", "/v2/findUsage", "citizen-1").get_json()

    assert [each["dataset"] for each in held["holdings"]] == ["index"]
    assert looks["usages"] == []


def test_one_body_is_slow_to_answer_who_looked() -> None:
    slow = {
        slug: behaviour.seconds for slug, behaviour in BEHAVIOURS.items() if behaviour.seconds > 1
    }

    assert slow == {"schools-office": 4.0}


def test_citizen_6_is_linked_by_the_code_of_the_letter_once(ask: Ask) -> None:
    citizen = citizens.load()[5]
    code = citizens.activation_code(citizen, seed=SEED)
    before = ask("benefits-office", "/v2/findUsage", "citizen-6").get_json()

    answer = ask("benefits-office", "/v1/links", "citizen-6", code=code.lower().replace("-", " "))
    again = ask("benefits-office", "/v1/links", "citizen-4", code=code)

    assert before["totalUsages"] == 0
    assert answer.get_json() == {"subject": IDS["citizen-6"], "state": "linked"}
    assert again.get_json()["state"] == "not_matched"
    assert ask("benefits-office", "/v2/findUsage", "citizen-6").get_json()["totalUsages"] >= 15


def test_a_code_is_told_until_it_is_used(ask: Ask, bodies: DispatcherMiddleware) -> None:
    code = citizens.activation_code(citizens.load()[5], seed=SEED)
    assert bodies_app.unused_codes(bodies) == {code}

    ask("benefits-office", "/v1/links", "citizen-6", code=code)

    assert bodies_app.unused_codes(bodies) == set()


def test_rows_are_as_the_portal_reads_them(ask: Ask) -> None:
    (row, *_) = ask("benefits-office", "/v2/findUsage", "citizen-1").get_json()["usages"]

    assert datetime.fromisoformat(row["logtime"]).tzinfo == UTC
    assert row["receiverCode"].startswith("AV-")
    assert row["actorKind"] in {"person", "machine", "subscription", "bulk"}
    assert row["outcome"] in {"given", "refused"}


def test_a_body_that_is_not_connected_does_not_answer(ask: Ask) -> None:
    assert ask("student-loans", "/v2/heartbeat", "citizen-1").status_code == 404
