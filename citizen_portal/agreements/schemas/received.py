"""What bodies' systems send and are answered: checked as an entry of a register file would be."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from citizen_portal.agreements.queries import Law, Register
from citizen_portal.agreements.schemas.agreement import AgreementDocument
from citizen_portal.agreements.schemas.crossing import cross_check
from citizen_portal.agreements.schemas.entries import RuleEntry
from citizen_portal.agreements.schemas.faults import Fault, Placed, checked, sheet_of
from citizen_portal.agreements.schemas.parts import Part, Slug
from citizen_portal.agreements.schemas.register_file import RegisterFile
from citizen_portal.bodies.queries import Directory

MOST_RULES = 10_000


class RuleList(Part):
    """The activity rules of sources of yours: each source that is named has these and no other."""

    rules: tuple[RuleEntry, ...] = Field(max_length=MOST_RULES)
    sources: tuple[Slug, ...] = ()
    """Further sources of yours that this is the list of: so a list can be emptied."""


class RulesAnswer(BaseModel):
    """How many rules had which change."""

    added: int
    changed: int
    removed: int
    unchanged: int


class DraftAnswer(BaseModel):
    """What stands now."""

    reference: str
    state: Literal["drafting", "published"]
    """``published``: the register says the same already, and no draft was begun."""
    base: int
    """Number of the published version that the draft changes; 0 for a new agreement."""
    revision: int | None
    """Counts the changes of the draft; null where there is none."""
    changed: list[str]
    """Fields that this call changed."""


class DraftShown(BaseModel):
    """A draft as it stands, what officers wrote into it included."""

    reference: str
    state: Literal["drafting", "in_review"]
    base: int
    revision: int
    document: dict[str, Any]
    """In the shape of an agreement, perhaps with fields not yet filled in."""


class _Sent(Placed[Mapping[str, Any]]):
    @property
    def place(self) -> str:
        """A field: what was sent has no lines that its sender would know."""
        return self.fault("").field


def received_agreement(
    value: Any, *, reference: str, directory: Directory, register: Register, law: Law
) -> AgreementDocument | list[Fault]:
    """The agreement, or each of its faults. ``reference`` is the one it was sent to."""
    sheet = sheet_of(value)
    found = checked(AgreementDocument, sheet)
    faults = found if isinstance(found, list) else []
    if isinstance(value, dict):
        lists = _lists(agreements=[_Sent(value, sheet, ())])
        faults += cross_check(lists, directory=directory, register=register, law=law)
        if value.get("reference") != reference:
            faults.append(sheet.fault(("reference",), "must be the one in the address"))
    return sorted(set(faults)) or found


def received_rules(
    value: Any, *, own: Mapping[str, UUID], directory: Directory, register: Register, law: Law
) -> RuleList | list[Fault]:
    """The rules, or each of their faults. ``own`` are the sender's sources: it knows no other."""
    sheet = sheet_of(value)
    found = checked(RuleList, sheet)
    faults = found if isinstance(found, list) else []
    rules = value.get("rules") if isinstance(value, dict) else None
    sent = [
        _Sent(rule, sheet, ("rules", at))
        for at, rule in enumerate(rules if isinstance(rules, list) else ())
        if isinstance(rule, dict)
    ]
    sources = {key: directory.sources[key] for key in own.values()}
    theirs = Directory(directory.bodies, sources, {})
    faults += cross_check(_lists(rules=sent), directory=theirs, register=register, law=law)
    if isinstance(found, RuleList):
        words = "names a source that is not known"
        others = enumerate(found.sources)
        faults += [sheet.fault(("sources", at), words) for at, one in others if one not in own]
    return sorted(set(faults)) or found


def _lists(**given: list[_Sent]) -> dict[str, list[Placed[Mapping[str, Any]]]]:
    return {name: list(given.get(name, ())) for name in RegisterFile.model_fields}
