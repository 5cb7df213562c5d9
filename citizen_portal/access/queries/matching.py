"""Which agreement explains an access. Pure: nothing is guessed, nothing is fetched."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from citizen_portal.access.queries.facts import (
    AccessEvent,
    Explanation,
    Usage,
    WhyNot,
)
from citizen_portal.access.queries.ids import Named
from citizen_portal.agreements.models import AgreementKind
from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.bodies.queries import Body, Directory, Rule

REFERENCE = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{1,7}-[0-9]{4,8}(?![\w/-]|\.\d)")


@dataclass
class Explainer:
    """Gives rows of sources their recipient and their explanation. Those that are alike once."""

    directory: Directory
    register: Register
    zone: tzinfo
    """In which a day is a day: agreements begin and end by it."""
    _known: dict[tuple[Any, ...], tuple[UUID | None, Explanation]] = field(default_factory=dict)

    def day(self, occurred: datetime) -> date:
        return occurred.astimezone(self.zone).date()

    def event(
        self, name: str, usage: Usage, *, source_id: UUID, proven: bool, **more: Any
    ) -> AccessEvent:
        body_id = self.directory.sources[source_id].body_id
        day = self.day(usage.occurred)
        key = (
            source_id,
            day,
            usage.receiver_code,
            usage.system,
            usage.action,
            usage.agreement,
            usage.categories,
        )
        if key not in self._known:
            body = self.directory.bodies[body_id]
            found = _explain(
                usage, day, source_id=source_id, directory=self.directory, register=self.register
            )
            self._known[key] = _recipient(usage, body, self.directory), found
        recipient_id, explanation = self._known[key]
        shown = usage.shown
        return AccessEvent(
            name, source_id, body_id, recipient_id, shown, day, explanation, proven, **more
        )


def explained_events(
    named: Iterable[Named], *, source_id: UUID, proven: bool, explainer: Explainer
) -> Iterator[AccessEvent]:
    """The rows of one source, each with its recipient and its explanation."""
    for name, usage in named:
        yield explainer.event(name, usage, source_id=source_id, proven=proven)


def _explain(
    usage: Usage, day: date, *, source_id: UUID, directory: Directory, register: Register
) -> Explanation:
    """The agreement in force that day which the access fits, or why it is not explained.

    What the access cites decides; only where it cites nothing do activity rules speak.
    """
    body = directory.bodies[directory.sources[source_id].body_id]
    recipient = _recipient(usage, body, directory)
    cited = _cited(usage)
    if not cited:
        key = (source_id, usage.receiver_code, usage.system, usage.action)
        return _by_rule(
            directory.rules.get(key, ()), usage, body.id, recipient, day=day, register=register
        )
    found = [_by_citation(each, usage, body.id, recipient, day, register) for each in cited]
    # Where a text cites several, each must hold: the first that does not is what is shown.
    return next((each for each in found if each.why_not), found[0])


def _recipient(usage: Usage, body: Body, directory: Directory) -> UUID | None:
    found = directory.body_by_code(body.code_scheme, usage.receiver_code)
    return found.id if found else None


def _cited(usage: Usage) -> tuple[str, ...]:
    """The references an access carries, in its own field and in the words of the action.

    Each must hold: one that fits must not cover for another that does not.
    """
    field = () if usage.agreement is None else (usage.agreement,)
    return tuple(dict.fromkeys((*field, *REFERENCE.findall(usage.action))))


def _by_citation(
    reference: str,
    usage: Usage,
    body: UUID,
    recipient: UUID | None,
    day: date,
    register: Register,
) -> Explanation:
    terms = register.in_force(reference, day)
    if terms is None:
        known = register.known(reference)
        why = WhyNot.CITES_NOT_IN_FORCE if known else WhyNot.CITES_UNKNOWN
        return Explanation(cites=reference, why_not=why)
    if why_not := _misfit(terms, usage, body, recipient):
        return Explanation(cites=reference, why_not=why_not)
    return Explanation(terms=terms, cites=reference)


def _by_rule(
    rules: Iterable[Rule],
    usage: Usage,
    body: UUID,
    recipient: UUID | None,
    *,
    day: date,
    register: Register,
) -> Explanation:
    published = [rule for rule in rules if rule.published]
    valid = [rule for rule in published if _holds(rule, day)]
    if not published:
        return Explanation(why_not=WhyNot.NO_RULE)
    if not valid:
        return Explanation(why_not=WhyNot.RULE_NOT_IN_FORCE)
    if len(valid) > 1:
        return Explanation(why_not=WhyNot.SEVERAL_RULES)
    reference = valid[0].agreement
    terms = register.in_force(reference, day)
    if terms is None:
        return Explanation(cites=reference, why_not=WhyNot.RULE_NOT_IN_FORCE)
    if why_not := _misfit(terms, usage, body, recipient):
        return Explanation(cites=reference, why_not=why_not)
    return Explanation(terms=terms)


def _holds(rule: Rule, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)


def _misfit(terms: Terms, usage: Usage, body: UUID, recipient: UUID | None) -> WhyNot | None:
    """What keeps an agreement in force from explaining an access; none if it does explain it."""
    if body not in terms.disclosers:
        return WhyNot.CITES_OTHER_DISCLOSER
    if not _names_recipient(terms, body, recipient):
        return WhyNot.CITES_OTHER_RECIPIENT
    if not terms.categories.issuperset(usage.categories):
        return WhyNot.CITES_OTHER_CATEGORIES
    return None


def _names_recipient(terms: Terms, body: UUID, recipient: UUID | None) -> bool:
    """A use inside the body fits an entry of its own use, and such an entry fits nothing else."""
    if terms.kind is AgreementKind.OWN_USE:
        return recipient == body
    return recipient is not None and recipient != body and recipient in terms.recipients
