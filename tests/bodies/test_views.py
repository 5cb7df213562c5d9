"""The public pages on bodies."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.bodies import actions
from citizen_portal.bodies.models import Source
from tests.agreements import files


def content(**given: Any) -> dict[str, Any]:
    """Two public bodies, one connected; one firm that handles data."""
    bodies = [
        files.organisation("giver", website="https://giver.example", contact="The data officer"),
        files.organisation("taker", kind="council"),
        files.organisation("firm", kind="processor"),
    ]
    hidden = {
        "what": {"en": "Looks to find fraud"},
        "law": {"en": "An Act, section 2"},
        "url": "https://law.example/2",
    }
    said = files.agreement(powers=["dea-35"], processors=[{"organisation": "firm"}])
    own = files.agreement("OWN-0001", kind="own_use", recipients=None)
    return (
        files.whole(
            organisations=bodies,
            sources=[files.source("claims", "giver", not_reported=[hidden])],
            agreements=[said, own],
        )
        | given
    )


def test_the_list_tells_who_is_connected(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path, content())
    soup = files.page(app, "/bodies")
    assert "1 of the 2 public bodies on our list are connected." in soup.text
    names = {
        section["aria-labelledby"]: [heading.text for heading in section.select("h3")]
        for section in soup.select("main section")
    }
    assert names == {
        "connected": ["People of giverAgency giver"],
        "not-connected": ["People of takerAgency taker"],
        "others": ["People of firmAgency firm"],
    }
    assert "Connected since 5 January 2026" in soup.text


def test_a_body_says_what_it_holds_and_what_it_does_not_tell(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path, content())
    soup = files.page(app, "/bodies/giver")
    text = " ".join(soup.text.split())
    for words in (
        "A government agency.",
        "Register claims What it holds. Connected. We ask it when you sign in.",
        "Connected since5 January 2026",
        "It has not told us how far back its list goes.",
        "It has not answered us yet.",
        "Looks to find fraud An Act, section 2",
        "The data officer",
        "Its code: GIVER (sample)",
    ):
        assert words in text, words
    links = {link["href"] for link in soup.select("main a")}
    assert {"https://giver.example", "https://law.example/2"} <= links


def test_a_body_lists_the_agreements_that_name_it(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path, content())

    def groups(slug: str) -> list[str]:
        soup = files.page(app, f"/bodies/{slug}")
        return [h.text for h in soup.select("section[aria-labelledby=agreements] h3")]

    assert groups("giver") == ["It gives data", "It uses data inside itself"]
    assert groups("taker") == ["It gets data"]
    assert groups("firm") == ["It runs the machine for others"]


def test_a_window_and_the_last_answer_are_told(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    files.bring_in(app, tmp_path, content())
    source_id = session.scalars(select(Source.id)).one()
    first, last = datetime(2025, 3, 1, tzinfo=UTC), datetime(2026, 11, 20, 9, tzinfo=UTC)
    actions.note_window(session, source_id, window_from=first, window_to=None, told_at=last)
    actions.note_answer(session, source_id, at=last)
    session.commit()
    text = files.page(app, "/bodies/giver").text
    assert "1 March 2025 to now" in text
    assert "Last answer20 November 2026" in text
    actions.note_window(session, source_id, window_from=first, window_to=last, told_at=last)
    session.commit()
    text = files.page(app, "/bodies/giver").text
    assert "1 March 2025 to 20 November 2026" in text


def test_sources_that_are_not_asked_say_so(app: Flask, tmp_path: Path) -> None:
    silent = files.source("silent", "giver", protocol="none", base_url=None, connected_since=None)
    sending = files.source("sending", "giver", protocol="push")
    sources = [{key: value for key, value in silent.items() if value is not None}, sending]
    files.bring_in(app, tmp_path, content(sources=sources, rules=[]))
    text = files.page(app, "/bodies/giver").text
    assert "Not connected yet. We cannot ask it." in text
    assert "Connected. It sends us each look itself." in text
    assert "1 more register not connected" in files.page(app, "/bodies").text
    nothing = files.page(app, "/bodies/taker").text
    assert "Not connected yet. We do not know which registers it has." in nothing
    assert "It has not told us whom to ask." in nothing


def test_pages_of_bodies_cost_few_statements_once_known(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path, content())
    for path, count in (("/bodies", 1), ("/bodies/giver", 3)):
        files.page(app, path)
        with files.statements(app.extensions["sessions"].engine) as seen:
            files.page(app, path)
        assert len(seen) == count, seen


@pytest.mark.parametrize("path", ["/bodies/stranger", "/bodies/%3Cb%3E", "/bodies/giver/more"])
def test_a_body_that_is_not_on_the_list_is_a_page_that_says_so(app: Flask, path: str) -> None:
    files.page(app, path, status=404)


def test_an_empty_list_says_so(app: Flask) -> None:
    assert "Our list is empty so far." in files.page(app, "/bodies").text


def many(count: int) -> dict[str, Any]:
    bodies = [
        files.organisation(
            f"body-{n:03}", official_name={"en": f"Office {n:03}", "cy": f"Swyddfa {n:03} Môn"}
        )
        for n in range(count)
    ]
    sources = [files.source("claims", "body-007")]
    return files.whole(organisations=bodies, sources=sources, agreements=[], rules=[])


def test_a_long_list_is_paged_with_the_connected_first(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path, many(60))
    seen: list[str] = []
    path = "/bodies"
    while path:
        soup = files.page(app, path)
        assert "1 of the 60 public bodies on our list are connected." in soup.text
        seen += [span.text for span in soup.select(".cp-rows h3 .cp-sub")]
        following = soup.select_one("a[rel=next]")
        path = str(following["href"]) if following else ""
    rest = [f"Office {n:03}" for n in range(60) if n != 7]
    assert seen == ["Office 007", *rest]


@pytest.mark.parametrize(
    ("typed", "count"),
    [("office+01", 10), ("MON+swyddfa", 60), ("office+zebra", 0), ("%25", 0), ("%00", 60),
     ("body-012", 1), ("x" * 5_000, 0)],
)  # fmt: skip
def test_bodies_are_found_by_a_part_of_their_name(
    app: Flask, tmp_path: Path, typed: str, count: int
) -> None:
    files.bring_in(app, tmp_path, many(60))
    soup = files.page(app, f"/bodies?q={typed}&page=1")
    assert len(soup.select(".cp-rows h3")) == min(25, count)
    assert ("No body on our list has this name." in soup.text) is (count == 0)


def test_a_body_in_many_agreements_shows_the_first_and_leads_to_the_rest(
    app: Flask, tmp_path: Path
) -> None:
    said = [files.agreement(f"DSA-{n:04}", title={"en": f"Title {n:03}"}) for n in range(1, 61)]
    files.bring_in(app, tmp_path, files.whole(agreements=said, rules=[]))
    soup = files.page(app, "/bodies/giver")
    section = soup.select("section[aria-labelledby=agreements]")[0]
    assert [link.text for link in section.select("li a")] == [f"Title {n:03}" for n in range(1, 51)]
    assert "And 10 more." in section.text
    assert section.select("p a")[-1]["href"] == "/register?body=giver"
