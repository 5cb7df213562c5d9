"""Drafts that bodies' systems send: begun, changed and kept apart; never a publication."""

import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from citizen_portal.agreements.models import (
    AgreementVersion,
    Draft,
    DraftChange,
    DraftParty,
    DraftState,
)
from citizen_portal.audit import AuditEntry
from tests.agreements import files
from tests.agreements.calling import Calling, faults
from tests.bodies.systems import disconnect


@pytest.fixture
def calls(app: Flask, tmp_path: Path) -> Calling:
    """DSA-0001 between giver and taker is published."""
    return Calling(app, tmp_path)


def new(**given: Any) -> dict[str, Any]:
    return files.agreement("DSA-0002", **given)


def rows(calls: Calling, model: Any) -> list[Any]:
    with calls.app.extensions["sessions"].reading() as session:
        return list(session.scalars(select(model).order_by(model.id)))


def entries(calls: Calling) -> list[AuditEntry]:
    return [row for row in rows(calls, AuditEntry) if row.tag.startswith("draft:")]


def test_a_new_agreement_begins_a_draft_and_publishes_nothing(calls: Calling) -> None:
    response = calls.put(new())
    said: Any = response.json
    assert response.status_code == 201
    assert response.headers["Location"] == "/api/v1/agreements/DSA-0002"
    assert response.headers["ETag"]
    assert (said["state"], said["base"], said["revision"]) == ("drafting", 0, 1)
    assert set(said["changed"]) == set(new())
    draft = calls.draft()
    assert draft.document == new()
    assert calls.slugs([draft.organisation_id]) == {"giver"}
    assert draft.state is DraftState.DRAFTING
    parties = rows(calls, DraftParty)
    assert calls.slugs(row.organisation_id for row in parties) == {"giver", "taker"}
    assert calls.client.get("/register/DSA-0002").status_code == 404
    assert len(rows(calls, AgreementVersion)) == 1


def test_each_field_that_changed_is_kept_with_its_value(calls: Calling) -> None:
    first = new(trust=files.answers("value.benefits"), retention="P2Y")
    calls.put(first)
    second = new(trust=files.answers("value.measurement"), choice="opt_out")
    response = calls.put(second)
    said: Any = response.json
    assert response.status_code == 200
    assert said["revision"] == 2
    assert said["changed"] == [
        "retention",
        "choice",
        "trust.value.benefits",
        "trust.value.measurement",
    ]
    kept = {row.field: row for row in rows(calls, DraftChange) if row.revision == 2}
    assert {name: row.value for name, row in kept.items()} == {
        "choice": "opt_out",
        "trust.value.benefits": None,
        "trust.value.measurement": second["trust"]["value.measurement"],
        "retention": None,
    }
    assert {row.officer_id for row in kept.values()} == {None}
    assert calls.draft().document == second


def test_the_same_again_changes_nothing(calls: Calling) -> None:
    first = calls.put(new())
    again = calls.put(new())
    assert again.status_code == 200
    assert again.json["changed"] == []  # type: ignore[index]
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len({row.revision for row in rows(calls, DraftChange)}) == 1
    assert [entry.tag for entry in entries(calls)] == ["draft:begun"]


def test_it_is_recorded_which_system_wrote_for_which_body(calls: Calling) -> None:
    calls.put(new())
    calls.put(new(choice="opt_out"))
    begun, changed = entries(calls)
    assert (begun.tag, changed.tag) == ("draft:begun", "draft:changed")
    assert changed.about["client"] == calls.system("giver").client_id
    assert changed.about["fields"] == 1
    assert changed.actor_id is None
    assert calls.slugs([changed.organisation_id]) == {"giver"}


def test_when_it_was_published_and_taken_from_where_is_the_portals_to_say(calls: Calling) -> None:
    calls.put(new(published="2020-01-01", source="elsewhere"))
    assert calls.draft().document == new()


def test_a_published_agreement_is_amended_by_a_party(calls: Calling) -> None:
    change = files.agreement(powers=["dea-35"], choice="opt_out")
    response = calls.put(change, by="taker")
    assert response.status_code == 201
    assert response.json["base"] == 1  # type: ignore[index]
    assert response.json["changed"] == ["choice"]  # type: ignore[index]
    assert calls.slugs([calls.draft("DSA-0001").organisation_id]) == {"taker"}
    assert len(rows(calls, AgreementVersion)) == 1


def test_it_is_the_newest_version_that_is_amended(calls: Calling, tmp_path: Path) -> None:
    second = files.agreement(powers=["dea-35"], choice="opt_out")
    files.bring_in_agreements(calls.app, tmp_path, second)
    response = calls.put(second | {"retention": "P1Y"})
    assert response.json["base"] == 2  # type: ignore[index]
    assert response.json["changed"] == ["retention"]  # type: ignore[index]


def test_what_the_register_says_already_begins_no_draft(calls: Calling) -> None:
    response = calls.put(files.agreement(powers=["dea-35"]))
    assert response.status_code == 200
    assert response.json == {
        "reference": "DSA-0001",
        "state": "published",
        "base": 1,
        "revision": None,
        "changed": [],
    }
    assert rows(calls, Draft) == []


def test_who_is_no_party_may_not_draft(calls: Calling) -> None:
    assert calls.put(new(), by="stranger").status_code == 403
    joined = files.agreement(powers=["dea-35"], recipients=[{"organisation": "stranger"}])
    assert calls.put(joined, by="stranger").status_code == 403, "naming oneself is not enough"
    assert rows(calls, Draft) == []


def test_a_draft_belongs_to_the_body_that_began_it(calls: Calling) -> None:
    calls.put(new())
    assert calls.put(new(choice="opt_out"), by="taker").status_code == 409
    theirs = new(disclosers=[{"organisation": "stranger"}])
    assert calls.put(theirs, by="stranger").status_code == 404
    assert calls.draft().document == new()
    assert calls.draft().revision == 1


def test_its_owner_may_leave_itself_out(calls: Calling) -> None:
    calls.put(new())
    assert calls.put(new(disclosers=[{"organisation": "stranger"}])).status_code == 200
    named = calls.slugs(row.organisation_id for row in rows(calls, DraftParty))
    assert named == {"taker", "stranger"}


def test_a_draft_in_review_waits(calls: Calling) -> None:
    calls.put(new())
    calls.move(DraftState.IN_REVIEW)
    refused = calls.put(new(choice="opt_out"))
    assert refused.status_code == 409
    assert "review" in refused.json["detail"]  # type: ignore[index]
    calls.move(DraftState.DRAFTING)
    assert calls.put(new(choice="opt_out")).status_code == 200


def test_after_a_draft_was_dropped_another_is_begun(calls: Calling) -> None:
    first = calls.put(new())
    calls.move(DraftState.DROPPED)
    second = calls.put(new())
    assert second.status_code == 201
    assert second.headers["ETag"] != first.headers["ETag"]


def test_a_draft_is_read_by_who_writes_it_and_whom_it_names(calls: Calling) -> None:
    tag = calls.put(new()).headers["ETag"]
    for by in ("giver", "taker"):
        shown = calls.get("DSA-0002", by)
        assert shown.headers["ETag"] == tag
        assert shown.json == {
            "reference": "DSA-0002",
            "state": "drafting",
            "base": 0,
            "revision": 1,
            "document": new(),
        }
    assert calls.get("DSA-0002", "stranger").status_code == 404
    assert calls.get("DSA-0001").status_code == 404, "it is published, and not in draft"


def test_who_saw_an_older_draft_is_told(calls: Calling) -> None:
    old = calls.put(new(), **{"If-None-Match": "*"}).headers["ETag"]
    newer = calls.put(new(choice="opt_out"), **{"If-Match": old})
    assert newer.status_code == 200
    late = calls.put(new(choice="consent"), **{"If-Match": old})
    assert late.status_code == 412
    assert late.content_type == "application/problem+json"
    assert calls.draft().document["choice"] == "opt_out"
    both = f'"other", {newer.headers["ETag"]}'
    assert calls.put(new(choice="consent"), **{"If-Match": both}).status_code == 200
    assert calls.put(new(), **{"If-Match": "*"}).status_code == 200
    for unmet in ({"If-None-Match": "*"}, {"If-Match": '"1"'}, {"If-Match": "W/" + old}):
        assert calls.put(new(choice="opt_out"), **unmet).status_code == 412
    absent = files.agreement("DSA-0003")
    assert calls.put(absent, **{"If-Match": "*"}).status_code == 412


def test_an_agreement_with_faults_is_refused_with_each_of_them(calls: Calling) -> None:
    document = new(
        colour="blue",
        retention="two years",
        ends="2020-01-01",
        powers=["nowhere"],
        disclosers=[{"organisation": "giver"}, {"organisation": "missing"}],
        lawful_basis="https://w3id.org/dpv/legal/eu/gdpr#A6-1-e",
        choice="none",
        trust={"made.up": {"text": {"en": "x"}}},
        title={"en": "\u202esecret"},
    )
    document["what"] = 7
    found = faults(calls.put(document))
    assert found == {
        "colour": "is not a field of this format",
        "retention": "must be an ISO 8601 duration in years, months, weeks or days, as P2Y",
        "powers[0]": "names a legal power that is not known",
        "disclosers[1].organisation": "names an organisation that is not known",
        "trust.made.up": "is not a question of the trust matrix",
        "title.en": "must not hold characters that turn the direction of text",
        "what": "must hold fields",
        "choice": "is less than the law gives: must be at least objection, or none with an "
        "exemption",
    }
    assert "secret" not in calls.put(document).text
    assert rows(calls, Draft) == []


def test_a_part_of_an_agreement_is_not_enough(calls: Calling) -> None:
    assert faults(calls.put({"reference": "DSA-0002", "stage": "exploration"}))["title"] == (
        "is needed"
    )
    assert faults(calls.put([], to="DSA-0002")) == {"body": "must hold fields"}
    assert faults(calls.put("x", to="DSA-0002")) == {"body": "must hold fields"}


def test_the_address_and_the_document_name_the_same_agreement(calls: Calling) -> None:
    said = {"reference": "must be the one in the address"}
    assert faults(calls.put(new(), to="DSA-0003")) == said
    assert faults(calls.put(new(), to="dsa-0002")) == said


def test_a_body_that_was_removed_writes_nothing_more(calls: Calling) -> None:
    disconnect(calls.app, calls.system("giver"))
    assert calls.put(new()).status_code == 401
    with calls.app.extensions["sessions"].reading() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_of_two_that_write_at_once_one_is_told(calls: Calling) -> None:
    tag = calls.put(new()).headers["ETag"]
    statuses: list[int] = []

    def write(choice: str) -> None:
        statuses.append(calls.put(new(choice=choice), **{"If-Match": tag}).status_code)

    threads = [threading.Thread(target=write, args=(one,)) for one in ("opt_out", "consent")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 412]
    assert calls.draft().revision == 2
