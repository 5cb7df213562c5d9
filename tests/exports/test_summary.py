"""The summary on paper: tagged, of text only, asks nobody; and a copy is whole without it."""

import io
import re
import signal
import subprocess
import sys
from ctypes.util import find_library
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, Response, request
from structlog.testing import capture_logs

from citizen_portal.exports.package import (
    Agreement,
    Contents,
    Holder,
    Linked,
    Looks,
    Missing,
    Overview,
    paper,
)
from citizen_portal.exports.verify import Altered, check
from citizen_portal.signing import Signer
from tests.exports import copies, reading
from tests.exports.printed import Printed
from tests.exports.world import World
from tests.fakes.serving import served

SIGNER = copies.signer()
STEALS = "body::before{content:'SECRET'}"
CITY = "Council <of> nowhere"
OVERVIEW = Overview(
    holders=[Holder(text or "Council", [text, "Addresses"]) for text in copies.HOSTILE],
    links=[
        Linked(CITY, True, copies.MADE_AT - timedelta(days=99)),
        Linked("Other", False, copies.MADE_AT),
    ],
    agreements=[Agreement("DSA-0001", 2, "Who has moved", "To pay once.", ["Public task"])],
    looks=[Looks(CITY, {2026: 1_200, 2025: 31, 2024: 4, 2023: 5, 2019: 7})],
)


printing = pytest.mark.skipif(
    find_spec("weasyprint") is None or find_library("pangoft2-1.0") is None,
    reason="WeasyPrint or Pango is not here",
)


def summed(overview: Overview = OVERVIEW, **given: object) -> Contents:
    table = copies.table([copies.look(number) for number in range(9)])
    return copies.contents(
        table, overview=lambda: overview, zone=ZoneInfo("Europe/London"), **given
    )


def printed(overview: Overview = OVERVIEW, **given: object) -> Printed:
    raw, _ = copies.written(summed(overview, **given), SIGNER)
    return Printed(reading.files(raw)[paper.PATH])


RAW, SUMMARY = copies.written(summed(), SIGNER)


@printing
def test_it_is_in_the_copy_and_the_list_and_the_page_leads_there() -> None:
    files = reading.files(RAW)
    assert files[paper.PATH].startswith(b"%PDF-1.7")
    assert b'<a href="summary.pdf">' in files["index.html"]
    found = check(io.BytesIO(RAW), pinned=list(SIGNER.keys.keys))
    assert found.trusted
    assert found.files == SUMMARY.files == len(files)
    assert paper.PATH.encode() not in files["datapackage.json"]
    assert f"`{paper.PATH}`" in (Path(__file__).parents[2] / "docs" / "copies.md").read_text()


@printing
def test_a_changed_byte_of_it_is_found() -> None:
    start = RAW.index(paper.PATH.encode())
    for at in range(start, start + 20_000, 997):
        changed = bytearray(RAW)
        changed[at] ^= 1
        with pytest.raises(Altered):
            check(io.BytesIO(bytes(changed)), pinned=list(SIGNER.keys.keys))


@printing
@pytest.mark.parametrize("language", ["en", "cy"])
def test_it_is_tagged_and_says_its_language_and_title(language: str) -> None:
    paper_ = printed(language=language)
    assert b"/MarkInfo <</Marked true>>" in paper_.catalogue
    assert b"/StructTreeRoot" in paper_.catalogue
    assert f"/Lang ({language})".encode() in paper_.catalogue
    assert b"/DisplayDocTitle true" in paper_.catalogue
    assert b'pdfuaid:part="1"' in paper_.said
    tags = set(re.findall(rb"/S /(\w+)", paper_.said))
    assert tags >= {b"Document", b"H1", b"H2", b"H3", b"Table", b"TR", b"TH", b"TD", b"L"}


@printing
def test_what_it_says_is_what_was_counted() -> None:
    said = " ".join(printed().text.split())
    assert "Made on 17 November 2026, 14:15 GMT." in said
    assert f"{CITY} 1,200 31 4 5 7 1,247" in said
    assert "2026 2025 2024 2023 Earlier Together" in said
    assert f"{CITY} Linked since 10 August 2026 Other Not linked" in said
    assert "DSA-0001, version 2" in said
    assert "To pay once." in said
    assert "Public task" in said
    assert f"{CITY} looks It did not answer. 5 tries." in said
    assert "http://127.0.0.1:8000/verify" in said


@printing
def test_what_was_not_asked_for_is_not_in_it() -> None:
    said = " ".join(printed(Overview(links=[]), missing=()).text.split())
    assert "You are linked to no body." in said
    assert "Accesses that we know of" not in said
    assert "Agreements that touch you" not in said
    assert "We know of nothing that you asked for and did not get." in said


@printing
def test_texts_of_bodies_are_text() -> None:
    paper_ = printed()
    assert "<img src=x onerror=alert(1)>" in paper_.text
    assert "</script><script>alert(1)</script>" in paper_.text
    assert "{{ 7*7 }} %s %(x)s" in paper_.text
    for never in (
        b"/JavaScript",
        b"/JS",
        b"/Launch",
        b"/URI",
        b"/EmbeddedFile",
        b"/Subtype /Image",
    ):
        assert never not in paper_.said


@printing
def test_long_lists_and_texts_are_cut_and_it_says_so() -> None:
    many = Overview(
        holders=[Holder(f"Body {n}", ["x" * 5_000]) for n in range(900)],
        agreements=[Agreement(f"A-{n}", 1, "T" * 900, "P" * 9_000, ["G"] * 99) for n in range(900)],
        looks=[Looks(f"Body {n}", dict.fromkeys(range(1, 9_999, 99), 1)) for n in range(900)],
    )
    missing = [Missing(f"Body {n}", "looks", "too_slow") for n in range(900)]
    paper_ = printed(many, missing=missing)
    assert " ".join(paper_.text.split()).count("870 more are in the other files of this copy.") == 4
    assert paper_.said.count(b"/Type /Page/") <= 20


@printing
def test_what_failed_is_told_before_who_was_not_asked() -> None:
    unasked = [Missing(f"Body {n}", "looks", "not_linked") for n in range(99)]
    said = printed(missing=[*unasked, Missing("Zoo", "looks", "too_slow")]).text
    assert said.index("Zoo") < said.index("Body 0")
    assert "Body 30" not in said


@printing
def test_what_a_body_did_not_give_stands_together() -> None:
    missing = [
        Missing("Zoo", "looks", "too_slow"),
        Missing("Aquarium", "records", "not_shared"),
        Missing("Zoo", "records", "too_slow"),
        Missing("Museum", "looks", "not_linked"),
        Missing("Zoo", "links", "too_many", "Only 9."),
    ]
    said = " ".join(printed(missing=missing).text.split())
    assert "Bodies of which something is missing 3" in said
    assert (
        "Zoo looks; records It was too slow, so we stopped. "
        "links There was more than one copy can take from one body. Only 9."
    ) in said
    parts = ("Zoo", "What the bodies that answered do not tell", "Aquarium", "1 body that was not")
    places = [said.index(part) for part in (*parts, "Museum")]
    assert places == sorted(places)


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
from tests.exports.test_summary import summed
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


@printing
def test_a_copy_of_a_citizen_is_summed_up(world: World) -> None:
    world.body("clinic")
    world.body("elsewhere", linked=False)
    world.body("markup", "markup")
    health = "https://w3id.org/dpv/legal/eu/gdpr#A9-2-h"
    world.agreement("DSA-0001", discloser="clinic", recipient="elsewhere", article_9=health)
    package = world.package(world.made())
    said = " ".join(Printed(package.read(paper.PATH)).text.split())
    assert f"{world.bodies['clinic'].official_name['en']} Addresses" in said
    assert "DSA-0001, version 1" in said
    assert "To help." in said
    assert "Article 9(2)(h)" in said
    assert "Linked since" in said
    assert "The law holds some uses back for a time. We say this to everybody." in said
