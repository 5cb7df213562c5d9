"""The case file of one question: what a citizen takes to the regulator, as one signed zip file.

It is made in memory when it is asked for: a question has few messages, and they are short.
"""

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from markupsafe import Markup

from citizen_portal.exports.package import columns, manifest, page
from citizen_portal.exports.package.archive import Archive
from citizen_portal.signing import Signer
from citizen_portal.web import cells

PAGE, DATA = "index.html", "case.json"
FACTS, TIMELINE, LETTERS = "facts.csv", "timeline.csv", "correspondence.csv"


@dataclass(frozen=True, slots=True)
class Party:
    """The body that must answer."""

    name: str
    official_name: str
    contact: str
    subject: str
    """The id by which it knows the person; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Step:
    """One day of the case: what happened, or what the law or the body set."""

    day: date
    at: datetime | None
    who: str
    """One of you, body, clock."""
    what: str
    law: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    number: int
    at: datetime
    who: str
    """One of you, body, machine."""
    what: str
    words: str
    """As they were written."""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """The agreement as it was in force then."""

    reference: str
    number: int
    title: str
    on: date
    """The day for which it was looked up."""
    sha256: str
    """Of the file, which is the document in canonical JSON, as the register publishes it."""
    document: bytes

    @property
    def path(self) -> str:
        return f"agreement-{self.reference}-v{self.number}.json"


@dataclass(frozen=True, slots=True)
class Authority:
    """Who watches over data protection, and how a complaint gets there."""

    name: str
    website: str
    telephone: str
    law: str


@dataclass(frozen=True, slots=True)
class Case:
    id: UUID
    made_at: datetime
    issuer: str
    """Address of the portal."""
    brand: str
    language: str
    zone: tzinfo
    reference: str
    kind: str
    """In words; ``kind_code`` is for programs."""
    kind_code: str
    about: str
    state: str
    body: Party
    facts: Sequence[tuple[str, str]]
    steps: Sequence[Step]
    letters: Sequence[Letter]
    agreement: Version | None
    authority: Authority


def write(case: Case, signer: Signer) -> bytes:
    """The whole file."""
    out = io.BytesIO()
    archive = Archive(out, case.made_at)
    archive.add_bytes(PAGE, drawn(case))
    archive.add_bytes(DATA, manifest.as_json(said(case)))
    archive.add_bytes(FACTS, table(("fact", "value"), case.facts))
    steps = [(one.day, _moment(one.at), one.who, one.what, one.law) for one in case.steps]
    archive.add_bytes(TIMELINE, table(("day", "at", "who", "what", "law"), steps))
    letters = [
        (one.number, _moment(one.at), one.who, one.what, one.words, one.more)
        for one in case.letters
    ]
    heads = ("number", "at", "who", "what", "words", "more")
    archive.add_bytes(LETTERS, table(heads, letters))
    if case.agreement is not None:
        archive.add_bytes(case.agreement.path, case.agreement.document)
    archive.add_bytes(manifest.KEY, manifest.key(signer))
    listed = manifest.listed(
        manifest.CASE_FORMAT,
        id=case.id,
        issuer=case.issuer,
        made_at=_moment(case.made_at) or "",
        language=case.language,
        asked={"question": case.reference},
        files=archive.files,
    )
    archive.store(manifest.LIST, listed)
    archive.store(manifest.SIGNATURE, manifest.signature(listed, signer, manifest.CASE_KIND))
    archive.finish()
    return out.getvalue()


def said(case: Case) -> dict[str, Any]:
    """``case.json``: the same for programs, times in UTC."""
    agreement = case.agreement
    return {
        "format": manifest.CASE_FORMAT,
        "made_at": _moment(case.made_at),
        "issuer": case.issuer,
        "question": {
            "reference": case.reference,
            "kind": case.kind_code,
            "about": case.about,
            "state": case.state,
        },
        "body": asdict(case.body),
        "facts": [{"fact": fact, "value": value} for fact, value in case.facts],
        "timeline": [{**asdict(one), "at": _moment(one.at)} for one in case.steps],
        "correspondence": [{**asdict(one), "at": _moment(one.at)} for one in case.letters],
        "agreement": agreement
        and {
            "reference": agreement.reference,
            "version": agreement.number,
            "in_force_on": agreement.on,
            "sha256": agreement.sha256,
            "file": agreement.path,
        },
        "authority": asdict(case.authority),
    }


def drawn(case: Case) -> bytes:
    """``index.html``: one file that works offline, runs nothing and asks nobody for anything."""
    style = page.own("index.css")
    text = (
        page.pages(case.language)
        .get_template("exports/case.html")
        .render(
            case=case,
            telling=_Telling(case.language, case.zone),
            policy=f"default-src 'none'; style-src {page.hashed(style)}; img-src data:; "
            "base-uri 'none'; form-action 'none'",
            style=Markup(style),  # noqa: S704  (our own file)
        )
    )
    return page.NO_TEXT.sub("\ufffd", text).encode()


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """A CSV file that is safe in a spreadsheet; in UTF-8."""
    out = io.StringIO()
    writer = cells.writer(out)
    writer.writerow(heads)
    for row in rows:
        writer.writerow([cells.cell(value) for value in row])
    return out.getvalue().encode()


@dataclass(frozen=True, slots=True)
class _Telling:
    language: str
    zone: tzinfo

    def day(self, of: date) -> str:
        return page.day_in(of, self.language)

    def moment(self, at: datetime) -> str:
        return page.moment_in(at, self.zone, self.language)


def _moment(at: datetime | None) -> str | None:
    return columns.moment(at.replace(microsecond=0)) if at else None
