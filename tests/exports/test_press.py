"""The press asks nobody and keeps to its limits; whatever ends it, a copy is whole without it."""

import io
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask, Response, request
from structlog.testing import capture_logs

from citizen_portal.exports.package import Overview, paper
from citizen_portal.exports.verify import check
from citizen_portal.signing import Signer
from tests.exports import copies, reading
from tests.exports.printed import Printed
from tests.exports.summaries import SIGNER, printing, summed
from tests.fakes.serving import served

STEALS = "body::before{content:'SECRET'}"


@printing
def test_the_press_asks_nobody_and_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text(STEALS)
    asked: list[str] = []

    def noting(_: str) -> Flask:
        app = Flask("noting")

        @app.before_request
        def note() -> Response:
            asked.append(request.path)
            return Response(STEALS)

        return app

    with served(noting) as address:
        page = "".join(
            f"<link rel=stylesheet href='{url}'><style>@import '{url}';</style><img src='{url}'>"
            f"<link rel=attachment href='{url}'><object data='{url}'></object>"
            for url in (
                f"{address}/x",
                secret.as_uri(),
                f"data:text/css,{STEALS}",
            )
        )
        done = subprocess.run(
            [sys.executable, "-I", str(paper.PRESS)],
            input=f"<title>T</title>{page}<p>left".encode(),
            capture_output=True,
            check=True,
            timeout=60,
        )
    assert asked == []
    found = Printed(done.stdout)
    assert "left" in found.text
    assert "SECRET" not in found.text
    assert b"/EmbeddedFile" not in found.said


@pytest.mark.parametrize(
    ("press", "fault"),
    [
        ("import sys; sys.exit(3)", "no_pango"),
        ("import sys; sys.exit(1)", "ended_1"),
        ("import os; os.kill(os.getpid(), 9)", "ended_-9"),
        ("print('no paper')", "ended_0"),
        ("import time; time.sleep(60)", "TimeoutExpired"),
        (
            "import sys; sys.modules['weasyprint'] = None; import runpy; "
            f"runpy.run_path({str(paper.PRESS)!r}, run_name='__main__')",
            "no_pango",
        ),
    ],
)
def test_a_fault_in_the_press_leaves_the_copy_whole(
    press: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "press.py"
    broken.write_text(press)
    monkeypatch.setattr(paper, "PRESS", broken)
    monkeypatch.setattr(paper, "SECONDS", 2.0)
    with capture_logs() as logs:
        raw, _ = copies.written(summed(), SIGNER)
    assert logs == [{"event": "copies.no_summary", "log_level": "warning", "fault": fault}]
    assert_whole_without(raw)


WILD = """
import importlib.util, sys, types

class Wild:
    def __init__(self, **given):
        pass

    def write_pdf(self, **given):
        {does}
        return b"%PDF-1.7"

sys.modules["weasyprint"] = types.SimpleNamespace(HTML=Wild, URLFetcher=Wild)
spec = importlib.util.spec_from_file_location("press", {press!r})
press = importlib.util.module_from_spec(spec)
spec.loader.exec_module(press)
press.SECONDS = 1
sys.exit(press.main())
"""
"""The press, with a library that goes wild in place of WeasyPrint."""


@pytest.mark.parametrize(
    ("does", "fault"),
    [
        ("bytearray(2 * press.MEMORY)", "ended_1"),
        ("while True: pass", f"ended_-{signal.SIGKILL.value}"),
        ("open({file!r}, 'wb', 0).write(b'x')", "ended_1"),
        ("import os; os.abort()", f"ended_-{signal.SIGABRT.value}"),
    ],
    ids=["memory", "time", "file", "broken"],
)
def test_a_limit_ends_the_press_and_the_copy_is_whole_and_says_so(
    does: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, wild = tmp_path / "written", tmp_path / "press.py"
    monkeypatch.chdir(tmp_path)  # where a core would be dumped
    wild.write_text(WILD.format(does=does.format(file=str(file)), press=str(paper.PRESS)))
    monkeypatch.setattr(paper, "PRESS", wild)
    with capture_logs() as logs:
        raw, _ = copies.written(summed(), SIGNER)
    assert logs == [{"event": "copies.no_summary", "log_level": "warning", "fault": fault}]
    assert_whole_without(raw)
    assert not file.exists() or not file.stat().st_size
    assert not list(tmp_path.glob("core*"))


def test_a_press_within_its_limits_is_let_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the tests above find the limits, and not a fault of theirs."""
    tame = tmp_path / "press.py"
    tame.write_text(WILD.format(does="bytearray(press.MEMORY // 4)", press=str(paper.PRESS)))
    monkeypatch.setattr(paper, "PRESS", tame)
    raw, _ = copies.written(summed(), SIGNER)
    assert reading.files(raw)[paper.PATH] == b"%PDF-1.7"


def test_a_fault_before_the_press_leaves_the_copy_whole() -> None:
    def broken() -> Overview:
        raise KeyError("somebody's name")

    with capture_logs() as logs:
        raw, _ = copies.written(copies.contents(overview=broken), SIGNER)
    assert logs == [{"event": "copies.no_summary", "log_level": "warning", "fault": "KeyError"}]
    assert_whole_without(raw)


WITHOUT = """
import sys
sys.modules["weasyprint"] = None
from citizen_portal.exports import package
from tests.exports import copies
from tests.exports.summaries import summed
package.write(sys.stdout.buffer, summed(), signer=copies.signer(), beat=lambda _: None)
"""


def test_where_weasyprint_is_not_there_a_copy_is_made_without() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, check=True, timeout=60
    )
    assert_whole_without(done.stdout, by=None, said=False)


def test_no_process_of_the_portal_loads_it() -> None:
    assert "weasyprint" not in sys.modules


def assert_whole_without(raw: bytes, *, by: Signer | None = SIGNER, said: bool = True) -> None:
    files = reading.files(raw)
    assert paper.PATH not in files
    assert paper.PATH.encode() not in files["index.html"]
    assert paper.PATH.encode() not in files["manifest.json"]
    assert (b"we could not make a summary" in files["index.html"]) is said
    check(io.BytesIO(raw), pinned=list(by.keys.keys) if by else None)
