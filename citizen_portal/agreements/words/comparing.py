"""Two versions side by side: each field that differs, with the words that went and came marked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from markupsafe import Markup

from citizen_portal.agreements.queries import changed_fields
from citizen_portal.agreements.words import labels
from citizen_portal.agreements.words.telling import Telling
from citizen_portal.db import Words
from citizen_portal.web.pages import plain

TOKEN = re.compile(r"\s*\S+|\s+")
MOST_TOKENS = 1_000
"""Longer texts are marked whole: to find what moved in them would hold up the page."""
SAME, DEL, INS = Markup("{}"), Markup("<del>{}</del>"), Markup("<ins>{}</ins>")
PARTS = {"measures": "what", "questions": "ask"}
"""Lists whose parts are told apart by their ids, and what heads each part."""
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    label: str
    then: Markup
    now: Markup


def differences(before: Document, after: Document, **lookups: Any) -> list[Difference]:
    """``lookups`` are those of ``Telling``."""
    reader = Telling(plain, **lookups)
    each_language = Telling(_each, **lookups)
    found = []
    for name, label, was, now in _changed(before, after, reader):
        texts = _texts(reader, name, was, now)
        if texts[0] == texts[1]:  # only another language than the reader's changed
            texts = _texts(each_language, name, was, now)
        found.append(Difference(label, *marked(*texts)))
    return found


def _changed(
    before: Document, after: Document, reader: Telling
) -> Iterator[tuple[str, str, Any, Any]]:
    """Name and label of what differs, with what it was and is; of lists with ids, each part."""
    for name in changed_fields(before, after):
        was, now = _value(before, name), _value(after, name)
        if name not in PARTS:
            yield name, labels.field(name), was, now
            continue
        old, new = ({part["id"]: part for part in of or ()} for of in (was, now))
        for part_id in dict.fromkeys([*old, *new]):
            pair = [[of[part_id]] if part_id in of else None for of in (old, new)]
            if pair[0] != pair[1]:
                head = reader.say((new.get(part_id) or old[part_id])[PARTS[name]])
                yield name, f"{labels.field(name)}: {head}", pair[0], pair[1]


def _value(document: Document, name: str) -> Any:
    if name.startswith("trust."):
        return document.get("trust", {}).get(name.removeprefix("trust."))
    return document.get(name)


def _texts(telling: Telling, name: str, was: Any, now: Any) -> tuple[str, str]:
    return "\n".join(telling.field(name, was)), "\n".join(telling.field(name, now))


def _each(words: Words) -> str:
    return " / ".join(f"[{language}] {text}" for language, text in sorted(words.items()))


def marked(then: str, now: str) -> tuple[Markup, Markup]:
    """Both texts, with ``<del>`` around what went and ``<ins>`` around what came."""
    before, after = TOKEN.findall(then), TOKEN.findall(now)
    if max(len(before), len(after)) > MOST_TOKENS:
        return DEL.format(then), INS.format(now)
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return (
        Markup("").join(_side(DEL, steps, before, 1)),
        Markup("").join(_side(INS, steps, after, 3)),
    )


def _side(
    mark: Markup, steps: list[tuple[Any, ...]], tokens: list[str], place: int
) -> Iterator[Markup]:
    for step in steps:
        text = "".join(tokens[step[place] : step[place + 1]])
        if step[0] == "equal" or not text.strip():
            yield SAME.format(text)
            continue
        words = text.lstrip()
        yield SAME.format(text.removesuffix(words)) + mark.format(words)
