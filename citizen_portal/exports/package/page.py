"""``index.html``: the copy for people. One file that works offline and asks nobody for anything.

Without script it shows the first rows of each table. Its script turns pages, sorts and searches,
with rows from the scripts under ``page/``, which hold them as the JSON lines do.
"""

import gettext
import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from functools import cache, partial
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from citizen_portal.exports.package import tables
from citizen_portal.exports.package.archive import File
from citizen_portal.exports.package.contents import Contents, Document, Missing
from citizen_portal.exports.package.lacking import lacking
from citizen_portal.exports.package.layout import Layout, Place, Telling
from citizen_portal.exports.package.tables import Written
from citizen_portal.places import folder
from citizen_portal.web import lengths

HERE = Path(__file__).parent
NO_TEXT = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17)
    )
    + "]"
)
"""What HTML calls no character at all. The page shows that something is there."""


def drawn(
    contents: Contents,
    done: Sequence[Written],
    documents: Iterable[tuple[Document, File]],
    missing: Sequence[Missing],
    summary: str | None,
) -> bytes:
    """``summary``: where it lies; nothing where it could not be made, none where none is made."""
    style, script = own("index.css"), own("index.js")
    telling = Telling.of(contents)
    lasting = partial(lengths.in_words, said=_words(contents.language))
    laid = [(each, Layout.of(each, contents.language, lasting)) for each in done]
    template = pages(contents.language).get_template("exports/copy.html")
    text = template.render(
        contents=contents,
        made=moment(contents),
        tables=laid,
        documents=[document for document, _ in documents],
        missing=lacking(missing),
        summary=summary,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704  (our own files)
        script=Markup(script),  # noqa: S704
        told=_told(telling, laid),
        telling=telling,
    )
    return NO_TEXT.sub("\ufffd", text).encode()


def _policy(style: str, script: str) -> str:
    """Own script, own style, files that lie beside it; no address anywhere else."""
    return (
        f"default-src 'none'; style-src {hashed(style)}; script-src {hashed(script)} 'self' file:; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def hashed(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _told(telling: Telling, laid: Iterable[tuple[Written, Layout]]) -> Markup:
    """What the script must know, as JSON that cannot end its element."""
    said = {
        "zone": telling.zone_key,
        "months": telling.months,
        "tables": [
            {
                "name": each.table.name,
                "rows": each.rows,
                "here": len(each.first),
                "part": tables.PART,
                "first": [_column(telling, place) for place in layout.first],
                "more": [_column(telling, place) for place in layout.more],
                "newest": layout.newest and layout.newest.column.name,
            }
            for each, layout in laid
        ],
    }
    return Markup(json.dumps(said).replace("<", "\\u003c"))  # noqa: S704


def _column(telling: Telling, place: Place) -> dict[str, Any]:
    column = place.column
    title = telling.head(place)
    return {"name": column.name, "type": column.type, "title": title, "words": place.words}


def moment(contents: Contents) -> str:
    return moment_in(contents.made_at, contents.zone, contents.language)


def moment_in(at: datetime, zone: tzinfo, language: str) -> str:
    return str(format_datetime(at.astimezone(zone), "d MMMM y, HH:mm zzz", locale=language))


def day_in(of: date, language: str) -> str:
    return str(format_date(of, "d MMMM y", locale=language))


@cache
def own(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8").strip()


@cache
def _words(language: str) -> gettext.NullTranslations:
    return gettext.translation("messages", folder("translations"), [language], fallback=True)


@cache
def pages(language: str) -> Environment:
    """Templates in one language. The worker that draws them serves nobody's request."""
    loader = FileSystemLoader(folder("templates"))
    pages = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.install_gettext_translations(_words(language), newstyle=True)  # type: ignore[attr-defined]
    return pages
