"""What is noted while a copy is gathered: how far each body is, and what is missing and why."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from citizen_portal.exports import words
from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.models import Part
from citizen_portal.exports.package import FAILED, Missing, Why
from citizen_portal.fetch import Fault, Kind

REASONS: dict[Kind, Why] = {
    Kind.TOO_SLOW: "too_slow",
    Kind.UNREACHABLE: "did_not_answer",
    Kind.SAID_ERROR: "did_not_answer",
    Kind.TURNED_US_AWAY: "did_not_answer",
}
"""In each other case something was answered, and we refuse it."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that could not be had. ``body_id`` none: it holds for every body alike."""

    body_id: UUID | None
    part: Part
    why: Why
    note: str = ""
    day: date | None = None
    dataset: str = ""
    """Of which set of records it was, in words."""
    fields: tuple[str, ...] = ()
    """Which of its fields, in words."""

    @property
    def told(self) -> dict[str, object]:
        """As the row of the copy keeps it: codes, and no word of what a body holds."""
        return {
            "body": self.body_id.hex if self.body_id else "",
            "what": self.part.value,
            "why": self.why,
            "note": self.note,
            "day": self.day.isoformat() if self.day else None,
        }


@dataclass
class Notes:
    """``keep`` is given the progress whenever it changed, and whether it must be seen at once."""

    known: Known
    keep: Callable[[dict[str, Any], bool], None]
    lacks: dict[Lack, None] = field(default_factory=dict)
    """Each once, in the order in which they showed."""

    def __post_init__(self) -> None:
        self.progress: dict[str, dict[str, Any]] = {
            body_id.hex: {"state": "waiting", "rows": 0} for body_id in self.known.copy.bodies
        }

    def asking(self, bodies: Iterable[UUID]) -> None:
        for body_id in bodies:
            self.progress[body_id.hex]["state"] = "asking"
        self.keep(self.progress, True)

    def came(self, body_id: UUID, rows: int) -> None:
        """That a body gave so many rows more."""
        self.progress[body_id.hex]["rows"] += rows
        self.keep(self.progress, False)

    def settle(self, body_id: UUID) -> None:
        """That nothing more will be asked of this body."""
        failed = any(one.body_id == body_id and one.why in FAILED for one in self.lacks)
        some = self.progress[body_id.hex]["rows"] > 0
        state = "missing" if failed else "in" if some else "empty"
        if self.progress[body_id.hex]["state"] != state:
            self.progress[body_id.hex]["state"] = state
            self.keep(self.progress, True)

    def lack(self, body_id: UUID | None, part: Part, why: Why, **more: Any) -> None:
        self.lacks[Lack(body_id, part, why, **more)] = None

    def lack_each(self, body_id: UUID, parts: Iterable[Part], why: Why) -> None:
        for part in parts:
            self.lack(body_id, part, why)

    def fault(
        self, body_id: UUID, part: Part, error: Fault, *, half: bool = False, dataset: str = ""
    ) -> None:
        """``half``: some of what was asked for came before it failed."""
        turned = "turned_away" if error.kind is Kind.TURNED_US_AWAY else ""
        why = REASONS.get(error.kind, "answer_refused")
        self.lack(body_id, part, why, note="half" if half else turned, dataset=dataset)

    def told(self) -> list[dict[str, object]]:
        """What is missing as the row of the copy keeps it, each once, and of how many sets of
        records; none where it holds for the whole part."""
        sets = {(replace(one, dataset="", fields=()), one.dataset) for one in self.lacks}
        of = Counter(lack for lack, dataset in sets if dataset)
        told = dict.fromkeys(replace(one, dataset="", fields=()) for one in self.lacks)
        return [one.told | {"sets": of[one]} for one in told]

    def missing(self) -> Iterator[Missing]:
        """In words, in the language of the copy; by body, in no order of who answered first."""
        language = self.known.language
        for one in sorted(self.lacks, key=self._place):
            yield Missing(
                body=self.known.name(one.body_id) if one.body_id else words.everybody(language),
                what=one.dataset or words.in_language(words.part(one.part), language),
                why=one.why,
                words=_words(one, language),
            )

    def _place(self, one: Lack) -> tuple[bool, str, str, str, str, str]:
        body = self.known.directory.bodies[one.body_id] if one.body_id else None
        name = body.official_name["en"].casefold() if body else ""
        return (
            body is None,
            name,
            body.slug if body else "",
            one.part.value,
            one.dataset,
            one.why + one.note,
        )


def _words(one: Lack, language: str) -> str:
    said = [words.note(one.note, language, one.day)]
    if one.fields:
        said.append(words.note("fields", language, fields=", ".join(one.fields)))
    return " ".join(filter(None, said))
