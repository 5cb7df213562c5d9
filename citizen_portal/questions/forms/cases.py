"""What an officer writes about a question: an answer, or one of the steps on the way to it."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField, SelectField, TextAreaField, ValidationError

from citizen_portal.agreements.forms.fields import DayField
from citizen_portal.preferences.forms.reasons import as_written
from citizen_portal.questions.actions.saying import Saying
from citizen_portal.questions.models import Move, Outcome, Wrote

LONGEST_ANSWER = 4_000
"""Characters of one message of a body."""
Options = Sequence[tuple[str, str]]


class WordsForm(Form):
    """Words that the person will read."""

    wrote: Wrote
    words = TextAreaField(lazy_gettext("What the person will read"))
    needed = True

    @property
    def text(self) -> str:
        return str(self.words.data or "")

    @property
    def saying(self) -> Saying:
        return Saying(self.wrote, self.text)

    def validate_words(self, field: TextAreaField) -> None:
        field.data = as_written(field.data)
        if len(self.text) > LONGEST_ANSWER:
            raise ValidationError(lazy_gettext("Say it in at most 4,000 characters"))
        if self.needed and not self.text:
            raise ValidationError(lazy_gettext("Write what the person will read"))


class AnswerForm(WordsForm):
    wrote = Wrote.ANSWER
    known: frozenset[str]
    outcome = RadioField(lazy_gettext("What came of it?"), validate_choice=False)
    words = TextAreaField(lazy_gettext("Your answer, in words that the person will read"))

    def validate_outcome(self, field: RadioField) -> None:
        if field.data not in self.known:
            raise ValidationError(lazy_gettext("Say what came of it"))

    @property
    def saying(self) -> Saying:
        return Saying(self.wrote, self.text, outcome=Outcome(str(self.outcome.data)))


class AcknowledgeForm(WordsForm):
    wrote = Wrote.ACKNOWLEDGEMENT
    words = TextAreaField(lazy_gettext("A word to the person, if you like"))
    needed = False


class AskBackForm(WordsForm):
    wrote = Wrote.ASK_BACK
    words = TextAreaField(lazy_gettext("What do you need to know?"))


class ProgressForm(WordsForm):
    wrote = Wrote.PROGRESS
    words = TextAreaField(lazy_gettext("How far are you?"))
    next_on = DayField(lazy_gettext("When will you say more?"))
    today: date

    def validate_next_on(self, field: DayField) -> None:
        day = field.day
        if day is None or day <= self.today or day.year > self.today.year + 1:
            raise ValidationError(gettext("Write a day to come, such as 27 3 2027"))

    @property
    def saying(self) -> Saying:
        return Saying(self.wrote, self.text, next_on=self.next_on.day)


class ExtendForm(WordsForm):
    wrote = Wrote.EXTENSION
    words = TextAreaField(lazy_gettext("Why does it take longer?"))


class AssignForm(Form):
    known: frozenset[str]
    to = SelectField(lazy_gettext("Who answers it?"), validate_choice=False)

    def validate_to(self, field: SelectField) -> None:
        if field.data not in self.known:
            raise ValidationError(lazy_gettext("Choose somebody who answers questions"))


FORMS: dict[Move, type[Form]] = {
    Move.ANSWER: AnswerForm,
    Move.ACKNOWLEDGE: AcknowledgeForm,
    Move.ASK_BACK: AskBackForm,
    Move.NOTE_PROGRESS: ProgressForm,
    Move.EXTEND: ExtendForm,
    Move.ASSIGN: AssignForm,
}


def form_for(
    move: Move,
    sent: MultiDict[str, str] | None = None,
    *,
    outcomes: Options,
    officers: Options,
    today: date,
    words: str = "",
    to: str = "",
) -> Form:
    """The form of one move; each has field names of its own, for they stand on one page."""
    form = FORMS[move](sent, prefix=f"{move.value}-", data={"words": words, "to": to})
    if isinstance(form, AnswerForm):
        form.outcome.choices, form.known = [*outcomes], _values(outcomes)
    if isinstance(form, AssignForm):
        form.to.choices, form.known = [*officers], _values(officers)
    if isinstance(form, ProgressForm):
        form.today = today
    return form


def answer_form(
    outcomes: Options,
    sent: MultiDict[str, str] | None = None,
    *,
    words: str = "",
    outcome: str | None = None,
) -> AnswerForm:
    """That of an answer alone, under the names that it has beside the others."""
    known = {"words": words, "outcome": outcome}
    form = AnswerForm(sent, prefix=f"{Move.ANSWER.value}-", data=known)
    form.outcome.choices, form.known = [*outcomes], _values(outcomes)
    return form


def _values(options: Options) -> frozenset[str]:
    return frozenset(value for value, _ in options)
