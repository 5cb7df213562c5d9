"""What the worker tells of questions whose last day passed."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_portal.audit import AuditEntry
from citizen_portal.jobs import Job
from citizen_portal.questions.actions import telling
from citizen_portal.questions.models import Kind, Question
from tests.questions.asking_bodies import UK, Clinic, SignIn, act

ONE = timedelta(days=1)


@pytest.fixture
def clinic(app: Flask, officer_in: SignIn) -> Clinic:
    return Clinic(app, officer_in)


def told(clinic: Clinic) -> list[str]:
    """The keys of news about days that passed."""
    with clinic.town.sessions.reading() as session:
        jobs = session.scalars(select(Job).where(Job.name == "news.first_notice"))
        keys = [key for job in jobs for key in job.arguments["keys"]]
    return sorted(key for key in keys if key.endswith(":late"))


def key(question: Question) -> str:
    return f"question:{question.id.hex}:late"


class Died(Exception):
    pass


def die(clinic: Clinic) -> None:
    with clinic.town.sessions.writing() as session:
        telling.tell_late(session, UK.today())
        telling.send_some(session)
        raise Died


def test_a_day_that_passed_is_told_once_and_only_where_the_body_is_late(clinic: Clinic) -> None:
    """The worker was down for days; the hours it missed are made up for, and told once."""
    late = [clinic.ask(Kind.CORRECTION, ago=days) for days in (40, 41, 60)]
    clinic.ask(Kind.CORRECTION)
    waits, over, gone = clinic.ask(ago=3), clinic.ask(ago=90), clinic.ask(ago=90)
    ada = clinic.officer()
    act(ada, waits, "ask_back", words="Which day?")
    act(ada, over, "answer", outcome="explained", words="By law.")
    clinic.withdraw(gone)
    for _ in range(3):
        clinic.town.work("questions.late")
    assert told(clinic) == sorted(key(one) for one in late)
    clinic.add(waits, "On Monday.")
    clinic.town.work("questions.late")
    with clinic.town.sessions.reading() as session:
        tags = session.scalars(select(AuditEntry.tag).where(AuditEntry.tag == "question:late"))
        assert len(tags.all()) == len(told(clinic))
    done = ada.get("/desk/audit").text
    assert "Let the last day for a person" in done
    assert "The person who runs this portal" not in done


def test_it_is_late_on_the_day_after_the_last_and_not_before(clinic: Clinic) -> None:
    question = clinic.ask()
    for day, expected in ((question.due_on, 0), (question.due_on + ONE, 1)):
        with clinic.town.sessions.writing() as session:
            assert telling.tell_late(session, day) == expected
    assert question.due_on == UK.last_day(UK.clocks.question_why, UK.today())


def test_a_worker_that_dies_tells_nothing_twice(clinic: Clinic) -> None:
    question = clinic.ask(ago=90)
    for _ in range(2):
        with pytest.raises(Died):
            die(clinic)
    assert told(clinic) == []
    clinic.town.work("questions.late")
    clinic.town.work("questions.send")
    assert told(clinic) == [key(question)]
    assert clinic.case(question).case.number == 1
