"""What a citizen chooses: an answer, why they object, which narrower yeses stay."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import Form, RadioField, SelectMultipleField, TextAreaField, ValidationError

from citizen_portal.preferences.forms.reasons import as_written
from citizen_portal.preferences.models import LONGEST_REASON, Answer


class ChoiceForm(Form):
    """``keep`` holds names of narrower yeses; others than were offered do not count."""

    answer = RadioField(lazy_gettext("Your choice"), validate_choice=False)
    reason = TextAreaField(lazy_gettext("Why do you object? You need not say."))
    keep = SelectMultipleField(lazy_gettext("Keep these yeses"), validate_choice=False)

    def __init__(self, *given: Any, offered: Sequence[Answer], **named: Any) -> None:
        super().__init__(*given, **named)
        self.offered = offered

    @property
    def chosen(self) -> Answer:
        return Answer(str(self.answer.data))

    @property
    def reason_text(self) -> str:
        return as_written(self.reason.data)

    def refuse(self, message: str) -> None:
        self.answer.errors = [message]

    def validate_answer(self, field: RadioField) -> None:
        if field.data not in {each.value for each in self.offered}:
            raise ValidationError(lazy_gettext("Choose an answer"))

    def validate_reason(self, field: TextAreaField) -> None:
        if len(self.reason_text) > LONGEST_REASON:
            raise ValidationError(lazy_gettext("Use 4,000 characters or fewer"))
