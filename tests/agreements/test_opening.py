"""How an agreement opens: its five lines, and what must be seen before them."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from citizen_portal import clock
from citizen_portal.agreements import actions
from tests.agreements import files

PUBLIC_TASK = "https://w3id.org/dpv/legal/eu/gdpr#A6-1-e"
CONSENT = "https://w3id.org/dpv/legal/eu/gdpr#A6-1-a"
TODAY = clock.today("Europe/London")


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def words(when: str) -> str:
    given = date.fromisoformat(when)
    return f"{given.day} {given:%B %Y}"


def opened(app: Flask, folder: Path, **given: Any) -> BeautifulSoup:
    files.bring_in_agreements(app, folder, files.agreement(**given))
    return files.page(app, "/register/DSA-0001")


def lines(soup: BeautifulSoup) -> dict[str, str]:
    return {
        line.dt.text: " ".join(line.dd.text.split())
        for line in soup.select(".cp-read > div")
        if line.dt and line.dd
    }


def test_an_agreement_opens_with_its_stage_and_five_lines(app: Flask, tmp_path: Path) -> None:
    soup = opened(
        app, tmp_path, powers=["dea-35"], lawful_basis=PUBLIC_TASK, review=day(400),
        ends=day(800), choice_reason={"en": "Then you fill in the form."}, contact="The officer",
    )  # fmt: skip
    first = soup.select("main > p")[0].text
    assert first.startswith("Stage: giving a service. This data is used to give a service")
    assert lines(soup) == {
        "Who gives what to whom": (
            "The givers tell the takers who may pay less. Name and address."
        ),
        "Why": "So that a bill is lower.",
        "By what right": "Act Public task, UK GDPR Article 6(1)(e)",
        "Since and until when": (
            f"Since 1 January 2026. It ends on {words(day(800))}. "
            f"It is looked at again by {words(day(400))}."
        ),
        "What you can do": (
            "You can object. Then you fill in the form. "
            "To object, sign in and choose here, or write to The officer."
        ),
    }


def test_a_use_inside_one_body_is_not_told_in_words_of_sharing(app: Flask, tmp_path: Path) -> None:
    inside = [{"organisation": "giver"}]
    said = {"en": "The giver reads its own list. Letters went astray."}
    soup = opened(
        app, tmp_path, kind="own_use", disclosers=inside, recipients=inside, what=said,
        harm_of_not_sharing=said,
    )  # fmt: skip
    told = lines(soup)
    assert told["Who uses what"].startswith("The giver reads its own list.")
    assert "the body that uses it" in told["What you can do"]
    headings = [one.text for one in soup.select(".cp-read dt, main h2, main h3, main dt")]
    assert "If it were not used" in headings
    assert {"Who gives what to whom", "Who gets it", "If it were not shared"}.isdisjoint(headings)


WHEN = {
    "no days": ({"starts": None}, "It does not say since when, or until when."),
    "no end": ({}, "Since 1 January 2026. It states no end."),
    "to come": ({"starts": day(9)}, f"It begins on {words(day(9))}. It states no end."),
    "ended": (
        {"ends": day(-1)},
        f"It ended on {words(day(-1))}. It had held since 1 January 2026.",
    ),
    "last day": ({"ends": day(0)}, f"Since 1 January 2026. It ends on {words(day(0))}."),
    "review missed": (
        {"review": day(-1)},
        "Since 1 January 2026. It states no end. "
        f"It was to be looked at again by {words(day(-1))}.",
    ),
    "taken back before its review": (
        {"review": day(400), "withdrawn": {"on": day(9), "reason": {"en": "No use."}}},
        f"Since 1 January 2026. It ends on {words(day(9))}.",
    ),
    "taken back": (
        {"withdrawn": {"on": day(-3), "reason": {"en": "No use."}}},
        f"It was taken back. Its last day: {words(day(-3))}. It had held since 1 January 2026.",
    ),
}


@pytest.mark.parametrize(("given", "expected"), WHEN.values(), ids=WHEN.keys())
def test_it_says_since_and_until_when(
    app: Flask, tmp_path: Path, given: dict[str, Any], expected: str
) -> None:
    assert lines(opened(app, tmp_path, **given))["Since and until when"] == expected


NOT_TODAY = {
    "ended": (
        {"ends": day(-1)},
        "It does not hold any more, so there is nothing to choose here. "
        "To ask what was done with your data, write to The officer.",
    ),
    "taken back": (
        {"withdrawn": {"on": day(-3), "reason": {"en": "No use."}}},
        "It does not hold any more, so there is nothing to choose here. "
        "To ask what was done with your data, write to The officer.",
    ),
    "to come": (
        {"starts": day(9)},
        "You can object. To object before it begins, write to The officer.",
    ),
}


@pytest.mark.parametrize(("given", "expected"), NOT_TODAY.values(), ids=NOT_TODAY.keys())
def test_a_choice_is_offered_here_only_while_the_agreement_holds(
    app: Flask, tmp_path: Path, given: dict[str, Any], expected: str
) -> None:
    said = lines(opened(app, tmp_path, contact="The officer", **given))
    assert said["What you can do"] == expected


def test_the_law_that_takes_the_right_away_is_cited_beside_what_one_can_do(
    app: Flask, tmp_path: Path
) -> None:
    soup = opened(
        app, tmp_path, choice="none", lawful_basis=PUBLIC_TASK, exemption="required-by-law"
    )
    said = lines(soup)["What you can do"]
    assert said.startswith(
        "You cannot say no to this. The law that takes the right to object away:"
    )
    assert "A law requires it, Data Protection Act 2018, Schedule 2, paragraph 5" in said
    links = {str(link["href"]) for link in soup.select(".cp-read a")}
    assert "https://www.legislation.gov.uk/ukpga/2018/12/schedule/2/paragraph/5" in links


def test_less_than_the_law_gives_is_told(app: Flask, tmp_path: Path) -> None:
    """As in a version from before this was checked."""
    files.bring_in(app, tmp_path)
    with app.extensions["sessions"].writing() as session:
        said = files.agreement(choice="not_stated", lawful_basis=PUBLIC_TASK)
        actions.import_register(session, actions.Entries(agreements=(said,)), today=TODAY)
    soup = files.page(app, "/register/DSA-0001")
    assert "The law lets you object to a use on this ground." in lines(soup)["What you can do"]


def test_consent_asked_by_a_public_body_shows_the_imbalance(app: Flask, tmp_path: Path) -> None:
    soup = opened(app, tmp_path, choice="consent", lawful_basis=CONSENT)
    assert "It must not cost you anything to say no." in lines(soup)["What you can do"]


def banners(soup: BeautifulSoup) -> list[str]:
    return [" ".join(banner.text.split()) for banner in soup.select(".cp-banner")]


def test_one_that_was_taken_back_says_why_and_stays(app: Flask, tmp_path: Path) -> None:
    soup = opened(app, tmp_path, withdrawn={"on": day(-1), "reason": {"en": "It did no good."}})
    assert banners(soup) == [f"Taken back It did no good. Its last day: {words(day(-1))}."]
    assert "Taken back" in soup.select("main > p")[0].text
    listed = files.page(app, "/register")
    assert "Taken back" in listed.select(".cp-rows h3")[0].text


def test_one_that_has_ended_stays(app: Flask, tmp_path: Path) -> None:
    soup = opened(app, tmp_path, ends=day(-1))
    assert banners(soup)[0].startswith("This agreement has ended It stays here")
    assert "Has ended" in files.page(app, "/register").select(".cp-rows h3")[0].text


EMERGENCY = {"reasons": {"en": "Water rose by night."}}
BACK = {
    "to come": ({"review_due": day(5)}, f"They must look back at it by {words(day(5))}."),
    "overdue": (
        {"review_due": day(-1)},
        f"The look back is overdue. It was due by {words(day(-1))}.",
    ),
    "done": (
        {"review_due": day(-1), "reviewed": {"on": day(-2), "text": {"en": "It saved two."}}},
        f"They looked back on {words(day(-2))}: It saved two.",
    ),
}


@pytest.mark.parametrize(("back", "expected"), BACK.values(), ids=BACK.keys())
def test_an_emergency_is_marked_and_says_when_it_ends(
    app: Flask, tmp_path: Path, back: dict[str, Any], expected: str
) -> None:
    soup = opened(
        app, tmp_path, starts=day(-20), ends=day(20), published=day(-20),
        emergency=EMERGENCY | back,
    )  # fmt: skip
    [banner] = banners(soup)
    assert banner.startswith("Emergency: it was made without time for the usual way Water rose")
    assert f"It ends by itself on {words(day(20))}." in banner
    assert banner.endswith(expected)
    assert "Emergency" in files.page(app, "/register").select(".cp-rows h3")[0].text


def test_research_stands_in_the_first_line(app: Flask, tmp_path: Path) -> None:
    soup = opened(app, tmp_path, research=True)
    assert "Research or statistics are part of it." in soup.select("main > p")[0].text


def test_good_from_data_about_nobody_stands_apart(app: Flask, tmp_path: Path) -> None:
    def measure(name: str, **given: Any) -> dict[str, Any]:
        return {"id": name, "what": {"en": name}, "promised": {"en": "10"}, "target": 10} | given

    soup = opened(
        app, tmp_path, harm_of_not_sharing={"en": "A second form."},
        measures=[measure("homes"), measure("counts", personal=False), measure("bills")],
    )  # fmt: skip
    groups = soup.select("#good ~ .cp-group-of")
    heads = [group.h3.text for group in groups if group.h3]
    assert heads == ["From data about people", "From data that names no person"]
    rows = [[th.text.strip() for th in group.select("tbody th")] for group in groups]
    assert rows == [["homes", "bills"], ["counts"]]
    assert "If it were not shared A second form." in " ".join(soup.text.split())


def test_questions_of_its_own_stand_beside_the_matrix(app: Flask, tmp_path: Path) -> None:
    soup = opened(
        app,
        tmp_path,
        questions=[
            {"id": "cash", "ask": {"en": "And cash?"}, "answer": {"text": {"en": "By letter."}}},
            {"id": "move", "ask": {"en": "And if I move?"}},
        ],
    )
    asked, unanswered = soup.select("#own-cash")[0], soup.select("#own-move")[0]
    assert "And cash?" in asked.text
    assert "By letter." in asked.text
    assert "Not answered" in unanswered.text


def test_it_says_how_many_kinds_of_access_it_explains(app: Flask, tmp_path: Path) -> None:
    rules = [
        files.rule(),
        files.rule(action="change"),
        files.rule(action="secret", published=False),
    ]
    files.bring_in(app, tmp_path, files.whole(rules=rules))
    soup = files.page(app, "/register/DSA-0001")
    section = soup.select("section[aria-labelledby=explains]")[0]
    assert "It explains 2 kinds of access" in section.text
    listed = [" ".join(item.text.split()) for item in section.select("li")]
    assert listed == [
        "Register claims council-tax · check",
        "Register claims council-tax · change",
    ]
