"""The JSON of the UK register of agreements under the Digital Economy Act 2017, Part 5.

Field names are that register's own. What it calls processors are its recipients, receiving
controllers among them; its controllers are those who disclose. It says neither the stage nor what
choice people have, so neither do we. Members that we do not know are passed over: it is not ours.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from citizen_portal.agreements.models import Say, Stage
from citizen_portal.agreements.schemas.agreement import AgreementDocument, Party
from citizen_portal.agreements.schemas.parts import Bilingual, Day, Duration, Reference, Text

SOURCE = (
    "UK register of information sharing agreements under the Digital Economy Act 2017; contains "
    "public sector information licensed under the Open Government Licence v3.0"
)


def _said(given: Any) -> Any:
    """Nothing, where the register says nothing by an empty text."""
    return None if isinstance(given, str) and not given.strip() else given


def _day_of(given: Any) -> Any:
    """The day of a date that may come with a time."""
    given = _said(given)
    return given.strip().partition("T")[0] if isinstance(given, str) else given


Maybe = Annotated[Text | None, BeforeValidator(_said)]
MaybeDay = Annotated[Day | None, BeforeValidator(_day_of)]
MaybeDuration = Annotated[Duration | None, BeforeValidator(_said)]


class DeaPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class DeaName(DeaPart):
    name: Text


class DeaNamed(DeaPart):
    data: DeaName


class DeaData(DeaPart):
    id: Reference
    name: Text
    purpose: Text
    benefits: Maybe = None
    information_sharing_benefits: Maybe = None
    disclosed_information: Text
    method: Maybe = None
    information_sharing_method: Maybe = None
    start_date: MaybeDay = None
    end_date: MaybeDay = None
    review_date: MaybeDay = None
    retention_period: MaybeDuration = None
    contact: Maybe = None
    notes: Maybe = None


class DeaAgreement(DeaPart):
    data: DeaData
    controllers: tuple[DeaNamed, ...] = ()
    processors: tuple[DeaNamed, ...] = ()
    powers: tuple[DeaNamed, ...] = ()

    def document(self, *, source: str, slugs: Mapping[str, str]) -> AgreementDocument:
        """As an agreement of ours. ``slugs`` knows organisations by exactly the name used.

        Raises ``ValueError`` when its parts do not fit together.
        """
        said = self.data
        return AgreementDocument(
            reference=said.id,
            title=Bilingual(en=said.name),
            stage=Stage.NOT_STATED,
            what=Bilingual(en=said.name),
            purpose=Bilingual(en=said.purpose),
            powers_as_published=tuple(power.data.name for power in self.powers),
            disclosers=_parties(self.controllers, slugs),
            recipients=_parties(self.processors, slugs),
            disclosed=Bilingual(en=said.disclosed_information),
            method=_english(said.information_sharing_method or said.method),
            benefits=_english(said.information_sharing_benefits or said.benefits),
            retention=said.retention_period,
            starts=said.start_date,
            ends=said.end_date,
            review=said.review_date,
            contact=said.contact,
            notes=_english(said.notes),
            choice=Say.NOT_STATED,
            source=source,
        )


def is_dea(value: Any) -> bool:
    """Whether a file's content has that register's shape: a page of it, or one entry."""
    if not isinstance(value, dict):
        return False
    entries = value.get("agreements")
    several = isinstance(entries, list) and any("data" in x for x in entries if isinstance(x, dict))
    return "data" in value or several


def source_of(value: Mapping[str, Any]) -> str:
    """Where a file says that it comes from, if that is something we can show."""
    try:
        return DeaSource.model_validate(value).source
    except ValueError:
        return SOURCE


class DeaSource(DeaPart):
    source: Text = SOURCE


def _parties(named: tuple[DeaNamed, ...], slugs: Mapping[str, str]) -> tuple[Party, ...]:
    names = (each.data.name for each in named)
    return tuple(
        Party(organisation=slugs[name]) if name in slugs else Party(name=name) for name in names
    )


def _english(text: str | None) -> Bilingual | None:
    return Bilingual(en=text) if text else None
