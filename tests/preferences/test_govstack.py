"""What a body reads at the GovStack interface: its own agreements, people and their choices."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import update

from citizen_portal.identity import actions as identity
from citizen_portal.identity.models import SubjectLink
from citizen_portal.preferences import actions
from citizen_portal.preferences.api.govstack import BASE, MOST
from citizen_portal.preferences.models import Answer
from tests.agreements.files import statements
from tests.preferences.reading_govstack import Asking, ids
from tests.preferences.town import SERVICE, Town, about

RECORDS = "/service/verification/consent-records/"
NOBODY = "0" * 64


@pytest.fixture
def clinic(town: Town) -> Asking:
    return Asking(town, "clinic")


def record_of(town: Town, citizen_id: Any, slug: str, reference: str = "DSA-0001") -> str:
    return f"{town.known_as(citizen_id, slug)}.{reference}"


@pytest.mark.both
def test_a_choice_is_one_record_whatever_is_chosen(town: Town, clinic: Asking) -> None:
    me = town.person()
    town.choose(me, about("DSA-0001"))
    [record] = clinic.get(RECORDS)["consentRecords"]
    assert record["id"] == record_of(town, me, "clinic")
    assert record["optIn"] is False
    assert record["state"] == "unsigned"
    assert record["individual"] == {"id": town.known_as(me, "clinic")}
    assert record["dataAgreement"]["lawfulBasis"] == "public_task"

    town.choose(me, about("DSA-0001"), Answer.AS_BEFORE)
    [changed] = clinic.get(RECORDS)["consentRecords"]
    assert changed == record | {"optIn": True}
    assert clinic.get("/audit/consent-records/") == {"consentRecords": [changed]}


@pytest.mark.both
def test_a_record_is_read_with_its_revision(town: Town, clinic: Asking) -> None:
    me = town.person()
    town.choose(me, about("DSA-0001"))
    path = f"/service/verification/consent-record/{record_of(town, me, 'clinic')}/"
    first = clinic.get(path)["revision"]
    town.choose(me, about("DSA-0001"), Answer.YES)
    found = clinic.get(path)

    second, record = found["revision"], found["consentRecord"]
    assert "predecessorHash" not in first
    assert second["predecessorHash"] == first["serializedHash"]
    assert second["objectId"] == first["objectId"] == record["id"]
    assert json.loads(first["serializedSnapshot"])["objectData"]["optIn"] is False
    assert json.loads(second["serializedSnapshot"])["objectData"]["optIn"] is True
    assert second["authorizedByIndividual"] == record["individual"]
    agreed = record["dataAgreementRevision"]
    assert record["dataAgreementRevisionHash"] == agreed["serializedHash"]
    assert clinic.get(path.replace("service/verification", "audit")) == found


@pytest.mark.both
def test_what_was_chosen_before_is_read_under_an_id_of_its_own(town: Town, clinic: Asking) -> None:
    me = town.person()
    for answer in (Answer.NO, Answer.YES, Answer.NO):
        town.choose(me, about("DSA-0001"), answer)
    person = town.known_as(me, "clinic")
    path = "/service/individual/record/data-agreement/DSA-0001/"
    found = clinic.get(f"{path}all/", person=person)["consentRecords"]

    assert [each["optIn"] for each in found] == [False, True, False]
    assert len(set(ids(found))) == 3
    assert found[0]["id"] == record_of(town, me, "clinic")
    assert clinic.get(f"{path}all/", person=person, offset=1, limit=1)["consentRecords"] == [
        found[1]
    ]
    now, before, first = (clinic.get(f"/audit/consent-record/{each}/") for each in ids(found))
    assert now["revision"]["predecessorHash"] == before["revision"]["serializedHash"]
    assert before["revision"]["predecessorHash"] == first["revision"]["serializedHash"]
    assert before["consentRecord"]["optIn"] is True
    current = town.effects(me)[0].id.hex
    clinic.refusal(f"/audit/consent-record/{found[0]['id']}.{current}/")


@pytest.mark.both
def test_the_choices_of_one_person(town: Town, clinic: Asking) -> None:
    me, other = town.person(), town.person()
    town.choose(me, about("DSA-0002"))
    town.choose(me, about("DSA-0001"))
    town.choose(other, about("DSA-0001"))
    person = town.known_as(me, "clinic")

    mine = clinic.get("/service/individual/record/consent-record/", person=person)
    assert ids(mine["consentRecords"]) == [f"{person}.DSA-0001", f"{person}.DSA-0002"]
    path = "/service/individual/record/data-agreement/{}/"
    one = clinic.get(path.format("DSA-0002"), person=person)["consentRecord"]
    assert one["id"] == f"{person}.DSA-0002"
    assert clinic.get(path.format("DSA-0003"), person=person) == {}
    for nobody in (NOBODY, "", town.known_as(me, "council")):
        clinic.refusal(path.format("DSA-0002"), person=nobody)
    clinic.refusal("/service/individual/record/consent-record/")


@pytest.mark.both
def test_a_body_sees_its_own_people_and_no_others(town: Town, clinic: Asking) -> None:
    me, stranger = town.person("clinic"), town.person("council")
    town.choose(me, about("DSA-0001"))
    town.choose(stranger, about("DSA-0001"))
    council = Asking(town, "council")

    mine, theirs = town.known_as(me, "clinic"), town.known_as(stranger, "council")
    assert ids(clinic.get("/service/individuals/")["individuals"]) == [mine]
    assert clinic.get(f"/service/individual/{mine}/") == {"individual": {"id": mine}}
    assert ids(clinic.get(RECORDS)["consentRecords"]) == [f"{mine}.DSA-0001"]
    assert ids(council.get(RECORDS)["consentRecords"]) == [f"{theirs}.DSA-0001"]
    unknown = clinic.refusal(f"/service/individual/{NOBODY}/")
    for foreign in (theirs, town.known_as(me, "council"), town.known_as(stranger, "clinic")):
        assert clinic.refusal(f"/service/individual/{foreign}/") == unknown
    unknown = clinic.refusal(f"/audit/consent-record/{NOBODY}.DSA-0001/")
    effect = town.effects(stranger)[0].id.hex
    for record in (f"{theirs}.DSA-0001", f"{mine}.DSA-0002", f"{mine}.DSA-0001.{effect}"):
        assert clinic.refusal(f"/audit/consent-record/{record}/") == unknown


@pytest.mark.both
def test_after_a_link_ends_the_body_reads_nothing_more(town: Town, clinic: Asking) -> None:
    me = town.person()
    town.choose(me, about("DSA-0001"))
    with town.sessions.writing() as session:
        identity.unlink(session, me, town.bodies["clinic"])

    assert clinic.get(RECORDS) == {"consentRecords": []}
    assert clinic.get("/service/individuals/") == {"individuals": []}
    clinic.refusal(f"/audit/consent-record/{record_of(town, me, 'clinic')}/")


def test_a_link_under_the_same_id_at_another_body_opens_no_record(
    town: Town, clinic: Asking
) -> None:
    me = town.person()
    town.choose(me, about("DSA-0001"))
    with town.sessions.writing() as session:
        identity.unlink(session, me, town.bodies["clinic"])
        at_another = (
            SubjectLink.citizen_id == me,
            SubjectLink.organisation_id == town.bodies["university"],
        )
        same = update(SubjectLink).where(*at_another).values(pairwise=town.known_as(me, "clinic"))
        assert session.execute(same.returning(SubjectLink.id)).one()
    assert clinic.get(RECORDS) == {"consentRecords": []}


def test_choices_that_may_be_out_of_date_are_not_told(town: Town, clinic: Asking) -> None:
    me = town.person()
    town.choose(me, about("DSA-0001"))
    with town.sessions.writing() as session:
        actions.note_read(session, town.bodies["clinic"], 7)

    person = town.known_as(me, "clinic")
    of_agreement = "/service/individual/record/data-agreement/DSA-0001/"
    for path in (
        RECORDS,
        f"/audit/consent-record/{person}.DSA-0001/",
        "/service/individual/record/consent-record/",
        of_agreement,
        f"{of_agreement}all/",
    ):
        assert "what your body holds" in clinic.get(path, person=person, status=503)["detail"]
    clinic.get("/config/data-agreement/DSA-0001/")


def test_a_record_names_the_version_that_held_when_it_was_chosen(
    town: Town, clinic: Asking
) -> None:
    me = town.person()
    town.choose(me, about("DSA-0001"))
    before = clinic.get(RECORDS)
    town.publish("DSA-0001", "clinic", "council", "objection", SERVICE, retention="P10D")

    [record] = clinic.get(RECORDS)["consentRecords"]
    [told] = before["consentRecords"]
    assert record["dataAgreement"]["version"] == "1"
    assert record["dataAgreementRevisionHash"] == told["dataAgreementRevisionHash"]
    assert told["dataAgreement"]["active"]
    assert not record["dataAgreement"]["active"]


@pytest.mark.both
def test_a_list_is_read_in_parts(town: Town, clinic: Asking) -> None:
    people = [town.person() for _ in range(3)]
    for each in people:
        town.choose(each, about("DSA-0001"))
    for path, name in ((RECORDS, "consentRecords"), ("/service/individuals/", "individuals"),
                       ("/audit/data-agreements/", "dataAgreements"),
                       ("/config/policies/", "policies")):  # fmt: skip
        whole = ids(clinic.get(path)[name])
        assert len(whole) >= 3
        parts = [ids(clinic.get(path, offset=at, limit=2)[name]) for at in range(0, 4, 2)]
        assert parts[0] + parts[1] == whole
        assert clinic.get(path, limit=0)[name] == []
        assert clinic.get(path, offset=10**30)[name] == []
        assert ids(clinic.get(path, limit=MOST + 1)[name]) == whole


def test_what_is_no_number_is_refused(clinic: Asking) -> None:
    for path in (RECORDS, "/config/data-agreements/", "/service/individuals/"):
        for name in ("offset", "limit"):
            for wrong in ("-1", "ten", "", "1.0", "٣", "1e3", " 1", "null"):
                [fault] = clinic.refusal(path, **{name: wrong})["errors"]
                assert fault["field"] == name


HOSTILE = (
    "invalid_id", "123!@#", "123!%40%23", "1", "DSA-0001'--", "%00", "\N{NULL}", "DSA-0001\n",
    "é" * 300, "a" * 5000, "{}", "DSA-0001.1", f"{NOBODY}.DSA-0001.", f"{NOBODY}\n",
    "\N{PILE OF POO}",
)  # fmt: skip


@pytest.mark.both
def test_bad_ids_are_refused_and_not_repeated(clinic: Asking) -> None:
    for path in ("config/policy", "config/data-agreement", "service/individual",
                 "service/verification/consent-record", "audit/consent-record"):  # fmt: skip
        unknown = clinic.refusal(f"/{path}/unknown/")
        for hostile in HOSTILE:
            assert clinic.refusal(f"/{path}/{quote(hostile, safe='')}/") == unknown, hostile


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/config/policy/", 404),
        ("PUT", "/config/data-agreement/DSA-0001/", 405),
        ("DELETE", "/service/individual/record/", 405),
        ("POST", "/service/individual/record/data-agreement/DSA-0001/", 405),
        ("PUT", f"/service/individual/record/consent-record/{NOBODY}.DSA-0001/", 404),
        ("GET", "/config/webhooks/", 404),
    ],
)
def test_what_is_left_out_is_refused_in_words_for_machines(
    clinic: Asking, method: str, path: str, status: int
) -> None:
    client = clinic.town.app.test_client()
    answer = client.open(f"{BASE}{path}", method=method, json={}, headers=clinic.headers)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


@pytest.mark.both
def test_longer_lists_take_no_more_statements(town: Town, clinic: Asking) -> None:
    lists = (RECORDS, "/audit/data-agreements/", "/config/policies/", "/service/individuals/")

    def taken(path: str) -> int:
        clinic.get(path)  # what is kept in memory is there then
        with statements(town.sessions.engine) as seen:
            clinic.get(path)
        return len(seen)

    town.choose(town.person(), about("DSA-0001"))
    few = [taken(path) for path in lists]
    for reference in ("DSA-0001", "DSA-0002", "DSA-0001"):
        town.choose(town.person(), about(reference))
    for number in range(5, 9):
        town.publish(f"DSA-000{number}", "clinic", "council", "objection", SERVICE)
    assert [taken(path) for path in lists] == few
    assert max(few) <= 6
