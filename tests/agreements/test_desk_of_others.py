"""What a body sees at the desk of the drafts of others that name it."""

import pytest
from sqlalchemy.orm import Session

from citizen_portal.agreements.actions import reviewing
from citizen_portal.agreements.actions.drafting import Writer
from citizen_portal.errors import NotPermitted
from tests.agreements import desk as made
from tests.agreements.desk import Desk, SignIn
from tests.pages import Page


@pytest.fixture
def desk(session: Session) -> Desk:
    return made.desk(session)


def test_a_draft_of_another_body_is_shown_as_theirs_without_names_and_reasons(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    draft = made.in_review(session, desk)
    reviewing.send_back(session, draft, by=desk.second, reason="Which councils?")
    session.commit()
    at = f"/desk/drafts/{draft.id}"
    ours, theirs = officer_in(desk.author), officer_in(desk.of_taker)

    assert draft.reference in Page.get(ours, "/desk").rows("drafts")[0]
    home = Page.get(theirs, "/desk")
    assert home.rows("drafts") == []
    assert f"{draft.reference} · The giver office" in home.rows("others")[0]

    assert ours.get(at).status_code == 200
    assert theirs.get(at).location == f"{at}/review"

    own, seen = (Page.get(client, f"{at}/history").main for client in (ours, theirs))
    for words in (desk.author.name, desk.publisher.name, "Which councils?"):
        assert words in own
        assert words not in seen
    assert "An officer of The giver office" in seen


def test_a_body_that_a_change_writes_out_reads_it_and_is_not_asked_whether_it_is_so(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    made.published(session, desk)
    draft = made.changed(session, desk, recipients=[{"organisation": "stranger"}])
    at = f"/desk/drafts/{draft.id}"
    for officer, asked in [(desk.of_stranger, True), (desk.of_taker, False)]:
        page = Page.get(officer_in(officer), f"{at}/review")
        assert (page.soup.find("form", action=f"{at}/confirm") is not None) is asked
    out, named = (
        Writer(officer.id, officer.organisation_id) for officer in (desk.of_taker, desk.of_stranger)
    )
    with pytest.raises(NotPermitted):
        reviewing.confirm_draft(session, draft, seen=draft.revision, by=out)
    reviewing.confirm_draft(session, draft, seen=draft.revision, by=named)
