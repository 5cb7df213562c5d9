"""A copy in words for its page: how far each body is, what is in it, what is missing."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import format_date, format_decimal, gettext, ngettext

from citizen_portal.bodies.queries import Body, Directory
from citizen_portal.exports import words
from citizen_portal.exports.forms import OF_BODIES
from citizen_portal.exports.models import Part, State, Why
from citizen_portal.exports.package import FAILED
from citizen_portal.exports.queries import Copy
from citizen_portal.web.pages import language, plain

ICONS = {"too_slow": "asking", "answer_refused": "refused", "did_not_answer": "down"}
STEPS = {
    "waiting": "off",
    "asking": "asking",
    "in": "answered",
    "empty": "empty",
    "missing": "down",
}
STATES = {
    State.ASKED: "asking",
    State.WAITING: "asking",
    State.BUILDING: "asking",
    State.READY: "answered",
    State.FETCHED: "answered",
    State.FAILED: "down",
    State.CANCELLED: "off",
    State.EXPIRED: "off",
}
Option = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One copy in the list."""

    name: str
    icon: str
    state: str
    asked_at: datetime
    until: datetime | None
    """Until when it can be downloaded; none where it cannot."""


@dataclass(frozen=True, slots=True)
class Row:
    """One body with what became of asking it."""

    icon: str
    name: str
    official: str
    text: str
    whys: tuple[tuple[str, str, str], ...] = ()
    """What is missing, the code of why, and a sentence more; what failed comes first."""


@dataclass(frozen=True, slots=True)
class Page:
    mark: str
    parts: tuple[str, ...]
    since: str
    done: int
    steps: tuple[Row, ...]
    held: tuple[tuple[str, str], ...]
    failed: tuple[Row, ...]
    """Bodies that were asked and gave not what was asked of them."""
    partly: tuple[Row, ...]
    """What bodies that answered do not tell."""
    others: tuple[Row, ...]
    """Bodies that could not be asked, or were not."""
    size: str
    fingerprint: str
    fault: str


def line(copy: Copy) -> Line:
    until = copy.expires_at if copy.there else None
    return Line(copy.id.hex, STATES[copy.state], state_words(copy), copy.asked_at, until)


def page(copy: Copy, known: Directory) -> Page:
    lacking = _by_body(copy, known)
    chosen = {body.hex for body in copy.bodies}
    failed = [row for body, row, codes in lacking if FAILED & codes]
    partly = [row for body, row, codes in lacking if not FAILED & codes and body in chosen]
    others = [row for body, row, codes in lacking if not FAILED & codes and body not in chosen]
    return Page(
        mark=mark(copy),
        parts=tuple(plain(words.part(part)) for part in copy.parts),
        since=str(format_date(copy.since, "d MMMM y")) if copy.since else "",
        done=copy.done,
        steps=tuple(_steps(copy, known)),
        held=tuple(_held(copy)),
        failed=tuple(failed),
        partly=tuple(partly),
        others=tuple(others),
        size=size_words(copy.size or 0),
        fingerprint=_grouped(copy.fingerprint or ""),
        fault=fault_words(copy.fault),
    )


def mark(copy: Copy) -> str:
    """Changes when there is something new to see. Tells nothing."""
    said = json.dumps([copy.state, copy.attempts, copy.progress], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def state_words(copy: Copy) -> str:
    match copy.state:
        case State.ASKED:
            return str(gettext("Waiting"))
        case State.WAITING | State.BUILDING:
            return str(gettext("Being made"))
        case State.READY:
            return str(gettext("Ready"))
        case State.FETCHED:
            return str(gettext("Downloaded"))
        case State.FAILED:
            return str(gettext("Could not be made"))
        case State.CANCELLED:
            return str(gettext("Wiped by you") if copy.ready_at else gettext("Stopped by you"))
    return str(gettext("Wiped, its time was over"))


def part_options() -> list[Option]:
    return [(part.value, plain(words.part(part)), plain(words.hint(part))) for part in Part]


def body_options(offered: Sequence[UUID], known: Directory) -> list[Option]:
    return [(each.hex, _named(known.bodies[each]), "") for each in offered]


def size_words(size: int) -> str:
    """ "2.4 MB"; small ones in kB."""
    if size < 1_000_000:
        return str(gettext("%(n)s kB", n=format_decimal(max(1, round(size / 1000)))))
    return str(gettext("%(n)s MB", n=format_decimal(size / 1_000_000, format="#,##0.0")))


def fault_words(fault: Why | None) -> str:
    match fault:
        case Why.TOO_LARGE:
            return str(gettext("It grew too large for one file. Ask for less at once."))
        case Why.LOST | Why.FAULT:
            return str(gettext("Something of ours broke each time. It is not your doing."))
    return ""


def _named(body: Body) -> str:
    return f"{plain(body.name)} ({plain(body.official_name)})"


def _steps(copy: Copy, known: Directory) -> list[Row]:
    """How each body is with its answer; none where nothing was wanted that bodies are asked for."""
    if not OF_BODIES & set(copy.parts):
        return []
    rows = []
    for name, step in copy.progress.items():
        body = known.bodies.get(UUID(hex=name))
        if body is not None:
            text = _step_words(step)
            rows.append(
                Row(STEPS[step["state"]], plain(body.name), plain(body.official_name), text)
            )
    return sorted(rows, key=lambda row: row.name)


def _step_words(step: dict[str, Any]) -> str:
    lines = ngettext("%(num)s line", "%(num)s lines", step["rows"])
    match step["state"]:
        case "waiting":
            return str(gettext("Its turn comes"))
        case "asking":
            return str(gettext("Asking, %(lines)s so far", lines=lines))
        case "in":
            return str(gettext("In the copy, %(lines)s", lines=lines))
        case "empty":
            return str(gettext("Answered: nothing on you"))
    if step["rows"]:
        return str(gettext("Only in part, %(lines)s", lines=lines))
    return str(gettext("Missing: it gave us nothing"))


def _held(copy: Copy) -> list[tuple[str, str]]:
    """What is in the copy, and how many lines of it."""
    rows = []
    for name, count in copy.held.items():
        title = words.part(Part.RECORDS) if name == "records" else words.table(name)["title"]
        rows.append((plain(title), str(format_decimal(count))))
    return rows


def _by_body(copy: Copy, known: Directory) -> list[tuple[str, Row, set[str]]]:
    """What is missing, put together by body, by name; what holds for everybody is not in it."""
    of: dict[str, list[dict[str, Any]]] = {}
    for lack in copy.missing:
        if lack["body"]:
            of.setdefault(str(lack["body"]), []).append(lack)
    found = []
    for name, lacks in of.items():
        body = known.bodies.get(UUID(hex=name))
        if body is not None:
            codes = {str(lack["why"]) for lack in lacks}
            icon = next((ICONS[code] for code in sorted(codes) if code in ICONS), "off")
            row = Row(icon, plain(body.name), plain(body.official_name), "", _whys(lacks))
            found.append((name, row, codes))
    return sorted(found, key=lambda each: each[1].name)


def _whys(lacks: Sequence[dict[str, Any]]) -> tuple[tuple[str, str, str], ...]:
    """Each reason once, with what it holds for. Which sets of records, only the file names."""
    parts: dict[tuple[str, str], list[str]] = {}
    for lack in sorted(lacks, key=lambda each: each["why"] not in FAILED):
        day = date.fromisoformat(lack["day"]) if lack["day"] else None
        note, sets = words.note(lack["note"], language(), day), lack.get("sets", 0)
        what = plain(words.part(Part(lack["what"])))
        if sets:
            what = ngettext(
                "%(num)s set of “%(part)s”", "%(num)s sets of “%(part)s”", sets, part=what
            )
            named = gettext("The file says which.")
            note = f"{note} {named}".strip()
        parts.setdefault((lack["why"], note), []).append(str(what))
    return tuple(("; ".join(of), code, said) for (code, said), of in parts.items())


def _grouped(fingerprint: str) -> str:
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
