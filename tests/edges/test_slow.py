"""Callers that take their time do not hold up the others for long, even without a proxy in front.

``python -m tests.edges.slow`` measures it with more of them, and with the proxy.
"""

from pathlib import Path

from flask import Flask

from tests.edges.serving import Slow, seconds_to_answer, servers

QUICK = """
from citizen_portal import serving
from citizen_portal.serving import *
serving.HEAD_SECONDS, serving.REQUEST_SECONDS = 1.0, 2.0
"""


def test_threads_come_back_from_callers_that_do_not_end(shared_app: Flask, tmp_path: Path) -> None:
    (tmp_path / "quick.py").write_text(QUICK)
    options = ("--config", str(tmp_path / "quick.py"), "--threads", "2")
    with servers(shared_app, tmp_path, 1, options=options) as (server,):
        with Slow(server.port, silent=8, heads=4, bodies=2) as slow:
            slow.drip()
            waited = seconds_to_answer(server.address, most=20)
        # two heads and one body for each thread, one after the other
        assert waited < 8
        assert seconds_to_answer(server.address, most=20) < 1


def test_silent_callers_cost_no_thread(shared_app: Flask, tmp_path: Path) -> None:
    with (
        servers(shared_app, tmp_path, 1, options=("--threads", "1")) as (server,),
        Slow(server.port, silent=16, heads=0, bodies=0),
    ):
        assert seconds_to_answer(server.address, most=20) < 3
