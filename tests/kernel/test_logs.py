import json
import logging
import sys

from citizen_portal.logs import FIELDS, Kinds, allow_listed


def test_a_field_that_is_not_listed_is_dropped() -> None:
    entry = {"event": "x", "status": 200, "citizen": "c", "path": "/my/access/1"}
    assert allow_listed(None, "", entry) == {"event": "x", "status": 200}


def test_no_field_could_hold_a_person() -> None:
    assert not FIELDS & {"citizen", "subject", "path", "url", "ip", "name", "query", "agent"}


def test_what_a_library_logs_of_an_error_holds_its_kind_and_place_and_not_its_words() -> None:
    try:
        int("a secret")
    except ValueError:
        record = logging.LogRecord(
            "huey", logging.ERROR, "x.py", 1, "a secret %s", ("more",), sys.exc_info()
        )
    (line,) = Kinds().format(record).splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"], said["fault"]) == ("huey", "error", "ValueError")
    assert said["where"].startswith("test_logs.py:")
    assert set(said) <= FIELDS
    assert "secret" not in line


def test_what_a_library_warns_of_holds_where_and_not_its_words() -> None:
    record = logging.LogRecord(
        "urllib3.pool", logging.WARNING, "a/x.py", 7, "of %s", ("you",), None
    )
    said = json.loads(Kinds().format(record))
    assert said.pop("timestamp").endswith("Z")
    assert said == {"event": "urllib3.pool", "level": "warning", "where": "x.py:7"}
