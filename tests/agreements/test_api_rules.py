"""Activity rules that a body's system sends: its own sources' rules, whole, and no others'."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_portal.audit import AuditEntry
from citizen_portal.bodies import queries
from citizen_portal.bodies.models import Scope
from tests.agreements import files
from tests.agreements.calling import Calling, faults
from tests.bodies import systems


@pytest.fixture
def calls(app: Flask, tmp_path: Path) -> Calling:
    return Calling(app, tmp_path)


def known(calls: Calling) -> set[tuple[str, str, str]]:
    """Source, action and last day of each rule, as matching sees them."""
    with calls.app.extensions["sessions"].reading() as session:
        directory = queries.directory(session)
    return {
        (directory.sources[rule.source_id].slug, rule.action, str(rule.valid_to))
        for rules in directory.rules.values()
        for rule in rules
    }


def counts(response: Any) -> tuple[int, int, int, int]:
    assert response.status_code == 200, response.text
    said = response.json
    return said["added"], said["changed"], said["removed"], said["unchanged"]


def test_a_list_replaces_the_rules_of_the_sources_it_names(calls: Calling) -> None:
    one, two = files.rule(action="one"), files.rule(action="two")
    roll = files.rule(source="rolls", action="roll")
    assert counts(calls.put_rules(one, two, roll)) == (3, 0, 0, 0)
    assert known(calls) == {
        ("claims", "one", "None"),
        ("claims", "two", "None"),
        ("rolls", "roll", "None"),
    }
    ended = {**one, "valid_to": "2026-12-31"}
    assert counts(calls.put_rules(ended, files.rule(action="three"))) == (1, 1, 1, 0)
    assert known(calls) == {
        ("claims", "one", "2026-12-31"),
        ("claims", "three", "None"),
        ("rolls", "roll", "None"),
    }


def test_the_same_list_again_changes_nothing(calls: Calling) -> None:
    calls.put_rules(files.rule())
    with calls.app.extensions["sessions"].reading() as session:
        before = queries.directory(session)
    assert counts(calls.put_rules(files.rule())) == (0, 0, 0, 1)
    with calls.app.extensions["sessions"].reading() as session:
        assert queries.directory(session) is before, "what is in memory is still right"


def test_a_list_can_be_emptied_by_naming_its_source(calls: Calling) -> None:
    calls.put_rules(files.rule(), files.rule(source="rolls"))
    assert counts(calls.put_rules(sources=["claims"])) == (0, 0, 1, 0)
    assert known(calls) == {("rolls", "check", "None")}
    assert counts(calls.put_rules()) == (0, 0, 0, 0)


def test_a_body_speaks_for_its_own_sources_only(calls: Calling) -> None:
    calls.put_rules(files.rule(source="taxes"), by="taker")
    said = "names a source that is not known"
    theirs = files.rule(source="taxes")
    assert faults(calls.put_rules(files.rule(), theirs)) == {"rules[1].source": said}
    assert faults(calls.put_rules(sources=["claims", "taxes"])) == {"sources[1]": said}
    assert faults(calls.put_rules(files.rule(source="nowhere"))) == {"rules[0].source": said}
    assert known(calls) == {("taxes", "check", "None")}


def test_a_list_with_faults_is_refused_whole(calls: Calling) -> None:
    calls.put_rules(files.rule(action="before"))
    found = faults(
        calls.put_rules(
            files.rule(),
            files.rule(agreement="DSA-9999"),
            files.rule(),
            files.rule(action="late", valid_to="2020-01-01"),
            files.rule(action="more", colour="blue"),
            7,
        )
    )
    assert found == {
        "rules[1].agreement": "names an agreement that is not known",
        "rules[2]": "is given twice; the first is at rules[0]",
        "rules[3]": "valid_to must not be before valid_from",
        "rules[4].colour": "is not a field of this format",
        "rules[5]": "must hold fields",
    }
    assert known(calls) == {("claims", "before", "None")}
    assert list(faults(calls.send("/api/v1/activity-rules", "giver", json=[]))) == ["body"]
    assert list(faults(calls.send("/api/v1/activity-rules", "giver", json={}))) == ["rules"]


def test_who_changed_rules_is_recorded_with_counts_alone(calls: Calling) -> None:
    calls.put_rules(files.rule())
    calls.put_rules(files.rule())
    with calls.app.extensions["sessions"].reading() as session:
        wanted = select(AuditEntry).where(AuditEntry.tag == "rules:changed")
        entry = session.scalars(wanted).one()
    assert entry.about == {
        "client": calls.system("giver").client_id,
        "added": 1,
        "changed": 0,
        "removed": 0,
        "unchanged": 0,
    }
    assert calls.slugs([entry.organisation_id]) == {"giver"}


def test_the_scope_for_drafts_is_not_the_scope_for_rules(calls: Calling) -> None:
    system = systems.connect(calls.app, "giver", Scope.AGREEMENTS)
    calls.headers["giver"] = system.headers(calls.app)
    assert calls.put_rules(files.rule()).status_code == 403
    assert calls.put(files.agreement("DSA-0002")).status_code == 201
