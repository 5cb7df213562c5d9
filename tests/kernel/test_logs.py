from citizen_portal.logs import FIELDS, allow_listed


def test_a_field_that_is_not_listed_is_dropped() -> None:
    entry = {"event": "x", "status": 200, "citizen": "c", "path": "/my/access/1"}
    assert allow_listed(None, "", entry) == {"event": "x", "status": 200}


def test_no_field_could_hold_a_person() -> None:
    assert not FIELDS & {"citizen", "subject", "path", "url", "ip", "name", "query", "agent"}
