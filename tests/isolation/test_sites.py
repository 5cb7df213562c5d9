"""What ``make mutants`` takes out is found in the code, and what is said of it still holds."""

import json
from pathlib import Path

from tests.isolation.equivalent import EQUIVALENT
from tests.isolation.mutants import CAUGHT
from tests.isolation.sites import sites


def test_each_filter_and_guard_is_a_site_of_its_own() -> None:
    found = sites()
    assert len({site.key for site in found}) == len(found)
    assert len(found) > 300
    for module, part in (
        ("citizen_portal.identity.actions.sessions", "_live: SignIn.citizen_id == citizen_id"),
        ("citizen_portal.questions.views.questions", "-: bp.before_request(guards.citizens_only)"),
        ("citizen_portal.questions.api.corrections", "-: needs(Scope.CORRECTIONS)"),
        (
            "citizen_portal.access.queries.proofs",
            "session.get(PushedEvent, (citizen_id, event_id))",
        ),
    ):
        assert any(site.module == module and site.key.endswith(part) for site in found), part


def test_without_its_filter_each_module_can_still_be_read() -> None:
    for site in sites():
        assert site.source != site.file.read_text(), site.key
        compile(site.source, str(site.file), "exec")


def test_what_is_said_of_sites_is_said_of_sites_that_are_there() -> None:
    keys = {site.key for site in sites()}
    caught: dict[str, str] = json.loads(CAUGHT.read_text())
    assert set(EQUIVALENT) <= keys
    assert set(caught) <= keys
    assert not set(EQUIVALENT) & set(caught)
    for name in caught.values():
        path, _, function = name.partition("::")
        assert f"def {function.partition('[')[0]}(" in Path(path).read_text(), name
