"""The form in which an officer answers an objection."""

from datetime import date

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField, TextAreaField, ValidationError

from citizen_portal.agreements.forms.fields import DayField
from citizen_portal.preferences.actions import Said
from citizen_portal.preferences.forms.reasons import as_written
from citizen_portal.preferences.models import LONGEST_REASON, Reply
from citizen_portal.preferences.queries.objections import Objection
from citizen_portal.web.pages import day as day_words

ANSWERS = (
    (Reply.APPLIED.value, lazy_gettext("We stop: the data is no longer used")),
    (Reply.REFUSED.value, lazy_gettext("We go on: we have compelling grounds")),
    (Reply.NOT_YET.value, lazy_gettext("We need longer to decide")),
)


class AnswerForm(Form):
    answer = RadioField(lazy_gettext("What is your answer?"), validate_choice=False)
    applied_from = DayField(lazy_gettext("If you stop: from which day on?"))
    not_until = DayField(lazy_gettext("If you need longer: until which day?"))
    reason = TextAreaField(lazy_gettext("Why, in words that the person will read"))

    def __init__(
        self, formdata: MultiDict[str, str] | None = None, *, to: Objection, today: date
    ) -> None:
        super().__init__(formdata)
        self.to, self.today = to, today
        self.answer.choices = list(ANSWERS)

    @property
    def said(self) -> Said:
        reply = Reply(str(self.answer.data))
        return Said(
            reply,
            applied_from=self.applied_from.day if reply is Reply.APPLIED else None,
            not_until=self.not_until.day if reply is Reply.NOT_YET else None,
            reason=self._reason or None,
        )

    def validate_answer(self, field: RadioField) -> None:
        if field.data not in {value for value, _ in ANSWERS}:
            raise ValidationError(lazy_gettext("Say what your answer is"))

    def validate_applied_from(self, field: DayField) -> None:
        if self.answer.data != Reply.APPLIED:
            self._left_empty(field)
            return
        day = field.day
        if day is None or not self.to.made_at.date() <= day <= self.to.deadline:
            raise ValidationError(
                gettext(
                    "Write a day from %(first)s, when the person objected, to %(last)s",
                    first=day_words(self.to.made_at.date()),
                    last=day_words(self.to.deadline),
                )
            )

    def validate_not_until(self, field: DayField) -> None:
        if self.answer.data != Reply.NOT_YET:
            self._left_empty(field)
            return
        day = field.day
        if day is None or not self.today < day <= self.to.extended_to:
            last = day_words(self.to.extended_to)
            raise ValidationError(
                gettext("Write a day to come, %(day)s at the latest: the law lets you", day=last)
            )

    def validate_reason(self, field: TextAreaField) -> None:
        field.data = as_written(field.data)
        if len(self._reason) > LONGEST_REASON:
            raise ValidationError(lazy_gettext("Say it in at most 4,000 characters"))
        if self.answer.data in (Reply.REFUSED, Reply.NOT_YET) and not self._reason:
            raise ValidationError(lazy_gettext("Say why: the person has a right to know"))

    def _left_empty(self, field: DayField) -> None:
        """A day for another answer than the one that is given was not meant to be lost."""
        answered = self.answer.data in {value for value, _ in ANSWERS}
        if answered and field.document() is not None:
            raise ValidationError(
                lazy_gettext("This day is for another answer. Empty it, or choose that answer")
            )

    @property
    def _reason(self) -> str:
        return (self.reason.data or "").strip()
