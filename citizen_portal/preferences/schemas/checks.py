"""The ids for which a body asks whether it may use their data: as JSON, and as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, StringConstraints

from citizen_portal.agreements.schemas.parts import Reference
from citizen_portal.errors import Invalid
from citizen_portal.fetch import documents
from citizen_portal.preferences.models import PreferenceCheck
from citizen_portal.preferences.queries.checking import MOST_IDS, Checked

MOST_BYTES = 8_000_000
LENGTH = 64
BOM = b"\xef\xbb\xbf"
"""Some programs begin a text in UTF-8 with it."""
NOT_AN_ID = "must be 64 hexadecimal digits in small letters"

Pairwise = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class CheckAsked(BaseModel):
    """For whom a body asks, under which agreement."""

    agreement: Reference
    ids: Annotated[list[Pairwise], Field(min_length=1, max_length=MOST_IDS)]
    """The ids by which the portal means people to this body."""


class CheckAnswer(BaseModel):
    """Whose data may be used. Nothing is said of the others."""

    check: str
    """The id of this check, by which it can be found again."""
    agreement: str
    choice: str
    """What say people have: none, objection, opt_out, consent or not_stated. Under none and
    not_stated each id comes back."""
    choice_reason: dict[str, str] | None
    """Why there is no choice, where the agreement says so."""
    allowed: list[str]
    """In the order in which they were sent."""
    allowed_count: int
    good_until: datetime
    """Until when you may go by this answer."""

    @classmethod
    def of(cls, check: PreferenceCheck, found: Checked) -> Self:
        return cls(
            check=check.id.hex,
            agreement=check.agreement,
            choice=found.terms.choice.value,
            choice_reason=found.terms.choice_reason,
            allowed=found.allowed,
            allowed_count=check.allowed,
            good_until=check.good_until,
        )


class NoCheck(ValueError):
    """Why what was sent asks for nothing, in words that hold none of it."""

    def __init__(self, field: str, reason: str, rows: Sequence[int | None] = (None,)) -> None:
        super().__init__(reason)
        self.field, self.reason, self.rows = field, reason, rows


@dataclass(frozen=True, slots=True)
class File:
    """A file of ids, one in each line."""

    ids: list[str]
    ending: str

    def of(self, ids: Sequence[str]) -> str:
        """A file of these ids, written as this one was."""
        return "".join(f"{one}{self.ending}" for one in ids)


def asked(raw: bytes) -> tuple[str, list[str]]:
    """The agreement and the ids of ``CheckAsked``; raises ``NoCheck``, and ``Unreadable`` where
    it is no JSON. By hand: it is quicker, and what is wrong is told by its row alone."""
    if sum(map(raw.count, (b",", b"[", b"{"))) > MOST_IDS + len(CheckAsked.model_fields):
        raise _wrong_list()
    said: Any = documents.parse(raw)
    if not isinstance(said, Mapping) or said.keys() != CheckAsked.model_fields.keys():
        raise NoCheck("body", 'must be an object with the two fields "agreement" and "ids"')
    agreement, ids = said["agreement"], said["ids"]
    if not isinstance(agreement, str):
        raise NoCheck("agreement", "must be a text")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_IDS:
        raise _wrong_list()
    if not _all_ids(ids):
        raise NoCheck("ids", NOT_AN_ID, [at for at, one in enumerate(ids, 1) if not _is_id(one)])
    return agreement, ids


def read_file(raw: bytes) -> File:
    """The ids of a file; raises ``Invalid``, which names the first line that is no id."""
    lines = raw.removeprefix(BOM).decode("ascii", "replace").split("\n")
    ending = "\r\n" if lines[0].endswith("\r") else "\n"
    ids = [line.removesuffix("\r") for line in lines]
    while ids and not ids[-1]:
        ids.pop()
    if not ids:
        raise Invalid("The file holds no id.")
    if len(ids) > MOST_IDS:
        raise Invalid("The file has more than %(most)s lines.", most=MOST_IDS)
    if not _all_ids(ids):
        wrong = next(at for at, one in enumerate(ids, 1) if not _is_id(one))
        raise Invalid(
            "Line %(line)s is no id: each has 64 hexadecimal digits in small letters. Nothing was"
            " checked.",
            line=wrong,
        )
    return File(ids, ending)


def _wrong_list() -> NoCheck:
    return NoCheck("ids", f"must be a list of 1 to {MOST_IDS} ids")


def _all_ids(ids: Sequence[Any]) -> bool:
    """Many at once."""
    if {type(one) for one in ids} != {str} or {len(one) for one in ids} != {LENGTH}:
        return False
    return _is_hex("".join(ids))


def _is_id(one: Any) -> bool:
    return isinstance(one, str) and len(one) == LENGTH and _is_hex(one)


def _is_hex(text: str) -> bool:
    try:
        return bytes.fromhex(text).hex() == text
    except ValueError:
        return False
