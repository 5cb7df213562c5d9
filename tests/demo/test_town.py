"""The demo's bodies: each in its own manner, and only for the portal."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from citizen_portal import clock, signing
from citizen_portal.demo import town
from citizen_portal.demo.manners import MANNERS
from citizen_portal.demo.people import cast
from citizen_portal.demo.town import Told

PORTAL = "http://127.0.0.1:8000"
SEED = 2026
IDS = {citizen.name: f"{n:064x}" for n, citizen in enumerate(cast.citizens(), start=1)}

Ask = Callable[..., TestResponse]


@pytest.fixture
def ask(keys_folder: Path) -> Ask:
    """Ask a body about one of the demo's people, as the portal does."""
    signer = signing.load(keys_folder)
    known = {
        slug: {IDS[each.name]: each.name for each in cast.citizens() if slug in each.known_at}
        for slug in MANNERS
    }
    known["benefits-office"].pop(IDS["citizen-6"])
    told = Told(
        seed=SEED,
        now=clock.now(),
        portal=PORTAL,
        keys=signer.public(),
        known=known,
        waiting=["citizen-6"],
    )
    client = Client(town.create_town(told))

    def ask(slug: str, path: str, name: str, *, code: str | None = None) -> TestResponse:
        token = signer.token({"iss": PORTAL, "aud": slug, "sub": IDS[name]})
        headers = {"Authorization": f"Bearer {token}", "X-Road-UserId": IDS[name]}
        query = {"userCode": IDS[name], "subject": IDS[name]}
        if code is not None:
            return client.post(f"/{slug}{path}", headers=headers, json={"code": code})
        return client.get(f"/{slug}{path}", headers=headers, query_string=query)

    return ask


def test_a_body_tells_of_each_person_what_happened_to_that_person(ask: Ask) -> None:
    for name in ("citizen-1", "citizen-4"):
        answer = ask("benefits-office", "/v2/findUsage", name)

        (citizen,) = [each for each in cast.citizens() if each.name == name]
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


def test_the_health_service_says_what_it_holds_and_that_no_look_is_told_here(ask: Ask) -> None:
    held = ask("health-service", "/v1/holdings", "citizen-1").get_json()
    looks = ask("health-service", "/v2/findUsage", "citizen-1").get_json()

    assert [each["dataset"] for each in held["holdings"]] == ["index"]
    assert looks["usages"] == []


def test_one_body_is_slow_at_telling_who_looked_and_at_nothing_else() -> None:
    slow = {slug: manner.seconds for slug, manner in MANNERS.items() if manner.seconds > 1}

    assert slow == {"schools-office": 4.0}


def test_citizen_6_is_linked_by_the_code_of_the_letter_once(ask: Ask) -> None:
    citizen = cast.citizens()[5]
    code = cast.activation_code(citizen, seed=SEED)
    before = ask("benefits-office", "/v2/findUsage", "citizen-6").get_json()

    answer = ask("benefits-office", "/v1/links", "citizen-6", code=code.lower().replace("-", " "))
    again = ask("benefits-office", "/v1/links", "citizen-4", code=code)

    assert before["totalUsages"] == 0
    assert answer.get_json() == {"subject": IDS["citizen-6"], "state": "linked"}
    assert again.get_json()["state"] == "not_matched"
    assert ask("benefits-office", "/v2/findUsage", "citizen-6").get_json()["totalUsages"] >= 15


def test_rows_are_as_the_portal_reads_them(ask: Ask) -> None:
    (row, *_) = ask("benefits-office", "/v2/findUsage", "citizen-1").get_json()["usages"]

    assert datetime.fromisoformat(row["logtime"]).tzinfo == UTC
    assert row["receiverCode"].startswith("AV-")
    assert row["actorKind"] in {"person", "machine", "subscription", "bulk"}
    assert row["outcome"] in {"given", "refused"}


def test_nothing_else_answers_in_town(ask: Ask) -> None:
    assert ask("student-loans", "/v2/heartbeat", "citizen-1").status_code == 404
