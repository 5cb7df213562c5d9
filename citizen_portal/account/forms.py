"""What a citizen ticks before their account is closed."""

from flask_babel import lazy_gettext
from wtforms import BooleanField, Form, ValidationError


class CloseForm(Form):
    sure = BooleanField(lazy_gettext("I have read what goes and what stays. Close my account."))

    def validate_sure(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(lazy_gettext("Tick the box if you want to close your account"))
