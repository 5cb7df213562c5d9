"""Drafts: who may see them, what a save does, and what two who write at once are told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.agreements.actions import drafting, reviewing
from citizen_portal.agreements.actions.drafting import Writer
from citizen_portal.agreements.models import AgreementKind, Draft, DraftChange, DraftState
from citizen_portal.agreements.models.draft import MOVES
from citizen_portal.agreements.queries import drafts
from citizen_portal.audit import AuditEntry
from citizen_portal.errors import NotFound, WrongState
from tests.agreements import desk as made
from tests.agreements import files
from tests.agreements.desk import Desk


@pytest.fixture
def desk(session: Session) -> Desk:
    return made.desk(session)


@pytest.mark.parametrize("came_from", DraftState)
@pytest.mark.parametrize("to", DraftState)
def test_a_draft_moves_only_where_the_table_leads(came_from: DraftState, to: DraftState) -> None:
    draft = Draft(reference="DSA-0001", organisation_id=None, document={}, state=came_from)  # type: ignore[arg-type]
    if to in MOVES[came_from]:
        draft.move(to)
        assert draft.state is to
    else:
        with pytest.raises(WrongState):
            draft.move(to)
        assert draft.state is came_from


def test_what_is_published_leads_nowhere_and_what_is_put_aside_can_be_taken_up() -> None:
    assert not DraftState.PUBLISHED.open
    assert MOVES[DraftState.DROPPED] == {DraftState.DRAFTING}


def test_references_go_on_from_the_highest(session: Session, desk: Desk) -> None:
    first, second = (
        drafting.begin(session, AgreementKind.SHARING, {"en": "A"}, by=desk.writer)
        for _ in range(2)
    )
    own = drafting.begin(session, AgreementKind.OWN_USE, {"en": "A"}, by=desk.writer)
    assert [first.reference, second.reference, own.reference] == [
        "DSA-0001",
        "DSA-0002",
        "OWN-0001",
    ]
    assert own.document["kind"] == "own_use"


def test_each_saved_field_is_kept_with_its_writer(session: Session, desk: Desk) -> None:
    draft = made.drafted(session, desk)
    saved = drafting.save(
        session,
        draft,
        {"contact": "x@y.example", "stage": "service_delivery"},
        seen=draft.revision,
        by=desk.second,
    )
    assert saved.changed == ("contact",), "what is as it was is no change"
    last = drafts.changes_since(session, draft.id, draft.revision - 1)
    assert [(each.field, each.value, each.officer_id) for each in last] == [
        ("contact", "x@y.example", desk.publisher.id)
    ]
    tags = session.scalars(select(AuditEntry.tag).order_by(AuditEntry.at, AuditEntry.id)).all()
    assert tags == ["draft:begun", "draft:changed", "draft:changed"]


def test_an_answer_that_is_emptied_is_taken_out(session: Session, desk: Desk) -> None:
    draft = made.drafted(session, desk)
    answer = {"text": {"en": "People with low income."}}
    drafting.save(session, draft, {"trust.value.benefits": answer}, seen=1, by=desk.writer)
    assert draft.document["trust"] == {"value.benefits": answer}
    drafting.save(
        session, draft, {"trust.value.benefits": None}, seen=draft.revision, by=desk.writer
    )
    assert "trust" not in draft.document


def test_two_who_write_different_fields_both_keep_theirs_and_are_told(
    session: Session, desk: Desk
) -> None:
    draft = made.drafted(session, desk)
    opened = draft.revision
    drafting.save(session, draft, {"contact": "a@b.example"}, seen=opened, by=desk.second)
    saved = drafting.save(session, draft, {"retention": "P1Y"}, seen=opened, by=desk.writer)
    assert [each.field for each in saved.meanwhile] == ["contact"]
    assert (draft.document["contact"], draft.document["retention"]) == ("a@b.example", "P1Y")


def test_two_who_write_the_same_field_the_second_is_told_and_nothing_is_written(
    session: Session, desk: Desk
) -> None:
    draft = made.drafted(session, desk)
    opened = draft.revision
    drafting.save(session, draft, {"contact": "first@b.example"}, seen=opened, by=desk.second)
    values = {"contact": "second@b.example", "retention": "P1Y"}
    saved = drafting.save(session, draft, values, seen=opened, by=desk.writer)
    assert [each.value for each in saved.clashes] == ["first@b.example"]
    assert draft.document["contact"] == "first@b.example"
    assert draft.document["retention"] == "P2Y", "a page is saved whole or not at all"

    again = drafting.save(session, draft, values, seen=draft.revision, by=desk.writer)
    assert again.changed == ("contact", "retention")
    kept = session.scalars(
        select(DraftChange.value)
        .where(DraftChange.field == "contact")
        .order_by(DraftChange.revision)
    ).all()
    assert kept == ["data@giver.example", "first@b.example", "second@b.example"]


def test_one_who_writes_in_two_windows_is_not_told_of_themselves(
    session: Session, desk: Desk
) -> None:
    draft = made.drafted(session, desk)
    for contact in ("one@b.example", "two@b.example"):
        saved = drafting.save(session, draft, {"contact": contact}, seen=1, by=desk.writer)
        assert not saved.clashes
    assert draft.document["contact"] == "two@b.example"


def test_bodies_that_a_draft_names_see_it_and_no_others(session: Session, desk: Desk) -> None:
    draft = made.drafted(session, desk)
    assert drafts.seen_by(session, desk.taker.id, draft.id).id == draft.id
    assert [line.id for line in drafts.lines(session, desk.taker.id)] == [draft.id]
    assert drafts.lines(session, desk.stranger.id) == ()
    with pytest.raises(NotFound):
        drafts.seen_by(session, desk.stranger.id, draft.id)
    with pytest.raises(NotFound):
        drafts.of_body(session, desk.taker.id, draft.id)

    other = {"recipients": [{"organisation": "stranger"}]}
    drafting.save(session, draft, other, seen=draft.revision, by=desk.writer)
    with pytest.raises(NotFound):
        drafts.seen_by(session, desk.taker.id, draft.id)
    assert drafts.seen_by(session, desk.stranger.id, draft.id).id == draft.id


def test_a_draft_in_review_is_not_written_in(session: Session, desk: Desk) -> None:
    draft = made.drafted(session, desk)
    reviewing.send_for_review(session, draft, by=desk.writer)
    with pytest.raises(WrongState):
        drafting.save(session, draft, {"contact": "x"}, seen=9, by=desk.second)


def test_a_draft_put_aside_can_be_taken_up_unless_another_is_open(
    session: Session, desk: Desk
) -> None:
    draft = made.drafted(session, desk)
    drafting.drop(session, draft, by=desk.writer)
    assert not drafts.open_under(session, draft.reference)
    drafting.take_up(session, draft, by=desk.second)
    assert draft.state is DraftState.DRAFTING


def test_only_who_takes_part_amends_and_one_change_is_drafted_at_a_time(
    session: Session, desk: Desk
) -> None:
    made.published(session, desk)
    with pytest.raises(NotFound):
        drafting.amend(session, "DSA-0001", by=Writer(desk.of_stranger.id, desk.stranger.id))
    draft = drafting.amend(session, "DSA-0001", by=Writer(desk.of_taker.id, desk.taker.id))
    assert draft.base == 1
    assert "published" not in draft.document
    with pytest.raises(WrongState):
        drafting.amend(session, "DSA-0001", by=desk.writer)


def test_two_who_save_in_the_same_moment_lose_nothing(app: Flask, desk: Desk) -> None:
    sessions = app.extensions["sessions"]
    with sessions.writing() as session:
        draft_id = drafting.begin(session, AgreementKind.SHARING, {"en": "A"}, by=desk.writer).id
    waiting = Barrier(2)

    def save(values: dict[str, str], by: Writer) -> tuple[str, ...]:
        waiting.wait()
        with sessions.writing() as session:
            draft = drafts.of_body(session, desk.giver.id, draft_id)
            return drafting.save(session, draft, values, seen=0, by=by).changed

    with ThreadPoolExecutor(2) as pool:
        done = [
            pool.submit(save, {"contact": "a@b.example"}, desk.writer),
            pool.submit(save, {"retention": "P1Y"}, desk.second),
        ]
        assert {each.result()[0] for each in done} == {"contact", "retention"}
    with sessions.reading() as session:
        document = drafts.of_body(session, desk.giver.id, draft_id).document
        revisions = [each.revision for each in drafts.changes_since(session, draft_id, 1)]
    assert (document["contact"], document["retention"]) == ("a@b.example", "P1Y")
    assert revisions == [2, 3]


@pytest.mark.both
def test_agreements_begun_in_the_same_moment_get_references_of_their_own(
    app: Flask, desk: Desk
) -> None:
    sessions = app.extensions["sessions"]
    waiting = Barrier(4)

    def begin() -> str:
        waiting.wait()
        with sessions.writing() as session:
            return drafting.begin(
                session, AgreementKind.SHARING, {"en": "A"}, by=desk.writer
            ).reference

    with ThreadPoolExecutor(4) as pool:
        references = {each.result() for each in [pool.submit(begin) for _ in range(4)]}
    assert references == {"DSA-0001", "DSA-0002", "DSA-0003", "DSA-0004"}


def test_a_change_is_the_parties_own_and_not_taken_from_elsewhere(
    session: Session, desk: Desk
) -> None:
    made.imported(session, desk, source="Another register", published="2026-01-01")
    draft = drafting.amend(session, "DSA-0001", by=desk.writer)
    assert not {"source", "published"} & draft.document.keys()


def test_who_is_written_out_of_an_agreement_still_sees_it(session: Session, desk: Desk) -> None:
    made.published(session, desk)
    taker = Writer(desk.of_taker.id, desk.taker.id)
    draft = drafting.amend(session, "DSA-0001", by=taker)
    others = {"disclosers": [{"organisation": "stranger"}]}
    drafting.save(session, draft, others, seen=draft.revision, by=taker)
    for body in (desk.giver, desk.taker, desk.stranger):
        assert drafts.seen_by(session, body.id, draft.id).id == draft.id


def test_a_draft_put_aside_is_its_own_body_s_alone(session: Session, desk: Desk) -> None:
    draft = made.drafted(session, desk)
    drafting.drop(session, draft, by=desk.writer)
    with pytest.raises(NotFound):
        drafts.seen_by(session, desk.taker.id, draft.id)


def test_a_reference_that_somebody_chose_does_not_end_the_count(
    session: Session, desk: Desk
) -> None:
    made.imported(session, desk, reference="DSA-99999999")
    draft = drafting.begin(session, AgreementKind.SHARING, {"en": "A"}, by=desk.writer)
    assert draft.reference == "DSA-0001"


def test_the_operator_puts_aside_what_blocks_an_agreement(
    app: Flask, session: Session, desk: Desk
) -> None:
    draft = made.in_review(session, desk)
    session.commit()
    result = files.run(app, "release", draft.reference)
    assert result.output == "The draft of DSA-0001 is put aside.\n"
    assert made.reload(session, draft.id).state is DraftState.DROPPED
    again = files.run(app, "release", draft.reference)
    assert again.exit_code == 1
    assert "No draft of this agreement is open." in again.output
    drafting.take_up(session, draft, by=desk.writer)
