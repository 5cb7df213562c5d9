"""The form with which a citizen links a body: which body, and the code it sent."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext
from wtforms import Form, RadioField, StringField, ValidationError

SEPARATORS = re.compile(r"[\s\u002d\u00ad\u2010-\u2015\u2212.]+")
CODE = re.compile(r"[0-9A-Z]{8,24}")
LONGEST_TYPED = 80


def normalised(typed: str) -> str | None:
    """A code as bodies compare it: capitals and digits alone; none when it cannot be one."""
    if len(typed) > LONGEST_TYPED:
        return None
    plain = SEPARATORS.sub("", unicodedata.normalize("NFKC", typed)).upper()
    return plain if CODE.fullmatch(plain) else None


class LinkForm(Form):
    """``body`` is an organisation's id as 32 hex characters; what was typed is not shown again."""

    body = RadioField(lazy_gettext("Which body sent you the code?"), validate_choice=False)
    code = StringField(lazy_gettext("The code in the letter"))

    def __init__(self, *given: Any, bodies: Sequence[tuple[UUID, str]] = (), **named: Any) -> None:
        super().__init__(*given, **named)
        self.offered = [(each.hex, name) for each, name in bodies]
        self.body.choices = self.offered

    @property
    def organisation_id(self) -> UUID:
        return UUID(hex=str(self.body.data))

    def forget_code(self) -> None:
        self.code.data = None

    def refuse(self, words: str) -> None:
        """Say what the body, or its silence, means for the code."""
        self.code.errors = [words]
        self.forget_code()

    def validate_body(self, field: RadioField) -> None:
        if field.data not in {value for value, _ in self.offered}:
            raise ValidationError(lazy_gettext("Choose the body that sent you the code"))

    def validate_code(self, field: StringField) -> None:
        if not (field.data or "").strip():
            raise ValidationError(lazy_gettext("Write the code that is in the letter"))
        if normalised(field.data or "") is None:
            raise ValidationError(
                lazy_gettext("A code has between 8 and 24 letters and digits. Check the letter.")
            )
