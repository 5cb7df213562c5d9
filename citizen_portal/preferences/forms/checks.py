"""The form with which an officer asks whether people's data may be used."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import FileField, Form, SelectField, ValidationError


class CheckForm(Form):
    agreement = SelectField(lazy_gettext("Under which agreement?"), validate_choice=False)
    file = FileField(lazy_gettext("The file with the ids"))

    def __init__(
        self, sent: MultiDict[str, Any] | None = None, *, agreements: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(sent)
        self.agreement.choices = [("", gettext("Choose one")), *agreements]

    def validate_agreement(self, field: SelectField) -> None:
        if not field.data or field.data not in {value for value, *_ in field.iter_choices()}:
            raise ValidationError(lazy_gettext("Choose the agreement"))

    def validate_file(self, field: FileField) -> None:
        if not isinstance(field.data, FileStorage) or not field.data.filename:
            raise ValidationError(lazy_gettext("Choose a file"))
