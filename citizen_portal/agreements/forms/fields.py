"""Fields that hold what a document holds: a text in two languages, a day, a length of time.

Each keeps what was typed as it was typed, so that it can be shown again, and gives the value that
a document has; the value itself is judged elsewhere, by the rules of register files.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from wtforms import Field

DURATION = re.compile(r"P([0-9]+)([YMWD])")
GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Answer(Protocol):
    """A field that knows what a document holds."""

    def document(self) -> Any: ...


def as_typed(text: str) -> str:
    """A text with one kind of line end, and without what no page can show again."""
    return UNSHOWABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class PartsField(Field):
    """A question that is answered in several boxes; each part has a name of its own."""

    parts: tuple[str, ...] = ()

    def __init__(self, *given: Any, **named: Any) -> None:
        self.typed = dict.fromkeys(self.parts, "")
        self.sent = dict.fromkeys(self.parts, "")
        super().__init__(*given, **named)

    def process(
        self, formdata: Any, data: Any = None, extra_filters: Sequence[Any] | None = None
    ) -> None:
        self.typed |= self.split(data)
        self.sent = dict(self.typed)
        if formdata is not None and any(self.box(part) in formdata for part in self.parts):
            for part in self.parts:
                sent = formdata.getlist(self.box(part)) or [""]
                self.sent[part] = sent[-1].replace("\r\n", "\n")
                self.typed[part] = as_typed(self.sent[part])

    def box(self, part: str) -> str:
        """The name of a part's box in the form, and its id on the page."""
        return f"{self.name}-{part}"

    def split(self, data: Any) -> dict[str, str]:
        raise NotImplementedError

    def document(self) -> Any:
        """The value for the document; none when nothing was written."""
        raise NotImplementedError


class BilingualField(PartsField):
    """A text in English and in Welsh."""

    parts = ("en", "cy")

    def split(self, data: Mapping[str, str] | None) -> dict[str, str]:
        return dict(data or {})

    def document(self) -> dict[str, str] | None:
        said = {part: text for part, text in self.sent.items() if text.strip()}
        return said or None


class DayField(PartsField):
    """A date in three boxes, as people write it."""

    parts = ("day", "month", "year")

    def split(self, data: str | None) -> dict[str, str]:
        if not data:
            return {}
        year, month, day = data.split("-")
        return {"day": day.lstrip("0"), "month": month.lstrip("0"), "year": year}

    def document(self) -> str | None:
        day, month, year = (self.sent[part].strip() for part in self.parts)
        if not (day or month or year):
            return None
        return f"{year:>04}-{month:>02}-{day:>02}"

    @property
    def day(self) -> date | None:
        """The day that was written, where it is one."""
        try:
            return date.fromisoformat(self.document() or "")
        except ValueError:
            return None


class DurationField(PartsField):
    """How long: a number and its unit."""

    parts = ("number", "unit")

    def split(self, data: str | None) -> dict[str, str]:
        found = DURATION.fullmatch(data or "")
        return {"number": found[1], "unit": found[2]} if found else {}

    def document(self) -> str | None:
        number, unit = (self.sent[part].strip() for part in self.parts)
        return f"P{number}{unit}" if number else None


class LinesField(PartsField):
    """Several short texts, one a line."""

    parts = ("lines",)

    def split(self, data: Sequence[str] | None) -> dict[str, str]:
        return {"lines": "\n".join(data or ())}

    def document(self) -> list[str] | None:
        lines = (line.strip() for line in self.sent["lines"].split("\n"))
        return [line for line in lines if line] or None


class OneField(PartsField):
    """One text, an address, or one of several answers."""

    parts = ("text",)

    def box(self, part: str) -> str:
        return str(self.name)

    def split(self, data: object) -> dict[str, str]:
        return {"text": "" if data is None else str(data)}

    def document(self) -> str | None:
        return self.sent["text"].strip() or None


class YesField(OneField):
    """A tick: yes, or nothing said."""

    def split(self, data: object) -> dict[str, str]:
        return {"text": "yes" if data else ""}

    def document(self) -> Any:
        return True if self.sent["text"] == "yes" else None


class NumberField(OneField):
    """A number as people write it: 40000, 40,000 or 2.5. What is none is kept, for its fault."""

    def document(self) -> Any:
        text = self.sent["text"].strip()
        if not text:
            return None
        plain = text.replace(",", "") if GROUPED.fullmatch(text) else text
        return float(plain) if NUMBER.fullmatch(plain) else text


class SeveralField(Field):
    """Any of several answers."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self.chosen: list[str] = []
        super().__init__(*given, **named)

    def process(
        self, formdata: Any, data: Any = None, extra_filters: Sequence[Any] | None = None
    ) -> None:
        self.chosen = [str(each) for each in data or ()]
        if formdata is not None and f"{self.name}-there" in formdata:
            self.chosen = list(formdata.getlist(self.name))

    def document(self) -> list[str] | None:
        return self.chosen or None


FIELDS: dict[str, type[Field]] = {
    "line": BilingualField,
    "area": BilingualField,
    "day": DayField,
    "duration": DurationField,
    "lines": LinesField,
    "text": OneField,
    "url": OneField,
    "one": OneField,
    "yes": YesField,
    "number": NumberField,
    "several": SeveralField,
}
"""By the kind of question; see ``data/draft-steps.yaml``."""
