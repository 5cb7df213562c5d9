"""What a citizen types: the address of a mailbox, and the code that was mailed there."""

from typing import cast

from flask_babel import lazy_gettext
from wtforms import Form, StringField, ValidationError

from citizen_portal.mailboxes import mailbox
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
