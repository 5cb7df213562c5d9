"""What a citizen types: the address of a mailbox, the code that was mailed there, their wishes."""

from collections.abc import Mapping, Sequence
from typing import cast

from flask_babel import lazy_gettext
from wtforms import BooleanField, Field, Form, StringField, ValidationError
from wtforms.validators import AnyOf

from citizen_portal.mailboxes import mailbox
from citizen_portal.news.models import CALM, NewsKind, Rhythm
from citizen_portal.records.forms import normalised
from citizen_portal.web.pages import printable


def _cleaned(typed: str | None) -> str:
    return printable(typed or "")


class AddressForm(Form):
    address = StringField(lazy_gettext("Your e-mail address"), filters=[_cleaned])

    @property
    def mailbox(self) -> str:
        return cast(str, mailbox(str(self.address.data)))

    def validate_address(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError(lazy_gettext("Write your e-mail address"))
        if mailbox(field.data) is None:
            raise ValidationError(
                lazy_gettext("Write one e-mail address, such as name@example.org")
            )


class CodeForm(Form):
    """What was typed is not shown again."""

    code = StringField(lazy_gettext("The code in the mail"))

    @property
    def plain(self) -> str:
        return normalised(self.code.data or "") or ""

    def refuse(self, words: str) -> None:
        self.code.errors, self.code.data = [words], None

    def validate_code(self, field: StringField) -> None:
        if not self.plain:
            field.data = None
            raise ValidationError(lazy_gettext("Write the code that is in the mail"))


RHYTHMS = (
    (Rhythm.AT_ONCE, lazy_gettext("At once")),
    (Rhythm.DAILY, lazy_gettext("Once a day at most")),
    (Rhythm.WEEKLY, lazy_gettext("Once a week at most")),
    (Rhythm.NONE, lazy_gettext("Do not tell me")),
)


def _rhythm(name: str, words: str) -> StringField:
    one_of = AnyOf(list(Rhythm), message=lazy_gettext("Choose how soon"))
    return StringField(words, id=f"f-{name}", validators=[one_of])


class WishesForm(Form):
    """One question for each kind of news, by its name; the weightiest first."""

    incident = _rhythm("incident", lazy_gettext("Something went wrong with your data"))
    answer = _rhythm("answer", lazy_gettext("A body answered you"))
    access = _rhythm("access", lazy_gettext("An access that stands out"))
    new_body = _rhythm("new_body", lazy_gettext("A body got data about you for the first time"))
    choice = _rhythm("choice", lazy_gettext("What bodies did with your choices"))
    copy = _rhythm("copy", lazy_gettext("Copies of your data"))
    agreement = _rhythm("agreement", lazy_gettext("Agreements about you that changed"))
    looks = BooleanField(lazy_gettext("Look for me also where bodies tell only when asked"))

    @property
    def kinds(self) -> Sequence[Field]:
        return [self[kind.value] for kind in CALM]

    @property
    def rhythms(self) -> Mapping[NewsKind, Rhythm]:
        return {kind: Rhythm(self[kind.value].data) for kind in CALM}
