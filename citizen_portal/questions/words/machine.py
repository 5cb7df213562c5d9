"""Questions as a body's system reads them: what is sealed for both sides, opened."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from citizen_portal.questions.models import outcomes
from citizen_portal.questions.queries.cases import Case, Said
from citizen_portal.questions.schemas import cases as shapes
from citizen_portal.questions.schemas.facts import Facts
from citizen_portal.sealing import Sealer


def asked(case: Case, messages: Sequence[Said], sealer: Sealer) -> shapes.Asked:
    return shapes.Asked(
        id=case.id.hex,
        number=case.number or 0,
        version=case.version,
        reference=case.reference,
        kind=case.kind.value,
        about=case.about.value,
        subject=case.subject,
        agreement=case.agreement,
        state=case.state.value,
        asked=case.asked_at,
        acknowledge_by=case.acknowledge_by,
        due=case.due_on,
        outcome=case.outcome.value if case.outcome else None,
        outcomes=[one.value for one in outcomes(case.kind, case.about)],
        facts=_facts(case, sealer),
        messages=[_letter(said, sealer) for said in messages],
    )


def page(
    cases: Sequence[Case], messages: Mapping[UUID, Sequence[Said]], sealer: Sealer, *, after: int
) -> shapes.Questions:
    return shapes.Questions(
        questions=[asked(case, messages[case.id], sealer) for case in cases],
        next=cases[-1].number or after if cases else after,
        more=len(cases) == shapes.MOST_QUESTIONS,
    )


def _facts(case: Case, sealer: Sealer) -> list[shapes.Fact]:
    """None where their key is gone."""
    text = sealer.text(case.sealed_facts, case.facts_context)
    if text is None:
        return []
    rows = Facts.read(text.encode()).rows
    return [
        shapes.Fact(name=name, value=value if isinstance(value, str) else dict(value))
        for name, value in rows
    ]


def _letter(said: Said, sealer: Sealer) -> shapes.Letter:
    text = sealer.text(said.sealed, said.context) if said.sealed else None
    return shapes.Letter(
        number=said.number,
        author=said.author.value,
        says=said.wrote.value,
        text=text,
        day=said.day,
        at=said.at,
    )
