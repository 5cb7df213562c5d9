"""The forms in which people say what they think, and bodies ask and reply."""

from collections.abc import Iterable
from datetime import date, timedelta

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField, TextAreaField, ValidationError

from citizen_portal.agreements.forms.fields import DayField
from citizen_portal.opinions.models import LONGEST, View
from citizen_portal.preferences.forms.reasons import as_written

Sent = MultiDict[str, str]
LONGEST_ROUND = timedelta(days=180)
VIEWS = (
    (View.ACCEPTABLE.value, lazy_gettext("Acceptable")),
    (View.NOT_ACCEPTABLE.value, lazy_gettext("Not acceptable")),
    (View.NOT_SURE.value, lazy_gettext("Not sure")),
)


class ViewForm(Form):
    view = RadioField(lazy_gettext("What do you think of it?"), validate_choice=False)
    reason = TextAreaField(lazy_gettext("Why? You can leave this empty"))

    def __init__(self, sent: Sent | None = None) -> None:
        super().__init__(sent)
        self.view.choices = list(VIEWS)

    def validate_view(self, field: RadioField) -> None:
        if field.data not in set(View):
            raise ValidationError(lazy_gettext("Say what you think"))

    def validate_reason(self, field: TextAreaField) -> None:
        field.data = as_written(field.data)
        _not_too_long(field.data)


class ReplyForm(Form):
    reply = TextAreaField(lazy_gettext("What your body says to these views"))
    welsh = TextAreaField(lazy_gettext("The same in Welsh, if you have it"))

    def validate_reply(self, field: TextAreaField) -> None:
        field.data = as_written(field.data)
        if not field.data:
            raise ValidationError(lazy_gettext("Write what your body says"))
        _not_too_long(field.data)

    def validate_welsh(self, field: TextAreaField) -> None:
        field.data = as_written(field.data)
        _not_too_long(field.data)

    @property
    def words(self) -> dict[str, str]:
        welsh = {"cy": self.welsh.data} if self.welsh.data else {}
        return {"en": str(self.reply.data), **welsh}


class AskForm(Form):
    reference = RadioField(lazy_gettext("Which agreement?"), validate_choice=False)
    opens_on = DayField(lazy_gettext("First day"))
    closes_on = DayField(lazy_gettext("Last day"))

    def __init__(
        self, sent: Sent | None = None, *, askable: Iterable[tuple[str, str]], today: date
    ) -> None:
        super().__init__(sent)
        self.offered = dict(askable)
        self.reference.choices = list(self.offered.items())
        self.today = today

    def validate_reference(self, field: RadioField) -> None:
        if field.data not in self.offered:
            raise ValidationError(lazy_gettext("Choose an agreement"))

    def validate_opens_on(self, field: DayField) -> None:
        if (field.day or date.min) < self.today:
            raise ValidationError(lazy_gettext("Write a day from today on"))

    def validate_closes_on(self, field: DayField) -> None:
        first, last = self.opens_on.day, field.day
        if last is None or (first and not first < last <= first + LONGEST_ROUND):
            raise ValidationError(
                gettext("Write a day after the first, at most %(n)s days on", n=LONGEST_ROUND.days)
            )


def _not_too_long(text: str) -> None:
    if len(text) > LONGEST:
        raise ValidationError(lazy_gettext("Say it in at most 1,000 characters"))
