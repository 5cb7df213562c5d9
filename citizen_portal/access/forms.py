"""The form in which an approver proposes what becomes of a withheld access."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext
from wtforms import Form, RadioField, TextAreaField, ValidationError

from citizen_portal.access.actions.deciding import Proposal, may_reach
from citizen_portal.access.models import Hold, Verdict
from citizen_portal.agreements.forms.fields import DayField, as_typed
from citizen_portal.region import Region

LONGEST_REASON = 2_000
VERDICTS = (
    (Verdict.RELEASE.value, lazy_gettext("Release it: the person sees it")),
    (Verdict.EXTEND.value, lazy_gettext("Move its last day")),
    (Verdict.CLOSE.value, lazy_gettext("Close it: it is not shown later either")),
)


class ProposalForm(Form):
    verdict = RadioField(lazy_gettext("What do you propose?"), validate_choice=False)
    until = DayField(lazy_gettext("If its last day is moved: to which day?"))
    exemption = RadioField(
        lazy_gettext("If it is closed: by which law need it not be shown?"), validate_choice=False
    )
    reason = TextAreaField(lazy_gettext("Why?"))

    def __init__(
        self,
        formdata: object = None,
        *,
        hold: Hold,
        region: Region,
        today: date,
        laws: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(formdata)  # type: ignore[arg-type]
        self.hold, self.region, self.today = hold, region, today
        allowed = {each.value for each in Verdict if hold.allows(each, today=today)}
        self.verdict.choices = [(key, words) for key, words in VERDICTS if key in allowed]
        self.exemption.choices = list(laws)

    @property
    def may_move(self) -> bool:
        return Verdict.EXTEND.value in _keys(self.verdict)

    @property
    def proposal(self) -> Proposal:
        verdict = Verdict(str(self.verdict.data))
        return Proposal(
            verdict=verdict,
            reason=self._reason,
            until=self.until.day if verdict is Verdict.EXTEND else None,
            exemption=str(self.exemption.data) if verdict is Verdict.CLOSE else None,
        )

    def validate_verdict(self, field: RadioField) -> None:
        if field.data not in _keys(field):
            raise ValidationError(lazy_gettext("Say what you propose"))

    def validate_until(self, field: DayField) -> None:
        wanted = self.verdict.data == Verdict.EXTEND
        if wanted and not may_reach(self.hold, self.until.day, self.region, self.today):
            raise ValidationError(
                lazy_gettext("Write a day after the last day of now, as far as this law reaches")
            )

    def validate_exemption(self, field: RadioField) -> None:
        if self.verdict.data == Verdict.CLOSE and field.data not in _keys(field):
            raise ValidationError(lazy_gettext("Choose the law by which it need not be shown"))

    def validate_reason(self, field: TextAreaField) -> None:
        field.data = as_typed(field.data or "")
        if not 1 <= len(self._reason) <= LONGEST_REASON:
            raise ValidationError(lazy_gettext("Say why, in at most 2,000 characters"))

    @property
    def _reason(self) -> str:
        return (self.reason.data or "").strip()


def _keys(field: RadioField) -> set[str]:
    return {str(value) for value, *_ in field.iter_choices()}
