"""A portal whose citizens lie on two clusters: each finds what is theirs, and no statement on
behalf of one needs the other."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import (
    Select,
    String,
    cast,
    delete,
    exists,
    func,
    make_url,
    or_,
    select,
    true,
    update,
)

from citizen_portal.access.models import PushedEvent, Received
from citizen_portal.audit import AuditEntry
from citizen_portal.bodies.models import Organisation
from citizen_portal.db import Base
from citizen_portal.identity.actions import use_code
from citizen_portal.identity.models import Citizen, SubjectLink
from citizen_portal.news.models import SafeChannel
from citizen_portal.preferences.models import Answer, Choice, Effect
from citizen_portal.reach import of_citizen
from tests import make, postgres
from tests.access.pushing import Pushing, row
from tests.clusters import kept
from tests.clusters.asking import Split
from tests.clusters.gathering import CannotGatherError
from tests.clusters.placing import BOTH, FIRST, SECOND, CrossesError, place
from tests.databases import Databases
from tests.pages import Page
from tests.preferences.town import Town, about
from tests.preferences.visiting import Visit


@pytest.fixture(scope="module")
def town(shared_app: Flask) -> Town:
    return Town(shared_app)


def somebody(town: Town, at: str) -> UUID:
    """Who lies there."""
    while place(one := town.person()) != at:
        pass
    return one


@pytest.fixture(scope="module")
def people(town: Town) -> dict[str, UUID]:
    """Somebody on each cluster, who chose, and whose bodies were told of it."""
    found = {at: somebody(town, at) for at in BOTH}
    town.choose(found[FIRST], about("DSA-0001"))
    town.choose(found[SECOND], about("DSA-0002"))
    return found


@pytest.fixture
def split(town: Town) -> Iterator[Split]:
    with town.sessions.write() as session:
        assert isinstance(session, Split)
        yield session


def there(split: Split, model: type[Base]) -> dict[str, set[UUID]]:
    """Whose rows of this kind lie on each cluster."""
    table: Any = model.__table__
    return {at: set(split.at(at).scalars(select(table.c.citizen_id))) for at in BOTH}


def test_what_is_of_a_citizen_lies_on_one_cluster(split: Split, people: dict[str, UUID]) -> None:
    for model in (Choice, Effect):
        assert there(split, model) == {at: {one} for at, one in people.items()}
    assert people[SECOND] not in set(split.at(FIRST).scalars(select(Citizen.id)))


@pytest.mark.parametrize(("at", "title"), [(FIRST, "DSA-0001"), (SECOND, "DSA-0002")])
def test_each_finds_their_own_choice(
    town: Town, split: Split, people: dict[str, UUID], at: str, title: str
) -> None:
    [choice] = split.scalars(select(Choice).where(Choice.citizen_id == people[at]))
    assert choice.scope == about(title).key
    assert split.get(Choice, (people[at], choice.id)) is choice
    assert {effect.agreement for effect in town.effects(people[at])} == {title}


@pytest.mark.parametrize("at", BOTH)
def test_who_chooses_on_a_page_is_told_so_and_no_page_needs_the_other_cluster(
    app: Flask, signed_in: Callable[[Citizen], FlaskClient], at: str
) -> None:
    town, me = Town(app), Citizen()
    me.id = somebody(town, at)
    visit = Visit(town, me.id, signed_in(me))
    visit.save(about("DSA-0002"), answer="no")
    assert visit.stands() == {about("DSA-0002").key: Answer.NO}
    for page in ("/my", "/my/choices", "/my/account", "/my/questions"):
        assert Page.get(visit.browser, page).response.status_code == 200


def test_who_asks_for_one_citizen_reaches_no_other_cluster(
    town: Town, people: dict[str, UUID]
) -> None:
    mine, other = people[FIRST], people[SECOND]
    with town.sessions.of(of_citizen(mine)).read() as session:
        found = select(Choice.scope).where(Choice.citizen_id == mine)
        assert session.scalars(found).all() == [about("DSA-0001").key]
        for whose in ([other], [mine, other]):
            with pytest.raises(CrossesError):
                session.scalars(select(Choice).where(Choice.citizen_id.in_(whose)))


def test_what_lies_on_two_clusters_is_not_joined(split: Split, people: dict[str, UUID]) -> None:
    mine = people[FIRST]
    joined = select(Choice.id).join(AuditEntry, AuditEntry.actor_id == Choice.citizen_id)
    with pytest.raises(CrossesError, match="choice beside audit_entry"):
        split.scalars(joined.where(Choice.citizen_id == mine))


def test_a_part_that_the_first_cluster_knows_by_itself_is_asked_before(
    split: Split, people: dict[str, UUID]
) -> None:
    noted = select(func.count(AuditEntry.id)).scalar_subquery()
    chosen = select(func.count(Choice.id)).where(Choice.citizen_id == people[SECOND])
    entries = split.scalar(select(func.count(AuditEntry.id)))
    assert split.execute(select(noted, chosen.scalar_subquery())).one() == (entries, 1)
    mine = select(Choice.id).where(Choice.citizen_id == people[SECOND])
    there, gone = (
        exists().where(AuditEntry.id.is_not(None)),
        exists().where(AuditEntry.id.is_(None)),
    )
    for part, found in ((there, 1), (~there, 0), (gone, 0), (~gone, 1)):
        assert len(split.scalars(mine.where(part)).all()) == found


def test_what_both_read_is_written_to_both_or_to_neither(town: Town, split: Split) -> None:
    slug = select(Organisation.name).where(Organisation.slug == "hermit")

    def names() -> list[Any]:
        return [split.at(at).scalar(slug) for at in BOTH]

    before = names()
    hermit = split.scalars(select(Organisation).where(Organisation.slug == "hermit")).one()
    hermit.name = make.words("Another")
    split.flush()
    assert names() == [make.words("Another")] * 2
    split.execute(
        update(Organisation).where(Organisation.slug == "hermit").values(name=make.words("Third"))
    )
    assert names() == [make.words("Third")] * 2
    split.rollback()
    assert names() == before


def test_what_fails_within_a_savepoint_ends_no_more_than_that(
    split: Split, people: dict[str, UUID]
) -> None:
    """On the other cluster, too, which may not have been asked before."""
    assert use_code(split, "once")
    split.commit()
    assert not use_code(split, "once")
    for one in people.values():
        assert split.scalar(select(func.count(Choice.id)).where(Choice.citizen_id == one)) == 1
    assert not use_code(split, "once")


def test_what_a_change_tells_back_and_how_many_it_met_are_of_both(
    split: Split, people: dict[str, UUID]
) -> None:
    changed = update(Effect).values(undelivered=True)
    assert set(split.scalars(changed.returning(Effect.citizen_id))) == set(people.values())
    for condition in (true(), Effect.id.in_(select(Effect.id))):
        split.rollback()
        count = split.scalar(select(func.count(Effect.id)))
        assert split.execute(delete(Effect).where(condition)).rowcount == count > 1
    split.rollback()


def everybody(*wanted: Any) -> Select[Any]:
    return select(*wanted).select_from(SubjectLink)


@pytest.mark.parametrize("down", [False, True])
def test_rows_of_both_come_in_their_order_and_no_more_than_were_asked_for(
    split: Split, people: dict[str, UUID], down: bool
) -> None:
    column = SubjectLink.organisation_id, SubjectLink.citizen_id
    order = [each.desc() if down else each for each in column]
    whole = [tuple(each) for each in split.execute(everybody(*column).order_by(*order))]
    assert whole == sorted(whole, reverse=down)
    assert len({place(citizen) for _, citizen in whole}) == len(BOTH)
    part = everybody(*column).order_by(*order).limit(3).offset(2)
    assert [tuple(each) for each in split.execute(part)] == whole[2:5]
    links = split.scalars(select(SubjectLink).order_by(*order).limit(4)).all()
    assert [(link.organisation_id, link.citizen_id) for link in links] == whole[:4]


def test_counts_of_both_are_added_up(split: Split, people: dict[str, UUID]) -> None:
    rows = split.execute(everybody(SubjectLink.organisation_id, SubjectLink.citizen_id)).all()
    assert split.scalar(everybody(func.count())) == len(rows)
    by_body = everybody(
        SubjectLink.organisation_id, func.count(), func.max(cast(SubjectLink.citizen_id, String))
    )
    for body, times, last in split.execute(by_body.group_by(SubjectLink.organisation_id)):
        whose = [citizen for at, citizen in rows if at == body]
        assert (times, last) == (len(whose), max(map(str, whose)))
    bodies = split.scalars(everybody(SubjectLink.organisation_id).distinct()).all()
    assert sorted(bodies) == sorted({body for body, _ in rows})
    chose = exists(select(Choice.id).where(Choice.scope == about("DSA-0001").key))
    assert split.scalar(select(or_(exists(select(SafeChannel.id)), chose))) is True
    assert split.scalar(select(~chose)) is False
    with pytest.raises(CannotGatherError):
        split.scalar(everybody(func.count(SubjectLink.organisation_id.distinct())))


def test_a_batch_brings_each_event_to_where_its_citizen_is(app: Flask) -> None:
    pushing = Pushing(app)
    known: dict[str, tuple[UUID, str]] = {}
    while len(known) < len(BOTH):
        citizen, ids = pushing.person()
        known.setdefault(place(citizen.id), (citizen.id, ids["clinic"]))
    sent = [row(subject, f"r-{at}") for at, (_, subject) in known.items()]
    assert pushing.send(*sent).status_code == 200
    with app.extensions["sessions"].write() as split:
        assert there(split, PushedEvent) == {at: {one} for at, (one, _) in known.items()}
        assert split.scalar(select(func.count()).select_from(Received)) == len(sent)


def test_a_row_that_lies_where_nobody_looks_is_noticed(
    databases: Databases, people: dict[str, UUID]
) -> None:
    somebody = f"citizen (id) VALUES ('{people[SECOND]}')"
    with pytest.raises(kept.AstrayError, match="rows of the other: citizen"):
        _with_row(databases, somebody)
    feed = f"preference_feed (organisation_id, last, read_to) VALUES ('{people[FIRST]}', 0, 0)"
    with pytest.raises(kept.AstrayError, match="alike: preference_feed"):
        _with_row(databases, feed)


def _with_row(databases: Databases, row: str) -> None:
    """On the first cluster alone."""
    with databases.lend() as url:
        found = make_url(url)
        said = f"SET session_replication_role = replica; INSERT INTO {row}"
        postgres.said(said, str(found.database), str(found.query["host"]))
