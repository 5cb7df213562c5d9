"""What is wrong with a draft: with one answer as it is saved, and with the whole before review."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from citizen_portal.agreements.models.rights import RightsFault
from citizen_portal.agreements.queries import Law
from citizen_portal.agreements.queries.parties import answerable
from citizen_portal.agreements.queries.steps import TRUST, draft_steps, value_of
from citizen_portal.agreements.schemas.agreement import AgreementDocument, TrustAnswer

Place = tuple[str | int, ...]
MISSING, RIGHTS, NOT_NAMED = "missing", "rights", "own_body_not_named"
BLANKS: dict[str, Any] = {
    **dict.fromkeys(("title", "what", "purpose", "disclosed"), {"en": "…"}),
    "stage": "not_stated",
    "choice": "not_stated",
}
"""What stands in for members that no document can do without, so that the others are judged."""
LATEST_WITHDRAWAL = timedelta(days=31)
"""A draft may wait so long for its second officer."""
OF_WHOLE = {
    "ends_before_starts": "ends",
    "emergency_days": "starts",
    "emergency_long": "ends",
    "emergency_review": "emergency",
}
"""The member to put right, for faults that lie between members."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why an answer cannot stand. Words for it are the front door's."""

    member: str
    place: Place
    """Inside the member."""
    kind: str
    most: int | None = None
    """How many characters there may be, where there are too many."""


@dataclass(frozen=True, slots=True)
class Checked:
    value: Any
    """As a document has it; none where there is nothing, or nothing good."""
    misfits: tuple[Misfit, ...] = ()


def check_member(member: str, value: Any) -> Checked:
    """Judge the value of one member of a document, or of one answer to the trust matrix."""
    if value is None:
        return Checked(None)
    adapter = _adapter(TRUST if member.startswith(TRUST) else member)
    try:
        good = adapter.validate_python(value)
    except ValidationError as error:
        return Checked(None, tuple(_misfits(error, member)))
    return Checked(adapter.dump_python(good, mode="json", exclude_defaults=True))


def whole(document: Mapping[str, Any]) -> dict[str, Any]:
    """A draft's document as it is published; raises ``ValidationError`` unless it has no fault."""
    return AgreementDocument.model_validate(document).document()


def draft_misfits(
    document: Mapping[str, Any], law: Law, *, own: str, today: date
) -> tuple[Misfit, ...]:
    """Everything for which a draft of the body with this slug cannot be sent for review."""
    found = list(_missing(document))
    missing = {misfit.member for misfit in found}
    whole = BLANKS | dict(document)
    found += [each for each in faults_between(whole) if each.member not in missing]
    found += _withdrawal(document, today)
    found += _rights(document, law)
    if own not in answerable(document):
        found.append(Misfit("disclosers", (), NOT_NAMED))
    return tuple(found)


def faults_between(document: Mapping[str, Any]) -> tuple[Misfit, ...]:
    """Why a document that has each member a page needs cannot be read as a whole."""
    try:
        AgreementDocument.model_validate(document)
    except ValidationError as error:
        return tuple(_misfits(error, ""))
    return ()


def rights_fault(
    document: Mapping[str, Any], law: Law, *, public: bool = True
) -> RightsFault | None:
    """Whether the choice is less than the law gives; an unknown exemption is none."""
    cited = document.get("exemption")
    if cited is not None and cited not in law.exemptions:
        return RightsFault.EXEMPTION_UNFIT
    return law.judge(document, public=public).fault


def _withdrawal(document: Mapping[str, Any], today: date) -> Iterator[Misfit]:
    """What is taken back is not taken back for days that have gone by, nor before it begins."""
    on = document.get("withdrawn", {}).get("on")
    if on and on < (today - LATEST_WITHDRAWAL).isoformat():
        yield Misfit("withdrawn", ("on",), "withdrawn_before")
    elif on and on < document.get("starts", ""):
        yield Misfit("withdrawn", ("on",), "withdrawn_unbegun")


def _missing(document: Mapping[str, Any]) -> Iterator[Misfit]:
    for section in draft_steps().sections:
        for step in section.steps:
            if step.needed and value_of(document, step.members[0]) is None:
                yield Misfit(step.members[0], (), MISSING)


def _rights(document: Mapping[str, Any], law: Law) -> Iterator[Misfit]:
    try:
        fault = rights_fault(document, law)
    except ValueError:
        return  # the choice itself cannot be read, which is told already
    if fault is not None:
        member = "exemption" if fault is RightsFault.EXEMPTION_UNFIT else "choice"
        yield Misfit(member, (), f"{RIGHTS}.{fault.value}")


def _misfits(error: ValidationError, member: str) -> Iterator[Misfit]:
    for detail in error.errors(include_url=False, include_input=False):
        place: Place = detail["loc"]
        kind, context = detail["type"], detail.get("ctx", {})
        of = member
        if not of:
            of, place = _split(kind, place)
        yield Misfit(of, place, kind, context.get("max_length"))


def _split(kind: str, place: Place) -> tuple[str, Place]:
    if not place:
        return OF_WHOLE.get(kind, "title"), ()
    if place[0] == "trust" and len(place) > 1:
        return f"{TRUST}{place[1]}", place[2:]
    return str(place[0]), place[1:]


@cache
def _adapter(member: str) -> TypeAdapter[Any]:
    if member == TRUST:
        return TypeAdapter(TrustAnswer)
    info = AgreementDocument.model_fields[member]
    of: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return TypeAdapter(of)


def party_name(text: str) -> bool:
    """Whether a party that is not on our list can have this name."""
    return not check_member("disclosers", [{"name": text}]).misfits


def whole_number(text: str) -> int:
    """A revision as a form sends it; what is no number is the very first."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
