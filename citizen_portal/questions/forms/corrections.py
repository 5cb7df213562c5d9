"""The form in which an officer says what the body put right, and the one for who was told."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import Form, HiddenField, RadioField, StringField, ValidationError
from wtforms import TextAreaField as Area

from citizen_portal.agreements.forms.fields import DayField, SeveralField
from citizen_portal.questions.models import REFERENCE
from citizen_portal.questions.models.corrections import (
    LONGEST_NAME,
    LONGEST_REASON,
    MOST_FIELDS,
    OWN_REFERENCE,
    Matter,
)
from citizen_portal.readable import readable

DATASET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)
QUESTION = re.compile(REFERENCE, re.ASCII)
LONGEST_ID = 200
Choices = Sequence[tuple[str, Any]]


class CorrectionForm(Form):
    reference = HiddenField()
    """Made with the page, so that a form that is sent twice says one thing."""
    subject = StringField(lazy_gettext("The person, by your id"))
    source = RadioField(lazy_gettext("Which of your sources holds it?"), validate_choice=False)
    dataset = StringField(lazy_gettext("Which set of records, by its short name?"))
    matter = RadioField(lazy_gettext("What did you do?"), validate_choice=False)
    categories = SeveralField(lazy_gettext("Which kinds of data is it about?"))
    fields_ = Area(lazy_gettext("Which fields? Their names, one on a line"), name="fields")
    on = DayField(lazy_gettext("On which day?"))
    since = DayField(lazy_gettext("Since when was it wrong, if you know?"))
    question = StringField(lazy_gettext("The question that it came of, if there is one"))
    reason = Area(lazy_gettext("If you did not correct it: why?"))

    def __init__(
        self,
        sent: MultiDict[str, str] | None = None,
        *,
        sources: Choices,
        kinds: Choices,
        matters: Choices,
        today: date,
        **known: Any,
    ) -> None:
        super().__init__(sent, **known)
        self.options = [(value, words, "") for value, words in kinds]
        """The kinds, as the page offers them."""
        self.today = today
        self.source.choices = [(value, words) for value, words in sources]
        self.matter.choices = list(matters)

    @property
    def names(self) -> tuple[str, ...]:
        lines = (line.strip() for line in (self.fields_.data or "").splitlines())
        return tuple(line for line in lines if line)

    @property
    def why(self) -> str | None:
        return (self.reason.data or "").replace("\r\n", "\n").strip() or None

    def validate_reference(self, field: HiddenField) -> None:
        if not re.fullmatch(OWN_REFERENCE, field.data or ""):
            raise ValidationError(lazy_gettext("Open the form once more"))

    def validate_subject(self, field: StringField) -> None:
        field.data = (field.data or "").strip()
        if not field.data or len(field.data) > LONGEST_ID or not _shown(field.data):
            raise ValidationError(lazy_gettext("Write the id by which we mean the person to you"))

    def validate_source(self, field: RadioField) -> None:
        if field.data not in {value for value, *_ in field.iter_choices()}:
            raise ValidationError(lazy_gettext("Choose the source"))

    def validate_dataset(self, field: StringField) -> None:
        field.data = (field.data or "").strip()
        if not DATASET.fullmatch(field.data):
            raise ValidationError(lazy_gettext("Write the short name, as your holdings have it"))

    def validate_matter(self, field: RadioField) -> None:
        if field.data not in {value for value, *_ in field.iter_choices()}:
            raise ValidationError(lazy_gettext("Say what you did"))

    def validate_categories(self, field: SeveralField) -> None:
        if not field.chosen or not set(field.chosen) <= {value for value, *_ in self.options}:
            raise ValidationError(lazy_gettext("Choose at least one kind"))

    def validate_fields_(self, field: Area) -> None:
        long = any(len(name) > LONGEST_NAME for name in self.names)
        if long or len(self.names) > MOST_FIELDS or not all(map(_shown, self.names)):
            raise ValidationError(lazy_gettext("Write at most 50 names, each short and readable"))

    def validate_on(self, field: DayField) -> None:
        day = field.day
        if day is None or day > self.today:
            raise ValidationError(lazy_gettext("Write the day on which you did it: none to come"))

    def validate_since(self, field: DayField) -> None:
        if field.document() is None:
            return
        day = field.day
        if day is None or day > (self.on.day or self.today):
            raise ValidationError(lazy_gettext("Write a day before you put it right"))

    def validate_question(self, field: StringField) -> None:
        field.data = (field.data or "").strip().upper()
        if field.data and not re.fullmatch(REFERENCE, field.data):
            raise ValidationError(lazy_gettext("Write its reference, such as Q-7K3M-92XF"))

    def validate_reason(self, field: Area) -> None:
        needed = self.matter.data == Matter.NOT_CORRECTED
        if needed and not self.why:
            raise ValidationError(lazy_gettext("Say why: the person has a right to know"))
        if self.why and not needed:
            raise ValidationError(
                lazy_gettext("This is for what you did not correct. Empty it, or choose that")
            )
        if self.why and (len(self.why) > LONGEST_REASON or not _shown(self.why)):
            raise ValidationError(lazy_gettext("Say it in at most 4,000 readable characters"))


class ToldForm(Form):
    told_on = DayField(lazy_gettext("On which day did you tell it?"))

    def __init__(
        self, sent: MultiDict[str, str] | None = None, *, first: date, today: date
    ) -> None:
        super().__init__(sent)
        self.first, self.today = first, today

    def validate_told_on(self, field: DayField) -> None:
        day = field.day
        if day is None or not self.first <= day <= self.today:
            raise ValidationError(lazy_gettext("Write a day from the correction on"))


def _shown(text: str) -> bool:
    try:
        readable(text)
    except ValueError:
        return False
    return True
