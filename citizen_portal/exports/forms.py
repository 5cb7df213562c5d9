"""What a citizen chooses for a copy: parts, bodies, and how far back."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext
from wtforms import Form, RadioField, SelectMultipleField, ValidationError

from citizen_portal.exports.models import Part

OF_BODIES = frozenset({Part.RECORDS, Part.ACCESSES})
"""What bodies are asked for."""
DAYS = {"month": 30, "year": 365, "years": 6 * 365}
EVER = "ever"
PERIODS = [
    (EVER, lazy_gettext("As far back as bodies tell us")),
    ("years", lazy_gettext("The last 6 years")),
    ("year", lazy_gettext("The last 12 months")),
    ("month", lazy_gettext("The last 30 days")),
]


class CopyForm(Form):
    """``bodies`` holds ids as 32 hexadecimal characters; others than were offered do not count."""

    parts = SelectMultipleField(lazy_gettext("What should be in it?"), validate_choice=False)
    bodies = SelectMultipleField(lazy_gettext("From which bodies?"), validate_choice=False)
    period = RadioField(lazy_gettext("Looks from how far back?"), validate_choice=False)

    def __init__(self, *given: Any, offered: Sequence[UUID], **named: Any) -> None:
        super().__init__(*given, **named)
        self.offered = offered
        self.period.choices = PERIODS

    @classmethod
    def fresh(cls, *, offered: Sequence[UUID]) -> "CopyForm":
        """With what most people want chosen already."""
        return cls(
            offered=offered,
            data={
                "parts": [part.value for part in Part],
                "bodies": [each.hex for each in offered],
                "period": EVER,
            },
        )

    @property
    def chosen_parts(self) -> list[Part]:
        return [part for part in Part if part.value in (self.parts.data or [])]

    @property
    def chosen_bodies(self) -> list[UUID]:
        return [each for each in self.offered if each.hex in (self.bodies.data or [])]

    def since(self, today: date) -> date | None:
        days = DAYS.get(str(self.period.data))
        return today - timedelta(days=days) if days else None

    def validate_parts(self, field: SelectMultipleField) -> None:
        if not self.chosen_parts:
            raise ValidationError(lazy_gettext("Choose at least one thing for your copy"))

    def validate_bodies(self, field: SelectMultipleField) -> None:
        if OF_BODIES & set(self.chosen_parts) and self.offered and not self.chosen_bodies:
            raise ValidationError(
                lazy_gettext("Choose at least one body, or untick what bodies would tell us")
            )

    def validate_period(self, field: RadioField) -> None:
        if field.data not in {EVER, *DAYS}:
            raise ValidationError(lazy_gettext("Choose how far back"))
