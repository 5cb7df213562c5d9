"""The form of one page: made from its step, filled from a draft, read back as values of a draft."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from wtforms import Field, Form, HiddenField

from citizen_portal.agreements.forms.fields import FIELDS, Answer, PartsField
from citizen_portal.agreements.queries.steps import Asked, value_of
from citizen_portal.web.pages import plain

Place = tuple[str | int, ...]


class StepForm(Form):
    """Fields by the names of what they ask; ``seen`` is the revision that the page showed."""

    seen = HiddenField()
    asked: tuple[Asked, ...] = ()

    @property
    def revision(self) -> int:
        text = str(self.seen.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def values(self) -> dict[str, Any]:
        """What the page says of each member it asks about; ``None`` where it says nothing."""
        found: dict[str, Any] = {}
        for one in self.asked:
            value = cast(Answer, self[one.name]).document()
            if not one.path:
                found[one.member] = value
            elif value is None:
                found.setdefault(one.member, None)
            else:
                found[one.member] = _put(found.get(one.member) or {}, one.path, value)
        return {member: _said(value) for member, value in found.items()}

    def place(self, member: str, place: Place) -> str:
        """The name of the field that a fault is about: the nearest one of its member."""
        fitting = [one for one in self.asked if one.member == member]
        exact = [one for one in fitting if one.path and place[: len(one.path)] == one.path]
        within = [one for one in fitting if one.path and one.path[: len(place)] == place]
        return (exact or within or fitting)[0].name

    def refuse(self, field: str, words: str) -> None:
        """Say why what stands in a field cannot stand, once."""
        if words not in self[field].errors:
            self[field].errors = [*self[field].errors, words]

    def first_box(self, field: str) -> str:
        """The id of a field's first box, to which its fault leads."""
        one = self[field]
        return one.box(one.parts[0]) if isinstance(one, PartsField) else str(one.name)

    def problems(self) -> list[tuple[str, str]]:
        """What must be put right, each with the address of its field on the page."""
        return [
            (f"{field.label.text}: {field.errors[0]}", f"#{self.first_box(field.name)}")
            for field in self.wrong
        ]

    @property
    def wrong(self) -> list[Field]:
        """Fields with something to put right, in the order of the page."""
        return [field for field in self if field.errors]


def step_form(
    fields: Sequence[Asked], document: Mapping[str, Any], *, revision: int, sent: Any = None
) -> StepForm:
    """The form of a page, filled from the document or, where a form was sent, from that."""
    made = type(
        "Asking",
        (StepForm,),
        {"asked": tuple(fields)} | {one.name: FIELDS[one.kind](plain(one.label)) for one in fields},
    )
    data = {one.name: _get(document, one) for one in fields}
    form: StepForm = made(formdata=sent, data={**data, "seen": str(revision)})
    return form


def _get(document: Mapping[str, Any], one: Asked) -> Any:
    value = value_of(document, one.member)
    for step in one.path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _put(holder: dict[str, Any], path: Iterable[str], value: Any) -> dict[str, Any]:
    first, *rest = path
    held = holder.get(first)
    inner = held if isinstance(held, dict) else {}
    return {**holder, first: _put(inner, rest, value) if rest else value}


def _said(value: Any) -> Any:
    """Nothing, where all that was said is that a question applies and not what its answer is."""
    return None if value == {"status": "answered"} else value
