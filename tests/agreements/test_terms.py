"""What is kept of the register in memory: whole, right, and read once."""

from pathlib import Path

from flask import Flask

from citizen_portal.agreements import queries
from citizen_portal.agreements.queries import Register
from tests.agreements import files


def read(app: Flask) -> tuple[Register, list[str]]:
    """The register as a page reads it, and the statements on documents that this took."""
    sessions = app.extensions["sessions"]
    with files.statements(sessions.engine) as seen, sessions.reading() as session:
        found = queries.register_terms(session)
    return found, [one for one in seen if "agreement_version.document" in one]


def test_only_new_versions_are_read_at_a_new_revision(app: Flask, tmp_path: Path) -> None:
    first, second = files.agreement("DSA-0001"), files.agreement("DSA-0002")
    files.bring_in_agreements(app, tmp_path, first, second)
    before, asked = read(app)
    assert len(asked) == 1
    assert read(app) == (before, [])
    files.bring_in_agreements(app, tmp_path, first | {"contact": "Another"})
    after, [asked_again] = read(app)
    ids = asked_again.count("?") + asked_again.count("%(")
    assert ids == 1, "that of the one new version"
    assert [terms.number for terms in after.versions["DSA-0001"]] == [2, 1]
    assert after.versions["DSA-0002"][0] is before.versions["DSA-0002"][0]


def test_a_version_that_was_ended_says_so(app: Flask, tmp_path: Path) -> None:
    files.bring_in_agreements(app, tmp_path, files.agreement())
    before, _ = read(app)
    assert before.versions["DSA-0001"][0].in_force_to is None
    files.bring_in_agreements(app, tmp_path, files.agreement(contact="Another"))
    after, _ = read(app)
    assert after.versions["DSA-0001"][1].in_force_to is not None


def test_a_law_that_is_renamed_has_its_new_name_without_a_document_read(
    app: Flask, tmp_path: Path
) -> None:
    content = files.whole()
    files.bring_in(app, tmp_path, content)
    read(app)
    content["legal_powers"][0] |= {"name": {"en": "Act, as amended"}}
    files.bring_in(app, tmp_path, content)
    after, asked = read(app)
    [power] = after.versions["DSA-0001"][0].powers
    assert power.name == {"en": "Act, as amended"}
    assert asked == []


def test_what_a_writer_read_is_not_kept(app: Flask, tmp_path: Path) -> None:
    files.bring_in_agreements(app, tmp_path, files.agreement())
    with app.extensions["sessions"].writing() as session:
        queries.register_terms(session)
    assert len(read(app)[1]) == 1


def test_what_is_in_use_is_counted_once_and_most_used_first(app: Flask, tmp_path: Path) -> None:
    iri = "https://w3id.org/dpv#"
    said = [
        files.agreement("DSA-0001", categories=["Income", "Name"], purpose_iri=f"{iri}B"),
        files.agreement("DSA-0002", categories=["Name"], purpose_iri=f"{iri}A"),
        files.agreement("DSA-0003", categories=["Age"], purpose_iri=f"{iri}B", powers=["dea-35"]),
    ]
    files.bring_in_agreements(app, tmp_path, *said)
    register, _ = read(app)
    assert register.in_use.categories == ("Name", "Age", "Income")
    assert register.in_use.purposes == (f"{iri}B", f"{iri}A")
    assert register.in_use.powers == ("dea-35",)
    assert register.in_use is register.in_use
