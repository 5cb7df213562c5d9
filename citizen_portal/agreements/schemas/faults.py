"""What is wrong with register files, and with what systems send: file, line, field and plain words,
never a value."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from citizen_portal.agreements.schemas.located import Located, Path

Entry = TypeVar("Entry", covariant=True)
Model = TypeVar("Model", bound=BaseModel)
FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,59}")
OTHERWISE = "is not as docs/register-format.md says"
WORDS = {
    "missing": "is needed",
    "extra_forbidden": "is not a field of this format",
    "string_type": "must be a text; put it in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "may have at most {max_length} characters",
    "string_unicode": "holds characters that cannot be written",
    "string_pattern_mismatch": "must be written like {pattern}",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "tuple_type": "must be a list",
    "model_type": "must hold fields",
    "dict_type": "must hold fields",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "too_long": "may have at most {max_length} entries",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "date_from_datetime_parsing": "must be a date that exists",
    "date_parsing": "must be a date that exists",
    "date_from_datetime_inexact": "must be a date that exists",
    "value_error": "{error}",
    "ends_before_starts": "ends must not be before starts",
    "emergency_days": "an emergency share needs starts and ends",
    "emergency_long": "an emergency share may last 6 months at most",
    "emergency_review": "emergency.review_due must be at most 6 months after ends",
}


@dataclass(frozen=True, order=True)
class Fault:
    file: str
    line: int
    field: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.what}"


@dataclass(frozen=True)
class Sheet:
    """One file that could be read; or what a system sent, which has no name."""

    file: str
    located: Located

    def fault(self, path: Path, what: str) -> Fault:
        whole = "file" if self.file else "body"
        return Fault(self.file, self.located.line(path), _written(path) or whole, what)

    def faults_of(self, error: ValidationError, under: Path) -> Iterator[Fault]:
        details = error.errors(include_url=False, include_input=False)
        for detail in details:
            yield self.fault((*under, *detail["loc"]), _words(detail["type"], detail.get("ctx")))


def sheet_of(value: Any) -> Sheet:
    """What a system sent in one document."""
    return Sheet("", Located(value))


def checked(model: type[Model], sheet: Sheet) -> Model | list[Fault]:
    """What is written there, or each of its faults."""
    try:
        return model.model_validate(sheet.located.value)
    except ValidationError as error:
        return sorted(set(sheet.faults_of(error, ())))


@dataclass(frozen=True)
class Placed(Generic[Entry]):
    """An entry of a file together with its place."""

    entry: Entry
    sheet: Sheet
    path: Path

    def fault(self, what: str, *further: str | int) -> Fault:
        return self.sheet.fault((*self.path, *further), what)

    @property
    def place(self) -> str:
        return f"{self.sheet.file}:{self.sheet.located.line(self.path)}"


def _words(kind: str, context: Mapping[str, Any] | None) -> str:
    return WORDS.get(kind, OTHERWISE).format(**(context or {}))


def _written(path: Path) -> str:
    """``agreements[2].retention``; a name that no field could have is not repeated."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if FIELD_NAME.fullmatch(step) else ".?"
    return text.lstrip(".")
