"""Review: four eyes, confirmation of exactly these words, publication as a new version."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.agreements.actions import drafting, reviewing
from citizen_portal.agreements.actions.drafting import Writer
from citizen_portal.agreements.models import (
    Agreement,
    AgreementKind,
    AgreementVersion,
    Draft,
    DraftState,
)
from citizen_portal.agreements.queries import content_digest, drafts
from citizen_portal.agreements.queries.confirmations import confirmations
from citizen_portal.agreements.schemas import checking
from citizen_portal.errors import NotPermitted, WrongState
from tests.agreements import desk as made
from tests.agreements.desk import TODAY, Desk


@pytest.fixture
def desk(session: Session) -> Desk:
    return made.desk(session)


def test_an_officer_does_not_publish_what_they_wrote(session: Session, desk: Desk) -> None:
    draft = made.in_review(session, desk)
    with pytest.raises(NotPermitted):
        made.publish(session, draft, by=desk.writer)
    assert draft.state is DraftState.IN_REVIEW
    assert session.scalars(select(Agreement)).all() == []


def test_who_wrote_one_word_of_it_does_not_publish_it_either(session: Session, desk: Desk) -> None:
    draft = made.drafted(session, desk)
    seen = draft.revision
    drafting.save(session, draft, {"contact": "me@b.example"}, seen=seen, by=desk.second)
    reviewing.send_for_review(session, draft, by=desk.writer)
    with pytest.raises(NotPermitted):
        made.publish(session, draft, by=desk.second)


def test_who_only_sent_it_for_review_does_not_publish_it(session: Session, desk: Desk) -> None:
    draft = made.drafted(session, desk)
    reviewing.send_for_review(session, draft, by=desk.second)
    with pytest.raises(NotPermitted):
        made.publish(session, draft, by=desk.second)


def test_who_only_began_it_does_not_publish_it_either(session: Session, desk: Desk) -> None:
    draft = drafting.begin(session, AgreementKind.SHARING, {"en": "A"}, by=desk.second)
    drafting.save(session, draft, made.WHOLE, seen=draft.revision, by=desk.writer)
    reviewing.send_for_review(session, draft, by=desk.writer)
    with pytest.raises(NotPermitted):
        made.publish(session, draft, by=desk.second)


def test_a_draft_in_review_is_not_brought_up_to_date_under_its_readers(
    session: Session, desk: Desk
) -> None:
    made.published(session, desk)
    draft = drafting.amend(session, "DSA-0001", by=desk.writer)
    made.imported(session, desk, retention="P9Y")
    reviewing.send_for_review(session, draft, by=desk.writer)
    with pytest.raises(WrongState):
        reviewing.bring_up_to_date(session, draft, by=desk.writer)
    assert (draft.base, draft.document["retention"]) == (1, "P2Y")


def test_a_second_officer_publishes_a_first_version(session: Session, desk: Desk) -> None:
    draft = made.in_review(session, desk)
    agreement = made.publish(session, draft, by=desk.second)
    version = session.scalars(select(AgreementVersion)).one()
    assert (agreement.version, version.number, version.published_by_id) == (
        1,
        1,
        desk.publisher.id,
    )
    assert version.document["published"] == TODAY.isoformat()
    assert draft.state is DraftState.PUBLISHED


def test_a_change_is_a_new_version_and_the_first_stays_as_it_was(
    session: Session, desk: Desk
) -> None:
    made.published(session, desk)
    first = session.scalars(select(AgreementVersion)).one()
    before, digest = dict(first.document), first.digest
    draft = drafting.amend(session, "DSA-0001", by=desk.writer)
    drafting.save(session, draft, {"contact": "new@b.example"}, seen=0, by=desk.writer)
    reviewing.send_for_review(session, draft, by=desk.writer)
    made.publish(session, draft, by=desk.second)
    session.commit()
    session.expire_all()
    rows = session.scalars(select(AgreementVersion).order_by(AgreementVersion.number)).all()
    assert [row.number for row in rows] == [1, 2]
    assert (rows[0].document, rows[0].digest) == (before, digest)
    assert rows[1].changed == ["contact"]


def test_what_was_checked_must_be_what_is_published(session: Session, desk: Desk) -> None:
    draft = made.in_review(session, desk)
    with pytest.raises(WrongState):
        made.publish(session, draft, by=desk.second, seen=draft.revision - 1)


def test_a_version_that_came_meanwhile_stops_publication_until_brought_up_to_date(
    session: Session, desk: Desk
) -> None:
    made.published(session, desk)
    draft = drafting.amend(session, "DSA-0001", by=desk.writer)
    drafting.save(session, draft, {"contact": "new@b.example"}, seen=0, by=desk.writer)
    made.imported(session, desk, retention="P9Y")
    reviewing.send_for_review(session, draft, by=desk.writer)
    with pytest.raises(WrongState):
        made.publish(session, draft, by=desk.second)

    reviewing.send_back(session, draft, by=desk.second, reason="Another version came.")
    reviewing.bring_up_to_date(session, draft, by=desk.writer)
    assert (draft.base, draft.document["retention"]) == (2, "P9Y")
    assert draft.document["contact"] == "new@b.example"


def test_what_was_published_meanwhile_is_kept_where_both_changed_it(
    session: Session, desk: Desk
) -> None:
    made.published(session, desk)
    draft = drafting.amend(session, "DSA-0001", by=desk.writer)
    mine = {"contact": "mine@b.example", "retention": "P3Y"}
    drafting.save(session, draft, mine, seen=draft.revision, by=desk.writer)
    made.imported(session, desk, retention="P9Y")
    kept = reviewing.bring_up_to_date(session, draft, by=desk.writer)
    assert kept == ("retention",)
    assert (draft.document["contact"], draft.document["retention"]) == ("mine@b.example", "P9Y")


def test_a_returned_draft_says_why_until_it_is_sent_again(session: Session, desk: Desk) -> None:
    draft = made.in_review(session, desk)
    reviewing.send_back(session, draft, by=desk.second, reason="Which councils?")
    returned = drafts.returned_with(session, draft.id)
    assert returned is not None
    assert (returned.reason, returned.officer_id) == ("Which councils?", desk.publisher.id)
    reviewing.send_for_review(session, draft, by=desk.writer)
    assert drafts.returned_with(session, draft.id) is None


def said(session: Session, draft: Draft, desk: Desk) -> list[bool | None]:
    digest = content_digest(draft.document)
    found = confirmations(session, draft.reference, digest, [desk.giver.id, desk.taker.id])
    return [each.confirmed for each in found]


def test_a_body_confirms_exactly_these_words_and_no_others(session: Session, desk: Desk) -> None:
    draft = made.in_review(session, desk)
    taker = Writer(desk.of_taker.id, desk.taker.id)
    whole = checking.whole(draft.document)
    reviewing.confirm(session, draft.reference, whole, by=taker)
    session.flush()
    assert said(session, draft, desk) == [None, True]

    reviewing.confirm(session, draft.reference, whole, by=taker, reason="We keep it longer.")
    session.flush()
    assert said(session, draft, desk) == [None, False]

    reviewing.send_back(session, draft, by=desk.second, reason="Put right how long.")
    drafting.save(session, draft, {"retention": "P5Y"}, seen=9, by=desk.writer)
    assert said(session, draft, desk) == [None, None]


def test_a_confirmation_of_the_draft_holds_for_the_version_made_of_it(
    session: Session, desk: Desk
) -> None:
    draft = made.in_review(session, desk)
    taker = Writer(desk.of_taker.id, desk.taker.id)
    reviewing.confirm(session, draft.reference, checking.whole(draft.document), by=taker)
    made.publish(session, draft, by=desk.second)
    version = session.scalars(select(AgreementVersion)).one()
    found = confirmations(session, "DSA-0001", content_digest(version.document), [desk.taker.id])
    assert found[0].confirmed is True


def test_a_withdrawn_agreement_ends_that_day_and_stays_readable(
    session: Session, desk: Desk
) -> None:
    made.published(session, desk)
    draft = drafting.amend(session, "DSA-0001", by=desk.writer)
    gone = {"on": "2026-12-31", "reason": {"en": "The councils do it another way now."}}
    drafting.save(session, draft, {"withdrawn": gone}, seen=0, by=desk.writer)
    reviewing.send_for_review(session, draft, by=desk.writer)
    agreement = made.publish(session, draft, by=desk.second)
    assert agreement.withdrawn_on == agreement.ends == date(2026, 12, 31)
    newest = session.scalars(select(AgreementVersion).where(AgreementVersion.number == 2)).one()
    assert newest.in_force_to == date(2026, 12, 31)
