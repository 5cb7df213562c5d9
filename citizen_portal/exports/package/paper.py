"""``summary.pdf``: the copy in short, to print or to show. There where WeasyPrint is.

It is drawn by ``press`` in a process of its own. A copy is whole without it, so whatever goes wrong
here is noted, and never with a word of what was drawn. The copy says that there is none.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path

import structlog
from babel.dates import format_date
from markupsafe import Markup

from citizen_portal.exports.package import page
from citizen_portal.exports.package.contents import Contents, Missing
from citizen_portal.exports.package.lacking import lacking
from citizen_portal.exports.package.overview import Looks, Overview
from citizen_portal.exports.package.press import CANNOT

PATH = "summary.pdf"
PRESS = Path(__file__).with_name("press.py")
SECONDS = 30.0
"""Less than after what a job counts as lost."""
MOST, LONGEST, YEARS = 30, 300, 4
"""Lines of a list, letters of a text, columns of years: what is more is in the other files."""
PASSED_ON = ("HOME", "LD_LIBRARY_PATH", "PATH")
"""What the press may know of our environment: no secret."""

log = structlog.get_logger()


def drawn(contents: Contents, missing: Sequence[Missing]) -> bytes | None:
    """None where there is none to draw, and nothing where it could not be drawn."""
    if contents.overview is None or find_spec("weasyprint") is None:
        return None
    try:
        return _pressed(html(contents, contents.overview(), missing))
    except Exception as error:  # whatever it is, the copy goes on
        log.warning("copies.no_summary", fault=type(error).__name__)
        return b""


def html(contents: Contents, overview: Overview, missing: Sequence[Missing]) -> str:
    def day(at: date) -> str:
        there = at.astimezone(contents.zone) if isinstance(at, datetime) else at
        return str(format_date(there, "d MMMM y", locale=contents.language))

    years = _years(overview.looks or ())
    text = (
        page.pages(contents.language)
        .get_template("exports/summary.html")
        .render(
            contents=contents,
            overview=overview,
            missing=lacking(missing),
            years=years[:YEARS],
            earlier=len(years) > YEARS,
            made=page.moment(contents),
            most=MOST,
            short=_short,
            day=day,
            style=Markup(page.own("summary.css")),  # noqa: S704  (our own file)
        )
    )
    return page.NO_TEXT.sub("\ufffd", text)


def _pressed(text: str) -> bytes:
    done = subprocess.run(  # noqa: S603  (our own program, without arguments)
        [sys.executable, "-I", str(PRESS)],
        input=text.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
        timeout=SECONDS,
        check=False,
    )
    if done.returncode == 0 and done.stdout.startswith(b"%PDF-"):
        return done.stdout
    fault = "no_pango" if done.returncode == CANNOT else f"ended_{done.returncode}"
    log.warning("copies.no_summary", fault=fault)
    return b""


def _years(looks: Iterable[Looks]) -> list[int]:
    """Those in which there was something, the newest first."""
    return sorted({year for each in looks for year in each.years}, reverse=True)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
