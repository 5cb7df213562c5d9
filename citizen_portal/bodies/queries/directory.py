"""Bodies, their sources and rules: a small reference set, kept in memory and versioned."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import (
    ActivityRule,
    Organisation,
    Revision,
    Source,
)
from citizen_portal.bodies.queries.facts import Body, NotReported, Rule, SourceFacts
from citizen_portal.bodies.queries.health import Health, all_health
from citizen_portal.db import ask
from citizen_portal.words import words

REGISTER = "register"
"""Counts changes of what is imported: bodies, sources, rules, powers, agreements."""
SOURCES = "sources"
"""Counts changes of what sources told of themselves: their windows and their answers."""

RuleKey = tuple[UUID, str, str, str]
"""Source, receiver code, system, action: a rule holds on an exact match only."""


@dataclass(frozen=True)
class Directory:
    """Every body by slug, every source by slug, every rule by what it matches and since when."""

    bodies: Mapping[UUID, Body]
    sources: Mapping[UUID, SourceFacts]
    rules: Mapping[RuleKey, tuple[Rule, ...]]
    _by_slug: dict[str, Body] = field(init=False, repr=False)
    _by_code: dict[tuple[str, str], Body] = field(init=False, repr=False)
    _of_body: dict[UUID, tuple[SourceFacts, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        of_body: dict[UUID, list[SourceFacts]] = defaultdict(list)
        for source in self.sources.values():
            of_body[source.body_id].append(source)
        bodies = self.bodies.values()
        object.__setattr__(self, "_by_slug", {body.slug: body for body in bodies})
        object.__setattr__(self, "_by_code", {(b.code_scheme, b.code): b for b in bodies})
        object.__setattr__(self, "_of_body", {key: tuple(of) for key, of in of_body.items()})

    def body_by_slug(self, slug: str) -> Body | None:
        return self._by_slug.get(slug)

    def body_by_code(self, scheme: str, code: str) -> Body | None:
        return self._by_code.get((scheme, code))

    def sources_of(self, body_id: UUID) -> tuple[SourceFacts, ...]:
        """The sources of one body, by slug."""
        return self._of_body.get(body_id, ())

    def named(self, text: str) -> tuple[Body, ...]:
        """Those with a name, in either language, in which each word begins a word; by name."""
        wanted = [f" {word}" for word in words(text)]
        return tuple(
            body for body, names in self._names if wanted and all(word in names for word in wanted)
        )

    @cached_property
    def connected(self) -> frozenset[UUID]:
        """Those with a source that can be asked, or that sends."""
        return frozenset(one.body_id for one in self.sources.values() if one.connected)

    @cached_property
    def linked_at(self) -> Mapping[UUID, str]:
        """Where each body answers about links: at its first connected source with an address. One
        that only sends, without an address, cannot be linked."""
        found: dict[UUID, str] = {}
        for body_id, sources in self._of_body.items():
            for source in sources:
                if source.connected and source.base_url is not None:
                    found.setdefault(body_id, source.base_url)
        return found

    @cached_property
    def public(self) -> frozenset[UUID]:
        """Those that are public bodies."""
        return frozenset(body.id for body in self.bodies.values() if body.kind.is_public)

    @cached_property
    def by_name(self) -> tuple[Body, ...]:
        """Every body, by official name."""
        return tuple(body for body, _ in self._names)

    @cached_property
    def _names(self) -> tuple[tuple[Body, str], ...]:
        """Every body by official name, with its names as they are looked for."""

        def names(body: Body) -> str:
            texts = [body.slug]
            for name in (body.name, body.official_name, body.short_name):
                texts += name.values()
            return f" {' '.join(words(' '.join(texts)))}"

        ordered = sorted(
            self.bodies.values(), key=lambda one: (one.official_name["en"].casefold(), one.slug)
        )
        return tuple((body, names(body)) for body in ordered)

    def explained_by(self, reference: str) -> tuple[Rule, ...]:
        """The published rules that lead to one agreement: the kinds of access it explains."""
        return tuple(self._explained.get(reference, ()))

    @cached_property
    def _explained(self) -> dict[str, list[Rule]]:
        explained: dict[str, list[Rule]] = defaultdict(list)
        for rules in self.rules.values():
            for rule in rules:
                if rule.published:
                    explained[rule.agreement].append(rule)
        return explained


_directories: WeakKeyDictionary[object, tuple[tuple[int, int], Directory]] = WeakKeyDictionary()


def directory(session: Session) -> Directory:
    """The reference data as this transaction sees it; one small statement when it is in memory.

    What a writing transaction loads is not kept: it may be rolled back.
    """
    numbers = revisions(session)
    stamp = (numbers.get(REGISTER, 0), numbers.get(SOURCES, 0))
    database = database_of(session)
    kept = _directories.get(database)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    loaded = _load(session)
    if session.info.get("read_only"):
        _directories[database] = (stamp, loaded)
    return loaded


def revision_of(name: str) -> ScalarSelect[int]:
    """How often this part of it has changed, within a statement that asks for more."""
    return select(Revision.number).where(Revision.name == name).scalar_subquery()


_REVISIONS = select(Revision.name, Revision.number)


def revisions(session: Session) -> Mapping[str, int]:
    """How often the reference data has changed; asked once in a transaction."""
    kept = session.info.get("revisions")
    transaction = session.get_transaction()
    if kept is not None and transaction is not None and kept[0] is transaction:
        return cast(Mapping[str, int], kept[1])
    numbers = dict(ask(session, _REVISIONS).all())
    session.info["revisions"] = (session.get_transaction(), numbers)
    return numbers


def database_of(session: Session) -> object:
    """What stands for the database behind a session, whether it reads or writes."""
    return session.get_bind().engine.pool


def _load(session: Session) -> Directory:
    bodies = session.scalars(select(Organisation).order_by(Organisation.slug))
    sources = session.scalars(select(Source).order_by(Source.slug))
    rules = session.scalars(
        select(ActivityRule).order_by(ActivityRule.valid_from, ActivityRule.agreement)
    )
    health = all_health(session)
    return Directory(
        bodies=MappingProxyType({row.id: _body(row) for row in bodies}),
        sources=MappingProxyType(
            {row.id: _source(row, health.get(row.id, Health())) for row in sources}
        ),
        rules=MappingProxyType(_by_key(rules)),
    )


def _body(row: Organisation) -> Body:
    return Body(
        id=row.id,
        slug=row.slug,
        kind=row.kind,
        name=row.name,
        official_name=row.official_name,
        short_name=row.short_name,
        code_scheme=row.code_scheme,
        code=row.code,
        website=row.website,
        contact=row.contact,
        withholds=tuple(row.withholds),
        sign_in_url=row.sign_in_url,
    )


def _source(row: Source, health: Health) -> SourceFacts:
    return SourceFacts(
        id=row.id,
        body_id=row.organisation_id,
        slug=row.slug,
        name=row.name,
        description=row.description,
        protocol=row.protocol,
        base_url=row.base_url,
        connected=row.connected,
        connected_since=row.connected_since,
        not_reported=tuple(_not_reported(entry) for entry in row.not_reported),
        retention=row.retention,
        window_from=row.window_from,
        window_to=row.window_to,
        window_told_at=row.window_told_at,
        last_answer_at=row.last_answer_at,
        health=health,
    )


def _not_reported(entry: Mapping[str, Any]) -> NotReported:
    return NotReported(what=entry["what"], law=entry["law"], url=entry.get("url"))


def _by_key(rows: Iterable[ActivityRule]) -> dict[RuleKey, tuple[Rule, ...]]:
    by_key: dict[RuleKey, list[Rule]] = defaultdict(list)
    for row in rows:
        rule = Rule(
            source_id=row.source_id,
            receiver_code=row.receiver_code,
            system=row.system,
            action=row.action,
            agreement=row.agreement,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            published=row.published,
        )
        by_key[rule.source_id, rule.receiver_code, rule.system, rule.action].append(rule)
    return {key: tuple(rules) for key, rules in by_key.items()}
