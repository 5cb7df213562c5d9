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
    _sources: dict[UUID, "_Source"] = field(default_factory=dict)

    def day(self, occurred: datetime) -> date:
        return occurred.astimezone(self.zone).date()

    def event(
        self, name: str, usage: Usage, *, source_id: UUID, proven: bool, **more: Any
    ) -> AccessEvent:
        source = self._sources.get(source_id)
        if source is None:
            source = self._sources[source_id] = self._source(source_id)
        day, kind = self.day(usage.occurred), source.kind(usage)
        return AccessEvent(
            name,
            source_id,
            source.body.id,
            kind.recipient,
            usage.shown,
            day,
            kind.explained(usage, day),
            proven,
            **more,
        )

    def _source(self, source_id: UUID) -> "_Source":
        body = self.directory.bodies[self.directory.sources[source_id].body_id]
        return _Source(source_id, body, self.directory, self.register)


def explained_events(
    named: Iterable[Named], *, source_id: UUID, proven: bool, explainer: Explainer
) -> Iterator[AccessEvent]:
    """The rows of one source, each with its recipient and its explanation."""
    for name, usage in named:
        yield explainer.event(name, usage, source_id=source_id, proven=proven)


@dataclass(slots=True)
class _Source:
    id: UUID
    body: Body
    directory: Directory
    register: Register
    _kinds: dict[tuple[Any, ...], "_Kind"] = field(default_factory=dict)

    def kind(self, usage: Usage) -> "_Kind":
        key = (
            usage.receiver_code,
            usage.system,
            usage.action,
            usage.agreement,
            usage.categories,
        )
        found = self._kinds.get(key)
        if found is None:
            found = self._kinds[key] = self._new_kind(usage)
        return found

    def _new_kind(self, usage: Usage) -> "_Kind":
        recipient = self.directory.body_by_code(self.body.code_scheme, usage.receiver_code)
        activity = self.id, usage.receiver_code, usage.system, usage.action
        return _Kind(
            body=self.body.id,
            recipient=recipient.id if recipient else None,
            cited=_cited(usage),
            rules=tuple(self.directory.rules.get(activity, ())),
            register=self.register,
        )


@dataclass(slots=True)
class _Kind:
    """Accesses that one source tells in the same words: what explains them differs by day."""

    body: UUID
    recipient: UUID | None
    cited: tuple[str, ...]
    rules: tuple[Rule, ...]
    """Asked only where nothing is cited."""
    register: Register
    _known: dict[tuple[int, ...] | date, Explanation] = field(default_factory=dict)
    """By the versions that are cited, or by the day where rules are asked."""

    def explained(self, usage: Usage, day: date) -> Explanation:
        """The agreement in force that day which the access fits, or why it is not explained.

        What the access cites decides; only where it cites nothing do activity rules speak.
        """
        versions = tuple([id(self.register.in_force(each, day)) for each in self.cited])
        key = versions or day
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._explain(usage, day)
        return found

    def _explain(self, usage: Usage, day: date) -> Explanation:
        who = usage, self.body, self.recipient, day, self.register
        if not self.cited:
            return _by_rule(self.rules, *who)
        found = [_by_citation(each, *who) for each in self.cited]
        # Where a text cites several, each must hold: the first that does not is what is shown.
        return next((each for each in found if each.why_not), found[0])


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
