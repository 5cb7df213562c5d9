"""A draft as a list of tasks: each question with how its answer stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from citizen_portal.agreements.queries.hints import Hint, hints
from citizen_portal.agreements.queries.steps import TRUST, Section, Step, draft_steps, value_of


class Answered(StrEnum):
    EMPTY = "empty"
    WRITTEN = "written"
    VAGUE = "vague"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Task:
    step: Step
    state: Answered
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    section: Section
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    written: int
    of: int
    vague: int


def tasks(document: Mapping[str, Any]) -> tuple[Group, ...]:
    """In the order of the pages; how trust answers fall short is told with each."""
    lacking = hints(document)
    return tuple(
        Group(section, tuple(_task(step, document, lacking) for step in section.steps))
        for section in draft_steps().sections
    )


def progress(groups: tuple[Group, ...]) -> Progress:
    every = [task for group in groups for task in group.tasks]
    return Progress(
        written=sum(task.state is not Answered.EMPTY for task in every),
        of=len(every),
        vague=sum(task.state is Answered.VAGUE for task in every),
    )


def next_step(key: str) -> Step | None:
    """The page that comes after this one; none after the last."""
    every = [step for section in draft_steps().sections for step in section.steps]
    after = [step for before, step in zip(every, every[1:], strict=False) if before.key == key]
    return after[0] if after else None


def _task(step: Step, document: Mapping[str, Any], lacking: dict[str, tuple[Hint, ...]]) -> Task:
    said = [value_of(document, member) for member in step.members]
    if all(value is None for value in said):
        return Task(step, Answered.EMPTY)
    question = step.members[0].removeprefix(TRUST)
    if step.page != "trust":
        return Task(step, Answered.WRITTEN)
    vague = lacking[question]
    if said[0].get("status") == "not_applicable":
        return Task(step, Answered.NOT_APPLICABLE, vague)
    return Task(step, Answered.VAGUE if vague else Answered.WRITTEN, vague)
