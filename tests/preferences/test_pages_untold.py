"""The pages of a choice say which bodies cannot be told of it, and what to do there."""

from collections.abc import Callable

from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import Organisation, Protocol
from citizen_portal.bodies.queries import directory
from citizen_portal.records.queries import linkable
from tests import make
from tests.preferences.town import Town, about
from tests.preferences.visiting import Visit


def test_of_bodies_that_do_not_know_me_the_page_says_so(
    visit: Callable[..., Visit], town: Town
) -> None:
    with town.sessions.writing() as session:
        session.add_all(
            make.source(session.get_one(Organisation, town.bodies[slug]))
            for slug in ("clinic", "university")
        )
        bump(session)
    alone = visit("council")
    page = alone.open(about("DSA-0002"))
    assert "Cannot be told yet: " in page.main
    after = alone.save(about("DSA-0002"), answer="no")
    assert "we told none" in after.main
    assert "Cannot be told yet: The clinic, The university." in after.main
    assert "which bodies we tell" not in alone.save(about("DSA-0001"), answer="no").main
    assert "Cannot be told yet: The clinic." in alone.open(about("DSA-0001")).main


def test_a_body_that_only_sends_cannot_be_linked(visit: Callable[..., Visit], town: Town) -> None:
    with town.sessions.writing() as session:
        clinic = session.get_one(Organisation, town.bodies["clinic"])
        session.add(make.source(clinic, protocol=Protocol.PUSH, base_url=None))
        bump(session)
    me = visit("council")
    assert "We cannot tell: The clinic , The university ." in me.open(about("DSA-0002")).main
    with town.sessions.reading() as session:
        known = directory(session)
    assert known.connected == {town.bodies["clinic"]}
    assert linkable((), directory=known) == ()


def test_where_nothing_can_be_linked_the_page_says_to_write(visit: Callable[..., Visit]) -> None:
    page = visit("council").open(about("DSA-0002"))
    assert "Cannot be told yet" not in page.main
    assert "We cannot tell: The clinic , The university ." in page.main
    hrefs = [link["href"] for link in page.soup.select("main .cp-note a")]
    assert hrefs == ["/bodies/clinic", "/bodies/university"]
