"""One short outage in each run of the tests, and that what is lost or wrong would be seen.

``make outages`` tries them all, for longer.
"""

import os
import signal

import pytest

from citizen_portal.preferences.models import Answer
from tests.outages import judging
from tests.outages.judging import Page
from tests.outages.load import Load
from tests.outages.outages import Outage, more_served
from tests.outages.report import explained, tried
from tests.outages.rig import Rig, running, wait
from tests.outages.world import BODIES, canary

NO, YES = Answer.NO, Answer.YES


def kill_one_server(rig: Rig, load: Load) -> None:
    (killed, *_) = rig.servers()
    os.kill(killed, signal.SIGKILL)
    wait(lambda: len(rig.servers() - {killed}) == 2, "another process")
    more_served(load, 5)


def test_a_web_server_that_is_killed_loses_nothing() -> None:
    with running("sqlite", citizens=2) as rig:
        report = tried(rig, Outage("web server killed", "sqlite", kill_one_server))
    assert (report.wrong, report.lost) == ([], 0)
    assert report.acknowledged > 10
    assert report.served > 20


@pytest.mark.parametrize(
    ("attempts", "kept", "good"),
    [
        ([(NO, True), (YES, True)], [NO, YES], True),
        ([(NO, True), (YES, False)], [NO], True),
        ([(NO, True), (YES, False)], [NO, YES], True),
        ([(NO, True), (YES, False), (NO, True)], [NO], True),
        ([(NO, True), (YES, False), (NO, True)], [NO, YES, NO], True),
        ([(NO, True), (YES, True)], [NO], False),
        ([(NO, True), (YES, True)], [YES], False),
        ([(NO, True), (YES, False), (NO, True)], [NO, YES], False),
        ([(NO, True)], [NO, NO], False),
        ([(NO, False)], [YES], False),
    ],
)
def test_a_choice_that_is_lost_or_doubled_is_seen(
    attempts: list[tuple[Answer, bool]], kept: list[Answer], good: bool
) -> None:
    assert explained(attempts, kept, None) is good


def test_a_page_that_is_wrong_is_seen() -> None:
    everything = "".join(canary(0, body) for body in range(BODIES))
    for words, fault in (
        (everything, None),
        (f"{canary(0, 1)} 7 did not answer.", None),
        ("8 did not answer.", None),
        (canary(0, 1), "shows 1 of 8, and says of no gap"),
        ("Nothing stands out.", "shows 0 of 8, and says of no gap"),
        (f"{everything} {canary(1, 1)}", "shows what was told of 1 others"),
        (f"{everything} psycopg.OperationalError", "shows how the portal is made: psycopg"),
    ):
        assert judging.fault_of_list(Page(f"<h1>Your page</h1><p>{words}</p>"), 0) == fault
