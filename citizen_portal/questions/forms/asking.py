"""What a citizen asks, of whom, and in what words; and what they add later."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, IntegerField, RadioField, TextAreaField, ValidationError

from citizen_portal.preferences.forms.reasons import as_written
from citizen_portal.questions.models import LONGEST_WORDS, Kind

MOST_SHOWN = 9_999
"""More messages than any question has."""
TOO_LONG = lazy_gettext("Use 2,000 characters or fewer")


class AskForm(Form):
    """``body`` counts only where there is more than one to choose from."""

    kind = RadioField(lazy_gettext("What do you want?"), validate_choice=False)
    body = RadioField(lazy_gettext("Who shall answer?"), validate_choice=False)
    words = TextAreaField(lazy_gettext("Your own words. You need not add any."))
    request = BooleanField(lazy_gettext("Treat it as a request for my data"))

    def __init__(
        self,
        sent: MultiDict[str, str] | None = None,
        *,
        kinds: Sequence[Kind],
        bodies: Sequence[UUID],
    ) -> None:
        super().__init__(sent)
        self.kinds, self.bodies = kinds, bodies
        if Kind.CORRECTION in kinds:
            self.words.label.text = lazy_gettext(
                "Your own words. You need them only if something is wrong."
            )

    @property
    def chosen(self) -> Kind:
        kind = Kind(str(self.kind.data))
        return Kind.ACCESS_REQUEST if kind is Kind.WHY and self.request.data else kind

    @property
    def asked(self) -> UUID:
        return self.bodies[0] if len(self.bodies) == 1 else UUID(hex=str(self.body.data))

    def refuse(self, message: str) -> None:
        self.kind.errors = [message]

    def validate_kind(self, field: RadioField) -> None:
        if field.data not in {kind.value for kind in self.kinds}:
            raise ValidationError(lazy_gettext("Say what you want"))

    def validate_body(self, field: RadioField) -> None:
        if len(self.bodies) > 1 and field.data not in {body.hex for body in self.bodies}:
            raise ValidationError(lazy_gettext("Say who shall answer"))

    def validate_words(self, field: TextAreaField) -> None:
        field.data = as_written(field.data)
        if len(field.data) > LONGEST_WORDS:
            raise ValidationError(TOO_LONG)
        if self.kind.data == Kind.CORRECTION and not field.data:
            raise ValidationError(lazy_gettext("Write what is wrong, and what would be right"))


class MoreForm(Form):
    """``number`` is how many messages stood on the page."""

    words = TextAreaField(lazy_gettext("Your words"))
    number = IntegerField()

    def validate_number(self, field: IntegerField) -> None:
        """What no page says counts as said by none."""
        if not 0 <= (field.data or 0) <= MOST_SHOWN:
            field.data = 0

    def validate_words(self, field: TextAreaField) -> None:
        field.data = as_written(field.data)
        if not field.data:
            raise ValidationError(lazy_gettext("Write what you want to add"))
        if len(field.data) > LONGEST_WORDS:
            raise ValidationError(TOO_LONG)
