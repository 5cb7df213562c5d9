import json
import subprocess
import sys

from citizen_portal.logs import FIELDS, allow_listed


def test_a_field_that_is_not_listed_is_dropped() -> None:
    entry = {"event": "x", "status": 200, "citizen": "c", "path": "/my/access/1"}
    assert allow_listed(None, "", entry) == {"event": "x", "status": 200}


def test_no_field_could_hold_a_person() -> None:
    assert not FIELDS & {"citizen", "subject", "path", "url", "ip", "name", "query", "agent"}


PROCESS = """
import logging
from citizen_portal import logs
logs.configure("INFO")
try:
    int("a secret")
except ValueError:
    logging.getLogger("huey").exception("a secret")
logging.getLogger("urllib3.pool").warning("of %s", "a secret")
"""


def test_what_a_library_logs_of_an_error_holds_its_kind_and_place_and_not_its_words() -> None:
    """Flask logs so what failed as it was to be kept, and the queue what it cannot read."""
    done = subprocess.run([sys.executable, "-c", PROCESS], capture_output=True, check=True)
    (failed, warned) = [json.loads(line) for line in done.stderr.decode().splitlines()]
    assert failed.pop("timestamp").endswith("Z")
    assert warned.pop("timestamp").endswith("Z")
    assert failed == {
        "event": "huey",
        "level": "error",
        "fault": "ValueError",
        "where": "<string>:6",
    }
    assert warned == {"event": "urllib3.pool", "level": "warning", "where": "<string>:9"}
