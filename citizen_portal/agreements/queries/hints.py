"""Which answers of a draft are missing or vague. Hints for its writers, not faults."""

import re
from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from citizen_portal.agreements.queries.trust import question_ids

FEWEST_WORDS = 4
WORD = re.compile(r"\w+")


class Hint(StrEnum):
    EMPTY = "empty"
    SHORT = "short"
    SAME = "same"
    """The same words as another answer."""
    NO_EVIDENCE = "no_evidence"
    NO_WELSH = "no_welsh"


def hints(document: Mapping[str, Any]) -> dict[str, tuple[Hint, ...]]:
    """For each question of the trust matrix, what its answer lacks; questions without hints too."""
    trust: Mapping[str, Any] = document.get("trust", {})
    alike: dict[str, list[str]] = defaultdict(list)
    for question, answer in trust.items():
        alike[_plain(answer)].append(question)
    same = {question for of in alike.values() if len(of) > 1 for question in of}
    return {
        question: _of(trust.get(question), repeated=question in same) for question in question_ids()
    }


def _of(answer: Mapping[str, Any] | None, *, repeated: bool) -> tuple[Hint, ...]:
    if answer is None:
        return (Hint.EMPTY,)
    applies = answer.get("status", "answered") == "answered"
    found = {
        Hint.SHORT: len(WORD.findall(answer["text"]["en"])) < FEWEST_WORDS,
        Hint.SAME: repeated and applies,
        Hint.NO_EVIDENCE: applies and "evidence" not in answer,
        Hint.NO_WELSH: "cy" not in answer["text"],
    }
    return tuple(hint for hint, there in found.items() if there)


def _plain(answer: Mapping[str, Any]) -> str:
    """The words alone, so that a comma more does not make another answer of it."""
    return " ".join(WORD.findall(answer["text"]["en"].casefold()))
