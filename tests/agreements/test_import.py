"""Importing: what is added, what changes, what stays, and which version held when."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.agreements import queries
from citizen_portal.agreements.actions import Entries, import_register
from citizen_portal.agreements.models import Agreement, AgreementParty, AgreementVersion, Say
from citizen_portal.agreements.queries import Register
from citizen_portal.agreements.schemas import AgreementDocument
from citizen_portal.audit import AuditEntry
from citizen_portal.bodies.models import ActivityRule, Organisation, Source
from tests.agreements import files
from tests.agreements.registers import NUMBERS
from tests.thorough import times


def register(app: Flask) -> Register:
    with app.extensions["sessions"].reading() as session:
        return queries.register_terms(session)


def versions(session: Session) -> list[tuple[int, date | None, date | None]]:
    rows = session.scalars(select(AgreementVersion).order_by(AgreementVersion.number))
    return [(row.number, row.in_force_from, row.in_force_to) for row in rows]


def test_a_file_is_imported_whole_and_again_without_change(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    file = files.write(tmp_path, files.whole())
    first = files.run(app, "import", file)
    assert first.exit_code == 0
    assert first.stdout.splitlines() == [
        "organisations: 2 added, 0 changed, 0 unchanged",
        "sources: 1 added, 0 changed, 0 unchanged",
        "legal powers: 1 added, 0 changed, 0 unchanged",
        "agreements: 1 added, 0 changed, 0 unchanged",
        "rules: 1 added, 0 changed, 0 unchanged",
    ]
    again = files.run(app, "import", file)
    assert "0 added, 0 changed, 2 unchanged" in again.stdout
    assert "added, 1 changed" not in again.stdout
    for table in (Source, Agreement, AgreementVersion, ActivityRule):
        assert session.scalar(select(func.count()).select_from(table)) == 1
    tags = session.scalars(select(AuditEntry.tag)).all()
    assert tags == ["register:imported"] * 2


def test_what_a_file_leaves_out_stays(app: Flask, session: Session, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path)
    files.bring_in(app, tmp_path, {"organisations": [files.organisation("third")]})
    assert session.scalar(select(func.count()).select_from(Organisation)) == 3
    assert session.scalar(select(func.count()).select_from(Agreement)) == 1


def test_entries_already_there_may_be_named(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path)
    files.bring_in(
        app,
        tmp_path,
        {
            "agreements": [files.agreement("DSA-0002", powers=["dea-35"])],
            "rules": [files.rule(agreement="DSA-0002", action="other")],
        },
    )
    assert register(app).known("DSA-0002")


def test_changed_columns_are_counted_as_changed(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    files.bring_in(app, tmp_path)
    moved = files.whole(
        organisations=[files.organisation("giver", website="https://giver.example")],
        sources=[files.source("claims", "giver", base_url="https://new.example")],
        legal_powers=[],
        agreements=[],
        rules=[files.rule(valid_to="2026-06-30")],
    )
    result = files.run(app, "import", files.write(tmp_path, moved))
    assert result.stdout.count("0 added, 1 changed, 0 unchanged") == 3
    assert session.scalars(select(ActivityRule.valid_to)).all() == [date(2026, 6, 30)]


def test_other_content_is_a_new_version_and_closes_the_one_before(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    files.bring_in(app, tmp_path)
    wider = files.agreement(powers=["dea-35"], published="2099-03-01")
    files.bring_in(app, tmp_path, files.whole(agreements=[wider]))
    assert versions(session) == [
        (1, date(2026, 1, 1), date(2099, 2, 28)),
        (2, date(2099, 3, 1), None),
    ]
    known = register(app)
    assert known.in_force("DSA-0001", date(2025, 12, 31)) is None
    for day, number in ((date(2026, 1, 1), 1), (date(2099, 2, 28), 1), (date(2099, 3, 1), 2)):
        terms = known.in_force("DSA-0001", day)
        assert terms is not None
        assert terms.number == number
    newest = known.newest("DSA-0001")
    assert newest is not None
    assert newest.number == 2
    assert known.newest("DSA-9999") is None


def test_an_old_date_does_not_rewrite_what_held_before(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    before = files.agreement(published="2026-01-02")
    files.bring_in(app, tmp_path, files.whole(agreements=[before]))
    other = files.agreement(published="2026-01-02", recipients=[{"name": "A stranger"}])
    files.bring_in(app, tmp_path, files.whole(agreements=[other]))
    today = clock.today("Europe/London")
    assert versions(session)[1][1] == max(today, date(2026, 1, 1))


def test_an_agreement_that_ended_is_not_in_force(app: Flask, tmp_path: Path) -> None:
    ended = files.agreement(starts="2026-01-01", ends="2026-03-31")
    files.bring_in(app, tmp_path, files.whole(agreements=[ended]))
    assert register(app).in_force("DSA-0001", date(2026, 3, 31)) is not None
    assert register(app).in_force("DSA-0001", date(2026, 4, 1)) is None


def test_terms_hold_what_matching_and_pages_need(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    files.bring_in(app, tmp_path)
    terms = register(app).newest("DSA-0001")
    assert terms is not None
    ids = dict(session.execute(select(Organisation.slug, Organisation.id)).all())
    assert (terms.disclosers, terms.recipients) == (
        frozenset({ids["giver"]}),
        frozenset({ids["taker"]}),
    )
    assert terms.categories == {"Name", "HouseAddress"}
    assert [power.slug for power in terms.powers] == ["dea-35"]
    assert (terms.answered, terms.asked) == (0, 18)


def test_the_uk_register_imports_whole(app: Flask, session: Session) -> None:
    first = files.run(app, "import", files.DEA)
    assert "agreements: 4 added, 0 changed, 0 unchanged" in first.stdout, first.output
    again = files.run(app, "import", files.DEA)
    assert "agreements: 0 added, 0 changed, 4 unchanged" in again.stdout
    said = AgreementDocument.model_validate(
        session.scalars(
            select(AgreementVersion.document)
            .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
            .where(Agreement.reference == "ISA-0004")
        ).one()
    )
    assert said.retention == "P3Y11M"
    assert said.contact is None
    assert said.choice is Say.NOT_STATED
    assert [party.name for party in said.disclosers] == ["HMRC/VOA", "BEIS", "DWP"]
    assert [party.name for party in said.recipients] == ["BEIS", "DWP"]
    assert said.powers_as_published == (
        "information-sharing-agreement-powers-and-objecitves-0001:2",
    )
    assert said.source is not None
    assert "Open Government Licence" in said.source


def test_a_party_of_the_uk_register_is_ours_only_by_exactly_its_name(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    ours = files.write(
        tmp_path,
        {
            "organisations": [
                files.organisation("energy", short_name={"en": "BEIS"}),
                files.organisation("homes", official_name={"en": "Homes england"}),
                files.organisation("one", short_name={"en": "DWP"}),
                files.organisation("two", short_name={"en": "DWP"}),
            ]
        },
    )
    assert files.run(app, "import", files.DEA, ours).exit_code == 0
    known = session.scalars(
        select(AgreementParty.name).where(AgreementParty.organisation_id.is_not(None))
    ).all()
    assert set(known) == {"Agency energy"}


def test_faults_of_the_uk_register_have_its_own_field_names(app: Flask, tmp_path: Path) -> None:
    text = files.DEA.read_text().replace("P3Y11M ", "for ever").replace("ISA-0003", "three")
    result = files.run(app, "import", files.write(tmp_path, text))
    assert result.exit_code == 1
    assert "agreements[2].data.id: must be written like" in result.stderr
    assert "agreements[3].data.retention_period: must be an ISO 8601 duration" in result.stderr


def test_one_entry_of_the_uk_register_may_stand_alone(app: Flask, tmp_path: Path) -> None:
    entry: dict[str, Any] = {
        "data": {
            "id": "ISA-0100",
            "name": "A pilot",
            "isa_status": "Active",
            "purpose": "To learn.",
            "disclosed_information": "Names.",
            "method": "By hand",
            "start_date": "2026-01-05T00:00:00Z",
            "end_date": "",
        },
        "links": {"index": "https://register.example/"},
        "controllers": [],
        "powers": [],
        "processors": [],
    }
    files.bring_in(app, tmp_path, entry)
    terms = register(app).newest("ISA-0100")
    assert terms is not None
    assert (terms.starts, terms.ends) == (date(2026, 1, 5), None)


def test_what_a_failed_import_loaded_is_not_kept_in_memory(app: Flask, tmp_path: Path) -> None:
    sessions = app.extensions["sessions"]
    document = AgreementDocument.model_validate(files.agreement(disclosers=None, recipients=None))
    with sessions.write() as session:
        entries = Entries(agreements=(document.document(),))
        import_register(session, entries, today=date(2026, 1, 1))
        assert queries.register_terms(session).known("DSA-0001")
        session.rollback()
    assert not register(app).known("DSA-0001")


def test_a_later_version_begins_on_the_day_of_its_import(app: Flask) -> None:
    with app.extensions["sessions"].writing() as session:
        for title, day in (("First", date(2026, 1, 5)), ("Second", date(2026, 3, 4))):
            given = files.agreement(disclosers=None, recipients=None, title={"en": title})
            document = AgreementDocument.model_validate(given).document()
            import_register(session, Entries(agreements=(document,)), today=day)
            session.flush()
        latest, first = queries.register_terms(session).versions["DSA-0001"]
    assert latest.in_force_from == date(2026, 3, 4)
    assert first.in_force_to == date(2026, 3, 3)


TEXTS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40
).filter(lambda text: text.strip() != "")
WORDS = st.fixed_dictionaries({"en": TEXTS}, optional={"cy": TEXTS})
OPTIONAL = {
    "harm_of_not_sharing": WORDS,
    "contact": TEXTS,
    "review": st.dates().map(date.isoformat),
    "frequency": st.sampled_from(["one_off", "bulk"]),
    "trust": st.dictionaries(
        st.sampled_from(sorted(queries.question_ids())), st.fixed_dictionaries({"text": WORDS})
    ),
    "measures": st.lists(
        st.fixed_dictionaries(
            {"id": st.just("m"), "what": WORDS, "promised": WORDS},
            optional={"target": NUMBERS},
        ),
        max_size=1,
    ),
}


@given(words=WORDS, optional=st.fixed_dictionaries({}, optional=OPTIONAL))
@settings(
    max_examples=times(15, 40),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_was_imported_can_be_given_out_and_imported_again_without_change(
    app: Flask, tmp_path: Path, words: dict[str, str], optional: dict[str, Any]
) -> None:
    given_out = files.agreement(disclosers=None, recipients=None, title=words, **optional)
    files.bring_in(app, tmp_path, {"agreements": [given_out]})
    with app.extensions["sessions"].reading() as session:
        document = queries.entry(session, "DSA-0001").document
    file = files.write(tmp_path, {"agreements": [document]}, "again.json")
    result = files.run(app, "import", file)
    assert "agreements: 0 added, 0 changed, 1 unchanged" in result.stdout, result.output


@pytest.mark.parametrize("target", [1.1e15, -1.1e15])
def test_a_number_beyond_what_pages_can_show_is_refused(
    app: Flask, tmp_path: Path, target: float
) -> None:
    measure = {"id": "m", "what": {"en": "A"}, "promised": {"en": "B"}, "target": target}
    given_out = files.agreement(disclosers=None, recipients=None, measures=[measure])
    result = files.run(app, "import", files.write(tmp_path, {"agreements": [given_out]}))
    assert result.exit_code == 1
    assert "measures[0].target: must be at" in result.output
