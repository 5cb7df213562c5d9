"""Whether the bodies named stand by an agreement is said in public."""

from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from citizen_portal.agreements import queries
from citizen_portal.agreements.models import AgreementVersion, Confirmation
from citizen_portal.bodies.models import Organisation
from citizen_portal.identity.models import Officer
from tests.agreements import files

HOSTILE = "<script>alert(1)</script>"


def officer(session: Session, slug: str) -> Officer:
    body = session.scalars(select(Organisation).where(Organisation.slug == slug)).one()
    found = Officer(organisation_id=body.id, blind=slug, name="An officer", roles=[])
    session.add(found)
    session.flush()
    return found


def say(session: Session, slug: str, digest: str, **given: Any) -> None:
    by = officer(session, slug)
    said: dict[str, Any] = {"reference": "DSA-0001", "confirmed": True} | given
    session.add(
        Confirmation(organisation_id=by.organisation_id, officer_id=by.id, digest=digest, **said)
    )
    session.commit()


def digest(session: Session) -> str:
    return queries.content_digest(session.scalars(select(AgreementVersion.document)).one())


def section(app: Flask) -> BeautifulSoup:
    soup = files.page(app, "/register/DSA-0001")
    return BeautifulSoup(str(soup.select("section[aria-labelledby=confirmed]")[0]), "html.parser")


def rows(app: Flask) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in section(app).select("li")]


def test_what_came_from_a_file_is_said_not_to_be_confirmed(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path)
    assert "It was brought in from a file." in section(app).text
    assert rows(app) == []


def test_each_body_named_says_for_itself(app: Flask, session: Session, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path)
    of = digest(session)
    say(session, "giver", of)
    confirmed, silent = rows(app)
    assert confirmed.startswith("Agency giver Confirmed it on ")
    assert silent == "Agency taker Has not confirmed it yet"
    say(session, "taker", of, confirmed=False, reason=HOSTILE)
    _, refused = rows(app)
    assert refused.startswith(f"Agency taker {HOSTILE} Said on ")
    assert refused.endswith("it is not so")
    assert section(app).select("script") == []
    assert "1 of 2 bodies named confirmed it." in section(app).text


def test_a_confirmation_holds_for_no_other_content(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    files.bring_in(app, tmp_path)
    say(session, "giver", "of another content")
    assert rows(app) == []


def test_what_an_officer_published_names_the_body_and_asks_each(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    files.bring_in(app, tmp_path)
    by = officer(session, "giver")
    on = "" if session.get_bind().dialect.name == "sqlite" else "ON agreement_version"
    session.execute(text(f"DROP TRIGGER agreement_version_kept {on}"))  # as if published so
    version = session.scalars(select(AgreementVersion)).one()
    session.execute(update(AgreementVersion).values(published_by_id=by.id))
    session.commit()
    assert version.number == 1
    assert [row.split(" Has")[0] for row in rows(app)] == ["Agency giver", "Agency taker"]
    versions = files.page(app, "/register/DSA-0001/versions").text
    assert "by an officer of Agency giver" in " ".join(versions.split())
    assert "An officer" not in versions
